import type { Socket } from "node:net"

/**
 * Bytes of the write in progress that the kernel has not taken: without it, one large message would look like no
 * progress at all. Node does not document the property, and we work without it.
 */
export function unsentByKernel(socket: Socket): number {
  const { writeQueueSize } = (socket as { _handle?: { writeQueueSize?: number } | null })._handle ?? {}
  return writeQueueSize ?? 0
}

/**
 * Node keeps what it has told about a peer's address, in an object for each socket; it can be asked again while the
 * socket is open. Not documented either: where the member has another name, this does nothing.
 */
export function forgetAddress(socket: Socket): void {
  const internals = socket as { _peername?: unknown }
  if (internals._peername !== undefined) internals._peername = undefined
}
