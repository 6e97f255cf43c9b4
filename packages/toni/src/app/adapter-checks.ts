import { nameOf } from "../di/injection-token.ts"
import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"
import { hasMethods } from "../checked-options.ts"

/** What stands in the place of an adapter may be anything; each mistake has its own remedy. */

const createCall = "ToniFactory.create(AppModule, new NodeHttpAdapter())"
const useCall = "app.useWebSocketAdapter(new NodeWebSocketAdapter())"

/** Throws `TONI_BAD_ARGUMENT` for what is no `HttpAdapter`. */
export function checkHttpAdapter(value: unknown): void {
  if (isHttpAdapter(value)) return
  const detail = `The second argument of ToniFactory.create() is an HTTP adapter; got ${outline(value)}.`
  throw new ToniError("TONI_BAD_ARGUMENT", detail, { fix: httpFix(value) })
}

/** Throws `TONI_BAD_ARGUMENT` for what is no `WebSocketAdapter`. */
export function checkWebSocketAdapter(value: unknown): void {
  if (isWebSocketAdapter(value)) return
  const detail = `useWebSocketAdapter() takes a WebSocket adapter; got ${outline(value)}.`
  throw new ToniError("TONI_BAD_ARGUMENT", detail, { fix: webSocketFix(value) })
}

function httpFix(value: unknown): string {
  const face = prototypeOfClass(value)
  if (isHttpAdapter(face, false)) return `Write new ${nameOf(value)}(), an instance.`
  if (isWebSocketAdapter(value) || isWebSocketAdapter(face, false)) return `Write ${createCall}, then ${useCall}.`
  if (typeof value === "function") return "Write ToniFactory.create(AppModule, new NodeHttpAdapter(handler))."
  if (attempt(() => hasMethods(value, ["listen"]))) {
    return "Write ToniFactory.create(AppModule, new NodeHttpAdapter(server)), with a server of node:http or node:https."
  }
  return `Write ${createCall}.`
}

function webSocketFix(value: unknown): string {
  const face = prototypeOfClass(value)
  if (isWebSocketAdapter(face, false)) return `Write new ${nameOf(value)}(), an instance.`
  if (isHttpAdapter(value) || isHttpAdapter(face, false)) return `Write ${createCall}, then ${useCall}.`
  return `Write ${useCall}.`
}

/** Of a class only the methods are known, before there is an instance. */
function isHttpAdapter(value: unknown, whole = true): boolean {
  return attempt(() => hasMethods(value, ["listen", "close", "stopListening"]) && (!whole || has(value, "server")))
}

function isWebSocketAdapter(value: unknown, whole = true): boolean {
  return attempt(() => hasMethods(value, ["attach"]) && (!whole || has(value, "supports")))
}

function has(value: unknown, name: string): boolean {
  const member = (value as Record<string, unknown>)[name]
  return typeof member === "object" && member !== null
}

function prototypeOfClass(value: unknown): unknown {
  try {
    return typeof value === "function" ? (value as { readonly prototype?: unknown }).prototype : undefined
  } catch {
    return undefined
  }
}

/** A value whose properties throw is not what was asked for. */
function attempt(question: () => boolean): boolean {
  try {
    return question()
  } catch {
    return false
  }
}

/** Servers and adapters are too big to be shown whole. */
function outline(value: unknown): string {
  return typeof value === "object" && value !== null ? nameOf(value) : showValue(value)
}
