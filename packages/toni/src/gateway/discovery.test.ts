import { expect, test } from "vitest"
import { discoverGateways } from "./discovery.ts"

const noop = () => undefined

function discover(...instances: unknown[]) {
  const candidates = instances.map((instance, index) => ({ module: "Chat", name: `P${index + 1}`, instance }))
  const { gateways, problems } = discoverGateways(candidates)
  return {
    paths: gateways.map(({ name, path }) => `${name} ${path}`),
    problems,
    kinds: problems.map(({ kind }) => kind),
  }
}

test("G1a whatever has a path and onMessage is a gateway, a class or a plain object, its hooks inherited or not", () => {
  class Base {
    onMessage = noop
  }
  class Chat extends Base {
    readonly path = "/chat"
  }
  class Methods {
    get path() {
      return "/methods"
    }
    onMessage() {
      return undefined
    }
  }
  const found = discover(new Chat(), new Methods(), { path: "/plain", onMessage: noop })
  expect(found).toEqual({ paths: ["P1 /chat", "P2 /methods", "P3 /plain"], problems: [], kinds: [] })
})

test.each<[string, unknown]>([
  ["a service", { greet: noop }],
  ["a service with a path", { path: "/tmp/data" }],
  ["a service with a path that has no slash", { path: "data" }],
  ["a listener that only wants to know who leaves", { onDisconnect: noop }],
  ["a listener for connections", { onConnect: noop }],
  ["a consumer of messages of some other kind", { onMessage: noop }],
  ["a function", Object.assign(noop, { path: "/chat", onMessage: noop })],
  ["null", null],
  ["nothing", undefined],
  ["a string", "/chat"],
  ["an object without a prototype", Object.create(null)],
])("G1a %s is no gateway and no mistake", (_, instance) => {
  expect(discover(instance)).toEqual({ paths: [], problems: [], kinds: [] })
})

test.each<[string, object, string]>([
  ["a path and onConnect, but no onMessage", { path: "/chat", onConnect: noop }, "onMessage"],
  ["a path and onHandshake, but no onMessage", { path: "/chat", onHandshake: noop }, "onMessage"],
  ["an onMessage that is no function", { path: "/chat", onMessage: "x", onDisconnect: noop }, "onMessage"],
  ["a path without /", { path: "chat", onMessage: noop }, '"/chat"'],
  ["an address for a path", { path: "ws://localhost:3000/chat", onMessage: noop }, 'path = "/chat"'],
  ["an address without a path", { path: "wss://example.com", onMessage: noop }, 'path = "/"'],
  ["an empty path", { path: "", onMessage: noop }, '"/"'],
  ["no path", { onMessage: noop, onConnect: noop }, "path"],
  ["a path that is no string", { path: 5, onMessage: noop }, "path"],
  ["a path that is no string, beside a Path that is one", { path: 5, Path: "/a", onMessage: noop }, "not a string"],
  ["a path that is a list", { path: ["/a"], onMessage: noop }, "path"],
])("G1b %s is a startup error that says what is missing", (_, instance, missing) => {
  const { problems, paths } = discover(instance)
  expect(paths).toEqual([])
  expect(problems).toMatchObject([{ kind: "not-a-gateway", module: "Chat", chain: ["P1"] }])
  expect(`${problems[0]?.message} ${problems[0]?.fix}`).toContain(missing)
})

test.each<[string, string]>([
  ["onHandShake", "onHandshake"],
  ["onHandshak", "onHandshake"],
  ["onmessage", "onMessage"],
  ["onMesage", "onMessage"],
  ["onConect", "onConnect"],
  ["onDisconnnect", "onDisconnect"],
  ["onTokens", "onToken"],
  ["handleConnection", "onConnect"],
  ["handleDisconnect", "onDisconnect"],
  ["afterInit", "onModuleInit"],
])("G1b a gateway with %s does not start: nobody would call it; %s is meant", (wrong, right) => {
  class Parent {
    readonly path = "/chat"
    onMessage() {}
  }
  class Chat extends Parent {}
  Object.defineProperty(Chat.prototype, wrong, { value: noop })
  for (const gateway of [{ path: "/chat", onMessage: noop, [wrong]: noop }, new Chat()]) {
    const { problems, paths } = discover(gateway)
    expect([paths, problems.map(({ fix }) => fix)]).toEqual([[], [`Rename ${wrong} to ${right}.`]])
  }
})

test.each(["Options", "PATH", "Contract", "useFOR", "On", "USE"])(
  "G1b a gateway with %s, which differs from a member of the contract by case alone, does not start",
  (name) => {
    const { problems } = discover({ path: "/chat", onMessage: noop, [name]: {} })
    expect(problems).toMatchObject([{ kind: "not-a-gateway", fix: expect.stringContaining(`Rename ${name} to `) }])
  },
)

test("G1b onMessage beside a path in another case is a mistake", () => {
  expect(discover({ Path: "/chat", onMessage: noop }).problems).toMatchObject([{ fix: "Rename Path to path." }])
})

test.each(["onMesage", "handleMessage", "handleConnection"])(
  "G1b a path and %s, and no hook at all, is a startup error: it would be served by nobody",
  (name) => {
    expect(discover({ path: "/chat", [name]: noop }).kinds).toEqual(["not-a-gateway"])
  },
)

test("G1b fields and methods of one's own are nobody's business", () => {
  const own = { user: 1, one: 2, no: 3, us: 4, uses: 5, opinions: 6, paths: 7, onMessages: [], handleMessage: noop }
  const gateway = { path: "/chat", onMessage: noop, onToken: noop, onOpen: noop, onError: noop, ...own }
  expect(discover(gateway)).toMatchObject({ paths: ["P1 /chat"], kinds: [] })
})

test("G1b a path without any hook, or a Path that is no string, is somebody else's", () => {
  const others = [
    { path: "/tmp", Options: {}, On: noop },
    { Path: 5, onMessage: noop },
    { Path: "/tmp", onConnect: noop },
  ]
  expect(discover(...others)).toEqual({ paths: [], problems: [], kinds: [] })
})

test("G1a a gateway that throws at the names of members that it has not is one like any other", () => {
  const own: object = { path: "/chat", onMessage: noop, options: {} }
  const strict = new Proxy(own, { get: (target, name) => (name in target ? Reflect.get(target, name) : raise()) })
  expect(discover(strict)).toEqual({ paths: ["P1 /chat"], problems: [], kinds: [] })
})

test("G1a each member is read once: what was checked is what is served", () => {
  const reads: string[] = []
  const gateway = new Proxy(
    { path: "/chat", onMessage: noop },
    {
      get(target, name) {
        reads.push(String(name))
        return Reflect.get(target, name) as unknown
      },
    },
  )
  discover(gateway)
  expect(reads.filter((name, index) => reads.indexOf(name) !== index)).toEqual([])
})

test.each<[string, unknown]>([
  ["onHandshake", "yes"],
  ["onHandshake", null],
  ["onConnect", {}],
  ["onDisconnect", true],
  ["onMessage", "x"],
])("G1b a gateway whose %s is %j does not start", (name, value) => {
  const { problems, paths } = discover({ path: "/chat", onMessage: noop, [name]: value })
  expect([paths, problems.map(({ message }) => message)]).toEqual([[], [expect.stringContaining(`its ${name} is `)]])
})

const throwing = (name: string, rest: object = {}) =>
  Object.defineProperty({ ...rest }, name, {
    enumerable: true,
    get() {
      throw new Error("not now")
    },
  })

test.each<[string, object]>([
  ["every property, as strict configurations do", new Proxy({}, { get: () => raise() })],
  [
    "its members and its prototype",
    new Proxy({}, { get: () => raise(), ownKeys: () => raise(), getPrototypeOf: () => raise() }),
  ],
  ["path", throwing("path")],
  ["path, beside onMessage alone", throwing("path", { onMessage: noop })],
  ["a hook", throwing("onMessage")],
  ["options", throwing("options")],
])("G1a a provider that throws when %s is read is no gateway and no mistake", (_, instance) => {
  expect(discover(instance, { path: "/chat", onMessage: noop })).toEqual({
    paths: ["P2 /chat"],
    problems: [],
    kinds: [],
  })
})

test.each(["onHandshake", "onConnect", "onDisconnect"])(
  "G1b a gateway whose %s throws when it is read does not start: who knows what it would say",
  (name) => {
    const { problems, paths } = discover(throwing(name, { path: "/chat", onMessage: noop }))
    expect([paths, problems.map(({ message }) => message)]).toEqual([
      [],
      [expect.stringContaining(`its ${name} cannot be read: Error: not now`)],
    ])
  },
)

test("G2a a gateway whose options throw when they are read does not start", () => {
  const { problems } = discover(throwing("options", { path: "/chat", onMessage: noop }))
  expect(problems).toMatchObject([{ kind: "bad-option", message: expect.stringContaining("not now") }])
})

test.each<[string, unknown]>([
  ["null", null],
  ["a string", "maxPayload"],
  ["a list", []],
])("G2a options that are %s are a startup error", (_, options) => {
  expect(discover({ path: "/chat", onMessage: noop, options }).kinds).toEqual(["bad-option"])
})

/** A test double: whatever it is asked for, it answers a function, and so does that. */
const double = (own: object = {}): object =>
  new Proxy(own, { get: (target, name) => Reflect.get(target, name) ?? Object.assign(() => double(), {}) })

test("G1a a test double that answers a function for every name is no gateway and no mistake", () => {
  expect(discover(double())).toEqual({ paths: [], problems: [], kinds: [] })
})

test("G1a a test double of a gateway is one", () => {
  expect(discover(double({ path: "/chat", options: {} }))).toEqual({ paths: ["P1 /chat"], problems: [], kinds: [] })
})

test.each([
  ["/chat", "/chat"],
  ["/chat", "/chat/"],
  ["/rooms/:room", "/rooms/:id"],
])("G2a %s and %s are the same path, and one owner too many", (one, other) => {
  const { problems, paths } = discover({ path: one, onMessage: noop }, { path: other, onMessage: noop })
  expect(paths).toEqual([`P1 ${one}`])
  expect(problems).toMatchObject([{ kind: "duplicate-path", chain: ["P2"] }])
  expect(problems[0]?.message).toMatch(/P2 and P1/)
})

test("G2a paths that merely overlap are two gateways", () => {
  expect(discover({ path: "/rooms/:room", onMessage: noop }, { path: "/rooms/lobby", onMessage: noop }).kinds).toEqual(
    [],
  )
})

test("G2a one instance under two names is one gateway", () => {
  const chat = { path: "/chat", onMessage: noop }
  expect(discover(chat, chat)).toMatchObject({ paths: ["P1 /chat"], kinds: [] })
})

test("G2a all mistakes are found in one go: paths, options, near misses", () => {
  const found = discover(
    { path: "/a b", onMessage: noop, options: { maxPayload: 0 } },
    { path: "/x", onConnect: noop },
    { path: "/ok", onMessage: noop },
    { path: "/ok", onMessage: noop, options: { heartbeat: 5, nope: 1 } },
  )
  expect(found.kinds).toEqual(["bad-option", "bad-path", "not-a-gateway", "bad-option", "bad-option", "duplicate-path"])
  expect(found.paths).toEqual(["P3 /ok"])
})

test("G2a of a gateway that has more than one mistake all are found", () => {
  const { kinds, paths } = discover({ path: "/a b", onMessage: noop, onMesage: noop, options: { maxPayload: 0 } })
  expect([kinds, paths]).toEqual([["not-a-gateway", "bad-option", "bad-path"], []])
})

test("G20d what a gateway said when it was found is kept apart from it", () => {
  const options = { origins: ["https://a.com"], maxTopics: 5 }
  const candidates = [{ module: "Chat", name: "P1", instance: { path: "/chat", onMessage: noop, options } }]
  const [found] = discoverGateways(candidates).gateways
  options.origins.push("https://evil.com")
  options.maxTopics = 0
  expect(found?.own).toEqual({ origins: ["https://a.com"], maxTopics: 5 })
})

test("G2a a gateway with a bad option is named with the option", () => {
  const [problem] = discover({ path: "/chat", onMessage: noop, options: { maxPayload: 0 } }).problems
  expect(problem).toMatchObject({ kind: "bad-option", module: "Chat", chain: ["P1"] })
  expect(problem?.message).toMatch(/P1.*maxPayload.*0/)
})

function raise(): never {
  throw new Error("not now")
}
