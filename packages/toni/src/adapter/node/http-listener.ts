import { Server as HttpServer, type RequestListener } from "node:http"
import { Server as HttpsServer } from "node:https"
import { Server as NetServer } from "node:net"
import { Server as TlsServer } from "node:tls"
import { hasMethods } from "../../checked-options.ts"
import { ToniError } from "../../errors.ts"
import { showValue } from "../../show-value.ts"
import { isInstance } from "../../user-code.ts"
import type { NodeServer } from "../node-upgrade/node-server.ts"

/** What `NodeHttpAdapter` was given is a server to share; anything that is neither that nor a listener is refused. */
export function isNodeServer(given: unknown): given is NodeServer {
  if (isInstance(given, HttpServer) || isInstance(given, HttpsServer)) return true
  if (!isInstance(given, NetServer)) return false
  const isHttp2 = "updateSettings" in given
  if (!isHttp2) throw bad("A server of node:net or node:tls speaks no HTTP.", "Pass one of node:http or node:https.")
  // Node gives the settings of HTTP/1.1 to those servers of node:http2 alone that speak it.
  if (given instanceof TlsServer && "headersTimeout" in given) return true
  throw bad("This server of node:http2 speaks no HTTP/1.1, which WebSockets need.", fixes.http2)
}

/** A request listener, checked; a bad one throws `TONI_BAD_ARGUMENT`. */
export function requestListener(given: unknown): RequestListener {
  if (typeof given === "function" && !Function.prototype.toString.call(given).startsWith("class "))
    return given as RequestListener
  throw bad(
    `HTTP requests go to a listener (request, response), or to a server of Node; got ${showValue(given)}.`,
    fixFor(given),
  )
}

const fixes = {
  http2: "Make it with http2.createSecureServer({ allowHTTP1: true, … }).",
  fastify: "Pass fastify.server, after await fastify.ready().",
  fetch: "Pass a listener made of its fetch, as getRequestListener(app.fetch) of @hono/node-server does.",
  callback: "Pass app.callback().",
  listener: "Pass nothing, a listener such as an Express app, or a server of node:http or node:https.",
}

/** What to write for the frameworks that people hand in as they are. */
function fixFor(given: unknown): string {
  const has = (name: string): boolean => typeof given === "object" && hasMethods(given, [name])
  if (has("routing") && has("inject")) return fixes.fastify
  if (has("fetch")) return fixes.fetch
  if (has("callback")) return fixes.callback
  return fixes.listener
}

function bad(detail: string, fix: string): ToniError {
  return new ToniError("TONI_BAD_ARGUMENT", detail, { fix })
}
