import type { Socket } from "node:net"
import type { WebSocket } from "ws"

type Done = (error: Error | null, data?: Buffer) => void

/** What the library compresses with, one per connection; not documented, hence the probe below. */
interface PerMessageDeflate {
  decompress(data: Buffer, isLast: boolean, done: Done): void
  compress(data: Buffer | string, isLast: boolean, done: Done): void
}

/** Given in place of a message that was never inflated, because the connection broke while reading was paused. */
export const neverInflated: Error = new Error("The connection broke before this message was read")

const nothing = Buffer.alloc(0)

/**
 * Inflates nothing while reading is paused. The library would inflate all that one read of the socket brought: 64 KiB of
 * wire may hold 60 messages of 1 MiB each. What is held are the few bytes of the frame, and everything behind it stays
 * with the library, as it came. What comes when we have said Close is not inflated either: nobody gets it.
 *
 * Nothing is read while it inflates. What the library is given meanwhile it takes afterwards in one go, and when there is
 * a mistake in it, it goes on behind the mistake with what it knew of the frame before: messages that nobody has sent,
 * or an exception.
 */
export class HeldInflation {
  readonly #ws: WebSocket
  readonly #socket: Socket
  #held: { readonly inflate: () => void; readonly done: Done } | undefined
  #isInflating = false
  #isStopped = false

  constructor(ws: WebSocket, socket: Socket, deflate: PerMessageDeflate, failed: (error: unknown) => void) {
    this.#ws = ws
    this.#socket = socket
    const decompress = deflate.decompress.bind(deflate)
    const compress = deflate.compress.bind(deflate)
    deflate.decompress = (data, isLast, done) => {
      socket.pause()
      this.#isInflating = true
      const whenDone = guarded((error, inflated) => {
        this.#isInflating = false
        done(error, inflated)
        if (!this.#isInflating && !ws.isPaused) ws.resume()
      }, failed)
      this.#hold(() => decompress(data, isLast, whenDone), whenDone)
    }
    deflate.compress = (data, isLast, done) => compress(data, isLast, guarded(done, failed))
  }

  /** Reading goes on. */
  resume(): void {
    const held = this.#held
    this.#held = undefined
    if (held) this.#hold(held.inflate, held.done)
  }

  /** Nobody gets anything any more. */
  stop(): void {
    this.#isStopped = true
  }

  /** The socket is gone, and with it what was not read. */
  end(): void {
    const held = this.#held
    this.#held = undefined
    held?.done(neverInflated)
  }

  #hold(inflate: () => void, done: Done): void {
    // The library wants to be answered later, not from within its call.
    const { isPaused, readyState, OPEN } = this.#ws
    const { destroyed } = this.#socket
    if (this.#isStopped || (isPaused && destroyed)) process.nextTick(done, neverInflated)
    else if (isPaused) this.#held = { inflate, done }
    else if (readyState !== OPEN && !destroyed) process.nextTick(done, null, nothing)
    else inflate()
  }
}

/** `undefined` where the connection does not compress, or the library has it under another name. */
export function holdInflation(
  ws: WebSocket,
  socket: Socket,
  failed: (error: unknown) => void,
): HeldInflation | undefined {
  const { _extensions } = ws as unknown as {
    readonly _extensions?: Readonly<Record<string, Partial<PerMessageDeflate>>>
  }
  const deflate = _extensions?.["permessage-deflate"]
  if (deflate?.decompress === undefined || deflate.compress === undefined) return undefined
  return new HeldInflation(ws, socket, deflate as PerMessageDeflate, failed)
}

function guarded(done: Done, failed: (error: unknown) => void): Done {
  return (error, data) => {
    try {
      done(error, data)
    } catch (thrown) {
      failed(thrown)
    }
  }
}
