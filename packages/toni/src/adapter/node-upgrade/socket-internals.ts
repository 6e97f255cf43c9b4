import type { Socket } from "node:net"

/** What a socket of Node knows of the write in progress; over TLS the handle below sends. */
interface WriteInternals {
  readonly _writableState?: { readonly writelen?: number }
  readonly _handle?: (QueueingHandle & { readonly _parent?: QueueingHandle }) | null
}

interface QueueingHandle {
  readonly writeQueueSize?: number
}

/**
 * Bytes written to a socket that the kernel has not taken. The stream counts a write until it is told that all of it is
 * gone: one large message would look like no progress at all, and over TLS, where it is told a turn later, like a peer
 * that does not read. Node does not document how to know better; without these members we go by the stream.
 */
export function unsentBytes(socket: Socket): number {
  const { writableLength } = socket
  if (writableLength === 0) return 0
  const { _writableState, _handle } = socket as unknown as WriteInternals
  const writing = _writableState?.writelen
  const unsent = (_handle?._parent ?? _handle)?.writeQueueSize
  if (writing === undefined || unsent === undefined) return writableLength
  return Math.min(writableLength, writableLength - writing + unsent)
}

/**
 * Whether the kernel has not taken all that was handed to it, so that more would only pile up. Over TLS the stream counts
 * a write until a turn later, which says nothing of the peer. Where Node does not tell, whatever waits counts.
 */
export function isBackedUp(socket: Socket): boolean {
  if (socket.writableLength === 0) return false
  const { _handle } = socket as unknown as WriteInternals
  return (_handle?._parent ?? _handle)?.writeQueueSize !== 0
}

/**
 * Node keeps what it has told about a peer's address, in an object for each socket; it can be asked again while the
 * socket is open. Not documented either: where the member has another name, this does nothing.
 */
export function forgetAddress(socket: Socket): void {
  const internals = socket as { _peername?: unknown }
  if (internals._peername !== undefined) internals._peername = undefined
}
