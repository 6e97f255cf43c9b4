import type { Socket } from "node:net"

/** How much a peer may send before its handshake is answered. More is left in the kernel. */
const longestHead = 65_536

/** A peer whose upgrade is not answered yet: it is read from, to notice when it vanishes (rule G9a). */
export class WaitingPeer {
  readonly #socket: Socket
  readonly #vanished: () => void
  readonly #early: Buffer[] = []
  #earlyBytes = 0

  /** `vanished` is called once, unless `release` was called before. */
  constructor(socket: Socket, vanished: () => void) {
    this.#socket = socket
    this.#vanished = vanished
    socket.on("data", this.#keep).on("end", this.#vanish).on("close", this.#vanish)
  }

  /** Leaves the socket alone, and hands over what came behind `head` meanwhile, `head` included. */
  release(head: Buffer): Buffer {
    this.#socket.off("data", this.#keep).off("end", this.#vanish).off("close", this.#vanish)
    // Memory of its own: what is read from it becomes messages.
    const bytes = Buffer.alloc(head.byteLength + this.#earlyBytes)
    let offset = 0
    for (const piece of [head, ...this.#early]) offset += piece.copy(bytes, offset)
    return bytes
  }

  readonly #keep = (chunk: Buffer): void => {
    this.#early.push(chunk)
    this.#earlyBytes += chunk.byteLength
    if (this.#earlyBytes >= longestHead) this.#socket.pause()
  }

  readonly #vanish = (): void => this.#vanished()
}
