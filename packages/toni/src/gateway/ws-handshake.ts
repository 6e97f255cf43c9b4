import { parse as parseCookies } from "cookie-es"
import { assertArgument, copyOfOptions } from "../checked-options.ts"
import { toMoment } from "../connection/expiry.ts"
import type { PathParams } from "../connection/ws-client.ts"
import type { Token } from "../di/token.ts"
import { ToniError } from "../errors.ts"
import { checkCloseCode, cutReason } from "../message/close-code.ts"
import { showValue } from "../show-value.ts"
import { isInstance } from "../user-code.ts"
import { checkedHeaders } from "./answer-headers.ts"
import { HandshakeRecord, type AcceptOptions, type AnswerHeaders, type HandshakeDecision } from "./handshake-record.ts"
import type { HeaderView } from "./header-view.ts"
import { isCredential, readBearer } from "./subprotocol.ts"

/**
 * What `onHandshake` returns: `true`, nothing, or what `handshake.accept()` returned lets the client in; `false`, or what
 * `reject()` or `close()` returned, does not (rule G6a).
 */
export type HandshakeAnswer = boolean | HandshakeDecision | undefined | void

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
    assertArgument(isInstance(record, HandshakeRecord), "A WsHandshake is what onHandshake() is called with", record)
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

  /**
   * Lets the client in. A subprotocol that was not offered throws `TONI_NOT_OFFERED`; headers that cannot be sent, or an
   * `expiresAt` that is no moment, throw `TONI_BAD_ARGUMENT`.
   */
  accept(options: AcceptOptions = {}): HandshakeDecision {
    if (typeof options !== "object" || options === null) {
      throw new ToniError("TONI_BAD_ARGUMENT", `accept() takes an object of options; got ${showValue(options)}.`, {
        fix: "Write accept({ protocol, headers, expiresAt }), each if wanted.",
      })
    }
    const { protocol, headers, expiresAt } = copyOfOptions("accept()", options)
    if (protocol !== undefined && !this.protocols.includes(protocol)) throw notOffered(protocol, this.protocols)
    const moment = expiresAt === undefined ? undefined : toMoment(expiresAt)
    this.#record.accepted = { kind: "accept", protocol, headers: checkedHeaders(headers), expiresAt: moment }
    return this.#record.decision
  }

  /**
   * Refuses the upgrade with an HTTP status from 300 to 599; another throws `TONI_BAD_ARGUMENT`. Sticky: once called it
   * wins, whatever the hook returns, throws or calls afterwards (rule G6c). Browsers see no more than that it failed;
   * `close` tells them why.
   */
  reject(status: number, message = "", headers: AnswerHeaders = {}): HandshakeDecision {
    if (!Number.isInteger(status) || status < 300 || status > 599) {
      throw new ToniError("TONI_BAD_ARGUMENT", `reject() takes an HTTP status; got ${showValue(status)}.`, {
        fix: "Write a whole number from 300 to 599, such as 401; close codes go with close().",
      })
    }
    if (typeof message !== "string") throw noText("reject", "message", message)
    const list = checkedHeaders(headers)
    this.#record.refused ??= { kind: "reject", status, message, headers: list }
    return this.#record.decision
  }

  /**
   * Accepts the upgrade and closes at once, with a code that a browser can read (rule G7a). Sticky, like `reject`. A code
   * that may not be sent throws `TONI_BAD_CLOSE_CODE`.
   */
  close(code: number, reason = ""): HandshakeDecision {
    checkCloseCode(code)
    if (typeof reason !== "string") throw noText("close", "reason", reason)
    this.#record.refused ??= { kind: "close", code, reason: cutReason(reason) }
    return this.#record.decision
  }
}

function notOffered(protocol: unknown, offered: readonly string[]): ToniError {
  const name = typeof protocol === "string" && isCredential(protocol) ? "A credential" : showValue(protocol)
  const fix = offered.length > 0 ? "Choose one of handshake.protocols." : "Leave protocol out: this client offers none."
  return new ToniError("TONI_NOT_OFFERED", `${name} is not among [${offered.join(", ")}].`, { fix })
}

function noText(call: string, argument: string, value: unknown): ToniError {
  return new ToniError("TONI_BAD_ARGUMENT", `The ${argument} of ${call}() is ${showValue(value)}.`, {
    fix: "Pass a string.",
  })
}
