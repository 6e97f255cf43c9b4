import { Server as TlsServer } from "node:tls"
import type { NodeServer } from "./node-server.ts"
import type { NodeUpgrade } from "./pending-upgrade.ts"

/**
 * Has a request that asks for another protocol than WebSocket answered as if it did not ask: a server may ignore
 * `Upgrade` (RFC 9110 section 7.8). Node has given up parsing by now, so the request is put back in front of what
 * follows it, without the wish, and the connection starts anew.
 */
export function serveAsPlainRequest(server: NodeServer, { request, socket, head }: NodeUpgrade): void {
  const { method, url, httpVersion, rawHeaders } = request
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    const value = rawHeaders[index + 1] as string
    if (/^upgrade$/i.test(name)) continue
    lines.push(`${name}: ${/^connection$/i.test(name) ? withoutUpgrade(value) : value}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]))
  // What HTTP has set for the connection that it was before.
  socket.setTimeout(0)
  server.emit(server instanceof TlsServer ? "secureConnection" : "connection", socket)
}

function withoutUpgrade(connection: string): string {
  const kept = connection.split(",").filter((item) => item.trim().toLowerCase() !== "upgrade")
  return kept.length > 0 ? kept.join(",") : "keep-alive"
}
