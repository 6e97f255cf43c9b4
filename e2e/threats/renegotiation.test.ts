import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer } from "node:https"
import { connect, type TLSSocket } from "node:tls"
import { expect, test } from "vitest"
import { defineModule, ToniFactory, type WsHandshake } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { WsWebSocketAdapter } from "toni/ws"

const pem = (name: string): string =>
  readFileSync(new URL(`../servers/fixtures/localhost.${name}.pem`, import.meta.url), "utf8")
const secret = { cert: pem("cert"), key: pem("key"), maxVersion: "TLSv1.2" } as const
/** What Node allows in ten minutes (`tls.CLIENT_RENEG_LIMIT`). */
const allowed = 3

class Slow {
  readonly path = "/slow"
  onHandshake({ signal }: WsHandshake): Promise<void> {
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve()))
  }
  onMessage(): void {}
}

class Open {
  readonly path = "/open"
  onMessage(): void {}
}

const Gateways = defineModule({ name: "Gateways", providers: [Slow, Open] })

/** Asks for new keys until the server has had enough; how often it agreed. */
async function renegotiate(peer: TLSSocket): Promise<number> {
  const closed = new Promise<false>((resolve) => peer.once("close", () => resolve(false)))
  for (let count = 0; count < 10; count++) {
    const agreed = new Promise((resolve) => peer.renegotiate({}, (error) => resolve(error === null)))
    if (!(await Promise.race([agreed, closed]))) return count
  }
  return 10
}

const stages = [
  ["whose handshake waits for its hook", "/slow"],
  ["of a client", "/open"],
  ["that was left to somebody else", "/others"],
] as const
const adapters = [() => new NodeWebSocketAdapter(), () => new WsWebSocketAdapter()]

test.each(adapters.flatMap((make) => stages.map(([what, path]) => [make().name, what, path, make] as const)))(
  "G20a %s: a connection %s ends when its peer asks for new keys again and again",
  async (_name, _what, path, make) => {
    const server = createServer(secret)
    const upgraded = once(server, "upgrade")
    const app = await ToniFactory.create(Gateways, new NodeHttpAdapter(server), { logLevel: "silent" })
    const { port } = await app.useWebSocketAdapter(make()).listen(0, "127.0.0.1")
    const peer = connect({ port, host: "127.0.0.1", ca: secret.cert, servername: "localhost", maxVersion: "TLSv1.2" })
    peer.on("error", () => undefined)
    peer.setMaxListeners(50).resume()
    await once(peer, "secureConnect")
    peer.write(
      `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    )
    await upgraded
    expect(await renegotiate(peer)).toBeLessThanOrEqual(allowed)
    peer.destroy()
    await app.close({ timeout: 0 })
  },
)
