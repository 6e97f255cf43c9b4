import { AsyncResource } from "node:async_hooks"
import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"

/** A socket that Node has taken away from HTTP, for an upgrade: from here on nobody hears its errors but who listens. */

/** Hears the errors of a socket, as long as nobody else is there to do so; an error without a listener ends the process. */
export function guard(socket: Socket): void {
  if (!socket.listeners("error").includes(endOnError)) socket.on("error", endOnError)
}

/** Takes the guard off a socket that somebody else listens to now. */
export function unguard(socket: Socket): void {
  if (socket.listenerCount("error") > 1) socket.off("error", endOnError)
}

/**
 * A listener for errors, which have destroyed their socket before they are told, but for some of TLS: a peer that asks
 * for new keys again and again would go on for ever.
 */
export function endOnError(this: Socket, error: Error): void {
  this.destroy(error)
}

/**
 * Calls `next` once all requests that came before on this connection are answered, at once where they are. Only then the
 * connection belongs to who takes it next: until then HTTP writes to it (RFC 9112 section 9.3.2). Not called when the
 * connection ends before.
 */
export function whenAnswered(socket: Socket, next: () => void): void {
  // Node does not document where it keeps the response that is being written; those behind it follow there one by one.
  const { _httpMessage: response } = socket as { _httpMessage?: ServerResponse | null }
  if (!response) return next()
  // A response closes in the async context of its handler, which is not that of what comes next (rule G12e).
  const again = AsyncResource.bind(() => {
    if (!socket.destroyed) whenAnswered(socket, next)
  })
  response.once("close", again)
}

/** Finds out whether somebody has done anything with a socket since this was made. */
export class Traces {
  readonly #socket: Socket
  readonly #listeners: ReadonlySet<unknown>
  #written = 0

  constructor(socket: Socket) {
    this.#socket = socket
    this.#listeners = new Set(listenersOf(socket))
  }

  /** What was written until now was not written by who takes the socket. */
  writtenByHttp(): void {
    this.#written = this.#socket.bytesWritten
  }

  get areThere(): boolean {
    const { destroyed, writableEnded, readableFlowing, bytesWritten } = this.#socket
    if (destroyed || writableEnded || readableFlowing !== null || bytesWritten !== this.#written) return true
    return listenersOf(this.#socket).some((listener) => !this.#listeners.has(listener))
  }
}

function listenersOf(socket: Socket): unknown[] {
  return socket.eventNames().flatMap((name) => socket.rawListeners(name as string))
}
