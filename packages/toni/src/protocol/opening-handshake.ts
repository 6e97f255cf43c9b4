/** What a server appends to the key of a client (RFC 6455 section 1.3). */
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/** Computes SHA-1 and answers it in base64; runtimes differ in how they do that. */
export type Sha1Base64 = (text: string) => string

/** The head of a 101 response (RFC 6455 section 4.2.2). Header values must have been checked. */
export function switchingProtocols(
  key: string,
  sha1: Sha1Base64,
  protocol: string | undefined,
  headers: readonly (readonly [name: string, value: string])[],
): string {
  let head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${sha1(key + guid)}\r\n`
  if (protocol !== undefined) head += `Sec-WebSocket-Protocol: ${protocol}\r\n`
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`
  return `${head}\r\n`
}
