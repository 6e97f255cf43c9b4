import { createServer } from "node:http"
import crossws from "crossws/adapters/node"

const echo = crossws({
  hooks: {
    message(peer, message) {
      peer.send(message.text())
    },
  },
})

const chat = crossws({
  hooks: {
    open(peer) {
      peer.subscribe("everybody")
    },
    message(peer, message) {
      // publish() reaches everybody else.
      peer.send(message.text())
      peer.publish("everybody", message.text())
    },
  },
})

const server = createServer()
server.on("upgrade", (request, socket, head) => {
  const { handleUpgrade } = request.url === "/chat" ? chat : echo
  void handleUpgrade(request, socket, head)
})
server.listen(Number(process.env.PORT), "127.0.0.1", () => console.log("ready"))
