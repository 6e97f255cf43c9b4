import fc from "fast-check"
import { expect, test } from "vitest"
import { receivedMessage, toMessage, WsMessage } from "./ws-message.ts"

const badArgument = expect.objectContaining({ code: "TONI_BAD_ARGUMENT" })
const badJson = expect.objectContaining({ code: "TONI_BAD_JSON" })

test("a text message is text and nothing else", () => {
  const message = WsMessage.text("grüß")
  expect(message.kind).toBe("text")
  expect(message.asText()).toBe("grüß")
  expect(message.asBinary()).toBeUndefined()
  expect(message.byteLength).toBe(6)
})

test("a binary message is bytes and nothing else, from whatever holds bytes", () => {
  for (const bytes of [Uint8Array.of(1, 2), Uint8Array.of(1, 2).buffer, [1, 2], new Set([1, 2])]) {
    const message = WsMessage.binary(bytes)
    expect(message.kind).toBe("binary")
    expect([...(message.asBinary() ?? [])]).toEqual([1, 2])
    expect(message.asText()).toBeUndefined()
    expect(message.byteLength).toBe(2)
  }
})

test("bytes are not copied on the way", () => {
  const bytes = Uint8Array.of(1, 2)
  expect(WsMessage.binary(bytes).asBinary()).toBe(bytes)
  expect(toMessage(bytes).payload).toBe(bytes)
})

test("what has come in reads like what is sent", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const received = receivedMessage(true, new TextEncoder().encode(text))
      const made = WsMessage.text(text)
      expect(received.asText()).toBe(made.asText())
      expect(received.byteLength).toBe(made.byteLength)
      expect(received.kind).toBe("text")
    }),
  )
})

test("the payload is the form at hand: the string until somebody asked for the length, bytes from then on", () => {
  const message = WsMessage.text("hello")
  expect(message.payload).toBe("hello")
  expect(message.byteLength).toBe(5)
  const { payload } = message
  expect(payload).toBeInstanceOf(Uint8Array)
  expect(message.payload).toBe(payload)
})

test("JSON comes out as it went in, unless JSON cannot express it", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(WsMessage.json(value).asJson()).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
  const circle: Record<string, unknown> = {}
  circle["self"] = circle
  for (const wrong of [undefined, () => 1, Symbol("s"), 1n, circle]) {
    expect(() => WsMessage.json(wrong)).toThrow(badArgument)
  }
})

test("what is no JSON, or no text, throws when it is read as JSON", () => {
  for (const message of [WsMessage.text("{"), WsMessage.text(""), WsMessage.binary([123, 125]), WsMessage.ping()]) {
    expect(() => message.asJson()).toThrow(badJson)
  }
})

test("a __proto__ in JSON is a field like others, and Object.prototype stays as it is", () => {
  const value = WsMessage.text('{"__proto__": {"polluted": true}}').asJson() as object
  expect(Object.keys(value)).toEqual(["__proto__"])
  expect("polluted" in {}).toBe(false)
})

test("a ping or pong holds up to 125 bytes", () => {
  for (const make of [WsMessage.ping, WsMessage.pong]) {
    expect(make().byteLength).toBe(0)
    expect(make(new Uint8Array(125)).asBinary()?.byteLength).toBe(125)
    expect(() => make(new Uint8Array(126))).toThrow(badArgument)
  }
})

test("G15a a message, a string or bytes can be sent; anything else throws", () => {
  const message = WsMessage.text("as it is")
  expect(toMessage(message)).toBe(message)
  expect(toMessage("text").asText()).toBe("text")
  expect(toMessage(Uint8Array.of(7)).kind).toBe("binary")
  for (const wrong of [undefined, null, 5, {}, [], new ArrayBuffer(2), new Date()]) {
    expect(() => toMessage(wrong as string)).toThrow(badArgument)
  }
})

test("a wrong argument throws where the message is made", () => {
  expect(() => WsMessage.text(5 as unknown as string)).toThrow(badArgument)
  expect(() => WsMessage.binary("text" as unknown as Uint8Array)).toThrow(badArgument)
  expect(() => WsMessage.binary(undefined as unknown as Uint8Array)).toThrow(badArgument)
})

test("G15a bytes whose memory was transferred cannot be sent, and none is sent in their place", () => {
  const bytes = Uint8Array.of(1, 2, 3)
  const [made, empty] = [WsMessage.binary(bytes), new Uint8Array(0)]
  structuredClone(bytes, { transfer: [bytes.buffer] })
  for (const send of [
    () => toMessage(bytes),
    () => toMessage(made),
    () => WsMessage.binary(bytes),
    () => WsMessage.binary(bytes.buffer),
    () => WsMessage.ping(bytes),
  ]) {
    expect(send).toThrow(badArgument)
  }
  expect(toMessage(empty).byteLength).toBe(0)
  expect(toMessage("").byteLength).toBe(0)
  expect(toMessage(WsMessage.binary(empty.buffer)).byteLength).toBe(0)
})

test("of a typed array or a DataView the bytes that lie beneath it are sent, in messages, pings and pongs", () => {
  const floats = Float32Array.of(1.5, 300, -2)
  const beneath = new Uint8Array(floats.buffer)
  const view = new DataView(floats.buffer, 4, 4)
  for (const make of [WsMessage.binary, WsMessage.ping, WsMessage.pong]) {
    expect(make(floats).asBinary()).toEqual(beneath)
    expect(make(view).asBinary()).toEqual(beneath.subarray(4, 8))
    expect(make(floats.subarray(1, 2)).asBinary()).toEqual(beneath.subarray(4, 8))
    expect(make(new Set([0, 255])).asBinary()).toEqual(Uint8Array.of(0, 255))
  }
})

test.each([[1.5], [-1], [256], [Number.NaN], ["1"], [1n], [undefined]])(
  "G15a an iterable with %s in it holds no bytes, and is refused",
  (value) => {
    for (const make of [WsMessage.binary, WsMessage.ping, WsMessage.pong]) {
      expect(() => make([0, value as number])).toThrow(badArgument)
    }
  },
)

test("G15a an iterable that fails, and a toJSON that throws whatever it likes, give an error of ours with that cause", () => {
  const thrown = [null, undefined, "no", new Error("no"), Object.create(null)] as unknown[]
  for (const cause of thrown) {
    const fail = (): never => {
      throw cause
    }
    const bad = expect.objectContaining({ code: "TONI_BAD_ARGUMENT", ...(cause === undefined ? {} : { cause }) })
    expect(() => WsMessage.json({ toJSON: fail })).toThrow(bad)
    expect(() => WsMessage.binary({ [Symbol.iterator]: fail })).toThrow(bad)
  }
})

test.each([
  [() => toMessage(new ArrayBuffer(2) as never), "WsMessage.binary(bytes)"],
  [() => toMessage(Float32Array.of(1) as never), "WsMessage.binary(bytes)"],
  [() => toMessage({ hello: "world" } as never), "WsMessage.json(value)"],
  [() => WsMessage.text(5 as never), "String(value)"],
  [() => WsMessage.binary("text" as never), "WsMessage.text()"],
  [() => WsMessage.json(1n), "bigints"],
  [() => WsMessage.ping(new Uint8Array(126)), "in a message"],
])("G15a what cannot be sent comes with what to write instead: %s", (call, fix) => {
  expect(call).toThrow(
    expect.objectContaining({ code: "TONI_BAD_ARGUMENT", fix: expect.stringContaining(fix) as string }),
  )
})
