import { Socket } from "node:net"
import { TLSSocket } from "node:tls"

/**
 * Node can read a socket into a buffer that is used again (`onread`), but only a socket that one makes oneself. These
 * are the members by which it remembers to; a server's socket takes them as well. Node does not document that, so
 * nothing relies on it: where they are not found, sockets are read as usual, into a new buffer each time.
 */
const members = findMembers()

const none = Buffer.allocUnsafeSlow(0)
const smallestSlab = 256
const largestSlab = 8_192

/** As much as Node itself reads at once. */
const shared: Buffer = Buffer.allocUnsafeSlow(65_536)

/** What reading into the shared buffer needs of a socket's handle. */
interface Handle {
  useUserBuffer(buffer: Uint8Array): void
}

/**
 * From now on reads the socket into the one buffer that all sockets share, and hands what came to `take`, copied into
 * memory that no other socket uses. `false` where that is not possible: then nothing has changed.
 */
export function readIntoSharedBuffer(socket: Socket, take: (bytes: Buffer) => void): boolean {
  const handle = (socket as { _handle?: Partial<Handle> | null })._handle
  if (members === undefined || socket instanceof TLSSocket || typeof handle?.useUserBuffer !== "function") return false
  const internals = socket as unknown as Record<symbol, unknown>
  internals[members.buffer] = shared
  const slab = new Slab()
  internals[members.callback] = (length: number): boolean => {
    take(slab.copy(shared, length))
    return true
  }
  handle.useUserBuffer(shared)
  return true
}

/** The memory of one socket: what it reads lies there piece behind piece, so that few pieces cost an allocation. */
class Slab {
  #bytes = none
  #used = 0

  /** The first `length` bytes of `source`, as a copy. */
  copy(source: Buffer, length: number): Buffer {
    if (length > largestSlab / 2) {
      const own = Buffer.allocUnsafeSlow(length)
      source.copy(own, 0, 0, length)
      return own
    }
    if (this.#used + length > this.#bytes.byteLength) {
      // Who reads little keeps little.
      const size = Math.min(largestSlab, Math.max(smallestSlab, 2 * this.#bytes.byteLength, length))
      this.#bytes = Buffer.allocUnsafeSlow(size)
      this.#used = 0
    }
    const own = this.#bytes.subarray(this.#used, (this.#used += length))
    source.copy(own, 0, 0, length)
    return own
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
