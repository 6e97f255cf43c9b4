/** Opcodes of RFC 6455 section 11.8. */
export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** A frame, with every field in the hands of the test. */
export interface FrameFields {
  readonly opcode: number
  readonly payload?: Uint8Array | string
  readonly fin?: boolean
  readonly rsv?: number
  /** Default `true`: clients mask. */
  readonly masked?: boolean
  /** Four bytes. */
  readonly mask?: readonly number[]
  /** Announces another length than the payload has. */
  readonly announced?: bigint
  /** Spells the length in more bytes than it takes: 16 or 64 bits. */
  readonly lengthBits?: 7 | 16 | 64
}

/** The bytes of a frame as a client sends it (RFC 6455 section 5.2), well-formed or not. */
export function clientFrame(fields: FrameFields): Buffer {
  const { fin = true, rsv = 0, masked = true, mask = [0x37, 0xfa, 0x21, 0x3d] } = fields
  const payload = Buffer.from(fields.payload ?? "")
  const length = fields.announced ?? BigInt(payload.byteLength)
  const bits = fields.lengthBits ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64)
  const head = Buffer.alloc(2 + (bits === 7 ? 0 : bits / 8))
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | fields.opcode
  head[1] = (masked ? 0x80 : 0) | (bits === 7 ? Number(length) : bits === 16 ? 126 : 127)
  if (bits === 16) head.writeUInt16BE(Number(length), 2)
  if (bits === 64) head.writeBigUInt64BE(length, 2)
  if (!masked) return Buffer.concat([head, payload])
  return Buffer.concat([head, Buffer.from(mask), payload.map((byte, index) => byte ^ (mask[index % 4] as number))])
}

/** A Close frame; without a code its payload is empty. */
export function closeFrame(code?: number, reason = ""): Buffer {
  if (code === undefined) return clientFrame({ opcode: opcode.close })
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason))
  payload.writeUInt16BE(code)
  payload.write(reason, 2)
  return clientFrame({ opcode: opcode.close, payload })
}

/** A frame as the server sent it. */
export interface ServerFrame {
  readonly fin: boolean
  readonly rsv: number
  readonly opcode: number
  readonly payload: Buffer
}

/** Takes bytes from a server, in whatever pieces they come, and gives whole frames. Masked ones throw. */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0)
  /** What has come behind them, joined only when the next frame is whole: a big one comes in many pieces. */
  #pieces: Uint8Array[] = []
  #length = 0
  #needed = 2

  read(chunk: Uint8Array): readonly ServerFrame[] {
    this.#pieces.push(chunk)
    this.#length += chunk.byteLength
    if (this.#length < this.#needed) return []
    this.#bytes = Buffer.concat([this.#bytes, ...this.#pieces])
    this.#pieces = []
    const frames: ServerFrame[] = []
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame)
    this.#length = this.#bytes.byteLength
    return frames
  }

  #next(): ServerFrame | undefined {
    const bytes = this.#bytes
    this.#needed = 2
    if (bytes.byteLength < 2) return undefined
    const first = bytes.readUInt8(0)
    const second = bytes.readUInt8(1)
    if (second >= 0x80) throw new Error("The server masked a frame (RFC 6455 section 5.1)")
    const start = second === 126 ? 4 : second === 127 ? 10 : 2
    this.#needed = start
    if (bytes.byteLength < start) return undefined
    const length = second === 126 ? bytes.readUInt16BE(2) : second === 127 ? Number(bytes.readBigUInt64BE(2)) : second
    if (length < (second === 126 ? 126 : second === 127 ? 65_536 : 0)) {
      throw new Error("The server spelled a length in too many bytes (RFC 6455 section 5.2)")
    }
    this.#needed = start + length
    if (bytes.byteLength < start + length) return undefined
    this.#bytes = bytes.subarray(start + length)
    const payload = bytes.subarray(start, start + length)
    return { fin: first >= 0x80, rsv: (first >> 4) & 7, opcode: first & 15, payload }
  }
}
