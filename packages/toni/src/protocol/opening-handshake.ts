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
  const chosen = protocol === undefined ? "" : `Sec-WebSocket-Protocol: ${protocol}\r\n`
  const added = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")
  const accept = sha1(key + guid)
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${chosen}${added}\r\n`
}
