import type { EventEmitter } from "node:events"
import { Server as NetServer } from "node:net"
import { Server as TlsServer } from "node:tls"
import { ToniError } from "../../errors.ts"
import type { ListenAddress, ListenTarget } from "../http-adapter.ts"
import type { NodeServer } from "../node-upgrade/node-server.ts"

/** Binds a server, or rejects with the error of the system and leaves no listener. */
export function bind(server: NodeServer, target: ListenTarget): Promise<void> {
  const events: EventEmitter = server
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      events.off("error", settle)
      events.off("listening", settle)
      if (error === undefined) resolve()
      else reject(error)
    }
    events.on("error", settle)
    events.on("listening", settle)
    try {
      if (target.reusePort) assertReusePort(process.versions.node)
      server.listen({ ...target })
    } catch (error) {
      settle(error as Error)
    }
  })
}

/**
 * Accepts no more connections, and leaves those that exist alone: the `close` of HTTP's servers would end those that are
 * idle in this moment.
 */
export function stopAccepting(server: NodeServer): void {
  NetServer.prototype.close.call(server)
}

/**
 * Ends what an HTTP server does on its own, its timer that looks for slow requests. For a server that accepts no more: it
 * is closed a second time, through a view that ends no connections and tells nobody once more.
 */
export function stopHousekeeping(server: NodeServer): void {
  const view = Object.create(server, {
    emit: { value: () => true },
    closeIdleConnections: { value: () => undefined },
  }) as NodeServer
  view.close()
}

export function describeAddress(server: NodeServer): ListenAddress {
  const scheme = server instanceof TlsServer ? "https" : "http"
  const address = server.address()
  if (typeof address === "string") return { host: "", port: 0, path: address, url: `${scheme}://unix:${address}` }
  if (address === null) return { host: "", port: 0, url: "" }
  const { address: host, port, family } = address
  // A wildcard address cannot be opened; every machine can open itself by name.
  const isWildcard = host === "::" || host === "0.0.0.0"
  const authority = isWildcard ? "localhost" : family === "IPv6" ? `[${host}]` : host
  return { host, port, url: `${scheme}://${authority}:${port}` }
}

/** An older Node would take the option and ignore it. */
export function assertReusePort(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  if (major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12)) return
  throw new ToniError("TONI_LISTEN", `Node ${version} has no reusePort.`, {
    fix: "Use Node 22.12 or newer, or let node:cluster share the port.",
  })
}
