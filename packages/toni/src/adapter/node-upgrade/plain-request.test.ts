import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer, type IncomingMessage, type RequestListener } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { connect, type AddressInfo, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import { afterEach, expect, onTestFinished, test, vi } from "vitest"
import type { UpgradeDoor } from "../websocket-adapter.ts"
import type { NodeServer } from "./node-server.ts"
import { listenForUpgrades } from "./upgrade-listener.ts"

afterEach(() => void vi.useRealTimers())

const pem = (name: string): string =>
  readFileSync(new URL(`../../../../../e2e/servers/fixtures/localhost.${name}.pem`, import.meta.url), "utf8")
const secret = { cert: pem("cert"), key: pem("key") }
const door: UpgradeDoor = { owns: () => true, upgrade: (pending) => pending.refuse(teapot), failed() {} }
const teapot = { status: 418, headers: [], body: "" }

const servers: [string, (listener: RequestListener) => NodeServer, (port: number) => Socket][] = [
  ["in clear", (listener) => createServer(listener), (port) => connect(port, "127.0.0.1")],
  [
    "over TLS",
    (listener) => createTlsServer(secret, listener),
    (port) => connectTls({ port, host: "127.0.0.1", ca: secret.cert, servername: "localhost" }),
  ],
]

test.each(servers)(
  "G5c a request that asks for h2c, %s, is served as it came but for that wish, and what lies behind it too",
  async (_, make, open) => {
    // At once: nobody else is there to be waited for.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const requests: IncomingMessage[] = []
    const server = make((request, response) => {
      requests.push(request)
      response.end(`answer to ${request.url} `)
    })
    listenForUpgrades(server, door, () => undefined)
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const peer = open((server.address() as AddressInfo).port)
    onTestFinished(() => {
      peer.destroy()
      server.close()
    })
    const wishes = "Connection: close-not, Upgrade ,HTTP2-Settings\r\nUPGRADE: h2c\r\nX-Name: 1\r\nX-Name: \xe9\r\n\r\n"
    peer.write(
      `PUT /1?a HTTP/1.1\r\nHost: x\r\n${wishes}GET /2 HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`,
      "latin1",
    )
    let received = ""
    peer.setEncoding("latin1").on("data", (text: string) => (received += text))
    while (!received.endsWith("answer to /2 ")) await once(peer, "data")
    expect(requests.map(({ method, url, httpVersion, rawHeaders }) => [method, url, httpVersion, rawHeaders])).toEqual([
      ...[
        ["PUT", "/1?a", "1.1", ["Host", "x", "Connection", "close-not,HTTP2-Settings", "X-Name", "1", "X-Name", "é"]],
      ],
      ...[["GET", "/2", "1.0", ["Connection", "keep-alive"]]],
    ])
  },
)
