import { describe, expect } from "vitest"
import { chatTest } from "../../test/support/chat.ts"

const key = "a-key-of-ada-0123456789"

describe("coming and going", () => {
  chatTest("the welcome names the room, you, and everybody who is there", async ({ chat }) => {
    await chat.enter("Grace", "kitchen")
    const ada = chat.connect("/rooms/kitchen?name=Ada")

    const welcome = await ada.nextJson()

    expect(welcome).toMatchObject({ type: "welcome", room: "kitchen", you: { name: "Ada" }, messages: [] })
    expect(welcome.people.map(({ name }: { name: string }) => name)).toEqual(["Grace", "Ada"])
    expect(welcome.people).toContainEqual(welcome.you)
  })

  chatTest("the others hear who comes and who leaves", async ({ chat }) => {
    const ada = await chat.enter("Ada", "kitchen")
    const grace = await chat.enter("Grace", "kitchen")
    const joined = await ada.nextJson()

    grace.socket.close()

    expect(joined).toMatchObject({ type: "joined", person: { name: "Grace" } })
    expect(await ada.nextJson()).toEqual({ type: "left", id: joined.person.id })
  })

  chatTest("two people may have one name, but never one id", async ({ chat }) => {
    await chat.enter("Ada", "kitchen")
    const other = chat.connect("/rooms/kitchen?name=Ada")

    const { people } = await other.nextJson()

    expect(people.map(({ name }: { name: string }) => name)).toEqual(["Ada", "Ada"])
    expect(people[0].id).not.toBe(people[1].id)
  })

  chatTest("who comes back with the same key is the same person", async ({ chat }) => {
    const first = chat.connect(`/rooms/kitchen?name=Ada&key=${key}`)
    const { you } = await first.nextJson()
    first.socket.close()
    await first.closed

    const second = chat.connect(`/rooms/kitchen?name=Ada&key=${key}`)

    expect((await second.nextJson()).you).toEqual(you)
    expect(JSON.stringify(you)).not.toContain(key)
  })

  chatTest("with two connections of one key, nobody has left until both are gone", async ({ chat }) => {
    const grace = await chat.enter("Grace", "kitchen")
    const first = await chat.enter("Ada", "kitchen", key)
    const second = await chat.enter("Ada", "kitchen", key)
    first.socket.close()
    await first.closed
    second.sendJson({ type: "say", text: "still here" })
    const before = [await grace.nextJson(), await grace.nextJson()]

    second.socket.close()

    expect(before.map(({ type }) => type)).toEqual(["joined", "said"])
    expect((await grace.nextJson()).type).toBe("left")
  })

  chatTest("rooms are the same whatever the case and the space around them", async ({ chat }) => {
    const client = chat.connect(`/rooms/${encodeURIComponent("  Kitchen  Table ")}?name=Ada`)

    expect((await client.nextJson()).room).toBe("kitchen table")
  })
})

describe("messages", () => {
  chatTest("everybody in the room gets what is said, its author too", async ({ chat }) => {
    const ada = await chat.enter("Ada", "kitchen")
    const grace = await chat.enter("Grace", "kitchen")
    await ada.next()

    grace.sendJson({ type: "say", id: "m1", text: "  Hello\r\nthere " })

    const heard = await ada.nextJson()
    expect(heard).toMatchObject({ type: "said", id: "m1", author: { name: "Grace" }, text: "Hello\nthere" })
    expect(Math.abs(Date.now() - heard.at)).toBeLessThan(60_000)
    expect(await grace.nextJson()).toEqual(heard)
  })

  chatTest("another room hears nothing of it", async ({ chat }) => {
    const ada = await chat.enter("Ada", "kitchen")
    const grace = await chat.enter("Grace", "garden")
    ada.sendJson({ type: "say", text: "in the kitchen" })
    await ada.next()

    grace.sendJson({ type: "ping" })

    expect(await grace.nextJson()).toEqual({ type: "pong" })
  })

  chatTest("a newcomer gets the last 50 messages", async ({ chat }) => {
    const ada = await chat.enter("Ada", "kitchen")
    for (let number = 1; number <= 52; number++) {
      ada.sendJson({ type: "say", text: `number ${number}` })
      await ada.next()
    }

    const { messages } = await chat.connect("/rooms/kitchen?name=Grace").nextJson()

    expect(messages).toHaveLength(50)
    expect([messages[0].text, messages[49].text]).toEqual(["number 3", "number 52"])
  })

  chatTest("what was said stays when the room empties", async ({ chat }) => {
    const ada = await chat.enter("Ada", "kitchen")
    ada.sendJson({ type: "say", text: "I was here" })
    await ada.next()
    ada.socket.close()
    await ada.closed

    const { messages } = await chat.connect("/rooms/kitchen?name=Grace").nextJson()

    expect(messages).toMatchObject([{ text: "I was here" }])
  })

  chatTest("a message that is repeated after a lost connection is said once", async ({ chat }) => {
    const grace = await chat.enter("Grace", "kitchen")
    const first = await chat.enter("Ada", "kitchen", key)
    first.sendJson({ type: "say", id: "m1", text: "once" })
    const said = await first.nextJson()
    first.socket.terminate()
    await grace.next()
    await grace.next()
    await grace.next()
    const second = await chat.enter("Ada", "kitchen", key)
    await grace.next()

    second.sendJson({ type: "say", id: "m1", text: "once" })
    const repeated = await second.nextJson()
    second.sendJson({ type: "say", id: "m2", text: "twice" })

    expect(repeated).toEqual(said)
    expect(await grace.nextJson()).toMatchObject({ type: "said", id: "m2" })
  })

  chatTest("the others see who is typing; the typist does not", async ({ chat }) => {
    const ada = await chat.enter("Ada", "kitchen")
    const grace = await chat.enter("Grace", "kitchen")
    const { person } = await ada.nextJson()

    grace.sendJson({ type: "typing", on: true })
    grace.sendJson({ type: "ping" })

    expect(await ada.nextJson()).toEqual({ type: "typing", id: person.id, on: true })
    expect(await grace.nextJson()).toEqual({ type: "pong" })
  })
})

describe("bad input", () => {
  const longest = "x".repeat(2000)

  chatTest.for([
    ["no JSON", "hello", { code: "bad-json" }],
    ["bytes", new Uint8Array([123, 125]), { code: "bad-json" }],
    ["an empty message", "", { code: "bad-json" }],
    ["null", "null", { code: "bad-request" }],
    ["an array", "[]", { code: "bad-request" }],
    ["an unknown type", '{"type":"shout"}', { code: "bad-request" }],
    ["a type of the prototype", '{"type":"constructor"}', { code: "bad-request" }],
    ["typing that is neither on nor off", '{"type":"typing","on":1}', { code: "bad-request" }],
    ["an id that is no id", '{"type":"say","id":"<b>","text":"x"}', { code: "bad-request" }],
    ["a message without text", '{"type":"say","id":"m1"}', { code: "bad-text", id: "m1" }],
    ["a text that is a number", '{"type":"say","id":"m1","text":7}', { code: "bad-text", id: "m1" }],
    ["an empty text", '{"type":"say","id":"m1","text":" \\n\\u200b "}', { code: "bad-text", id: "m1" }],
    ["a text that is too long", `{"type":"say","id":"m1","text":"${longest}x"}`, { code: "bad-text", id: "m1" }],
  ] as const)("%s is answered with what is wrong, and the connection stays", async ([, input, answer], { chat }) => {
    const ada = await chat.enter("Ada", "kitchen")

    ada.send(input)
    ada.sendJson({ type: "ping" })

    const error = await ada.nextJson()
    expect(error).toEqual({ type: "error", message: expect.stringMatching(/^.{10,}\.$/), ...answer })
    expect(await ada.nextJson()).toEqual({ type: "pong" })
  })

  chatTest("the longest text is not too long, whatever its characters take in bytes", async ({ chat }) => {
    const ada = await chat.enter("Ada", "kitchen")

    ada.sendJson({ type: "say", text: "🫖".repeat(2000) })

    expect((await ada.nextJson()).text).toBe("🫖".repeat(2000))
  })

  chatTest.for([
    ["no name", "/rooms/kitchen", "A name has 1 to 32 characters; this one is empty."],
    ["a name of blanks", "/rooms/kitchen?name=%20%E2%80%8B", "A name has 1 to 32 characters; this one is empty."],
    ["a long name", `/rooms/k?name=${"n".repeat(33)}`, "A name has 1 to 32 characters; this one has 33."],
    ["a room of blanks", "/rooms/%20?name=Ada", "A room has 1 to 64 characters; this one is empty."],
    ["a long room", `/rooms/${"r".repeat(65)}?name=Ada`, "A room has 1 to 64 characters; this one has 65."],
    ["a short key", "/rooms/k?name=Ada&key=1", "A key is 16 to 64 of the characters A–Z a–z 0–9 _ and -."],
  ] as const)("%s closes the connection with the reason", async ([, path, reason], { chat }) => {
    expect(await chat.connect(path).closed).toEqual({ code: 4400, reason })
  })

  chatTest("who sends far too much at once is closed with 1008; the others stay", async ({ chat }) => {
    const grace = await chat.enter("Grace", "kitchen")
    const flooder = await chat.enter("Mallory", "kitchen")
    await grace.next()

    for (let number = 0; number < 1_000; number++) flooder.sendJson({ type: "ping" })

    expect((await flooder.closed).code).toBe(1008)
    expect((await grace.nextJson()).type).toBe("left")
  })

  chatTest("a message over 32 KiB is closed with 1009", async ({ chat }) => {
    const ada = await chat.enter("Ada", "kitchen")

    ada.send("x".repeat(33 * 1024))

    expect((await ada.closed).code).toBe(1009)
  })
})
