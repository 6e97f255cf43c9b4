import { expect, test } from "vitest"
import type { AdapterSocket, PendingUpgrade, Refusal, SocketEvents } from "../adapter/websocket-adapter.ts"
import { newCounters } from "../connection/counters.ts"
import { settled, TestClock } from "../testing/test-clock.ts"
import { Door, type DoorHost } from "./door.ts"
import { effectiveOptions } from "./effective-options.ts"
import type { Gateway } from "./gateway.ts"
import type { GatewayOptions } from "./gateway-options.ts"

const none = (): Promise<void> => Promise.resolve()
const nothing = (): void => undefined

/** What an upgrade is sent as; what is left out is as a well-behaved client has it. */
interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly address?: string
  /** What the adapter does instead of accepting. */
  readonly accept?: (events: SocketEvents) => AdapterSocket | undefined
  readonly refuse?: () => void
}

/** A door in front of one gateway, and a way to knock: each upgrade says what has become of it. */
function doorTo(hooks: Partial<Gateway>, options: GatewayOptions = {}) {
  const clock = new TestClock()
  const log: { level: string; fields: Readonly<Record<string, unknown>>; message: string }[] = []
  const errors: unknown[] = []
  const opened: string[] = []
  const statuses: number[] = []
  const host: DoorHost = {
    clock,
    awake: () => clock.now(),
    stalled: () => 0,
    counters: newCounters(),
    canPause: true,
    topics: { subscribe: none, unsubscribe: none, publish: none },
    report: (error) => void errors.push(error),
    abandoned: nothing,
    ignored: nothing,
    gone: nothing,
    released: nothing,
    handshakeFailed: (error) => void errors.push(error),
    nextId: () => `c${opened.length + 1}`,
    refused: (status) => void statuses.push(status),
    log: (level, fields, message) => void log.push({ level, fields, message }),
    opened: ({ id }) => void opened.push(id),
  }
  const door = new Door(host)
  const gateway: Gateway = { path: "/chat", onMessage: nothing, ...hooks }
  door.serve([{ name: "Chat", module: "M", path: "/chat", gateway, options: effectiveOptions({}, options) }])

  const knock = (target = "/chat", { headers = {}, address = "192.0.2.1", accept, refuse }: Sent = {}) => {
    const outcome: string[] = []
    let said: SocketEvents | undefined
    const socket: AdapterSocket = {
      isOpen: true,
      pendingBytes: 0,
      bytesReceived: 0,
      bytesFlushed: 0,
      taken: 0,
      handedOver: 0,
      send: () => 0,
      flush: nothing,
      close: (code, reason) => void outcome.push(`close ${code} ${reason}`.trim()),
      terminate: () => void outcome.push("terminate"),
      pause: nothing,
      resume: nothing,
    }
    const fields = {
      Host: "example.com",
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    }
    const pending: PendingUpgrade = {
      request: {
        method: "GET",
        target,
        httpVersion: "1.1",
        rawHeaders: Object.entries(fields).flat(),
        remoteAddress: address,
      },
      onAbandoned: undefined,
      accept(_terms, events) {
        if (accept) return accept(events)
        outcome.push("101")
        said = events
        return socket
      },
      refuse({ status }: Refusal) {
        outcome.push(String(status))
        refuse?.()
      },
    }
    door.upgrade(pending)
    return {
      outcome,
      pending,
      vanish: () => pending.onAbandoned?.(),
      gone: () => said?.closed({ reason: "" }),
      breaks: (error: unknown) => said?.failed(error),
    }
  }
  return { door, host, knock, clock, log, errors, opened, statuses, gateway }
}

const toni = { "Sec-WebSocket-Protocol": "toni" }
const foreign = { Origin: "https://evil.example" }

test("G8a G9b pages that are refused take no slot, however many they are", () => {
  const { knock } = doorTo({}, { maxConnections: 2 })
  for (let count = 0; count < 10; count++) expect(knock("/chat", { headers: foreign }).outcome).toEqual(["403"])
  expect([knock().outcome, knock().outcome, knock().outcome]).toEqual([["101"], ["101"], ["503"]])
})

test("G9b a peer that is gone in the very moment of accept() leaves its slot, and is logged", () => {
  const { knock, log, opened } = doorTo({}, { maxConnections: 1 })
  expect(knock("/chat", { accept: () => undefined }).outcome).toEqual([])
  expect(opened).toEqual([])
  expect(log).toMatchObject([{ level: "info", fields: { path: "/chat", gateway: "Chat" } }])
  expect(knock().outcome).toEqual(["101"])
})

test("G9a a peer that vanishes while the hook runs leaves its slot and a line in the log", () => {
  const { knock, log, door } = doorTo({ onHandshake: () => new Promise<boolean>(nothing) }, { maxConnections: 1 })
  const { vanish, outcome } = knock()
  expect(knock().outcome).toEqual(["503"])
  vanish()
  const detail = "The peer was gone before onHandshake had settled and the upgrade was answered."
  expect(log.map(({ fields }) => fields["detail"])).toEqual(["Too many connections.", detail])
  expect([outcome, knock().outcome]).toEqual([[], []])
  door.end()
})

test("a client is known to the hub and to the application before onConnect begins", () => {
  const heard: unknown[] = []
  const { knock, opened } = doorTo({ onConnect: ({ id }) => void heard.push(opened.includes(id)) })
  knock()
  expect(heard).toEqual([true])
})

test("G21a once the drain has begun no hook is asked any more", () => {
  const asked: string[] = []
  const { door, knock } = doorTo({ onHandshake: ({ url }) => void asked.push(url) })
  door.startDraining()
  expect([knock().outcome, asked]).toEqual([["503"], []])
})

test("G7b the reason of a rejection is cut to what fits a Close, on a character boundary", () => {
  const { knock } = doorTo({ onHandshake: (handshake) => handshake.reject(401, "é".repeat(100)) })
  const [, close] = knock("/chat", { headers: toni }).outcome
  expect(close).toBe(`close 4401 ${"é".repeat(61)}`)
})

test("G7b G9b who is told goodbye keeps the slot until the connection is gone; who is refused by status does not", () => {
  const { knock } = doorTo({ onHandshake: () => false }, { maxConnectionsPerAddress: 1, maxConnections: 2 })
  const told = knock("/chat", { headers: toni })
  expect(told.outcome).toEqual(["101", "close 4503"])
  expect(knock("/chat").outcome).toEqual(["429"])
  expect(knock("/chat", { address: "192.0.2.2" }).outcome).toEqual(["403"])
  told.gone()
  expect(knock("/chat").outcome).toEqual(["403"])
})

test("G7b G9b who is gone in the moment of the goodbye leaves the slot", () => {
  const { knock } = doorTo({ onHandshake: () => false }, { maxConnections: 1 })
  knock("/chat", { headers: toni, accept: () => undefined })
  expect(knock().outcome).toEqual(["403"])
})

test("G18b who does not answer the goodbye is cut after the closeTimeout of the gateway, or five seconds at no gateway", async () => {
  const { knock, clock } = doorTo({ onHandshake: () => false }, { closeTimeout: 700 })
  const [here, nowhere] = [knock("/chat", { headers: toni }), knock("/unknown", { headers: toni })]
  await clock.advance(700)
  expect([here.outcome.at(-1), nowhere.outcome.at(-1)]).toEqual(["terminate", expect.stringContaining("close 4504")])
  await clock.advance(4_300)
  expect(nowhere.outcome.at(-1)).toBe("terminate")
})

test("at the end the log says how many refusals it has not told of", () => {
  const { door, knock, log, clock } = doorTo({})
  for (let count = 0; count < 13; count++) knock("/unknown")
  door.end()
  expect([log.at(-1)?.fields["count"], clock.timers]).toEqual([3, 0])
})

test("G16b what throws once a client is accepted is reported, and its socket is cut", () => {
  const failure = new Error("no id")
  const { knock, errors, host } = doorTo({})
  host.opened = () => {
    throw failure
  }
  expect([knock().outcome, errors]).toEqual([["101", "terminate"], [failure]])
})

test("a hook that fails is not said to have answered", () => {
  const { knock, log } = doorTo({
    onHandshake() {
      throw new Error("hunter2")
    },
  })
  knock()
  expect(log.map(({ fields }) => fields["detail"])).toEqual(["The handshake failed."])
})

test("G7b of those who have no slot a hundred are told goodbye at a time; who comes then is told by status", () => {
  const { knock, statuses } = doorTo({}, { maxConnections: 1 })
  knock()
  const told = Array.from({ length: 100 }, (_, index) => knock(index % 2 ? "/chat" : "/unknown", { headers: toni }))
  expect(new Set(told.map(({ outcome }) => outcome[1]))).toEqual(
    new Set(["close 4504 There is no gateway on this path.", "close 1013 retry-after=5; Too many connections."]),
  )
  expect(knock("/chat", { headers: toni }).outcome).toEqual(["503"])
  expect(knock("/unknown", { headers: toni }).outcome).toEqual(["404"])
  told[7]?.gone()
  expect(knock("/unknown", { headers: toni }).outcome[0]).toBe("101")
  expect(statuses).toHaveLength(103)
})

test("G7a who is told goodbye after the end is cut at once", async () => {
  const { door, knock, clock } = doorTo({ onHandshake: (handshake) => handshake.close(4001, "no") })
  const early = knock()
  door.end()
  expect(early.outcome).toEqual(["101", "close 4001 no", "terminate"])
  early.gone()
  const late = knock()
  await clock.advance(0)
  expect(late.outcome).toEqual(["101", "close 4001 no", "terminate"])
})

test("G5a behind no address, as at a Unix domain socket, nobody is over maxConnectionsPerAddress", () => {
  const { knock } = doorTo({}, { maxConnectionsPerAddress: 1 })
  expect([knock("/chat", { address: "" }).outcome, knock("/chat", { address: "" }).outcome]).toEqual([["101"], ["101"]])
})

test("G16b an adapter that throws where it should accept harms nobody: 500, reported, and the slot is free", () => {
  const failure = new Error("no socket")
  const broken = () => {
    throw failure
  }
  const { knock, errors } = doorTo({}, { maxConnections: 1 })
  expect(knock("/chat", { accept: broken }).outcome).toEqual(["500"])
  expect(knock("/chat", { accept: broken, refuse: broken }).outcome).toEqual(["500"])
  expect(knock("/unknown", { headers: toni, accept: broken }).outcome).toEqual(["500"])
  expect(errors).toEqual([failure, failure, failure])
  expect(knock().outcome).toEqual(["101"])
})

test("G9b G16b a goodbye that an adapter throws at gives one slot back, and not somebody else's", () => {
  const broken = () => {
    throw new Error("no socket")
  }
  const { knock } = doorTo({ onHandshake: ({ query }) => !query.has("no") }, { maxConnections: 2 })
  expect(knock().outcome).toEqual(["101"])
  knock("/chat?no", { headers: toni, accept: broken })
  expect([knock().outcome, knock().outcome]).toEqual([["101"], ["503"]])
})

test("G16b an adapter that throws when the hook has settled leaves no rejection that nobody catches", async () => {
  const failure = new Error("no socket")
  const { knock, errors } = doorTo({ onHandshake: () => Promise.resolve(true) }, { maxConnections: 1 })
  const broken = knock("/chat", {
    accept: () => {
      throw failure
    },
  })
  await settled()
  expect([broken.outcome, errors]).toEqual([["500"], [failure]])
  const next = knock()
  await settled()
  expect(next.outcome).toEqual(["101"])
})

test("every refused handshake is a line in the log, with why, and the paths that there are where it was the path", () => {
  const { knock, log } = doorTo({ onHandshake: (handshake) => handshake.reject(401, "unknown token") })
  knock("/chats")
  knock("/chat")
  knock("/chat", { headers: { "Sec-WebSocket-Key": "x" } })
  knock("/chat", { headers: { Origin: "http://localhost:5173", Host: "127.0.0.1:3000" } })
  knock(`/${"x".repeat(9_000)}`)
  expect(log.map(({ level, fields, message }) => [level, fields["status"], fields["detail"], message])).toEqual([
    ["info", 404, "There is no gateway on this path. Served: /chat", "Handshake refused"],
    ["info", 401, "onHandshake answered 401: unknown token", "Handshake refused"],
    ["info", 400, "The header Sec-WebSocket-Key must be 16 bytes in base64.", "Handshake refused"],
    ["warn", 403, expect.stringMatching(/origins: \["http:\/\/localhost:5173"\]$/), "Handshake refused"],
    ["info", 404, "There is no gateway on this path. Served: /chat", "Handshake refused"],
  ])
  expect(String(log[4]?.fields["path"]).length).toBeLessThan(210)
})

test.each([
  [0, " There is none at all."],
  [10, " Served: /0 /1 /2 /3 /4 /5 /6 /7 /8 /9"],
  [11, " Served: /0 /1 /2 /3 /4 /5 /6 /7 /8 /9 …"],
])("of %i gateways the log of an unknown path names ten at the most", (count, served) => {
  const { host, knock, log, gateway } = doorTo({})
  const door = new Door(host)
  const entry = (_: unknown, index: number) => {
    return { name: "Chat", module: "M", path: `/${index}`, gateway, options: effectiveOptions({}) }
  }
  door.serve(Array.from({ length: count }, entry))
  door.upgrade({ ...knock("/unknown").pending })
  expect(log.at(-1)?.fields["detail"]).toBe(`There is no gateway on this path.${served}`)
})

test("G4 G8b a request target in absolute form names the host that an origin is compared with", () => {
  const { knock } = doorTo({})
  const headers = { Origin: "https://example.org", Host: "inside:8080" }
  expect(knock("http://example.org/chat", { headers }).outcome).toEqual(["101"])
  expect(knock("http://inside:8080/chat", { headers }).outcome).toEqual(["403"])
})

test("G6b an onHandshake that cannot be read lets nobody in: 500, and it is reported", () => {
  const failure = new Error("not now")
  const { knock, errors, gateway } = doorTo({}, { maxConnections: 1 })
  Object.defineProperty(gateway, "onHandshake", {
    configurable: true,
    get() {
      throw failure
    },
  })
  expect([knock().outcome, knock("/chat", { headers: toni }).outcome]).toEqual([
    ["500"],
    ["101", "close 1013 The handshake failed."],
  ])
  expect(errors).toEqual([failure, failure])
})

test("G7b G16c what breaks the connection of somebody who is told goodbye is reported, and the slot is given back", () => {
  const { knock, errors } = doorTo({ onHandshake: () => false }, { maxConnections: 1 })
  const refused = knock("/chat", { headers: toni })
  expect(refused.outcome).toEqual(["101", "close 4503"])
  refused.breaks("broken on purpose")
  expect(errors).toEqual(["broken on purpose"])
  refused.gone()
  expect(knock("/chat", { headers: toni }).outcome).toEqual(["101", "close 4503"])
})
