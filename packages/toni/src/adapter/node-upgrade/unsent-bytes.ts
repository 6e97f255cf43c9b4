import type { Socket } from "node:net"

/**
 * Bytes of the write in progress that the kernel has not taken: without it, one large message would look like no
 * progress at all. Node does not document the property, and we work without it.
 */
export function unsentByKernel(socket: Socket): number {
  const { writeQueueSize } = (socket as { _handle?: { writeQueueSize?: number } | null })._handle ?? {}
  return writeQueueSize ?? 0
}
