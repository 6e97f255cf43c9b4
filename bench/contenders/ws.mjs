import { WebSocket, WebSocketServer } from "ws"

const port = Number(process.env.PORT)
const perMessageDeflate = process.env.DEFLATE === "1"
const server = new WebSocketServer({ port, host: "127.0.0.1", perMessageDeflate }, () => console.log("ready"))

server.on("connection", (socket, request) => {
  socket.on("error", console.error)
  socket.on("message", request.url === "/chat" ? publish : echo)

  function echo(data, isBinary) {
    socket.send(data, { binary: isBinary })
  }
})

function publish(data, isBinary) {
  server.clients.forEach((client) => {
    if (client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary })
  })
}
