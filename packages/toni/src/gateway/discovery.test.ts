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
  ["an empty path", { path: "", onMessage: noop }, '"/"'],
  ["no path", { onMessage: noop, onConnect: noop }, "path"],
  ["a path that is no string", { path: 5, onMessage: noop }, "path"],
  ["a path that is a list", { path: ["/a"], onMessage: noop }, "path"],
])("G1b %s is a startup error that says what is missing", (_, instance, missing) => {
  const { problems, paths } = discover(instance)
  expect(paths).toEqual([])
  expect(problems).toMatchObject([{ kind: "not-a-gateway", module: "Chat", chain: ["P1"] }])
  expect(`${problems[0]?.message} ${problems[0]?.fix}`).toContain(missing)
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

test("G2a a gateway with a bad option is named with the option", () => {
  const [problem] = discover({ path: "/chat", onMessage: noop, options: { maxPayload: 0 } }).problems
  expect(problem).toMatchObject({ kind: "bad-option", module: "Chat", chain: ["P1"] })
  expect(problem?.message).toMatch(/P1.*maxPayload.*0/)
})
