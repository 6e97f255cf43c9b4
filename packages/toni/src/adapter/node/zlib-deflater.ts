import { constants, deflateRawSync, type InflateRaw } from "node:zlib"
import { tail, type Deflater } from "../../protocol/permessage-deflate.ts"
import { InflateContext } from "./inflate-context.ts"
import { inflateOnce } from "./inflate-once.ts"

type Inflate = Deflater["inflate"]

let chosen: Inflate | undefined

/**
 * Compression by zlib, one message at a time: synchronous, so that order needs no queue. A context is kept to inflate
 * with, where Node allows it, but none to deflate with: after a reset, what zlib makes of a message still depends, now
 * and then, on those before, which are somebody else's.
 */
export const zlibDeflater: Deflater = {
  deflate(data, windowBits) {
    const bytes = deflateRawSync(data, { windowBits, finishFlush: constants.Z_SYNC_FLUSH })
    return bytes.subarray(0, bytes.byteLength - tail.byteLength)
  },
  // Found out when the first message comes.
  inflate: (data, maxLength) => (chosen ??= chooseInflate())(data, maxLength),
}

/** More than comes out at once. */
const sample = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251)

/**
 * Inflates with one context for all messages. That leans on what Node does not document, so it is tried out first: where
 * it does not do as it should, each message has a context of its own.
 */
export function chooseInflate(make?: () => InflateRaw): Inflate {
  try {
    const { inflate } = new InflateContext(make)
    return isSound(inflate) ? inflate : inflateOnce
  } catch {
    return inflateOnce
  }
}

/** Whether messages come through, mistakes are noticed, and what follows is not touched by what came before. */
function isSound(inflate: Inflate): boolean {
  const bytes = zlibDeflater.deflate(sample, 15)
  const comesBack = (): boolean => {
    const inflated = inflate(bytes, sample.byteLength)
    return typeof inflated !== "string" && Buffer.compare(inflated, sample) === 0
  }
  return (
    comesBack() &&
    inflate(bytes, sample.byteLength - 1) === "too-long" &&
    comesBack() &&
    inflate(Uint8Array.of(0xff), sample.byteLength) === "corrupt" &&
    comesBack() &&
    // A reference to the last byte of what came before.
    inflate(Uint8Array.of(0x02, 0x02, 0x00), sample.byteLength) === "corrupt"
  )
}
