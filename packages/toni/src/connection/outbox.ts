import type { AdapterSocket } from "../adapter/websocket-adapter.ts"
import { ToniError } from "../errors.ts"
import type { WsMessage } from "../message/ws-message.ts"
import { showValue } from "../show-value.ts"
import type { SendOptions } from "./ws-client.ts"

/** What `send` answers while there is room: one promise for all (rule G15b). */
export const taken: Promise<boolean> = Promise.resolve(true)
/** What `send` answers for a message that was discarded. */
export const discarded: Promise<boolean> = Promise.resolve(false)

/** What became of a message that was offered. */
export type Offer = "taken" | "discarded" | "over-limit"

/** Whether pending bytes are down to a quarter of the limit: then nobody has to wait (rule G15b). */
export function hasRoom({ pendingBytes }: AdapterSocket, limit: number): boolean {
  return pendingBytes <= limit / 4
}

/** Whether a message of any size may be taken: always when nothing is pending, else up to the limit (rule G15c). */
export function judge(socket: AdapterSocket, limit: number, message: WsMessage, volatile: boolean): Offer {
  const pending = socket.pendingBytes
  if (pending === 0) return "taken"
  if (volatile && pending > limit / 4) return "discarded"
  // Text that is short enough in any case need not be encoded to be measured: a unit takes three bytes at the most.
  const { payload } = message
  if (pending + (typeof payload === "string" ? payload.length * 3 : payload.length) <= limit) return "taken"
  if (pending + message.byteLength <= limit) return "taken"
  socket.flush()
  if (socket.pendingBytes === 0 || socket.pendingBytes + message.byteLength <= limit) return "taken"
  return volatile ? "discarded" : "over-limit"
}

/** What `send` was told about its message; options of another form throw `TONI_BAD_ARGUMENT` (rule G15a). */
export function isVolatileIn(options: SendOptions): boolean {
  try {
    const { volatile = false } = options
    if (typeof options === "object" && typeof volatile === "boolean" && hasVolatileAlone(options)) return volatile
  } catch {
    // What cannot be read is of another form.
  }
  throw new ToniError("TONI_BAD_ARGUMENT", `send() takes { volatile } behind the message; got ${showValue(options)}.`, {
    fix: "Write { volatile: true }, or leave it out; what is to be sent is one message.",
  })
}

/** An option of another name would be read by nobody. */
function hasVolatileAlone(options: object): boolean {
  for (const name in options) if (name !== "volatile") return false
  return true
}
