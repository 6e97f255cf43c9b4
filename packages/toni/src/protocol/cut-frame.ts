import { GrowingBuffer } from "./growing-buffer.ts"

/** The beginning of a frame that the end of a piece has cut. */
export class CutFrame {
  readonly bytes: GrowingBuffer = new GrowingBuffer()
  /** 0 until its head is whole. */
  frameLength: number

  constructor(frameLength: number) {
    this.frameLength = frameLength
  }
}
