import { constants, deflateRawSync } from "node:zlib"
import type { Random } from "./seeds.ts"

/** A stream of frames as a client sends it, and what its compressed payloads are. */
export interface FrameStream {
  readonly bytes: Buffer
  /** In base64. */
  readonly compressed: ReadonlySet<string>
}

const lengths = [0, 1, 2, 3, 7, 124, 125, 126, 127, 128, 1_000, 4_095, 4_096, 65_535, 65_536, 70_000]

/** Valid messages with pings, pongs and perhaps a Close; then, in half of the cases, something is done to the bytes. */
export function frameStream(random: Random, compresses: boolean): FrameStream {
  const compressed = new Set<string>()
  const frames: Buffer[] = []
  for (let count = random.between(1, 8); count > 0; count--) {
    const kind = random.below(10)
    if (kind < 2) frames.push(control(random, 9))
    else if (kind < 3) frames.push(control(random, 10))
    else frames.push(...message(random, compresses, compressed))
  }
  if (random.chance(0.3)) frames.push(close(random))
  if (random.chance(0.3)) frames.push(...message(random, compresses, compressed))
  const mutated = random.chance(0.5) ? mutateFrames(random, frames) : frames
  const bytes = Buffer.concat(mutated)
  return { bytes: random.chance(0.4) ? mutateBytes(random, bytes) : bytes, compressed }
}

function message(random: Random, compresses: boolean, compressed: Set<string>): Buffer[] {
  const isText = random.chance(0.5)
  const length = random.chance(0.5) ? random.pick(lengths) : random.below(3_000)
  const content = isText
    ? text(random, length)
    : random
        .bytes(Math.min(length, 300))
        .toString("latin1")
        .repeat(1 + length / 300)
  const plain = Buffer.from(content, isText ? "utf8" : "latin1")
  const isCompressed = compresses && random.chance(0.6)
  const payload = isCompressed ? deflated(plain, random) : plain
  if (isCompressed) compressed.add(payload.toString("base64"))
  const cuts = Array.from({ length: random.chance(0.4) ? random.between(1, 5) : 0 }, () =>
    random.below(payload.length + 1),
  )
  const edges = [0, ...cuts.toSorted((one, other) => one - other), payload.length]
  return edges.slice(1).flatMap((end, index) => {
    const frame = encode(random, {
      opcode: index > 0 ? 0 : isText ? 1 : 2,
      fin: index === edges.length - 2,
      rsv: index === 0 && isCompressed ? 4 : 0,
      payload: payload.subarray(edges[index], end),
    })
    return random.chance(0.1) && index < edges.length - 2 ? [frame, control(random, 9)] : [frame]
  })
}

const alphabets = ["abc ", "äöüß", "日本語", "🙂👋🏽", "a\0\u007f\u0080"]

function text(random: Random, length: number): string {
  const letters = Array.from(random.pick(alphabets))
  const word = Array.from({ length: Math.min(length, 40) }, () => random.pick(letters)).join("")
  return word.repeat(Math.ceil(length / Math.max(1, word.length))).slice(0, length)
}

function deflated(bytes: Buffer, random: Random): Buffer {
  const level = random.pick([0, 1, 6, 9])
  const whole = deflateRawSync(bytes, { level, finishFlush: constants.Z_SYNC_FLUSH })
  // Of nothing zlib makes nothing, and RFC 7692 section 7.2.3.6 one byte.
  return whole.length < 4 ? Buffer.of(0) : whole.subarray(0, -4)
}

function control(random: Random, opcode: number): Buffer {
  return encode(random, { opcode, fin: true, rsv: 0, payload: random.bytes(random.pick([0, 1, 20, 125])) })
}

function close(random: Random): Buffer {
  const code = random.pick([
    1000, 1001, 1003, 1009, 1011, 1014, 3000, 4000, 4999, 999, 1004, 1005, 1006, 1015, 2999, 5000, 0,
  ])
  const reason = Buffer.from(random.pick(["", "bye", "tschüß", "x".repeat(123)]))
  const payload = random.chance(0.15)
    ? random.bytes(random.below(4))
    : Buffer.concat([Buffer.of(code >> 8, code & 255), reason])
  return encode(random, { opcode: 8, fin: true, rsv: 0, payload })
}

interface Fields {
  readonly opcode: number
  readonly fin: boolean
  readonly rsv: number
  readonly payload: Buffer
}

function encode(random: Random, { opcode, fin, rsv, payload }: Fields): Buffer {
  const { length } = payload
  const size = random.chance(0.01) ? random.pick([2, 8]) : length < 126 ? 0 : length < 65_536 ? 2 : 8
  const head = Buffer.alloc(2 + size)
  head[0] = (fin ? 128 : 0) | (rsv << 4) | opcode
  head[1] = 128 | (size === 0 ? length : size === 2 ? 126 : 127)
  if (size === 2) head.writeUInt16BE(Math.min(length, 65_535), 2)
  if (size === 8) head.writeBigUInt64BE(BigInt(length), 2)
  const mask = random.chance(0.2) ? Buffer.alloc(4) : random.bytes(4)
  return Buffer.concat([head, mask, payload.map((byte, index) => byte ^ (mask[index & 3] as number))])
}

function mutateFrames(random: Random, frames: readonly Buffer[]): Buffer[] {
  const result = [...frames]
  const at = random.below(result.length)
  const frame = Buffer.from(result[at] as Buffer)
  const ways: (() => void)[] = [
    () => void result.splice(at, 0, frame),
    () => void result.splice(at, 1),
    () => void result.splice(at, 1, ...result.splice(at, 2).toReversed()),
    () => (result[at] = withByte(frame, 0, (byte) => byte ^ (16 << random.below(3)))),
    () => (result[at] = withByte(frame, 0, (byte) => (byte & 0xf0) | random.below(16))),
    () => (result[at] = withByte(frame, 0, (byte) => byte ^ 128)),
    () => (result[at] = withByte(frame, 1, (byte) => byte & 127)),
    () => (result[at] = withByte(frame, 1, (byte) => (byte & 128) | random.below(128))),
    () => void result.splice(at, 0, Buffer.concat([Buffer.of(130, 255), random.bytes(12)])),
    () => (result[at] = withByte(frame, frame.length - 1, () => 0xff)),
    () => void result.splice(at, 0, ...Array.from({ length: 20 }, () => Buffer.of(0, 128, 0, 0, 0, 0))),
  ]
  random.pick(ways)()
  return result
}

function withByte(frame: Buffer, at: number, change: (byte: number) => number): Buffer {
  frame[at] = change(frame[at] as number) & 255
  return frame
}

function mutateBytes(random: Random, bytes: Buffer): Buffer {
  let result = Buffer.from(bytes)
  for (let times = random.between(1, 3); times > 0 && result.length > 0; times--) {
    const at = random.below(result.length)
    const way = random.below(5)
    if (way === 0) result[at] = (result[at] as number) ^ (1 << random.below(8))
    else if (way === 1) result = Buffer.concat([result.subarray(0, at), result.subarray(at + random.between(1, 20))])
    else if (way === 2)
      result = Buffer.concat([result.subarray(0, at), random.bytes(random.between(1, 20)), result.subarray(at)])
    else if (way === 3) result = result.subarray(0, at)
    else result = Buffer.concat([result, random.bytes(random.between(1, 200))])
  }
  return result
}

/** The same bytes, in pieces as they may travel. */
export function pieces(random: Random, bytes: Buffer): Buffer[] {
  const way = random.below(4)
  if (way === 0) return [bytes]
  if (way === 1 && bytes.length <= 400) return Array.from(bytes, (byte) => Buffer.of(byte))
  const cuts = Array.from({ length: random.between(1, 12) }, () => random.below(bytes.length + 1))
  const edges = [0, ...cuts.toSorted((one, other) => one - other), bytes.length]
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end))
}
