import { once } from "node:events"
import { expect, test } from "vitest"
import { clientFrame, opcode } from "../../conformance/frame.ts"
import { WsMessage } from "../../message/ws-message.ts"
import type { SocketEnd } from "../websocket-adapter.ts"
import { detach } from "./detach.ts"
import { NodeWebSocketAdapter } from "./node-websocket-adapter.ts"
import { open, type Opened } from "./opened-socket.ts"
import { ReadMemory } from "./read-memory.ts"

// Handlers hand what they have got to workers, with the memory in which it lies.

/** As `worker.postMessage(bytes, [bytes.buffer])` does; Node 24 refuses with an error, in the hook, what Node 20 copies. */
function transfer(bytes: Uint8Array | string): void {
  const { buffer } = bytes as Uint8Array<ArrayBuffer>
  try {
    structuredClone(buffer, { transfer: [buffer] })
  } catch (error) {
    if ((error as Error).name !== "DataCloneError") throw error
  }
}

function frames(lengths: readonly number[]): Buffer {
  return Buffer.concat(
    lengths.map((length, index) => clientFrame({ opcode: opcode.binary, payload: Buffer.alloc(length, index + 1) })),
  )
}

/** Resolves with the first `count` messages, as they were when they came; `use` is what a handler does with each. */
function collecting(count: number, use: (bytes: Uint8Array) => void) {
  let tell!: (messages: unknown[]) => void
  const complete = new Promise<unknown[]>((resolve) => (tell = resolve))
  const messages: unknown[] = []
  const message = (data: Uint8Array | string): void => {
    const bytes = data as Uint8Array
    messages.push([bytes.length, bytes[0], bytes.at(-1)])
    use(bytes)
    if (messages.length === count) tell(messages)
  }
  return { message, complete, messages }
}

test.each([
  ["shared", [1, 2, 3, 100, 5]],
  ["own", [1, 2, 3, 100, 5]],
  ["shared", [5_000, 6_000, 20_000, 3]],
  ["own", [5_000, 6_000, 20_000, 3]],
  ["shared", [100_000, 2, 70_000, 20_000, 20_000]],
  ["own", [100_000, 2, 70_000, 20_000, 20_000]],
] as const)(
  "who transfers a message takes nothing of those beside it: read %s, of %j bytes",
  async (readBuffer, lengths) => {
    const { message, complete } = collecting(2 * lengths.length, transfer)
    await using opened = await open(message, new NodeWebSocketAdapter({ readBuffer }))
    opened.peer.write(frames(lengths))
    opened.peer.write(frames(lengths))
    const expected = lengths.map((length, index) => [length, index + 1, index + 1])
    expect(await complete).toEqual([...expected, ...expected])
  },
)

test("who takes the memory of a message away all the same gets the next one", async () => {
  const { message, complete } = collecting(3, ({ buffer }) => {
    detach(buffer)
    opened.peer.write(frames([1]))
  })
  await using opened = await open(message)
  opened.peer.write(frames([1]))
  expect(await complete).toHaveLength(3)
})

test("a block whose memory was taken away is not used again", () => {
  const memory = new ReadMemory()
  detach(memory.copy(Uint8Array.of(1, 2)).buffer)
  expect(memory.copy(Uint8Array.of(3, 4))).toEqual(Uint8Array.of(3, 4))
})

/** What is told of the end of a connection. */
async function ending(opened: Promise<Opened>, told: unknown[], act: (opened: Opened) => void): Promise<unknown[]> {
  await using each = await opened
  act(each)
  await each.closed
  return told
}

test("G16c who takes it away from those that follow in the same read ends that connection, and the peer is not blamed", async () => {
  const told: unknown[] = []
  const opened = open((data) => detach((data as Uint8Array).buffer), undefined, "", {
    violation: (violation) => void told.push(violation),
    failed: (error) => void told.push(error),
    closed: ({ error }: SocketEnd) => void told.push(error),
  })
  const [error, lost, ...more] = await ending(opened, told, ({ peer }) => peer.write(frames([10, 20, 30])))
  expect((error as Error).message).toContain("was transferred")
  expect([lost, more]).toEqual([error, []])
})

test.each([
  ["an array", () => new Uint8Array(20_000)],
  ["a Buffer", () => Buffer.alloc(20_000)],
])("G16c %s that is taken away while it waits ends the connection that it was sent on", async (_what, make) => {
  const told: unknown[] = []
  const adapter = new NodeWebSocketAdapter()
  await using other = await open(undefined, adapter)
  const opened = open(undefined, adapter, "", {
    failed: (error) => void told.push(error),
    closed: ({ error }) => void told.push(error),
  })
  const answer = once(other.peer, "data")
  const [error, lost] = await ending(opened, told, ({ socket, peer }) => {
    peer.pause()
    socket.send(WsMessage.binary(new Uint8Array(32 * 1_048_576)))
    const bytes = make()
    socket.send(WsMessage.binary(bytes))
    detach(bytes.buffer)
    other.socket.send(WsMessage.text("served"))
    peer.resume()
  })
  expect(error).toMatchObject({ code: "TONI_BAD_ARGUMENT" })
  expect(lost).toBe(error)
  expect(((await answer) as [Buffer])[0].subarray(2).toString()).toBe("served")
})
