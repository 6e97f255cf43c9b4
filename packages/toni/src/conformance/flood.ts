import type { Socket } from "node:net"
import type { TestClient } from "../adapter/memory/test-client.ts"
import { equal, ok } from "./expect.ts"
import { clientFrame, opcode } from "./frame.ts"

const mebibyte = 1_048_576
/** What a flood has to send. */
const most = 64 * mebibyte
/**
 * What of it the network may take from a peer whom nobody reads: the buffers of both kernels grow to 6 and 4 MiB on an
 * ordinary Linux, and an adapter may have read a little.
 */
const network = 24 * mebibyte
const size = 65_536
const frame = clientFrame({ opcode: opcode.binary, payload: new Uint8Array(size) })

/**
 * A peer that sends 64 MiB in messages of 64 KiB, each when the network has taken the last one: what it could not send
 * shows that nobody has read it.
 */
export class Flood {
  /** Messages that were handed to the network. */
  started = 0
  #taken = 0
  #isStopped = false

  start(socket: Socket): void {
    if (this.#isStopped || this.started * size >= most) return
    this.started++
    socket.write(frame, (error) => {
      if (error) return
      this.#taken++
      this.start(socket)
    })
  }

  /** Sends no more than the message that is on its way. */
  stop(): void {
    this.#isStopped = true
  }

  /** Resolves when the network takes no more of it; rejects when that is more than the network alone can hold. */
  async stuck(bystander: TestClient): Promise<void> {
    let [quiet, taken] = [0, -1]
    while (quiet < 30) {
      quiet = taken === this.#taken ? quiet + 1 : 0
      taken = this.#taken
      // Each round is a turn in which the server could read on.
      bystander.send("anything new?")
      equal(await bystander.nextText(), "anything new?")
    }
    ok(taken > 0, "the flood has begun")
    ok(taken * size < network, `${taken * size} bytes were taken from a peer whom nobody was to read`)
  }
}
