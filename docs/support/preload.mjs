// Loaded before a snippet when a test runs it: every port that it listens on becomes one that the system chooses, so
// that snippets can say listen(3000) and still run side by side. The test is told which port stands for which.
import { Server } from "node:net"

const listen = Server.prototype.listen

Server.prototype.listen = function (...args) {
  const asked = askedPort(args)
  if (asked === undefined) return listen.apply(this, args)
  this.once("listening", () => process.send?.({ asked, port: this.address().port }))
  return listen.apply(this, withPort(args, 0))
}

// The test is gone: so is the snippet.
process.once("disconnect", () => process.exit())
process.channel?.unref()

/** The port in the arguments of listen(), or undefined where it is a path or a handle. */
function askedPort([first]) {
  const port = typeof first === "object" && first !== null ? first.port : first
  return typeof port === "number" || /^\d+$/.test(port ?? "") ? Number(port) : undefined
}

function withPort([first, ...rest], port) {
  return [typeof first === "object" ? { ...first, port } : port, ...rest]
}
