import { WsMessage } from "../../message/ws-message.ts"
import { settled } from "../../testing/test-clock.ts"
import { deepEqual, equal, ok } from "../expect.ts"
import { clientFrame, opcode } from "../frame.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"
import { overTcp } from "../tcp-client.ts"

/** Lengths on both sides of each way to spell them (RFC 6455 section 5.2), and the default of `maxPayload`. */
const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 1_048_576]

/** RFC 6455 sections 5.2 to 5.6: data frames, however they are cut. For adapters whose peers speak bytes. */
export const frames: readonly Scenario[] = [
  scenario(
    "RFC6455-4.2.2",
    "the 101 proves that the key was read, and promises nothing that was not asked for",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/chat", onMessage() {} })
      // The client has checked the status and the accept key by now.
      const { headers } = await connect("/chat", {
        headers: { "sec-websocket-extensions": "permessage-deflate, x-unknown" },
      })
      deepEqual([headers["upgrade"]?.toLowerCase(), headers["connection"]?.toLowerCase()], ["websocket", "upgrade"])
      deepEqual([headers["sec-websocket-extensions"], headers["sec-websocket-protocol"]], [undefined, undefined])
    },
    "wire",
  ),

  scenario(
    "RFC6455-5.2",
    "text of any length goes in and out as it is",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/echo",
        options: { maxPayload: 1_048_576 },
        onMessage: (client, message) => client.send(message.asText() ?? "not text"),
      })
      const client = await connect("/echo")
      for (const length of lengths) {
        const text = "é".repeat(length >> 1) + "x".repeat(length & 1)
        client.send(text)
        ok((await client.nextText()) === text, `${length} bytes`)
      }
    },
    "wire",
  ),

  scenario(
    "RFC6455-5.2",
    "binary of any length goes in and out as it is",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/echo",
        options: { maxPayload: 1_048_576 },
        onMessage: (client, message) => client.send(WsMessage.binary(message.asBinary() ?? [])),
      })
      const client = await connect("/echo")
      for (const length of lengths) {
        const bytes = Buffer.from(Array.from({ length }, (_byte, index) => (index * 31 + length) & 255))
        client.send(bytes)
        const echo = await client.nextMessage()
        equal(echo.kind, "binary")
        ok(bytes.equals(echo.asBinary() ?? Buffer.of(1)), `${length} bytes`)
      }
    },
    "wire",
  ),

  scenario(
    "RFC6455-5.4",
    "fragments are put together, empty ones too",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/echo", onMessage: (client, message) => client.send(message) })
      const client = overTcp(await connect("/echo"))
      for (const pieces of [
        ["Hel", "lo"],
        ["", "Hello"],
        ["Hello", ""],
        ["", "", ""],
        ["H", "e", "l", "l", "o"],
      ]) {
        for (const [index, payload] of pieces.entries()) {
          const fin = index === pieces.length - 1
          client.frame({ opcode: index === 0 ? opcode.text : opcode.continuation, fin, payload })
        }
        equal(await client.nextText(), pieces.join(""))
      }
      client.send(Buffer.from([1, 2, 3, 4, 5]), { fragments: 5 })
      deepEqual([...((await client.nextMessage()).asBinary() ?? [])], [1, 2, 3, 4, 5])
    },
    "wire",
  ),

  scenario(
    "RFC6455-8.1",
    "a character may be cut by fragments at any byte",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/echo", onMessage: (client, message) => client.send(message) })
      const client = overTcp(await connect("/echo"))
      const bytes = Buffer.from("aé€😀z")
      for (let cut = 0; cut <= bytes.byteLength; cut++) {
        client.frame({ opcode: opcode.text, fin: false, payload: bytes.subarray(0, cut) })
        client.frame({ opcode: opcode.continuation, payload: bytes.subarray(cut) })
        equal(await client.nextText(), "aé€😀z", `cut at ${cut}`)
      }
    },
    "wire",
  ),

  scenario(
    "RFC6455-5.2",
    "a frame may be cut by TCP at any byte",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/echo", onMessage: (client, message) => client.send(message) })
      const client = overTcp(await connect("/echo"))
      for (const [length, cuts] of [
        [5, 11],
        [200, 10],
        [70_000, 16],
      ] as const) {
        const text = "é".repeat(length)
        const frame = clientFrame({ opcode: opcode.text, payload: text })
        for (let cut = 1; cut < cuts; cut++) {
          client.write(frame.subarray(0, cut))
          await settled()
          client.write(frame.subarray(cut))
          ok((await client.nextText()) === text, `${length} characters, cut at ${cut}`)
        }
      }
    },
    "wire",
  ),

  scenario(
    "RFC6455-5.2",
    "a message may trickle in byte by byte",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/echo", onMessage: (client, message) => client.send(message) })
      const client = overTcp(await connect("/echo"))
      const bytes = Buffer.concat([
        clientFrame({ opcode: opcode.text, payload: "tric", fin: false }),
        clientFrame({ opcode: opcode.ping, payload: "drop" }),
        clientFrame({ opcode: opcode.continuation, payload: "€led".repeat(32) }),
      ])
      for (const byte of bytes) {
        client.write(Buffer.of(byte))
        await settled()
      }
      equal(await client.nextText(), `tric${"€led".repeat(32)}`)
      equal(Buffer.from((await client.nextControl()).asBinary() ?? []).toString(), "drop")
    },
    "wire",
  ),

  scenario(
    "RFC6455-5.2 G12a",
    "many frames in one segment are as many messages, in order",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/echo", onMessage: (client, message) => client.send(message) })
      const client = overTcp(await connect("/echo"))
      const texts = Array.from({ length: 500 }, (_text, index) => `message ${index}`)
      client.write(Buffer.concat(texts.map((payload) => clientFrame({ opcode: opcode.text, payload }))))
      for (const text of texts) equal(await client.nextText(), text)
    },
    "wire",
  ),

  scenario(
    "RFC6455-5.3",
    "every mask is undone, wherever the payload begins",
    async ({ serve }) => {
      const { connect } = await serve({ path: "/echo", onMessage: (client, message) => client.send(message) })
      const client = overTcp(await connect("/echo"))
      const masks = [
        [0, 0, 0, 0],
        [255, 255, 255, 255],
        [1, 2, 3, 4],
        [0, 0, 0, 128],
      ]
      const sent: string[] = []
      const bytes = masks.flatMap((mask) =>
        Array.from({ length: 40 }, (_frame, length) => {
          const payload = "abcdefghij".repeat(4).slice(0, length)
          sent.push(payload)
          return clientFrame({ opcode: opcode.text, payload, mask })
        }),
      )
      client.write(Buffer.concat(bytes))
      for (const payload of sent) equal(await client.nextText(), payload)
    },
    "wire",
  ),

  scenario(
    "G20a",
    "exactly maxPayload is taken, whole or in fragments",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/echo",
        options: { maxPayload: 10 },
        onMessage: (client, message) => client.send(message),
      })
      const client = await connect("/echo")
      for (const fragments of [1, 2, 5, 10]) {
        client.send("0123456789", { fragments })
        equal(await client.nextText(), "0123456789")
      }
    },
    "wire",
  ),

  scenario(
    "G20a",
    "a maxPayload beyond 32 bits is no small one",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/echo",
        options: { maxPayload: 2 ** 32 + 10, maxFragments: 2 ** 32 + 1 },
        onMessage: (client, message) => client.send(message),
      })
      const client = await connect("/echo")
      client.send("more than ten bytes", { fragments: 2 })
      equal(await client.nextText(), "more than ten bytes")
    },
    "wire",
  ),

  scenario(
    "G20a",
    "exactly maxFragments is taken, time and again, whatever comes between",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/echo",
        options: { maxFragments: 3 },
        onMessage: (client, message) => client.send(message),
      })
      const client = overTcp(await connect("/echo"))
      for (let round = 0; round < 3; round++) {
        client.frame({ opcode: opcode.text, payload: "a", fin: false })
        client.frame({ opcode: opcode.ping })
        client.frame({ opcode: opcode.continuation, payload: "b", fin: false })
        client.frame({ opcode: opcode.ping })
        client.frame({ opcode: opcode.continuation, payload: "c" })
        equal(await client.nextText(), "abc")
      }
    },
    "wire fragments",
  ),

  scenario(
    "RFC6455-5.2",
    "one client's payload never shows up in another's",
    async ({ serve }) => {
      const kept: (Uint8Array | undefined)[] = []
      const told = gate()
      const { connect } = await serve({
        path: "/keep",
        async onMessage(client, message) {
          kept.push(message.asBinary())
          if (kept.length === 200) told.open()
          await client.send("kept")
        },
      })
      const clients = await Promise.all([connect("/keep"), connect("/keep")])
      for (let round = 0; round < 100; round++) {
        for (const [index, client] of clients.entries()) {
          client.send(Buffer.alloc(50 + round * 10, index + 1))
          await client.nextText()
        }
      }
      await told.promise
      deepEqual(
        kept.map((bytes) => [...new Set(bytes)]),
        kept.map((_bytes, index) => [(index % 2) + 1]),
      )
    },
    "wire",
  ),
]
