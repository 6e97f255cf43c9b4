import type { WsMessage } from "../../message/ws-message.ts"
import type { DeflateAgreement, Deflater } from "../../protocol/permessage-deflate.ts"

/** permessage-deflate on one connection that has agreed on it. */
export class Deflate {
  readonly deflater: Deflater
  readonly windowBits: number
  readonly #threshold: number

  constructor(deflater: Deflater, { windowBits }: DeflateAgreement, threshold: number) {
    this.deflater = deflater
    this.windowBits = windowBits
    this.#threshold = threshold
  }

  /** Whether a message is worth compressing; pings and pongs never are (RFC 7692 section 5.1). */
  suits(message: WsMessage): boolean {
    return (message.kind === "text" || message.kind === "binary") && message.byteLength >= this.#threshold
  }

  compress(payload: Uint8Array): Uint8Array {
    return this.deflater.deflate(payload, this.windowBits)
  }
}
