import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"
import { assertAttached } from "./attached.ts"
import { isInstance } from "../user-code.ts"
import { decodeText, encodeText } from "./text.ts"

/** What kind of frame a message travels in (RFC 6455 section 5.6 and 5.5). */
export type MessageKind = "text" | "binary" | "ping" | "pong"

/** The longest payload of a ping or pong, in bytes (RFC 6455 section 5.5). */
const longestControlPayload = 125

const none = new Uint8Array(0)

// The constructor is private; these are the doors to it that the class opens to this file.
let receive: (text: boolean, bytes: Uint8Array) => WsMessage
let isMessage: (input: unknown) => input is WsMessage
let control: (kind: "ping" | "pong", bytes: ArrayBufferView | ArrayBuffer | Iterable<number>) => WsMessage

/**
 * One WebSocket message, immutable. Text is kept in the form in which it came, a string or its UTF-8 bytes, and turned
 * into the other at most once, when it is first asked for: a message that is published to a thousand followers is
 * encoded once, and one that is passed on unread is never decoded.
 *
 * Bytes are not copied: do not change an array that was sent before `client.flushed()` has resolved.
 */
export class WsMessage {
  readonly kind: MessageKind
  #text: string | undefined
  #bytes: Uint8Array | undefined

  private constructor(kind: MessageKind, text: string | undefined, bytes: Uint8Array | undefined) {
    this.kind = kind
    this.#text = text
    this.#bytes = bytes
  }

  /** A text message. Lone surrogates are sent as U+FFFD. */
  static text(text: string): WsMessage {
    if (typeof text !== "string")
      throw wrong("WsMessage.text() takes a string", text, "Pass String(value), or use WsMessage.json(value).")
    return new WsMessage("text", text, undefined)
  }

  /**
   * A binary message of these bytes. Of a typed array or a `DataView` it takes the bytes that lie beneath it, in the
   * order of the machine; of another iterable, its numbers, each a whole one from 0 to 255.
   */
  static binary(bytes: ArrayBufferView | ArrayBuffer | Iterable<number>): WsMessage {
    return new WsMessage("binary", undefined, toBytes(bytes, "WsMessage.binary()"))
  }

  /** A text message with `value` as JSON. A value that JSON cannot express throws `TONI_BAD_ARGUMENT`. */
  static json(value: unknown): WsMessage {
    return new WsMessage("text", stringify(value), undefined)
  }

  /** A ping; the peer answers it by itself. At most 125 bytes. */
  static ping(bytes: ArrayBufferView | ArrayBuffer | Iterable<number> = none): WsMessage {
    return control("ping", bytes)
  }

  /** A pong that nobody asked for: a one-way sign of life (RFC 6455 section 5.5.3). At most 125 bytes. */
  static pong(bytes: ArrayBufferView | ArrayBuffer | Iterable<number> = none): WsMessage {
    return control("pong", bytes)
  }

  /** The text of a text message; `undefined` for every other kind. */
  asText(): string | undefined {
    if (this.kind !== "text") return undefined
    return (this.#text ??= decodeText(this.#bytes ?? none))
  }

  /** The bytes of a binary message, a ping or a pong; `undefined` for text. */
  asBinary(): Uint8Array | undefined {
    return this.kind === "text" ? undefined : this.#bytes
  }

  /** The value that a text message holds as JSON. Throws `TONI_BAD_JSON` when it is no JSON, or no text. */
  asJson(): unknown {
    const text = this.asText()
    if (text === undefined) throw new ToniError("TONI_BAD_JSON", `this is a ${this.kind} message.`)
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw new ToniError("TONI_BAD_JSON", `${(cause as Error).message}.`, { cause })
    }
  }

  /** The length of the payload in bytes; of text, of its UTF-8 form. */
  get byteLength(): number {
    return this.encode().length
  }

  /** The payload in bytes; text is encoded at most once, so everyone who gets the message shares the result. */
  encode(): Uint8Array {
    return (this.#bytes ??= encodeText(this.#text ?? ""))
  }

  /** The payload in a form that is at hand: what an adapter sends. Bytes where there are any, else the string. */
  get payload(): string | Uint8Array {
    return this.#bytes ?? this.#text ?? none
  }

  static {
    receive = (text, bytes) => new WsMessage(text ? "text" : "binary", undefined, bytes)
    isMessage = (input): input is WsMessage => typeof input === "object" && input !== null && #text in input
    control = (kind, input) => {
      const bytes = toBytes(input, `WsMessage.${kind}()`)
      if (bytes.length <= longestControlPayload) return new WsMessage(kind, undefined, bytes)
      throw new ToniError(
        "TONI_BAD_ARGUMENT",
        `WsMessage.${kind}() takes at most ${longestControlPayload} bytes; got ${bytes.length}.`,
        { fix: "Send the rest in a message." },
      )
    }
  }
}

/** What has come in from a peer; bytes of text are proven UTF-8 by the adapter. For the core only. */
export function receivedMessage(text: boolean, data: Uint8Array | string): WsMessage {
  return typeof data === "string" ? WsMessage.text(data) : receive(text, data)
}

/** What `send` and `publish` take. */
export type Sendable = WsMessage | string | Uint8Array

/** Anything sendable as a message; something else throws `TONI_BAD_ARGUMENT` (rule G15a). */
export function toMessage(input: Sendable): WsMessage {
  if (isMessage(input)) {
    if (input.payload.length === 0) assertAttached(input.payload)
    return input
  }
  if (typeof input === "string") return WsMessage.text(input)
  if (isBytes(input)) return WsMessage.binary(input)
  throw wrong("A WsMessage, a string or a Uint8Array can be sent", input, fixFor(input))
}

/** Never throws, whatever it is given: a proxy is no view. */
function isBytes(input: unknown): input is Uint8Array {
  return ArrayBuffer.isView(input) && input instanceof Uint8Array
}

/** What to write instead of a value that cannot be sent as it is. */
function fixFor(input: unknown): string {
  if (isInstance(input, ArrayBuffer) || ArrayBuffer.isView(input)) return "Send WsMessage.binary(bytes)."
  return "Send WsMessage.json(value), or a string."
}

function toBytes(input: ArrayBufferView | ArrayBuffer | Iterable<number>, caller: string): Uint8Array {
  assertAttached(input)
  if (isBytes(input)) return input
  if (isInstance(input, ArrayBuffer)) return new Uint8Array(input)
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
  if (typeof input === "object" && input !== null) return collect(input, caller)
  throw wrong(`${caller} takes bytes`, input, bytesFix)
}

const bytesFix = "Pass a typed array, an ArrayBuffer, or whole numbers from 0 to 255; for text use WsMessage.text()."

function collect(numbers: Iterable<number>, caller: string): Uint8Array {
  const bytes: number[] = []
  try {
    for (const number of numbers) {
      if (Number.isInteger(number) && number >= 0 && number <= 255) bytes.push(number)
      else throw wrong(`${caller} takes whole numbers from 0 to 255`, number, bytesFix)
    }
  } catch (cause) {
    if (cause instanceof ToniError) throw cause
    throw new ToniError("TONI_BAD_ARGUMENT", `${caller} could not read its bytes: ${showValue(cause)}.`, { cause })
  }
  return Uint8Array.from(bytes)
}

function stringify(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value) as string | undefined
  } catch (cause) {
    throw new ToniError("TONI_BAD_ARGUMENT", `WsMessage.json() cannot express the value: ${showValue(cause)}.`, {
      cause,
      fix: jsonFix,
    })
  }
  if (text !== undefined) return text
  throw wrong("WsMessage.json() takes a value that JSON can express", value, jsonFix)
}

const jsonFix =
  "Pass objects, lists, strings, finite numbers, booleans and null, without circles, functions and bigints."

function wrong(what: string, got: unknown, fix: string): ToniError {
  return new ToniError("TONI_BAD_ARGUMENT", `${what}; got ${showValue(got)}.`, { fix })
}
