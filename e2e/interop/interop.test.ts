import { execFile } from "node:child_process"
import type { Socket } from "node:net"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import type { DisconnectReason, Gateway, GatewayOptions, WsClient, WsMessage } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { describe, expect, test } from "vitest"
import { browserTest } from "../support/browser.ts"
import { serve, type Served } from "../support/gateways.ts"
import { clients, type Compresses } from "./clients.ts"
import { sent, talk, type Account } from "./talk.ts"

/** A promise, and how to settle it; Node 20 has no `Promise.withResolvers`. */
function gate(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { promise, resolve }
}

/** Answers with the same, or closes when it is asked to; notes how connections ended. */
class Polite implements Gateway {
  readonly path = "/polite"
  readonly options: GatewayOptions
  readonly reasons: DisconnectReason[] = []
  #whenLeft = gate()

  /** When so many have left. */
  async left(count: number): Promise<readonly DisconnectReason[]> {
    while (this.reasons.length < count) await this.#whenLeft.promise
    return this.reasons
  }

  constructor(options: GatewayOptions) {
    this.options = options
  }

  onMessage(client: WsClient, message: WsMessage): Promise<boolean | void> {
    return message.asText() === "close me" ? client.close(4_001, "as you wish") : client.send(message)
  }

  onDisconnect(_client: WsClient, reason: DisconnectReason): void {
    this.reasons.push(reason)
    this.#whenLeft.resolve()
    this.#whenLeft = gate()
  }
}

interface Serving extends Served {
  readonly gateway: Polite
  /** Bytes that came to the server, and that left it, on all of its connections. */
  readonly traffic: () => { readonly up: number; readonly down: number }
}

async function serving(options: GatewayOptions): Promise<Serving> {
  const gateway = new Polite(options)
  const http = new NodeHttpAdapter()
  const sockets: Socket[] = []
  http.server.on("connection", (socket) => sockets.push(socket))
  const served = await serve(http, [gateway], {}, new NodeWebSocketAdapter())
  const total = (key: "bytesRead" | "bytesWritten"): number => sockets.reduce((sum, socket) => sum + socket[key], 0)
  return { ...served, gateway, traffic: () => ({ up: total("bytesRead"), down: total("bytesWritten") }) }
}

/** The account of a client that everything came to as it was, and how the server saw both connections end. */
async function expectWell(account: Account, { gateway }: Serving, canPing = true): Promise<void> {
  expect(account).toEqual({
    extensions: expect.any(String),
    text: sent.text,
    binary: sent.binary,
    bigText: true,
    bigBinary: true,
    noise: true,
    ...(canPing && { pong: sent.ping }),
    closing: 4_000,
    closed: { code: 4_001, reason: "as you wish" },
  })
  expect(await gateway.left(2)).toEqual([
    { kind: "client", code: 4_000, reason: "bye" },
    { kind: "server", code: 4_001, reason: "as you wish" },
  ])
}

/** What goes each way is more than two of the big messages; compressed it is the noise, and little else. */
function expectCompressed({ traffic }: Serving, { up, down }: Compresses): void {
  const bytes = traffic()
  expect({ up: bytes.up < sent.bigLength, down: bytes.down < sent.bigLength }).toEqual({ up, down })
}

const nothing: Compresses = { up: false, down: false }
const bothWays: Compresses = { up: true, down: true }
const agreement = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

/** Has websockets of Python talk to the server. */
async function talkInPython(python: string, served: Serving, ...args: readonly string[]): Promise<Account> {
  const script = fileURLToPath(new URL("websockets_client.py", import.meta.url))
  const url = `${served.wsUrl}/polite`
  const { stdout } = await promisify(execFile)(python, [script, url, JSON.stringify(sent), ...args])
  return JSON.parse(stdout) as Account
}

/** A test that is given a Python that has websockets. */
const pythonTest = test.extend<{ python: string }>({
  python: async ({ skip }, use) => {
    const python = process.env["TONI_PYTHON_WEBSOCKETS"]
    if (python === undefined || python === "") return skip("needs python3-websockets")
    await use(python)
  },
})

describe.each<[string, GatewayOptions, boolean]>([
  ["a gateway that does not compress", {}, false],
  ["a gateway that compresses", { compression: { threshold: 1 } }, true],
])("with %s", (_title, options, isCompressing) => {
  test.each(clients)(
    "%s, %s, sends and gets text, binary, 1 MiB, noise, pongs and Closes",
    async (name, _ability, connect, able) => {
      await using served = await serving(options)
      const account = await talk(() => connect(`${served.wsUrl}/polite`))
      await expectWell(account, served, name !== "undici")
      expectCompressed(served, isCompressing ? able : nothing)
      // The library ws tells the name alone.
      const shown = name === "ws" ? "permessage-deflate" : agreement
      expect(account.extensions).toBe(isCompressing && able.down ? shown : "")
    },
  )

  pythonTest(
    "websockets of Python, which compresses and inflates, sends and gets text, binary, 1 MiB, noise, pongs and Closes",
    async ({ python }) => {
      await using served = await serving(options)
      const account = await talkInPython(python, served)
      await expectWell(account, served)
      expectCompressed(served, isCompressing ? bothWays : nothing)
      expect(account.extensions).toMatch(isCompressing ? agreement : /^$/)
    },
  )

  browserTest(
    "Chromium, which compresses and inflates, sends and gets text, binary, 1 MiB, noise and Closes",
    async ({ page }) => {
      await using served = await serving(options)
      await page.goto(served.url)
      const account = await page.evaluate(
        async ({ url, sent: { text, binary, bigLength, period, noiseLength } }): Promise<Account> => {
          const connect = async (): Promise<WebSocket> => {
            const socket = new WebSocket(url)
            socket.binaryType = "arraybuffer"
            await new Promise((resolve, reject) => {
              socket.addEventListener("open", resolve)
              socket.addEventListener("error", reject)
            })
            return socket
          }
          const closed = (socket: WebSocket): Promise<CloseEvent> =>
            new Promise((resolve) => socket.addEventListener("close", resolve))
          const client = await connect()
          const ask = (data: string | Uint8Array<ArrayBuffer>): Promise<string | ArrayBuffer> => {
            client.send(data)
            return new Promise((resolve) =>
              client.addEventListener("message", (event) => resolve(event.data), { once: true }),
            )
          }
          const big = "é".repeat(bigLength / 2)
          const bytes = new Uint8Array(bigLength).map((_, index) => (index % period) ** 3 / 65_536)
          const noisy = new Uint8Array(noiseLength).map((_, index) => index ** 3 / 65_536)
          const isSame = (got: ArrayBuffer, due: Uint8Array): boolean =>
            got.byteLength === due.length && new Uint8Array(got).every((byte, index) => byte === due[index])
          const seen = {
            extensions: client.extensions,
            text: (await ask(text)) as string,
            binary: [...new Uint8Array((await ask(Uint8Array.from(binary))) as ArrayBuffer)],
            bigText: (await ask(big)) === big,
            bigBinary: isSame((await ask(bytes)) as ArrayBuffer, bytes),
            noise: isSame((await ask(noisy)) as ArrayBuffer, noisy),
          }
          const closing = closed(client)
          client.close(4_000, "bye")
          const { code: closingCode } = await closing
          const other = await connect()
          const ending = closed(other)
          other.send("close me")
          const { code, reason } = await ending
          return { ...seen, closing: closingCode, closed: { code, reason } }
        },
        { url: `${served.wsUrl}/polite`, sent },
      )
      await expectWell(account, served, false)
      expectCompressed(served, isCompressing ? bothWays : nothing)
      expect(account.extensions).toBe(isCompressing ? agreement : "")
    },
  )
})

pythonTest(
  "websockets of Python that asks for a window of 512 bytes gets nothing that refers further back",
  async ({ python }) => {
    await using served = await serving({ compression: { threshold: 1 } })
    const account = await talkInPython(python, served, "9")
    await expectWell(account, served)
    expect(account.extensions).toBe(`${agreement}; server_max_window_bits=9`)
    // The big binary repeats itself further back than that.
    expectCompressed(served, { up: true, down: false })
  },
)
