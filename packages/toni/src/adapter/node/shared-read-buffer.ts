import { Socket } from "node:net"
import { TLSSocket } from "node:tls"
import { readingMemory } from "../../protocol/mask.ts"

/**
 * Node can read a socket into a buffer that is used again (`onread`), but only a socket that one makes oneself. These
 * are the members by which it remembers to; a server's socket takes them as well. Node does not document that, so
 * nothing relies on it: where they are not found, sockets are read as usual, into a new buffer each time.
 */
const members = findMembers()

/** As much as Node itself reads at once. */
const shared = readingMemory
const { buffer: memory, byteOffset } = shared

/** What reading into the shared buffer needs of a socket's handle. */
interface Handle {
  useUserBuffer(buffer: Uint8Array): void
}

/** Takes what a socket has read; it lies in the shared buffer, and is gone with the next read. */
export type TakeShared = (this: Socket, bytes: Uint8Array) => void

/**
 * Makes the function that has sockets read into the one buffer that all of them share, and hand what came to `take`.
 * It answers `false` where that is not possible: then nothing has changed.
 */
export function sharedReads(take: TakeShared): (socket: Socket) => boolean {
  const callback = function (this: Socket, length: number): boolean {
    take.call(this, new Uint8Array(memory, byteOffset, length))
    return true
  }
  return (socket) => {
    const handle = (socket as { _handle?: Partial<Handle> | null })._handle
    if (members === undefined || socket instanceof TLSSocket || typeof handle?.useUserBuffer !== "function")
      return false
    const internals = socket as unknown as Record<symbol, unknown>
    internals[members.buffer] = shared
    internals[members.callback] = callback
    handle.useUserBuffer(shared)
    return true
  }
}

function findMembers(): { readonly buffer: symbol; readonly callback: symbol } | undefined {
  const probe = new Socket({ onread: { buffer: Buffer.alloc(1), callback: () => true } } as object)
  const symbols = Object.getOwnPropertySymbols(probe)
  const buffer = symbols.find(({ description }) => description === "kBuffer")
  const callback = symbols.find(({ description }) => description === "kBufferCb")
  probe.destroy()
  return buffer && callback && { buffer, callback }
}
