/** What a frame is (RFC 6455 section 5.2). Control frames have the fourth bit set. */
export const Opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const

/** The first reserved bit, beside the opcode: the message is compressed (RFC 7692 section 6). */
export const rsv1 = 0x40
