import { assertArgument, checkedOptions, type OptionCheck } from "../../checked-options.ts"
import { HomeContext } from "../../home-context.ts"
import type { Refusal, UpgradeDoor } from "../websocket-adapter.ts"
import { errorAtCall } from "./error-at-call.ts"
import { MemoryClient } from "./memory-client.ts"
import { MemoryLink } from "./memory-link.ts"

/** What a client in memory sends as its handshake; what is left out is as a well-behaved client has it. */
export interface MemoryHandshake {
  /** Added to the usual headers of a handshake; `undefined` removes one, a list sends one several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined
  /** The subprotocols to offer. */
  readonly protocols?: readonly string[] | undefined
  /** Default `"127.0.0.1"`. */
  readonly remoteAddress?: string | undefined
  readonly method?: string | undefined
  /** Default `"1.1"`. */
  readonly httpVersion?: string | undefined
  /** Aborting it is the client vanishing before it has an answer. */
  readonly signal?: AbortSignal | undefined
}

/** A handshake that was answered with something else than 101. */
export class HandshakeRefused extends Error {
  override readonly name = "HandshakeRefused"
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string

  /** Made by `connect`. */
  constructor(refusal: Refusal) {
    assertArgument(isRefusal(refusal), "A HandshakeRefused is what connect() rejects with", refusal)
    const { status, headers, body } = refusal
    super(`The server refused the handshake: ${status} ${body}`)
    this.status = status
    this.headers = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]))
    this.body = body
  }
}

/** A server without a port: clients of the same process connect to it by calling `connect`. */
export class MemoryServer {
  readonly #doors = new Set<UpgradeDoor>()
  readonly #home = new HomeContext()

  /** Hands upgrades to `door`, until the function that it returns is called. */
  open(door: UpgradeDoor): () => void {
    this.#doors.add(door)
    return () => void this.#doors.delete(door)
  }

  /**
   * Connects to a path; rejects with `HandshakeRefused` when the answer is not 101, and with a `ToniError` for arguments
   * of the wrong form.
   */
  async connect(target: string, options: MemoryHandshake = {}): Promise<MemoryClient> {
    assertArgument(typeof target === "string", 'connect() takes a path such as "/chat"', target)
    const atCall = errorAtCall()
    const handshake = checkedOptions<MemoryHandshake>("connect()", options, handshakeChecks)
    if (handshake.signal?.aborted) return Promise.reject(new Error("The client has vanished"))
    const home = this.#home
    const [door] = this.#doors
    if (!door) return Promise.reject(new Error("Connection refused: nobody listens"))
    return new Promise((resolve, reject) => {
      const { signal, remoteAddress = "127.0.0.1", method = "GET", httpVersion = "1.1" } = handshake
      let isAnswered = false
      const answer = (): boolean => {
        const isFirst = !isAnswered
        isAnswered = true
        return isFirst
      }
      const pending: Parameters<UpgradeDoor["upgrade"]>[0] = {
        request: { method, target, httpVersion, rawHeaders: headerLines("memory", handshake).flat(), remoteAddress },
        onAbandoned: undefined,
        accept({ protocol, headers, limits }, events) {
          if (!answer()) return undefined
          const link = new MemoryLink(events, limits, home)
          resolve(new MemoryClient(link, protocol ?? "", Object.fromEntries(headers)))
          return link.socket
        },
        refuse(refusal) {
          if (answer()) reject(atCall(new HandshakeRefused(refusal)))
        },
      }
      signal?.addEventListener("abort", () => {
        if (!answer()) return
        pending.onAbandoned?.()
        reject(new Error("The client has vanished"))
      })
      home.soon(() => door.upgrade(pending))
    })
  }
}

const text: OptionCheck = (value) => (typeof value === "string" ? undefined : "takes a string")
const isText = (value: unknown): boolean => typeof value === "string"

const handshakeChecks: Readonly<Record<keyof MemoryHandshake, OptionCheck>> = {
  headers: (value) => {
    const isRight =
      typeof value === "object" &&
      value !== null &&
      Object.values(value).every((each) => each === undefined || [each].flat().every(isText))
    return isRight ? undefined : "takes headers: each a string, a list of strings, or undefined"
  },
  protocols: (value) => (Array.isArray(value) && value.every(isText) ? undefined : "takes a list of strings"),
  remoteAddress: text,
  method: text,
  httpVersion: text,
  signal: (value) => (value instanceof AbortSignal ? undefined : "takes an AbortSignal"),
}

function isRefusal(value: unknown): value is Refusal {
  try {
    const { status, headers, body } = value as Refusal
    return typeof status === "number" && typeof body === "string" && headers.flat().every(isText)
  } catch {
    return false
  }
}

const usualKey = "dGhlIHNhbXBsZSBub25jZQ=="

/** The headers of a handshake as a client sends them, in order. */
export function headerLines(
  host: string,
  { headers = {}, protocols = [] }: MemoryHandshake,
): readonly (readonly [name: string, value: string])[] {
  const fields: Record<string, string | readonly string[] | undefined> = {
    host,
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": usualKey,
    "sec-websocket-protocol": protocols.length > 0 ? protocols.join(", ") : undefined,
  }
  for (const [name, value] of Object.entries(headers)) fields[name.toLowerCase()] = value
  return Object.entries(fields).flatMap(([name, value = []]) => [value].flat().map((each) => [name, each] as const))
}
