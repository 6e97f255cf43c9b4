// Native C++. Where the package has no binary for this Node it falls back to JavaScript in silence: not here.
import { existsSync } from "node:fs"
import { createRequire } from "node:module"

const require = createRequire(import.meta.url)
const name = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`
const folder = require.resolve("@trufflesuite/uws-js-unofficial/package.json").replace("package.json", "binaries/")
if (!existsSync(folder + name)) throw new Error(`no native binary for Node ${process.versions.node} (${name})`)
const uws = require("@trufflesuite/uws-js-unofficial")

const deflates = process.env.DEFLATE === "1"
const app = uws.App()
app.ws("/echo", {
  maxPayloadLength: 1_048_576,
  compression: deflates ? uws.SHARED_COMPRESSOR : uws.DISABLED,
  message(socket, message, isBinary) {
    socket.send(message, isBinary, deflates)
  },
})
app.ws("/chat", {
  open(socket) {
    socket.subscribe("everybody")
  },
  message(_socket, message, isBinary) {
    app.publish("everybody", message, isBinary)
  },
})
app.listen("127.0.0.1", Number(process.env.PORT), (token) => {
  if (!token) throw new Error("could not listen")
  console.log("ready")
})
