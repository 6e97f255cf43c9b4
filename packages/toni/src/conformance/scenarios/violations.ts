import type { DisconnectReason } from "../../message/disconnect-reason.ts"
import type { GatewayOptions } from "../../gateway/gateway-options.ts"
import { deepEqual, equal, ok } from "../expect.ts"
import { clientFrame, closeFrame, opcode, type FrameFields } from "../frame.ts"
import { gate, scenario, type Capabilities, type Gate, type Scenario, type Stage } from "../scenario.ts"
import { overTcp } from "../tcp-client.ts"

/** How a connection ended: as the gateway was told, and by what code the peer learned of it. */
interface Ending {
  readonly reason: Omit<DisconnectReason, "message">
  readonly code: number
}

const protocolError = (code: number): Ending => ({ reason: { kind: "protocol-error", code } as never, code })
const limit = (name: string, code: number): Ending => ({ reason: { kind: "limit", limit: name, code } as never, code })

/** Bytes that break a rule, by a name for the message of a failure. */
type Offences = Readonly<Record<string, Uint8Array>>

/**
 * Each of the offences ends its connection as it should: what came before it is handled, what comes behind it is not,
 * the gateway hears of it once, and a bystander is served on.
 */
function violation(
  rules: string,
  title: string,
  ending: Ending,
  offences: Offences,
  options: GatewayOptions = {},
  capabilities: Capabilities = "wire violations",
): Scenario {
  const run = async ({ serve }: Stage): Promise<void> => {
    const endings = new Map<string, { readonly seen: unknown[]; readonly left: Gate }>()
    const { connect } = await serve({
      path: "/:who",
      options,
      onMessage(client, message) {
        endings.get(client.params["who"] ?? "")?.seen.push(message.asText())
        return client.send(message)
      },
      onDisconnect(client, { message: _message, ...reason }: DisconnectReason & { message?: string }) {
        const end = endings.get(client.params["who"] ?? "")
        end?.seen.push(reason)
        end?.left.open()
      },
    })
    const bystander = await connect("/bystander")
    for (const [index, [name, bytes]] of Object.entries(offences).entries()) {
      const offender = overTcp(await connect(`/${index}`))
      const end = { seen: [] as unknown[], left: gate() }
      endings.set(String(index), end)
      const behind = clientFrame({ opcode: opcode.text, payload: "behind" })
      offender.write(Buffer.concat([clientFrame({ opcode: opcode.text, payload: "before" }), bytes, behind]))
      equal((await offender.closed).code, ending.code, name)
      await end.left.promise
      deepEqual(end.seen, ["before", ending.reason], name)
      bystander.send("still here")
      equal(await bystander.nextText(), "still here")
    }
  }
  return scenario(rules, title, run, capabilities)
}

/** Frames one after another. */
const sequence = (...frames: readonly FrameFields[]): Buffer => Buffer.concat(frames.map(clientFrame))

const { continuation, text, binary, close, ping, pong } = opcode

const badTexts: Readonly<Record<string, readonly number[]>> = {
  "a continuation without a beginning": [0x61, 0x80],
  "a beginning without a continuation": [0xc3, 0x28],
  "an overlong slash": [0xc0, 0xaf],
  "an overlong euro sign": [0xf0, 0x82, 0x82, 0xac],
  "a surrogate": [0xed, 0xa0, 0x80],
  "more than U+10FFFF": [0xf4, 0x90, 0x80, 0x80],
  "an impossible byte": [0x61, 0xff],
  "a character that is cut off": [0x61, 0xe2, 0x82],
}

/** RFC 6455 sections 5 and 8.1, and the limits that only an adapter sees: what ends a connection, and how. */
export const violations: readonly Scenario[] = [
  violation("RFC6455-5.1 G13a", "a frame that is not masked is 1002", protocolError(1002), {
    text: sequence({ opcode: text, payload: "hi", masked: false }),
    empty: sequence({ opcode: text, masked: false }),
    ping: sequence({ opcode: ping, masked: false }),
    close: sequence({ opcode: close, masked: false }),
  }),

  violation("RFC6455-5.2 G13a", "a reserved bit is 1002", protocolError(1002), {
    "RSV1 on text": sequence({ opcode: text, payload: "hi", rsv: 4 }),
    "RSV2 on text": sequence({ opcode: text, payload: "hi", rsv: 2 }),
    "RSV3 on binary": sequence({ opcode: binary, payload: "hi", rsv: 1 }),
    "RSV1 on a ping": sequence({ opcode: ping, rsv: 4 }),
    "RSV1 on a continuation": sequence(
      { opcode: text, payload: "hi", fin: false },
      { opcode: continuation, payload: "there", rsv: 4 },
    ),
    "RSV3 on a Close": sequence({ opcode: close, rsv: 1 }),
  }),

  violation(
    "RFC6455-5.2 G13a",
    "a reserved opcode is 1002",
    protocolError(1002),
    Object.fromEntries([3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((code) => [code, sequence({ opcode: code })])),
  ),

  violation("RFC6455-5.5 G13a", "a control frame that is long or fragmented is 1002", protocolError(1002), {
    "a ping of 126 bytes": sequence({ opcode: ping, payload: "x".repeat(126) }),
    "a pong of 65,536 bytes": sequence({ opcode: pong, payload: "x".repeat(65_536) }),
    "a Close of 126 bytes": closeFrame(1000, "x".repeat(124)),
    "a ping in fragments": sequence({ opcode: ping, fin: false }, { opcode: continuation }),
    "a Close in fragments": sequence({ opcode: close, fin: false }, { opcode: continuation }),
  }),

  violation("RFC6455-5.4 G13a", "fragments that do not belong together are 1002", protocolError(1002), {
    "a continuation of nothing": sequence({ opcode: continuation, payload: "hi" }),
    "a continuation of nothing that goes on": sequence({ opcode: continuation, payload: "hi", fin: false }),
    "a text within a text": sequence({ opcode: text, payload: "hi", fin: false }, { opcode: text, payload: "there" }),
    "a binary within a text": sequence({ opcode: text, fin: false }, { opcode: binary, payload: "there" }),
    "a text within a ping's interruption": sequence(
      { opcode: binary, payload: "hi", fin: false },
      { opcode: ping },
      { opcode: text, payload: "there" },
    ),
  }),

  violation(
    "RFC6455-8.1 G13a",
    "text that is not UTF-8 is 1007",
    protocolError(1007),
    Object.fromEntries(
      Object.entries(badTexts).map(([name, bytes]) => [name, sequence({ opcode: text, payload: Buffer.from(bytes) })]),
    ),
  ),

  violation(
    "RFC6455-8.1 G13a",
    "text that is not UTF-8 once its fragments are put together is 1007",
    protocolError(1007),
    Object.fromEntries(
      Object.entries(badTexts).map(([name, bytes]) => [
        name,
        sequence(
          { opcode: text, payload: Buffer.from(bytes.slice(0, 1)), fin: false },
          { opcode: continuation, payload: Buffer.from(bytes.slice(1)), fin: false },
          { opcode: continuation },
        ),
      ]),
    ),
  ),

  violation("RFC6455-5.5.1 G13a", "a Close with half a code is 1002", protocolError(1002), {
    "one byte": sequence({ opcode: close, payload: "x" }),
  }),

  violation(
    "RFC6455-7.4 G13a",
    "a Close with a code that nobody may send is 1002",
    protocolError(1002),
    Object.fromEntries(
      [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code) => [code, closeFrame(code)]),
    ),
  ),

  violation("RFC6455-8.1 G13a", "a Close whose reason is not UTF-8 is 1007", protocolError(1007), {
    "a surrogate": sequence({ opcode: close, payload: Buffer.from([0x03, 0xe8, 0xed, 0xa0, 0x80]) }),
    "a character that is cut off": sequence({ opcode: close, payload: Buffer.from([0x03, 0xe8, 0xe2, 0x82]) }),
  }),

  violation(
    "G20a",
    "more than maxPayload is 1009",
    limit("maxPayload", 1009),
    {
      whole: sequence({ opcode: text, payload: "01234567890" }),
      "in fragments": sequence(
        { opcode: text, payload: "012345", fin: false },
        { opcode: continuation, payload: "67890" },
      ),
      "not yet at its end": sequence(
        { opcode: binary, payload: "0123456789", fin: false },
        { opcode: continuation, payload: "0", fin: false },
      ),
    },
    { maxPayload: 10 },
  ),

  scenario(
    "G20a",
    "a length over maxPayload is judged by the header, before a byte of it has come",
    async ({ serve }) => {
      const reasons: string[] = []
      let left = gate()
      const { connect } = await serve({
        path: "/chat",
        options: { maxPayload: 1_000 },
        onMessage: (client, message) => client.send(message),
        onDisconnect(_client, reason) {
          reasons.push(reason.kind)
          left.open()
        },
      })
      const bystander = await connect("/chat")
      const announcements = [1_001n, 65_535n, 65_536n, 2n ** 31n, 2n ** 32n, 2n ** 32n + 5n, 2n ** 53n, 2n ** 62n]
      for (const announced of announcements) {
        left = gate()
        const client = overTcp(await connect("/chat"))
        client.frame({ opcode: binary, announced })
        equal((await client.closed).code, 1009, String(announced))
        await left.promise
      }
      bystander.send("still here")
      equal(await bystander.nextText(), "still here")
      deepEqual([...new Set(reasons)], ["limit"])
    },
    "wire violations",
  ),

  scenario(
    "G20a RFC6455-5.2",
    "a length of 64 bits is refused at once, even when maxPayload is unlimited",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/chat",
        options: { maxPayload: "unlimited" },
        onMessage: (client, message) => client.send(message),
      })
      const bystander = await connect("/chat")
      for (const announced of [2n ** 63n, 2n ** 64n - 1n]) {
        const client = overTcp(await connect("/chat"))
        client.frame({ opcode: text, announced })
        const { code } = await client.closed
        ok(code === 1002 || code === 1009, `${announced} → ${code}`)
      }
      bystander.send("still here")
      equal(await bystander.nextText(), "still here")
    },
    "wire violations",
  ),

  scenario(
    "RFC6455-5.2",
    "a length in more bytes than it takes is refused with 1002, or read as what it says",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", onMessage: (client, message) => client.send(message) })
      const bystander = await connect("/chat")
      for (const lengthBits of [16, 64] as const) {
        const client = overTcp(await connect("/chat"))
        client.frame({ opcode: text, payload: "hello", lengthBits })
        const outcome = await Promise.race([
          client.nextText().catch(() => "refused"),
          client.closed.then(({ code }) => `closed with ${code}`),
        ])
        ok(["hello", "refused", "closed with 1002"].includes(outcome), outcome)
        if (outcome !== "hello") equal((await client.closed).code, 1002)
      }
      bystander.send("still here")
      equal(await bystander.nextText(), "still here")
    },
    "wire",
  ),

  violation(
    "G20a",
    "more frames than maxFragments is 1008, empty ones too",
    limit("maxFragments", 1008),
    {
      "four of three": sequence(
        { opcode: text, payload: "a", fin: false },
        { opcode: continuation, payload: "b", fin: false },
        { opcode: continuation, payload: "c", fin: false },
        { opcode: continuation, payload: "d" },
      ),
      empty: sequence(
        { opcode: binary, fin: false },
        { opcode: continuation, fin: false },
        { opcode: continuation, fin: false },
        { opcode: continuation, fin: false },
      ),
    },
    { maxFragments: 3 },
    "wire violations fragments",
  ),
]
