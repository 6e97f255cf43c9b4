import { rsv1 } from "./opcode.ts"

/** How long the head of an unmasked frame is. */
export function headLength(payloadLength: number): 2 | 4 | 10 {
  return payloadLength < 126 ? 2 : payloadLength < 65_536 ? 4 : 10
}

/**
 * Writes the head of a final, unmasked frame, as servers send them (RFC 6455 section 5.2), into `target` from `offset`
 * on, and answers its length. A compressed message is marked as such (RFC 7692 section 6).
 */
export function writeHead(
  target: Uint8Array,
  offset: number,
  opcode: number,
  payloadLength: number,
  isCompressed = false,
): number {
  target[offset] = 0x80 | (isCompressed ? rsv1 : 0) | opcode
  if (payloadLength < 126) {
    target[offset + 1] = payloadLength
    return 2
  }
  if (payloadLength < 65_536) {
    target[offset + 1] = 126
    target[offset + 2] = payloadLength >> 8
    target[offset + 3] = payloadLength & 0xff
    return 4
  }
  target[offset + 1] = 127
  // A length is below 2^53, so the upper half needs arithmetic: the operators on bits see 32 of them.
  let upper = Math.floor(payloadLength / 2 ** 32)
  let lower = payloadLength >>> 0
  for (let index = offset + 9; index > offset + 5; index--, lower >>>= 8) target[index] = lower & 0xff
  for (let index = offset + 5; index > offset + 1; index--, upper >>>= 8) target[index] = upper & 0xff
  return 10
}
