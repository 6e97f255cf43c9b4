import type { SendOptions, WsClient } from "../connection/ws-client.ts"
import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"

/** The forms of what topics and the hub are called with. Each check throws `TONI_BAD_ARGUMENT` at the call (rule H5b). */

export interface PublishOptions extends SendOptions {
  /** The client, or the clients, that do not get the message. */
  readonly except?: Pick<WsClient, "id"> | Iterable<Pick<WsClient, "id">> | undefined
}

/** Whom a command concerns: one client, or all followers of a topic. */
export type Audience = { readonly client: string } | { readonly topic: string }

/** The longest name of a topic, in UTF-16 units: a bound for what a peer can make us keep. */
const longestTopic = 1_024

export function checkTopic(topic: string): void {
  if (typeof topic === "string" && topic.length > 0 && topic.length <= longestTopic) return
  const got = typeof topic === "string" && topic !== "" ? `${topic.length} characters` : showValue(topic)
  throw bad(`A topic is a string of 1 to ${longestTopic} characters; got ${got}.`, "Pass such a string.")
}

export function checkClientId(id: string): void {
  if (typeof id !== "string")
    throw bad(`A client is named by its id, a string; got ${showValue(id)}.`, "Pass client.id.")
}

/** The one of both that an audience names. */
export function readAudience(audience: Audience): { readonly client?: string; readonly topic?: string } {
  const form = "An audience is { client: id } or { topic: name }"
  const client = read(audience, "client", form)
  const topic = read(audience, "topic", form)
  if ((client === undefined) === (topic === undefined)) {
    throw bad(`${form}; got ${showValue(audience)}.`, "Pass one of both, such as { client: client.id }.")
  }
  if (client !== undefined) {
    checkClientId(client as string)
    return { client: client as string }
  }
  checkTopic(topic as string)
  return { topic: topic as string }
}

/**
 * Whether options ask for a message to be discarded rather than to wait; `takesExcept`: they may also leave clients out.
 * An option of any other name is refused: unread, it would change nothing, and nobody would know.
 */
export function isVolatile(options: SendOptions | undefined, takesExcept = false): boolean {
  if (options === undefined) return false
  const stranger = firstStranger(options, takesExcept)
  if (stranger !== undefined) {
    const takes = takesExcept ? "volatile and except" : "volatile"
    throw bad(
      `This call takes ${takes} behind the message; got ${showValue(stranger)}.`,
      `Correct or remove ${stranger}.`,
    )
  }
  const volatile = read(options, "volatile", optionsForm)
  if (volatile === undefined) return false
  if (typeof volatile === "boolean") return volatile
  throw bad(`volatile is true or false; got ${showValue(volatile)}.`, "Correct it, or leave it out.")
}

/** The ids of those who do not get a message; `undefined` where everybody does. */
export function readExcept(options: PublishOptions | undefined): ReadonlySet<string> | undefined {
  if (options === undefined) return undefined
  const except = read(options, "except", optionsForm)
  if (except === undefined) return undefined
  try {
    if (typeof except === "object" && except !== null) {
      const clients = Symbol.iterator in except ? [...(except as Iterable<unknown>)] : [except]
      const ids = clients.map((client) => (client as Partial<WsClient> | null | undefined)?.id)
      if (ids.every((id) => typeof id === "string")) return new Set(ids)
    }
  } catch (cause) {
    throw bad("except throws when it is read.", exceptFix, cause)
  }
  throw bad(`except takes clients, or objects with the id of one; got ${showValue(except)}.`, exceptFix)
}

const exceptFix = "Write except: client, or except: [{ id }]."

const optionsForm = "The options of a message are an object"

/** The first name among options that is none of theirs. */
function firstStranger(options: object, takesExcept: boolean): string | undefined {
  try {
    for (const name in options) if (name !== "volatile" && !(takesExcept && name === "except")) return name
  } catch (cause) {
    throw bad(`${optionsForm}; this one throws when it is read.`, "Pass a plain object.", cause)
  }
  return undefined
}

/** Reads a field of an object that somebody handed in; it may be a getter that throws. */
function read(value: unknown, name: string, form: string): unknown {
  if (typeof value !== "object" || value === null)
    throw bad(`${form}; got ${showValue(value)}.`, "Pass such an object.")
  try {
    return (value as Record<string, unknown>)[name]
  } catch (cause) {
    throw bad(`${form}; this one throws when it is read.`, "Pass a plain object.", cause)
  }
}

function bad(detail: string, fix: string, cause?: unknown): ToniError {
  return new ToniError("TONI_BAD_ARGUMENT", detail, { cause, fix })
}
