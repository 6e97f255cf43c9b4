import type { Gateway, HandshakeAnswer, HandshakeDecision, WsClient, WsHandshake, WsMessage } from "../index.ts"

// Hooks may name the pattern of their gateway, as it stands or by the class, or nothing.
export class Named implements Gateway {
  readonly path = "/rooms/:room"
  onHandshake(handshake: WsHandshake<"/rooms/:room">): boolean {
    return handshake.params.room !== ""
  }
  onConnect(client: WsClient<Named["path"]>): string {
    return client.params.room
  }
  onMessage(client: WsClient<"/rooms/:room">): boolean {
    return client.params.room !== ""
  }
  onDisconnect(client: WsClient): string | undefined {
    return client.params["room"]
  }
}
export class Unnamed implements Gateway {
  path = "/rooms/:room"
  onMessage(client: WsClient, message: WsMessage): Promise<boolean> {
    return client.send(message)
  }
}
export class Told implements Gateway<"/rooms/:room"> {
  readonly path = "/rooms/:room"
  onMessage(): void {}
}
export class Any<Path extends string> implements Gateway {
  readonly path: Path
  constructor(path: Path) {
    this.path = path
  }
  onMessage(client: WsClient<Path>): void {
    void client.params
  }
}
export abstract class Parent implements Gateway {
  abstract readonly path: string
  onMessage(client: WsClient): boolean {
    return client.isOpen
  }
}
export class Child extends Parent {
  readonly path = "/child"
}

// Every one of them is a gateway, and an object is one too.
export const all: readonly Gateway[] = [new Named(), new Unnamed(), new Told(), new Any("/x/:y"), new Child()]
export const literal: Gateway = { path: "/chat/:who", onMessage: (client) => client.params["who"] === "Ann" }

// The client, or the handshake, of another path does not compile.
export class OtherClient implements Gateway {
  readonly path = "/rooms/:room"
  // @ts-expect-error -- Type '"/rooms/:room"' is not assignable to type '"/users/:user"'
  onMessage(client: WsClient<"/users/:user">): boolean {
    return client.params.user !== ""
  }
}
export class OtherHandshake implements Gateway {
  readonly path = "/rooms/:room"
  // @ts-expect-error -- the pattern names no user
  onHandshake(handshake: WsHandshake<"/users/:user">): boolean {
    return handshake.params.user !== ""
  }
  onMessage(): void {}
}
export class OtherConnect implements Gateway {
  readonly path = "/rooms"
  onMessage(): void {}
  // @ts-expect-error -- nor when the client connects
  onConnect(client: WsClient<"/rooms/:room">): string {
    return client.params.room
  }
  // @ts-expect-error -- nor when it leaves
  onDisconnect(client: WsClient<"/rooms/:room">): string {
    return client.params.room
  }
}
export class NotTold implements Gateway<"/rooms/:room"> {
  // @ts-expect-error -- it is not the path that it says it has
  readonly path = "/users/:user"
  onMessage(): void {}
}

// What decides about a handshake comes of its accept, reject and close, and is nothing else.
declare const handshake: WsHandshake
handshake.accept({ headers: new Headers({ "Set-Cookie": "a=1" }) }) satisfies HandshakeDecision
handshake.accept({ headers: [["Set-Cookie", ["a=1", "b=2"]]] }) satisfies HandshakeAnswer
handshake.accept({ headers: new Map([["X-Tag", "a"]]) }) satisfies HandshakeAnswer
handshake.reject(401, "no", { "WWW-Authenticate": "Bearer" }) satisfies HandshakeDecision
handshake.close(4401, "no") satisfies HandshakeDecision
true satisfies HandshakeAnswer
undefined satisfies HandshakeAnswer
// @ts-expect-error -- no literal is one, whatever it looks like
export const accepted: HandshakeAnswer = { kind: "accept", protocol: undefined, headers: [], expiresAt: undefined }
// @ts-expect-error -- nor one that closes
export const closed: HandshakeAnswer = { kind: "close", code: 4401, reason: "" }
// @ts-expect-error -- nor an empty object
export const empty: HandshakeAnswer = {}
// @ts-expect-error -- a status is no answer: reject(401)
export const status: HandshakeAnswer = 401
// @ts-expect-error -- a list without values is no set of headers
handshake.accept({ headers: ["Set-Cookie"] })
