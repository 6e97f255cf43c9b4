import { createServer } from "node:http"
import { Server } from "socket.io"

const http = createServer()
const io = new Server(http)

io.on("connection", (socket) => {
  void socket.join("everybody")
  socket.on("echo", (data) => socket.emit("echo", data))
  socket.on("chat", (data) => io.to("everybody").emit("chat", data))
})

http.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("ready"))
