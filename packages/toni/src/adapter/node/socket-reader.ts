import type { Socket } from "node:net"
import type { FrameDecoder } from "../../protocol/frame-decoder.ts"
import { bigPiece } from "./head-room.ts"
import { ReadMemory } from "./read-memory.ts"
import type { TurnReader, TurnSchedule } from "./turn-schedule.ts"

/** How many bytes of one socket are handled before others have their turn: as much as Node reads at once. */
const mostInTurn = 65_536
/** Bytes of a big frame are only put to the others of it, which takes so many times less than to handle messages. */
const cheaper = 8

/** Whose socket is read. */
export interface ReaderOwner {
  /** A turn of reading threw this. Must not throw. */
  broke(error: unknown): void
  /** The peer sends no more, and all that it has sent was read. Must not throw. */
  ended(): void
}

/**
 * How one socket is read: its bytes go to the decoder, a share in each turn of the event loop, so that one who sends
 * without end does not keep the others waiting; and not at all while reading is paused.
 */
export class SocketReader implements TurnReader {
  readonly #owner: ReaderOwner
  readonly #socket: Socket
  readonly #decoder: FrameDecoder
  readonly #schedule: TurnSchedule
  readonly #memory = new ReadMemory()
  /** The turn that `#taken` bytes were taken in. */
  #turn = 0
  #taken = 0
  #isPaused = false
  /** It is to read on, next turn. */
  #isDue = false
  /** The peer sends no more. */
  #hasEnded = false

  constructor(owner: ReaderOwner, socket: Socket, decoder: FrameDecoder, schedule: TurnSchedule) {
    this.#owner = owner
    this.#socket = socket
    this.#decoder = decoder
    this.#schedule = schedule
  }

  /** Takes what lies in the buffer that all sockets share. */
  readShared(bytes: Uint8Array): void {
    const start = this.#decoder.readBorrowed(bytes)
    this.#count(start < bigPiece ? bytes.length : bytes.length - start + start / cheaper)
    this.#decode(this.#memory.copy(start === 0 ? bytes : bytes.subarray(start)))
  }

  /** Takes bytes that nobody else has. */
  read(bytes: Uint8Array): void {
    this.#count(bytes.length)
    this.#decode(bytes)
  }

  #count(length: number): void {
    const { turn } = this.#schedule
    if (turn !== this.#turn) {
      this.#turn = turn
      this.#taken = 0
    }
    this.#taken += length
  }

  #decode(bytes: Uint8Array): void {
    this.#decoder.read(bytes)
    if (this.#taken >= mostInTurn || this.#decoder.isWaiting) this.#giveWay()
  }

  /** It has what it may read, and not what it may inflate. */
  get isInflating(): boolean {
    return this.#decoder.isWaiting
  }

  pause(): void {
    this.#isPaused = true
    this.#decoder.isHeld = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#decoder.isHeld = false
    if (this.#decoder.isWaiting || this.#hasEnded) this.#giveWay()
    else if (!this.#isDue) this.#schedule.context.run(resumeSocket, this.#socket)
  }

  /** The peer sends no more: the owner is told as soon as what came before has been read, in its turns (rule G13b). */
  end(): void {
    this.#hasEnded = true
    if (!this.#decoder.isWaiting) this.#owner.ended()
  }

  /** The socket is gone: what it has read is decoded, paused or not, as far as this turn may inflate (rule G13b). */
  finish(): void {
    this.#decoder.isHeld = false
    this.#decoder.readOn()
    if (this.#decoder.isWaiting) return
    const unread = this.#socket.read() as Uint8Array | null
    if (unread !== null) this.#decoder.read(unread)
  }

  broke(error: unknown): void {
    this.#owner.broke(error)
  }

  readTurn(): void {
    this.#isDue = false
    if (this.#isPaused) return
    this.#decoder.readOn()
    if (this.#isPaused) return
    if (this.#decoder.isWaiting) this.#giveWay()
    else if (this.#hasEnded) this.#owner.ended()
    else this.#socket.resume()
  }

  #giveWay(): void {
    this.#socket.pause()
    if (this.#isDue || this.#isPaused) return
    this.#isDue = true
    this.#schedule.readLater(this)
  }
}

function resumeSocket(socket: Socket): void {
  socket.resume()
}
