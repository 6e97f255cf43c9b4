// The floor: Node's TCP sockets, no HTTP, no frames. What comes in goes out.
import { createServer } from "node:net"

createServer((socket) => {
  socket.setNoDelay(true)
  socket.on("error", () => {})
  socket.on("data", (data) => socket.write(data))
}).listen(Number(process.env.PORT), "127.0.0.1", () => console.log("ready"))
