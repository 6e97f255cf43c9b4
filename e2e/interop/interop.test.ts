import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import type { DisconnectReason, Gateway, WsClient, WsMessage } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { expect, test } from "vitest"
import { browserTest } from "../support/browser.ts"
import { serve, type Served } from "../support/gateways.ts"
import { clients } from "./clients.ts"
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
  readonly reasons: DisconnectReason[] = []
  #whenLeft = gate()

  /** When so many have left. */
  async left(count: number): Promise<readonly DisconnectReason[]> {
    while (this.reasons.length < count) await this.#whenLeft.promise
    return this.reasons
  }

  onMessage(client: WsClient, message: WsMessage): unknown {
    return message.asText() === "close me" ? client.close(4_001, "as you wish") : client.send(message)
  }

  onDisconnect(_client: WsClient, reason: DisconnectReason): void {
    this.reasons.push(reason)
    this.#whenLeft.resolve()
    this.#whenLeft = gate()
  }
}

async function serving(): Promise<Served & { readonly gateway: Polite }> {
  const gateway = new Polite()
  const served = await serve(new NodeHttpAdapter(), [gateway], {}, new NodeWebSocketAdapter())
  return { ...served, gateway }
}

/** The account of a client that everything came to as it was, and how the server saw both connections end. */
async function expectWell(account: Account, gateway: Polite, canPing = true): Promise<void> {
  expect(account).toEqual({
    text: sent.text,
    binary: sent.binary,
    bigText: true,
    bigBinary: true,
    ...(canPing && { pong: sent.ping }),
    closing: 4_000,
    closed: { code: 4_001, reason: "as you wish" },
  })
  expect(await gateway.left(2)).toEqual([
    { kind: "client", code: 4_000, reason: "bye" },
    { kind: "server", code: 4_001, reason: "as you wish" },
  ])
}

test.each(Object.entries(clients))("%s sends and gets text, binary, 1 MiB, pongs and Closes", async (name, connect) => {
  await using served = await serving()
  const account = await talk(() => connect(`${served.wsUrl}/polite`))
  await expectWell(account, served.gateway, name !== "undici")
})

test("websockets of Python sends and gets text, binary, 1 MiB, pongs and Closes", async ({ skip }) => {
  const python = process.env["TONI_PYTHON_WEBSOCKETS"]
  if (python === undefined || python === "") return skip("needs python3-websockets")
  await using served = await serving()
  const script = fileURLToPath(new URL("websockets_client.py", import.meta.url))
  const { stdout } = await promisify(execFile)(python, [script, `${served.wsUrl}/polite`, JSON.stringify(sent)])
  await expectWell(JSON.parse(stdout) as Account, served.gateway)
})

browserTest("Chromium sends and gets text, binary, 1 MiB and Closes", async ({ page }) => {
  await using served = await serving()
  await page.goto(served.url)
  const account = await page.evaluate(
    async ({ url, sent: { text, binary, bigLength } }): Promise<Account> => {
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
      const bytes = new Uint8Array(bigLength).map((_, index) => index * 7)
      const seen = {
        text: (await ask(text)) as string,
        binary: [...new Uint8Array((await ask(Uint8Array.from(binary))) as ArrayBuffer)],
        bigText: (await ask(big)) === big,
        bigBinary: new Uint8Array((await ask(bytes)) as ArrayBuffer).every((byte, index) => byte === bytes[index]),
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
  await expectWell(account, served.gateway, false)
})
