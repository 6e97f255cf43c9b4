import { constants as buffers } from "node:buffer"
import { constants, createInflateRaw, type InflateRaw } from "node:zlib"
import { mostStreams, tail, type Deflater } from "../../protocol/permessage-deflate.ts"

/** The parts of a stream of node:zlib that its types leave out. */
interface Engine {
  readonly _handle: {
    writeSync(
      flush: number,
      input: Uint8Array,
      inputOffset: number,
      inputLength: number,
      output: Uint8Array,
      outputOffset: number,
      outputLength: number,
    ): void
    onerror: () => void
  }
  /** Where a write leaves how much room is left in the output, and how much of the input. */
  readonly _writeState: Uint32Array
  reset(): void
}

/** Bytes that come out at once. */
const chunkLength = 65_536
/** The first chunk of every message; what leaves is a copy. */
const scratch = new Uint8Array(chunkLength)

/**
 * A context of zlib that is kept for message after message. Each begins with a reset, after which zlib has no window to
 * look back into: one that refers to bytes before its own is corrupt.
 */
export class InflateContext {
  readonly #engine: Engine
  /** Held here too: the handle writes into it, without holding it. */
  readonly #state: Uint32Array
  #isCorrupt = false

  constructor(make: () => InflateRaw = createInflateRaw) {
    this.#engine = make() as unknown as Engine
    this.#state = this.#engine._writeState
    // Called within `writeSync`. The stream's own listener would destroy it.
    this.#engine._handle.onerror = () => void (this.#isCorrupt = true)
  }

  readonly inflate: Deflater["inflate"] = (data, maxLength) => {
    const output = new Output(Math.min(maxLength, buffers.MAX_LENGTH))
    let streams = 1
    this.#begin()
    for (const input of [data, tail]) {
      for (let [read, isFull] = [0, true]; read < input.byteLength || isFull;) {
        const { chunk, filled } = output
        const [room, unread] = [chunk.byteLength - filled, input.byteLength - read]
        this.#engine._handle.writeSync(constants.Z_SYNC_FLUSH, input, read, unread, chunk, filled, room)
        if (this.#isCorrupt) return "corrupt"
        const [roomLeft, inputLeft] = [this.#state[0] as number, this.#state[1] as number]
        read = input.byteLength - inputLeft
        isFull = roomLeft === 0
        if (!output.took(room - roomLeft)) return "too-long"
        // With room left and more to read, a final block has ended the stream.
        if (isFull || inputLeft === 0) continue
        if (++streams > mostStreams) return "corrupt"
        this.#begin()
      }
    }
    return output.end()
  }

  #begin(): void {
    this.#isCorrupt = false
    this.#engine.reset()
  }
}

/** What comes out of one message. */
class Output {
  readonly #most: number
  readonly #full: Uint8Array[] = []
  #length = 0
  chunk: Uint8Array = scratch
  /** Bytes of the chunk that are taken. */
  filled = 0

  constructor(most: number) {
    this.#most = most
  }

  /** So many bytes were put into the chunk; false when they are too many. */
  took(count: number): boolean {
    this.#length += count
    this.filled += count
    if (this.#length > this.#most) return false
    if (this.filled === this.chunk.byteLength) {
      this.#full.push(this.chunk)
      this.chunk = Buffer.allocUnsafeSlow(Math.min(chunkLength, this.#most - this.#length + 1))
      this.filled = 0
    }
    return true
  }

  /** All of it, in memory of its own. */
  end(): Uint8Array {
    const last = this.chunk.subarray(0, this.filled)
    if (this.#full.length === 0) return last.slice()
    const joined = Buffer.allocUnsafeSlow(this.#length)
    let offset = 0
    for (const piece of [...this.#full, last]) {
      joined.set(piece, offset)
      offset += piece.byteLength
    }
    return joined
  }
}
