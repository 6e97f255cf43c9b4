import { Token, WsMessage, type Gateway, type WsClient, type WsHandshake } from "toni"
import { NodeHttpAdapter } from "toni/node"
import { describe, expect, test } from "vitest"
import { adapters } from "../support/adapters.ts"
import { Echo, serve } from "../support/gateways.ts"
import { connect } from "../support/peer.ts"

const polluting = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'
const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`

/** Reads JSON and sends back what it has read. */
class Json implements Gateway {
  readonly path = "/json"
  onMessage(client: WsClient, message: WsMessage): Promise<boolean | void> {
    return client.send(WsMessage.json({ read: message.asJson() }))
  }
}

describe.each(adapters)("the %s adapter", (_name, makeAdapter) => {
  test("names of object properties in JSON, metadata, parameters, queries, cookies and topics are only names", async () => {
    const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"]
    class Names implements Gateway {
      readonly path = "/names/:__proto__"
      onHandshake(handshake: WsHandshake): void {
        for (const name of names) handshake.setMetadata(new Token<unknown>(name), { polluted: true })
      }
      onMessage(client: WsClient, message: WsMessage): Promise<boolean | void> {
        for (const name of names) {
          client.setMetadata(new Token<unknown>(name), JSON.parse(polluting))
          void client.subscribe(name)
        }
        const found = client.getMetadata(new Token<unknown>("__proto__"))
        return client.send(
          WsMessage.json([Object.keys(client.params), found ?? "nothing", message.asJson(), [...client.topics]]),
        )
      }
    }
    await using server = await serve(new NodeHttpAdapter(), [new Names()], {}, makeAdapter())
    const headers = { Cookie: "__proto__=polluted; constructor=polluted" }
    await using peer = await connect(`${server.wsUrl}/names/polluted?__proto__[polluted]=1&__proto__=1`, { headers })
    expect(await peer.ask(polluting)).toBe(`[["__proto__"],"nothing",${polluting},${JSON.stringify(names)}]`)
    expect([({} as { polluted?: unknown }).polluted, Object.keys(Object.prototype)]).toEqual([undefined, []])
    expect(server.errors).toEqual([])
  })

  test("G16a: JSON nested 100,000 deep, and an answer of that depth, are errors of that client alone", async () => {
    class Deep extends Echo {
      override onMessage(client: WsClient): Promise<boolean | void> {
        let value: unknown = []
        for (let depth = 0; depth < 100_000; depth++) value = [value]
        return client.send(WsMessage.json(value))
      }
    }
    await using server = await serve(
      new NodeHttpAdapter(),
      [new Json(), new Deep("/deep"), new Echo()],
      {},
      makeAdapter(),
    )
    await using other = await connect(`${server.wsUrl}/chat`)
    await using reader = await connect(`${server.wsUrl}/json`)
    await using asker = await connect(`${server.wsUrl}/deep`)
    reader.socket.send(deep)
    asker.socket.send("how deep?")
    while (server.errors.length < 2) expect(await other.ask("hello")).toBe("hello")
    // Whether reading or answering is what fails depends on the engine.
    const codes = server.errors.map(({ error }) => (error as { code?: string }).code)
    expect(codes).toEqual(Array(2).fill(expect.stringMatching(/^TONI_BAD_(JSON|ARGUMENT)$/)))
    expect(await reader.ask("[1]")).toBe('{"read":[1]}')
    expect(asker.socket.readyState).toBe(asker.socket.OPEN)
  })
})
