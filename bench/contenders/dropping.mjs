// No contender: the server that check.mjs must catch. It loses one message, and answers the rest.
import { WebSocketServer } from "ws"

let count = 0
const server = new WebSocketServer({ port: Number(process.env.PORT), host: "127.0.0.1" }, () => console.log("ready"))
server.on("connection", (socket) => {
  socket.on("message", (data, isBinary) => {
    if (++count !== 500) socket.send(data, { binary: isBinary })
  })
})
