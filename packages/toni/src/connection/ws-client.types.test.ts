import { Token } from "../di/token.ts"
import { MemoryHttpAdapter, MemoryWebSocketAdapter } from "../testing/index.ts"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "../node.ts"
import { ToniFactory, defineModule, type Gateway, type WsHandshake } from "../index.ts"
import type { Connection } from "./connection.ts"
import type { PathParams, WsClient } from "./ws-client.ts"

/** Compiles only when the two types are the same. */
type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false
const claim = <Claim extends true>(): Claim | undefined => undefined

// Parameters are typed by the pattern.
claim<Same<PathParams<"/secure/:tenant">, { readonly tenant: string }>>()
claim<Same<PathParams<"/:a/b/:c">, { readonly a: string; readonly c: string }>>()
claim<Same<keyof PathParams<"/static">, never>>()
claim<Same<PathParams<string>, Readonly<Record<string, string>>>>()

declare const client: WsClient
declare const tenantClient: WsClient<"/secure/:tenant">
claim<Same<typeof tenantClient.path, "/secure/:tenant">>()
claim<Same<typeof tenantClient.params.tenant, string>>()
// @ts-expect-error -- the pattern names no such parameter
void tenantClient.params.user
// @ts-expect-error -- parameters are for reading
tenantClient.params.tenant = "other"

// Every client of a pattern is a client, and a connection is one.
client satisfies WsClient
tenantClient satisfies WsClient
claim<WsClient<"/a/:b"> extends WsClient ? true : false>()
claim<Connection extends WsClient ? true : false>()

// Hooks may name the pattern, or nothing.
export class Typed implements Gateway {
  readonly path = "/secure/:tenant"
  onHandshake(handshake: WsHandshake<"/secure/:tenant">): boolean {
    return handshake.params.tenant === "acme"
  }
  onMessage(one: WsClient<"/secure/:tenant">): Promise<boolean> {
    return one.send(one.params.tenant)
  }
}

// What onMessage returns is not sent, so it returns nothing, or what send() and publish() return.
claim<Same<ReturnType<Gateway["onMessage"]>, void | boolean | PromiseLike<void | boolean>>>()
export const habits: Record<string, Gateway["onMessage"]> = {
  nothing: () => undefined,
  sends: (one, message) => one.send(message),
  sendsLater: async (one, message) => one.send(message),
  publishes: (one, message) => one.publish("topic", message),
  // @ts-expect-error -- nobody sends what is returned
  returns: () => ({ event: "answer", data: 1 }),
  // @ts-expect-error -- nor what is returned later
  returnsLater: async () => ({ event: "answer", data: 1 }),
  // @ts-expect-error -- nor text
  returnsText: () => "answer",
}

// Metadata has the type of its token, and tokens of different types never mix.
declare const Name: Token<string>
declare const Age: Token<number>
declare const NameOrAge: Token<string | number>
claim<Same<ReturnType<typeof client.getMetadata<string>>, string | undefined>>()
client.getMetadata(Name) satisfies string | undefined
client.requireMetadata(Age) satisfies number
client.setMetadata(Name, "Ada")
// @ts-expect-error -- the value is not of the token's type
client.setMetadata(Name, 36)
// @ts-expect-error -- nor may the value widen the token
client.setMetadata(Age, "36" as string | number)
// @ts-expect-error -- a token of a narrower type is another token
Name satisfies Token<string | number>
// @ts-expect-error -- so is one of a wider type
NameOrAge satisfies Token<string>
// @ts-expect-error -- and one of another type
new Token<string>("Name") satisfies Token<number>

// What can be sent is a message, a string or bytes.
void client.send("text")
void client.send(Uint8Array.of(1))
// @ts-expect-error -- other values take WsMessage.json()
void client.send({ hello: "world" })
// @ts-expect-error -- a code is a number
void client.close("1000")

// Adapters of different kinds do not go together.
const Nothing = defineModule({ name: "Nothing" })
void ToniFactory.create(Nothing, new MemoryHttpAdapter()).then((app) => {
  app.useWebSocketAdapter(new MemoryWebSocketAdapter())
  // @ts-expect-error -- sockets of Node need a server of Node
  app.useWebSocketAdapter(new NodeWebSocketAdapter())
})
void ToniFactory.create(Nothing, new NodeHttpAdapter()).then((app) => {
  app.useWebSocketAdapter(new NodeWebSocketAdapter())
  // @ts-expect-error -- a server of Node has no sockets in memory
  app.useWebSocketAdapter(new MemoryWebSocketAdapter())
})
