import { GrowingBuffer } from "./growing-buffer.ts"
import { Opcode, rsv1 } from "./opcode.ts"
import { Utf8Stream } from "./utf8.ts"

/** What has come of a message in fragments. */
export class FragmentedMessage {
  readonly isText: boolean
  readonly isCompressed: boolean
  readonly bytes: GrowingBuffer = new GrowingBuffer()
  /** Text that is not compressed is checked as it comes. */
  readonly utf8: Utf8Stream | undefined
  frames = 0

  /** Of the first byte of its first frame. */
  constructor(first: number) {
    this.isText = (first & 0x0f) === Opcode.text
    this.isCompressed = (first & rsv1) !== 0
    this.utf8 = this.isText && !this.isCompressed ? new Utf8Stream() : undefined
  }
}
