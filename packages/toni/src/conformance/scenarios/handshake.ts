import type { ToniError } from "../../errors.ts"
import { Token } from "../../di/token.ts"
import type { HandshakeAnswer, WsHandshake } from "../../gateway/ws-handshake.ts"
import { deepEqual, equal, ok, refusedWith } from "../expect.ts"
import { gate, scenario, type Scenario } from "../scenario.ts"

/** G6: what `onHandshake` is shown, and what becomes of its answer. */
export const handshake: readonly Scenario[] = [
  scenario("G6a", "nothing is answered before onHandshake has settled", async ({ serve }) => {
    const asked = gate()
    const deciding = gate<boolean>()
    const seen: string[] = []
    const { clock, connect } = await serve({
      path: "/chat",
      onHandshake() {
        asked.open()
        return deciding.promise
      },
      onMessage() {},
    })
    const connecting = connect("/chat").then(() => seen.push("answered"))
    await asked.promise
    await clock.advance(0)
    seen.push("decided")
    deciding.open(true)
    await connecting
    deepEqual(seen, ["decided", "answered"])
  }),

  scenario("G6a", "true, nothing and accept() let the client in, at once or later", async ({ serve }) => {
    const answers = {
      true: () => true,
      nothing: () => undefined,
      accept: (handshake: WsHandshake) => handshake.accept(),
      "accept-without-return": (handshake: WsHandshake) => void handshake.accept(),
      "later-true": () => Promise.resolve(true),
      "later-nothing": () => Promise.resolve(),
      "later-accept": (handshake: WsHandshake) => Promise.resolve(handshake.accept()),
    }
    const { connect } = await serve({
      path: "/:answer",
      onHandshake: (handshake) => answers[handshake.params["answer"] as keyof typeof answers](handshake),
      onConnect: (client) => client.send(client.params["answer"] ?? ""),
      onMessage() {},
    })
    for (const answer of Object.keys(answers)) equal(await (await connect(`/${answer}`)).nextText(), answer)
  }),

  scenario("G6a", "false refuses with 403, at once or later", async ({ serve }) => {
    const { connect } = await serve({
      path: "/:when",
      onHandshake: ({ params }) => (params["when"] === "now" ? false : Promise.resolve(false)),
      onMessage() {},
    })
    equal((await refusedWith(connect("/now"))).status, 403)
    equal((await refusedWith(connect("/later"))).status, 403)
  }),

  scenario("G6a", "reject() refuses with its status, message and headers", async ({ serve }) => {
    const { connect } = await serve({
      path: "/chat",
      onHandshake: (handshake) => handshake.reject(401, "unknown tóken", { "WWW-Authenticate": "Bearer" }),
      onMessage() {},
    })
    const { status, body, headers } = await refusedWith(connect("/chat"))
    deepEqual([status, body, headers["www-authenticate"]], [401, "unknown tóken", "Bearer"])
  }),

  scenario("G6a", "what is no answer lets nobody in: 500, and it is reported", async ({ serve }) => {
    const answers: readonly unknown[] = [null, "true", 1, {}, { kind: "accept", options: {} }]
    const { connect, errors } = await serve({
      path: "/:index",
      onHandshake: ({ params }) => answers[Number(params["index"])] as boolean,
      onMessage() {},
    })
    for (const index of answers.keys()) equal((await refusedWith(connect(`/${index}`))).status, 500)
    deepEqual(
      errors.map(({ error, phase }) => [(error as ToniError).code, phase]),
      answers.map(() => ["TONI_BAD_ARGUMENT", "handshake"]),
    )
  }),

  scenario("G6b G16a", "a hook that throws or rejects gives 500, is reported, and tells nothing", async ({ serve }) => {
    const failure = new Error("the password of the database is hunter2")
    const { connect, errors } = await serve({
      path: "/:how",
      onHandshake({ params }) {
        if (params["how"] === "throws") throw failure
        return Promise.reject(failure)
      },
      onMessage() {},
    })
    for (const how of ["throws", "rejects"]) {
      const refused = await refusedWith(connect(`/${how}`))
      equal(refused.status, 500)
      ok(!JSON.stringify([refused.body, refused.headers]).includes("hunter2"))
    }
    const reported = { error: failure, phase: "handshake", gateway: errors[0]?.gateway }
    deepEqual(errors, [reported, reported])
  }),

  scenario("G6b", "a hook that throws after accept() lets nobody in", async ({ serve }) => {
    const { connect } = await serve({
      path: "/chat",
      onHandshake(handshake) {
        handshake.accept()
        throw new Error("on second thoughts")
      },
      onMessage() {},
    })
    equal((await refusedWith(connect("/chat"))).status, 500)
  }),

  scenario("G6b", "a hook that takes too long gives 503, and its answer comes too late", async ({ serve }) => {
    const asked = gate<WsHandshake>()
    const deciding = gate<boolean>()
    const connected: string[] = []
    const { clock, connect, errors } = await serve({
      path: "/:who",
      options: { handshakeTimeout: 2_000 },
      onHandshake(handshake) {
        if (handshake.params["who"] !== "slow") return true
        asked.open(handshake)
        return deciding.promise
      },
      onConnect: (client) => void connected.push(client.params["who"] ?? ""),
      onMessage: (client, message) => client.send(message),
    })
    const slow = refusedWith(connect("/slow"))
    const { signal } = await asked.promise
    await clock.advance(1_999)
    equal(signal.aborted, false)
    await clock.advance(1)
    equal((await slow).status, 503)
    equal(signal.aborted, true)
    deciding.open(true)
    const quick = await connect("/quick")
    quick.send("in")
    equal(await quick.nextText(), "in")
    deepEqual(connected, ["quick"])
    deepEqual(
      errors.map(({ error, phase }) => [(error as ToniError).code, phase]),
      [["TONI_HOOK_TIMEOUT", "handshake"]],
    )
  }),

  scenario("G6b", "the time of a hook that has settled is over", async ({ serve }) => {
    const { clock, connect, errors } = await serve({
      path: "/chat",
      options: { handshakeTimeout: 2_000 },
      onHandshake: () => Promise.resolve(true),
      onMessage: (client, message) => client.send(message),
    })
    const client = await connect("/chat")
    await clock.advance(2_000)
    client.send("still here")
    equal(await client.nextText(), "still here")
    deepEqual(errors, [])
  }),

  scenario("G6b G16b", "what a hook returns may misbehave: 500, and it is reported", async ({ serve }) => {
    const failure = new Error("hunter2")
    const answers: Record<string, () => unknown> = {
      "a thenable that throws": () => ({
        // oxlint-disable-next-line unicorn/no-thenable -- a thenable is meant
        then() {
          throw failure
        },
      }),
      "a thenable that cannot be read": () =>
        // oxlint-disable-next-line unicorn/no-thenable -- a thenable is meant
        Object.defineProperty({}, "then", {
          get() {
            throw failure
          },
        }),
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- hooks reject with anything
      "a rejection with nothing": () => Promise.reject(undefined),
    }
    const { connect, errors } = await serve({
      path: "/:what",
      onHandshake: ({ params }) => answers[params["what"] ?? ""]?.() as Promise<boolean>,
      onMessage() {},
    })
    for (const what of Object.keys(answers)) {
      equal((await refusedWith(connect(`/${encodeURIComponent(what)}`))).status, 500, what)
    }
    deepEqual(
      errors.map(({ error }) => error),
      [failure, failure, undefined],
    )
  }),

  scenario("G6c", "who was rejected stays rejected, whatever is said or returned besides", async ({ serve }) => {
    const hooks: Record<string, (handshake: WsHandshake) => HandshakeAnswer> = {
      "forgets to return": (handshake) => void handshake.reject(401),
      "returns true"(handshake) {
        handshake.reject(401)
        return true
      },
      "accepts afterwards"(handshake) {
        handshake.reject(401)
        return handshake.accept()
      },
      "accepts before"(handshake) {
        handshake.accept()
        handshake.reject(401)
      },
      "returns what it accepted"(handshake) {
        const accepted = handshake.accept()
        handshake.reject(401)
        return accepted
      },
      "rejects twice"(handshake) {
        handshake.reject(401)
        return handshake.reject(402)
      },
      "closes afterwards"(handshake) {
        handshake.reject(401)
        return handshake.close(4000, "")
      },
    }
    const { connect } = await serve({
      path: "/:when/:how",
      async onHandshake(handshake) {
        const { when, how } = handshake.params
        if (when === "later") await Promise.resolve()
        return hooks[how ?? ""]?.(handshake)
      },
      onMessage() {},
    })
    for (const how of Object.keys(hooks)) {
      equal((await refusedWith(connect(`/now/${encodeURIComponent(how)}`))).status, 401, how)
      equal((await refusedWith(connect(`/later/${encodeURIComponent(how)}`))).status, 401, how)
    }
  }),

  scenario("G6a", "the hook reads headers, origin and address of the request", async ({ serve }) => {
    const seen: unknown[] = []
    const { connect } = await serve({
      path: "/chat",
      options: { origins: "any" },
      onHandshake({ headers, origin, remoteAddress }) {
        seen.push(origin, remoteAddress, headers.get("X-Tag"), headers.getAll("x-tag"), headers.get("x-none"))
      },
      onMessage() {},
    })
    await connect("/chat", { headers: { origin: "https://page.example", "X-Tag": ["a", "b"] } })
    deepEqual(seen, ["https://page.example", "127.0.0.1", "a, b", ["a", "b"], null])
  }),

  scenario("G6a", "cookies are decoded, and their names are just names", async ({ serve }) => {
    const seen: unknown[] = []
    const { connect } = await serve({
      path: "/chat",
      onHandshake({ cookies }) {
        seen.push(cookies["session"], cookies["__proto__"], cookies["constructor"], cookies["none"])
      },
      onMessage() {},
    })
    await connect("/chat", { headers: { cookie: ["session=a%20b", "__proto__=polluted"] } })
    deepEqual(seen, ["a b", "polluted", undefined, undefined])
    equal(({} as { polluted?: unknown }).polluted, undefined)
  }),

  scenario("G6a G14", "what the hook leaves as metadata is there from onConnect on", async ({ serve }) => {
    const Name = new Token<string>("Name")
    const Age = new Token<number>("Age")
    const { connect } = await serve({
      path: "/chat",
      async onHandshake(handshake) {
        await Promise.resolve()
        handshake.setMetadata(Name, "Ada")
      },
      onConnect: (client) => client.send(`${client.requireMetadata(Name)}, ${client.getMetadata(Age)}`),
      onMessage() {},
    })
    equal(await (await connect("/chat")).nextText(), "Ada, undefined")
  }),
]
