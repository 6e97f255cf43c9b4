import { beforeAll, expect, vi } from "vitest"
import { chatTest } from "../../test/support/chat.ts"

/** What the gateway has logged. */
const lines: string[] = []
let onLine: () => void = () => undefined
const nextLine = () => new Promise<void>((resolve) => (onLine = resolve))

beforeAll(() => {
  const log = vi.spyOn(console, "log").mockImplementation((line: string) => {
    lines.push(line)
    onLine()
  })
  return () => log.mockRestore()
})

chatTest("/chat welcomes who connects", async ({ chat }) => {
  expect(await chat.connect("/chat").next()).toBe("Welcome to the chat!")
})

chatTest("/chat answers what it is told", async ({ chat }) => {
  const client = chat.connect("/chat")
  await client.next()

  client.send("Hello, toni")

  expect(await client.next()).toBe("You said: Hello, toni")
})

chatTest("/chat does not answer bytes, and goes on", async ({ chat }) => {
  const client = chat.connect("/chat")
  await client.next()

  client.send(new Uint8Array([1, 2, 3]))
  client.send("Still there?")

  expect(await client.next()).toBe("You said: Still there?")
})

chatTest("/chat says in the log who came, what they said and why they left", async ({ chat }) => {
  lines.length = 0
  const client = chat.connect("/chat")
  await client.next()
  client.send("one\ntwo")
  await client.next()
  const departure = nextLine()

  client.socket.close(4000, "enough")
  await departure

  expect(lines.map((line) => line.replace(/Client \S+|from \S+(?=:)/, "…"))).toEqual([
    "… connected",
    'Message …: "one\\ntwo"',
    '… disconnected: {"kind":"client","code":4000,"reason":"enough"}',
  ])
})
