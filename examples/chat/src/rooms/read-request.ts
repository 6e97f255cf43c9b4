import type { WsMessage } from "toni"
import { checkText } from "../protocol/checks.ts"
import type { RoomErrorCode, RoomEvent, RoomRequest } from "../protocol/room-protocol.ts"

type Failure = RoomEvent & { type: "error" }

/** What a client asks for; or the answer that says what is wrong with it. Nothing that a client sends makes it throw. */
export function readRequest(message: WsMessage): RoomRequest | Failure {
  const value = readJson(message)
  if (value === undefined) return failure("bad-json", "A request is a text message with JSON in it.")
  if (typeof value !== "object" || value === null) return failure("bad-request", "A request is a JSON object.")
  const { type, id, text, on } = value as Readonly<Record<string, unknown>>
  switch (type) {
    case "say":
      return readSay(id, text)
    case "typing":
      return typeof on === "boolean" ? { type, on } : failure("bad-request", "typing needs `on`: true or false.")
    case "ping":
      return { type }
    default:
      return failure("bad-request", 'The `type` of a request is "say", "typing" or "ping".')
  }
}

function readSay(id: unknown, input: unknown): RoomRequest | Failure {
  if (id !== undefined && !isId(id)) {
    return failure("bad-request", "The `id` of a message is 1 to 64 of the characters A–Z a–z 0–9 _ and -.")
  }
  if (typeof input !== "string") return failure("bad-text", "say needs `text`: a string.", id)
  const text = checkText(input)
  if (!text.ok) return failure("bad-text", text.problem, id)
  return { type: "say", text: text.value, ...(id === undefined ? {} : { id }) }
}

/** `undefined`, which JSON cannot express, when it is none. */
function readJson(message: WsMessage): unknown {
  try {
    return message.asJson()
  } catch {
    return undefined
  }
}

function isId(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value)
}

function failure(code: RoomErrorCode, message: string, id?: string): Failure {
  return { type: "error", code, message, ...(id === undefined ? {} : { id }) }
}
