import type { Random } from "./seeds.ts"
import { handshake } from "./wire.ts"

/** What a request must get: the answer of the HTTP handler to this target, or one of these statuses. */
export interface Expected {
  readonly target: string
  readonly isHead: boolean
  readonly statuses: readonly number[]
  /** Whether the handler answers, and says the target; Node or the core otherwise. */
  readonly byHandler: boolean
}

/** A run of pipelined requests on one connection, as it is sent, and what must come back. */
export interface Conversation {
  readonly bytes: Buffer
  /** Where each request ends in the bytes. */
  readonly ends: readonly number[]
  readonly expected: readonly Expected[]
  /** Whether Node may give up what it has not answered yet: behind bytes that are no HTTP, and behind CONNECT. */
  readonly mayBreak: boolean
}

interface Draft {
  readonly parts: (string | Buffer)[]
  readonly expected: Expected
  /** Nothing that follows is answered. */
  readonly isLast: boolean
  /** It is an upgrade that is refused. */
  readonly isRefused: boolean
}

/** From Node 25 on an upgrade with a body, to what is not WebSocket, is refused: Node has read the body by then. */
const nodeReadsBodies = Number.parseInt(process.versions.node, 10) >= 25
const methods = ["GET", "GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"]
const otherProtocols = ["x", "h2c", "HTTP/2.0, x", "TLS/1.0"]
const smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

/** What kind of server a conversation is for. */
export interface Partner {
  /** Whether there is a handler, which tells the target in its answer. */
  readonly hasHandler: boolean
  /** Whether bodies are read before the answer is sent. */
  readonly readsBodies: boolean
  /** Whether upgrades may be sent to what is not ours; it may take a second until they are answered. */
  readonly takesForeign: boolean
}

/** Makes up a conversation. */
export function makeConversation(random: Random, partner: Partner): Conversation {
  const parts: (string | Buffer)[] = []
  const ends: number[] = []
  const expected: Expected[] = []
  let mayBreak = false
  let length = 0
  const add = (more: readonly (string | Buffer)[]): void => {
    for (const part of more) {
      const bytes = typeof part === "string" ? Buffer.from(part, "latin1") : part
      parts.push(bytes)
      length += bytes.length
    }
  }
  const count = random.between(1, 7)
  for (let index = 0; index < count; index++) {
    const target = `/${index}${"x".repeat(random.below(4))}`
    if (index > 0 && random.chance(0.06)) {
      mayBreak = true
      add([
        random.pick(["CONNECT example.com:80 HTTP/1.1\r\nHost: x\r\n\r\n", "\0\0\r\n\r\n", "GET\r\n\r\n"]),
        smuggled,
      ])
      break
    }
    const draft = random.chance(0.15) ? webSocket(random, partner) : plain(random, target, partner)
    add(draft.parts)
    ends.push(length)
    expected.push(draft.expected)
    if (!draft.isLast) continue
    // Behind an answer that ends the connection Node leaves what it has not read, and the system resets it.
    if (draft.isRefused) add([smuggled])
    break
  }
  return { bytes: Buffer.concat(parts as Buffer[]), ends, expected, mayBreak }
}

/** A request that the HTTP handler must answer; it may ask for another protocol than WebSocket. */
function plain(random: Random, target: string, { hasHandler, readsBodies, takesForeign }: Partner): Draft {
  const method = random.pick(methods)
  const isOld = random.chance(0.1)
  const keepsAlive = random.chance(isOld ? 0.5 : 0.93)
  // To HTTP/1.0 the handlers' answers, which do not say how long they are, end with the connection.
  const isLast = isOld || !keepsAlive
  const upgrades = takesForeign && random.chance(0.35)
  const connection = [
    ...(keepsAlive ? (isOld ? ["keep-alive"] : []) : ["close"]),
    ...(upgrades ? [random.pick(["Upgrade", "upgrade"])] : []),
  ]
  const body = (!isLast || readsBodies) && !(upgrades && nodeReadsBodies) ? bodyOf(random, isOld) : noBody
  const expects = !isOld && random.chance(0.1)
  const headers = [
    "Host: x",
    ...(connection.length > 0 ? [`Connection: ${connection.join(", ")}`] : []),
    ...(upgrades ? [`Upgrade: ${random.pick(otherProtocols)}`] : []),
    ...(expects ? ["Expect: 100-continue"] : []),
    ...body.headers,
  ]
  const head = `${method} ${target} HTTP/${isOld ? "1.0" : "1.1"}\r\n${random.shuffle(headers).join("\r\n")}\r\n\r\n`
  return {
    parts: [head, ...body.parts],
    expected: { target, isHead: method === "HEAD", statuses: [hasHandler ? 200 : 404], byHandler: hasHandler },
    isLast,
    isRefused: false,
  }
}

interface Body {
  readonly headers: readonly string[]
  readonly parts: readonly (string | Buffer)[]
}

const noBody: Body = { headers: [], parts: [] }

function bodyOf(random: Random, isOld: boolean): Body {
  const kind = random.below(isOld ? 2 : 3)
  if (kind === 0) return noBody
  const pieces = Array.from({ length: random.below(4) }, () =>
    random.chance(0.3) ? Buffer.from(smuggled) : random.bytes(random.between(1, 300)),
  )
  if (kind === 1) {
    const bytes = Buffer.concat(pieces)
    return { headers: [`Content-Length: ${bytes.length}`], parts: [bytes] }
  }
  const chunks = pieces.flatMap((bytes) => [`${bytes.length.toString(16)}\r\n`, bytes, "\r\n"])
  return { headers: ["Transfer-Encoding: chunked"], parts: [...chunks, "0\r\n\r\n"] }
}

/** A handshake, well-formed or not; it is always the last request. */
function webSocket(random: Random, { takesForeign }: Partner): Draft {
  const [head, ...statuses] = random.pick<readonly [string, ...number[]]>([
    [handshake("/chat"), 101],
    [handshake("/chat", { Upgrade: "WebSocket", Connection: "keep-alive, Upgrade" }), 101],
    [handshake("/chat", { "Sec-WebSocket-Key": "" }), 400],
    [handshake("/chat", { "Sec-WebSocket-Version": "8" }), 426],
    [handshake("/chat", { Origin: "http://elsewhere.example" }), 403],
    [handshake("/chat", { "Content-Length": "3" }), 400],
    [handshake("/chat").replace("GET", "POST"), 405],
    [handshake("/chat").replace("HTTP/1.1", "HTTP/1.0"), 400],
    ...(takesForeign ? [[handshake("/nowhere"), 404] as const] : []),
  ])
  const expected = { target: "", isHead: false, statuses, byHandler: false }
  return { parts: [head], expected, isLast: true, isRefused: !statuses.includes(101) }
}

export interface Answer {
  readonly status: number
  readonly headers: string
  readonly target: string | undefined
  readonly body: string
}

/** The answers in what came back, whole ones only; and what is left, which is none or not whole. */
export function readAnswers(received: string, expected: readonly Expected[]): { answers: Answer[]; rest: string } {
  const answers: Answer[] = []
  let rest = received
  for (;;) {
    const head = /^HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest)
    if (!head) return { answers, rest }
    const [whole, status, headers = ""] = head
    const behind = rest.slice(whole.length)
    const isInterim = status === "100"
    const isEmpty = isInterim || status === "101" || expected[answers.length]?.isHead === true
    const body = isEmpty ? { text: "", length: 0 } : readBody(headers, behind)
    if (!body) return { answers, rest }
    rest = behind.slice(body.length)
    const target = /^X-Target: (.*)\r$/im.exec(headers)?.[1]
    if (!isInterim) answers.push({ status: Number(status), headers, target, body: body.text })
    if (status === "101") return { answers, rest: "" }
  }
}

function readBody(headers: string, text: string): { text: string; length: number } | undefined {
  const length = /^content-length: (\d+)\r$/im.exec(headers)?.[1]
  if (length !== undefined) {
    return text.length < Number(length) ? undefined : { text: text.slice(0, Number(length)), length: Number(length) }
  }
  if (!/^transfer-encoding: chunked\r$/im.test(headers)) return { text, length: text.length }
  let body = ""
  let offset = 0
  for (;;) {
    const head = /^([0-9a-f]+)\r\n/.exec(text.slice(offset))
    if (!head) return undefined
    const size = Number.parseInt(head[1] ?? "", 16)
    const begin = offset + head[0].length
    if (text.length < begin + size + 2) return undefined
    body += text.slice(begin, begin + size)
    offset = begin + size + 2
    if (size === 0) return { text: body, length: offset }
  }
}
