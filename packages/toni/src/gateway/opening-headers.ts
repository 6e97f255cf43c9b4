import { parseTokens } from "./token-list.ts"

/** Which header is kept under which name, and whether it may come only once because it means something to us. */
const fields = new Map<string, { readonly field: Field; readonly isSingle: boolean }>([
  ["host", { field: "host", isSingle: true }],
  ["origin", { field: "origin", isSingle: true }],
  ["upgrade", { field: "upgrade", isSingle: true }],
  ["connection", { field: "connection", isSingle: false }],
  ["sec-websocket-key", { field: "key", isSingle: true }],
  ["sec-websocket-version", { field: "version", isSingle: true }],
  ["sec-websocket-protocol", { field: "protocol", isSingle: false }],
  ["content-length", { field: "contentLength", isSingle: false }],
  ["transfer-encoding", { field: "transferEncoding", isSingle: false }],
])

type Field = Exclude<keyof OpeningHeaders, "offered" | "repeated">

const nothing: readonly string[] = []

/**
 * The headers that an opening handshake is judged by, from names and values that alternate as they came over the wire.
 * The values of repeated ones are joined by `", "`.
 */
export class OpeningHeaders {
  host: string | undefined
  origin: string | undefined
  upgrade: string | undefined
  connection: string | undefined
  key: string | undefined
  version: string | undefined
  protocol: string | undefined
  contentLength: string | undefined
  transferEncoding: string | undefined
  /** The subprotocols that the client offers; `undefined` when their list is malformed. */
  readonly offered: readonly string[] | undefined
  /** The name of one that came more than once, and may not. */
  repeated: string | undefined

  constructor(raw: readonly string[]) {
    for (let index = 0; index + 1 < raw.length; index += 2) {
      const name = (raw[index] as string).toLowerCase()
      const known = fields.get(name)
      if (known === undefined) continue
      const value = raw[index + 1] as string
      const before = this[known.field]
      if (before !== undefined && known.isSingle) this.repeated = name
      this[known.field] = before === undefined ? value : `${before}, ${value}`
    }
    this.offered = this.protocol === undefined ? nothing : parseTokens(this.protocol)
  }
}
