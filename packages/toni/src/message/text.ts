const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

/** The UTF-8 form of a string; a lone surrogate becomes U+FFFD. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The string that UTF-8 bytes spell; a byte order mark is kept, because it belongs to the message. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}
