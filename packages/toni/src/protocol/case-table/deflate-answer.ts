import type { OfferParam } from "./compression.ts"

/** What an answer binds the two sides to. */
export interface Agreement {
  /** The window of the server's messages, and of the client's, as powers of two. */
  readonly serverBits: number
  readonly clientBits: number
  /** Whether a side may refer back to messages before. */
  readonly serverTakesOver: boolean
  readonly clientTakesOver: boolean
}

const withoutValue = ["server_no_context_takeover", "client_no_context_takeover"]
const withValue = ["server_max_window_bits", "client_max_window_bits"]

/**
 * Reads the server's `Sec-WebSocket-Extensions`, and throws where no offer allows it (RFC 7692 section 7.1). It shares
 * no code with what wrote the answer.
 */
export function readDeflateAnswer(offers: readonly (readonly OfferParam[])[], answer: string): Agreement {
  const [name, ...params] = answer.split(";").map((part) => part.trim())
  if (name !== "permessage-deflate") throw new Error(`${answer}: only permessage-deflate was offered`)
  const given = new Map<string, string | true>()
  for (const param of params) {
    const [key = "", value = true] = param.split("=")
    const isKnown =
      value === true ? withoutValue.includes(key) : withValue.includes(key) && /^([89]|1[0-5])$/.test(value)
    if (!isKnown) throw new Error(`${answer}: ${param} may not be in an answer`)
    if (given.has(key)) throw new Error(`${answer}: ${key} is there twice`)
    given.set(key, value)
  }
  if (!offers.some((offer) => allows(new Map(offer), given))) throw new Error(`${answer}: no offer allows it`)
  return {
    serverBits: Number(given.get("server_max_window_bits") ?? 15),
    clientBits: Number(given.get("client_max_window_bits") ?? 15),
    serverTakesOver: !given.has("server_no_context_takeover"),
    clientTakesOver: !given.has("client_no_context_takeover"),
  }
}

type Params = ReadonlyMap<string, string | true>

/** What an offer asks for is answered, and no more of the client than it said it can do. */
function allows(offer: Params, answer: Params): boolean {
  const asksNoTakeover = offer.has("server_no_context_takeover")
  if (asksNoTakeover && !answer.has("server_no_context_takeover")) return false
  const most = offer.get("server_max_window_bits")
  if (most !== undefined && !(Number(answer.get("server_max_window_bits")) <= Number(most))) return false
  const window = answer.get("client_max_window_bits")
  const able = offer.get("client_max_window_bits")
  return window === undefined || able === true || Number(window) <= Number(able)
}
