// The protocol code of toni's node adapter, through its port: no gateway, injection, mailbox, heartbeat or hub.
import { WsMessage } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"

const limits = { maxPayload: 1_048_576, maxFragments: 4_096 }
const everybody = new Set()

const door = {
  owns: (target) => target === "/echo" || target === "/chat",
  failed: console.error,
  upgrade(pending) {
    const answer = pending.request.target === "/chat" ? publish : echo
    const socket = pending.accept(
      { protocol: undefined, headers: [], limits },
      {
        // Binary, because only the core can make a text message of bytes; the frames differ in one bit.
        message: (data) => answer(socket, WsMessage.binary(data)),
        writable() {},
        violation() {},
        closed: () => everybody.delete(socket),
      },
    )
    if (socket) everybody.add(socket)
  },
}

function echo(socket, message) {
  socket.send(message)
}

function publish(_socket, message) {
  message.encode()
  for (const socket of everybody) socket.send(message, true)
}

const http = new NodeHttpAdapter()
new NodeWebSocketAdapter().attach(http.server, door)
const settings = { headTimeout: 10_000, answerPlain: () => ({ status: 404, headers: {}, body: "" }) }
await http.listen({ port: Number(process.env.PORT), host: "127.0.0.1" }, settings)
console.log("ready")
