import websocket from "@fastify/websocket"
import fastify from "fastify"

const app = fastify()
await app.register(websocket)

app.get("/echo", { websocket: true }, (socket) => {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }))
})

app.get("/chat", { websocket: true }, (socket) => {
  socket.on("message", (data, isBinary) => {
    for (const client of app.websocketServer.clients) {
      if (client.readyState === client.OPEN) client.send(data, { binary: isBinary })
    }
  })
})

await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" })
console.log("ready")
