/** A masked frame, of text unless it says otherwise, as clients send it; unmasked for who speaks no WebSocket. */
export function encodeFrame(payload, isMasked, opcode = 1) {
  const { length } = payload
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const start = 2 + extra + (isMasked ? 4 : 0)
  const frame = Buffer.alloc(start + length)
  frame[0] = 0x80 | opcode
  frame[1] = (isMasked ? 0x80 : 0) | (extra === 0 ? length : extra === 2 ? 126 : 127)
  if (extra === 2) frame.writeUInt16BE(length, 2)
  if (extra === 8) frame.writeBigUInt64BE(BigInt(length), 2)
  const key = [0x12, 0x34, 0x56, 0x78]
  if (isMasked) frame.set(key, start - 4)
  for (let i = 0; i < length; i++) frame[start + i] = payload[i] ^ (isMasked ? key[i & 3] : 0)
  return frame
}

/** Takes whole frames off the front of `bytes`: calls `take(opcode, payload, isDeflated)` for each and returns what is left. */
export function decodeFrames(bytes, take) {
  let at = 0
  while (bytes.length - at >= 2) {
    const code = bytes[at + 1] & 127
    const head = code < 126 ? 2 : code === 126 ? 4 : 10
    if (bytes.length - at < head) break
    const length = head === 2 ? code : head === 4 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    if (bytes.length - at < head + length) break
    take(bytes[at] & 15, bytes.subarray(at + head, at + head + length), (bytes[at] & 0x40) !== 0)
    at += head + length
  }
  return at === 0 ? bytes : bytes.subarray(at)
}
