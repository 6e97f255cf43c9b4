import { Socket } from "node:net"
import { TLSSocket } from "node:tls"

/**
 * Node can read a socket into a buffer that is used again (`onread`), but only a socket that one makes oneself. These
 * are the members by which it remembers to; a server's socket takes them as well. Node does not document that, so
 * nothing relies on it: where they are not found, sockets are read as usual, into a new buffer each time.
 */
const members = findMembers()

/** As much as Node itself reads at once. */
const shared: Buffer = Buffer.allocUnsafeSlow(65_536)

/** Whether bytes lie in the shared buffer, and are gone with the next read. */
export function isShared(bytes: Uint8Array): boolean {
  return bytes.buffer === shared.buffer
}

/** What reading into the shared buffer needs of a socket's handle. */
interface Handle {
  useUserBuffer(buffer: Uint8Array): void
}

/**
 * From now on reads the socket into the one buffer that all sockets share, and hands what came to `take`, which must
 * copy what it keeps. `false` where that is not possible: then nothing has changed.
 */
export function readIntoSharedBuffer(socket: Socket, take: (bytes: Buffer) => void): boolean {
  const handle = (socket as { _handle?: Partial<Handle> | null })._handle
  if (members === undefined || socket instanceof TLSSocket || typeof handle?.useUserBuffer !== "function") return false
  const internals = socket as unknown as Record<symbol, unknown>
  internals[members.buffer] = shared
  internals[members.callback] = (length: number): boolean => {
    take(shared.subarray(0, length))
    return true
  }
  handle.useUserBuffer(shared)
  return true
}

function findMembers(): { readonly buffer: symbol; readonly callback: symbol } | undefined {
  const probe = new Socket({ onread: { buffer: Buffer.alloc(1), callback: () => true } } as object)
  const symbols = Object.getOwnPropertySymbols(probe)
  const buffer = symbols.find(({ description }) => description === "kBuffer")
  const callback = symbols.find(({ description }) => description === "kBufferCb")
  probe.destroy()
  return buffer && callback && { buffer, callback }
}
