import { parse as parseCookies } from "cookie-es"
import { toMoment } from "../connection/expiry.ts"
import type { PathParams } from "../connection/ws-client.ts"
import type { Token } from "../di/token.ts"
import { ToniError } from "../errors.ts"
import { checkCloseCode, cutReason } from "../message/close-code.ts"
import type { AcceptOptions, AnswerHeaders, HandshakeRecord, HeaderList, Verdict } from "./handshake-record.ts"
import type { HeaderView } from "./header-view.ts"
import { isCredential, readBearer } from "./subprotocol.ts"
import { isToken } from "./token-list.ts"

/**
 * What `onHandshake` returns: `true`, nothing, or what `handshake.accept()` returned lets the client in; `false`, or what
 * `reject()` or `close()` returned, does not (rule G6a).
 */
export type HandshakeAnswer = boolean | Verdict | undefined | void

/** Headers that belong to the answer itself. */
const reserved = /^(?:connection|upgrade|content-length|transfer-encoding|sec-websocket-.*)$/i
/**
 * Characters that may not stand in the value of a header: those that split headers, and those beyond ASCII, which every
 * reader decodes in another way (RFC 9110 section 5.5).
 */
const forbidden = /[^\t\u0020-\u007e]/

/** What is known of the request besides its headers. */
export interface HandshakeFacts {
  readonly url: string
  readonly path: string
  readonly query: string
  readonly params: Readonly<Record<string, string>>
  readonly headers: HeaderView
  readonly protocols: readonly string[]
  readonly remoteAddress: string
}

/** One opening handshake, before anything is accepted. `Path` is the gateway's pattern; it types `params`. */
export class WsHandshake<Path extends string = string> {
  /** The request target as it was sent, such as `/chat?room=1`. */
  readonly url: string
  /** The path as it was sent, without the query. */
  readonly path: string
  /** The decoded parameters of the path. */
  readonly params: PathParams<Path>
  readonly headers: HeaderView
  /** The subprotocols that the client offers, credentials among them left out. */
  readonly protocols: readonly string[]
  /** The peer's address; behind proxies, as `trustProxy` says. */
  readonly remoteAddress: string
  readonly #facts: HandshakeFacts
  #query: URLSearchParams | undefined
  #cookies: Readonly<Record<string, string | undefined>> | undefined
  readonly #record: HandshakeRecord

  /** Made by toni for every upgrade that reaches a gateway. */
  constructor(facts: HandshakeFacts, record: HandshakeRecord) {
    this.#facts = facts
    this.#record = record
    this.url = facts.url
    this.path = facts.path
    this.params = facts.params as PathParams<Path>
    this.headers = facts.headers
    this.protocols = facts.protocols.filter((protocol) => !isCredential(protocol))
    this.remoteAddress = facts.remoteAddress
  }

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.#facts.query))
  }

  /** Decoded, without a prototype: any name is just a name. */
  get cookies(): Readonly<Record<string, string | undefined>> {
    return (this.#cookies ??= Object.assign(
      Object.create(null) as Record<string, string | undefined>,
      parseCookies(this.headers.get("cookie") ?? ""),
    ))
  }

  /** The credential: of the `Authorization` header, or of the subprotocol that browsers can set (rule G10b). */
  get bearer(): string | undefined {
    return readBearer(this.headers.get("authorization"), this.#facts.protocols)
  }

  /** The page that a browser connects from; `undefined` outside of browsers. Checked before the hook (rule G8a). */
  get origin(): string | undefined {
    return this.headers.get("origin") ?? undefined
  }

  /** Aborts when the peer vanishes, or the handshake takes too long (rules G6b and G9a). */
  get signal(): AbortSignal {
    return this.#record.signal
  }

  /** Leaves a value for the connection: `client.getMetadata(token)` reads it. */
  setMetadata<T>(token: Token<T>, value: NoInfer<T>): void {
    this.#record.metadata.set(token, value)
  }

  /** Lets the client in. */
  accept({ protocol, headers, expiresAt }: AcceptOptions = {}): Verdict {
    if (protocol !== undefined && !this.protocols.includes(protocol)) {
      const name = isCredential(protocol) ? "A credential" : protocol
      throw new ToniError("TONI_NOT_OFFERED", `${name} is not among [${this.protocols.join(", ")}].`)
    }
    const moment = expiresAt === undefined ? undefined : toMoment(expiresAt)
    // A copy: what is sent later is what was checked now.
    return (this.#record.accepted = { kind: "accept", protocol, headers: checkedHeaders(headers), expiresAt: moment })
  }

  /**
   * Refuses the upgrade with an HTTP status from 300 to 599. Sticky: once called it wins, whatever the hook returns or
   * calls afterwards (rule G6c). Browsers see no more than that it failed; `close` tells them why.
   */
  reject(status: number, message = "", headers: AnswerHeaders = {}): Verdict {
    if (!Number.isInteger(status) || status < 300 || status > 599) {
      throw new ToniError("TONI_BAD_ARGUMENT", `reject() takes an HTTP status from 300 to 599; got ${String(status)}.`)
    }
    const list = checkedHeaders(headers)
    return (this.#record.refused ??= { kind: "reject", status, message: String(message), headers: list })
  }

  /** Accepts the upgrade and closes at once, with a code that a browser can read (rule G7a). Sticky, like `reject`. */
  close(code: number, reason = ""): Verdict {
    checkCloseCode(code)
    return (this.#record.refused ??= { kind: "close", code, reason: cutReason(reason) })
  }
}

/** The headers as a list; one that cannot be sent, or is not the gateway's to set, throws `TONI_BAD_ARGUMENT`. */
function checkedHeaders(headers: AnswerHeaders = {}): HeaderList {
  const list = Object.entries(headers).flatMap(([name, value]) => {
    return (Array.isArray(value) ? value : [value]).map((each: string): HeaderList[number] => [name, each])
  })
  for (const [name, value] of list) {
    if (isToken(name) && !reserved.test(name) && typeof value === "string" && !forbidden.test(value)) continue
    throw new ToniError(
      "TONI_BAD_ARGUMENT",
      `${JSON.stringify(name)} cannot be a header of the answer with that value.`,
    )
  }
  return list
}
