import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { GatewayOptions } from "toni"
import { NodeHttpAdapter } from "toni/node"
import { expect, onTestFinished, test } from "vitest"
import { adapters } from "../support/adapters.ts"
import { Echo, serve } from "../support/gateways.ts"
import { connect, refused } from "../support/peer.ts"

/** A gateway behind a Unix domain socket, as behind a proxy on the same machine; says to every client its address. */
async function served(adapter: (typeof adapters)[number][1], options: GatewayOptions) {
  const folder = await mkdtemp(join(tmpdir(), "toni-unix-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, "toni.sock")
  class Telling extends Echo {
    override onMessage(client: Parameters<Echo["onMessage"]>[0]) {
      return client.send(`<${client.remoteAddress}>`)
    }
  }
  const server = await serve(new NodeHttpAdapter(), [new Telling("/chat", options)], {}, adapter(), { path })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return `ws+unix:${path}:/chat`
}

const from = (address: string) => ({ headers: { "x-forwarded-for": address } })

test.each(adapters)(
  "G8b the %s adapter: whoever comes by a Unix domain socket is believed as the word unix says",
  async (_, adapter) => {
    const url = await served(adapter, { trustProxy: "unix", maxConnectionsPerAddress: 1 })
    await using one = await connect(url, from("192.0.2.1"))
    await using other = await connect(url, from("192.0.2.2"))
    expect([await one.ask("who?"), await other.ask("who?")]).toEqual(["<192.0.2.1>", "<192.0.2.2>"])
    expect((await refused(url, from("192.0.2.2"))).statusCode).toBe(429)
  },
)

test.each(adapters)("G5a the %s adapter: peers without an address are not one address", async (_, adapter) => {
  const url = await served(adapter, { maxConnectionsPerAddress: 1 })
  await using one = await connect(url, from("192.0.2.1"))
  await using other = await connect(url, from("192.0.2.1"))
  expect([await one.ask("who?"), await other.ask("who?")]).toEqual(["<>", "<>"])
})
