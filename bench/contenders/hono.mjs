import { serve, upgradeWebSocket } from "@hono/node-server"
import { Hono } from "hono"
import { WebSocketServer } from "ws"

const app = new Hono()
const everybody = new Set()

app.get(
  "/echo",
  upgradeWebSocket(() => ({
    onMessage(event, socket) {
      socket.send(event.data)
    },
  })),
)

app.get(
  "/chat",
  upgradeWebSocket(() => ({
    onOpen(_event, socket) {
      everybody.add(socket)
    },
    onMessage(event) {
      for (const socket of everybody) socket.send(event.data)
    },
    onClose(_event, socket) {
      everybody.delete(socket)
    },
  })),
)

const websocket = { server: new WebSocketServer({ noServer: true }) }
serve({ fetch: app.fetch, websocket, port: Number(process.env.PORT), hostname: "127.0.0.1" }, () => {
  console.log("ready")
})
