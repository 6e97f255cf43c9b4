import type { Gateway } from "../../gateway/gateway.ts"
import type { ToniError } from "../../errors.ts"
import { deepEqual, equal, ok, refusedWith } from "../expect.ts"
import { scenario, type Scenario } from "../scenario.ts"

/** G8: from which pages browsers may connect, and whose word about a request counts. */
export const origins: readonly Scenario[] = [
  scenario("G8a G8b", "a page may connect to its own host, whatever the scheme and default port", async ({ serve }) => {
    const { connect } = await serve({ path: "/chat", onConnect: (client) => client.send("in"), onMessage() {} })
    const pairs = [
      ["https://app.example", "app.example"],
      ["http://app.example", "app.example"],
      ["https://app.example", "app.example:443"],
      ["http://app.example", "app.example:80"],
      ["https://app.example", "APP.example"],
      ["http://app.example:3000", "app.example:3000"],
      ["http://[::1]:3000", "[::1]:3000"],
    ]
    for (const [origin, host] of pairs) {
      equal(await (await connect("/chat", { headers: { origin, host } })).nextText(), "in", `${origin} to ${host}`)
    }
  }),

  scenario("G8a", "every other page is refused with 403, and the hook is not asked", async ({ serve }) => {
    const asked: unknown[] = []
    const { connect } = await serve({
      path: "/chat",
      onHandshake: ({ origin }) => void asked.push(origin),
      onMessage() {},
    })
    const foreign = [
      "null",
      "",
      "https://evil.example",
      "https://app.example.evil.example",
      "https://evilapp.example",
      "https://sub.app.example",
      "https://app.example:8443",
      "https://app.example.",
      "https://app.example@evil.example",
      "https://app.example/",
      "https://app.example, https://evil.example",
      "app.example",
      "file://",
    ]
    for (const origin of foreign) {
      const connecting = connect("/chat", { headers: { origin, host: "app.example" } })
      equal((await refusedWith(connecting)).status, 403, origin)
    }
    deepEqual(asked, [])
  }),

  scenario("G8a", "a request without Origin is not from a browser and passes", async ({ serve }) => {
    const { connect } = await serve({
      path: "/chat",
      options: { origins: ["https://app.example"] },
      onConnect: (client) => client.send("in"),
      onMessage() {},
    })
    equal(await (await connect("/chat", { headers: { origin: undefined } })).nextText(), "in")
  }),

  scenario("G8a", "a list admits exactly what it names", async ({ serve }) => {
    const { connect } = await serve({
      path: "/chat",
      options: { origins: ["https://app.example", "http://localhost:5173"] },
      onConnect: (client) => client.send("in"),
      onMessage() {},
    })
    for (const origin of ["https://app.example", "http://localhost:5173"]) {
      equal(await (await connect("/chat", { headers: { origin } })).nextText(), "in", origin)
    }
    const foreign = ["http://app.example", "https://app.example.evil.example", "http://localhost", "null"]
    for (const origin of foreign) {
      equal((await refusedWith(connect("/chat", { headers: { origin } }))).status, 403, origin)
    }
    const rebound = { origin: "http://evil.example", host: "evil.example" }
    equal((await refusedWith(connect("/chat", { headers: rebound }))).status, 403, "a name that was made to lead here")
  }),

  scenario("G8a", '"any" admits every page', async ({ serve }) => {
    const { connect } = await serve({
      path: "/chat",
      options: { origins: "any" },
      onHandshake: (handshake) => handshake.accept({ headers: { "x-origin": handshake.origin ?? "" } }),
      onMessage() {},
    })
    for (const origin of ["https://evil.example", "null"]) {
      equal((await connect("/chat", { headers: { origin } })).headers["x-origin"], origin)
    }
  }),

  scenario("G8a G16b", "a function judges; one that throws admits nobody and is reported", async ({ serve }) => {
    const failure = new Error("the list of origins is gone")
    const { connect, errors } = await serve({
      path: "/chat",
      options: {
        origins(origin, host) {
          if (origin === "https://broken.example") throw failure
          return origin === "https://app.example" && host === "api.example"
        },
      },
      onConnect: (client) => client.send("in"),
      onMessage() {},
    })
    const from = (origin: string) => connect("/chat", { headers: { origin, host: "api.example" } })
    equal(await (await from("https://app.example")).nextText(), "in")
    equal((await refusedWith(from("https://other.example"))).status, 403)
    equal((await refusedWith(from("https://broken.example"))).status, 403)
    deepEqual(
      errors.map(({ error, phase }) => [error, phase]),
      [[failure, "handshake"]],
    )
  }),

  scenario("G8a", "a list and a function may let in pages that have no origin of their own", async ({ serve }) => {
    const onConnect: Gateway["onConnect"] = (client) => client.send("in")
    const { connect } = await serve([
      { path: "/listed", options: { origins: ["null", "file://"] }, onConnect, onMessage() {} },
      { path: "/judged", options: { origins: (origin) => origin === "file://" }, onConnect, onMessage() {} },
    ])
    for (const origin of ["null", "file://"]) {
      equal(await (await connect("/listed", { headers: { origin } })).nextText(), "in", origin)
    }
    equal(await (await connect("/judged", { headers: { origin: "file://" } })).nextText(), "in")
    equal((await refusedWith(connect("/judged", { headers: { origin: "null" } }))).status, 403)
  }),

  scenario("G8b", "an app that claims the server's name under a scheme of its own is foreign", async ({ serve }) => {
    const { connect } = await serve({ path: "/chat", onMessage() {} })
    const headers = { origin: "capacitor://localhost", host: "localhost" }
    equal((await refusedWith(connect("/chat", { headers }))).status, 403)
  }),

  scenario("G8a G16b", "a function that answers a promise admits nobody, and it is reported", async ({ serve }) => {
    const { connect, errors } = await serve({
      path: "/chat",
      options: { origins: () => Promise.reject(new Error("the database is gone")) as never },
      onMessage() {},
    })
    equal((await refusedWith(connect("/chat", { headers: { origin: "https://app.example" } }))).status, 403)
    deepEqual(
      errors.map(({ error, phase }) => [(error as ToniError).code, phase]),
      [["TONI_BAD_OPTION", "handshake"]],
    )
  }),

  scenario("G8b", "the log line of a refusal names both values and the setting", async ({ serve }) => {
    const { connect, log } = await serve({ path: "/chat", onMessage() {} })
    const headers = { origin: "https://evil.example", host: "app.example" }
    await refusedWith(connect("/chat", { headers }))
    const [line] = log.filter(({ level }) => level === "warn").map((each) => JSON.stringify(each))
    for (const part of ["https://evil.example", "app.example", "same-origin", "403"]) ok(line?.includes(part), line)
  }),

  scenario("G8b", "without trustProxy, forwarding headers say nothing", async ({ serve }) => {
    const { connect } = await serve({
      path: "/chat",
      onConnect: (client) => client.send(client.remoteAddress),
      onMessage() {},
    })
    const forged = { "x-forwarded-host": "evil.example", "x-forwarded-for": "192.0.2.1" }
    const cheating = connect("/chat", { headers: { ...forged, origin: "https://evil.example", host: "app.example" } })
    equal((await refusedWith(cheating)).status, 403)
    equal(await (await connect("/chat", { headers: forged })).nextText(), "127.0.0.1")
  }),

  scenario("G8b", "behind a trusted proxy, X-Forwarded-Host is the host", async ({ serve }) => {
    const { connect, log } = await serve({
      path: "/chat",
      options: { trustProxy: ["127.0.0.0/8"] },
      onConnect: (client) => client.send("in"),
      onMessage() {},
    })
    // What the client itself has sent comes first.
    const forwarded = { host: "inside:3000", "x-forwarded-host": "evil.example, app.example" }
    const from = (origin: string) => connect("/chat", { headers: { ...forwarded, origin } })
    equal(await (await from("https://app.example")).nextText(), "in")
    equal((await refusedWith(from("https://evil.example"))).status, 403)
    equal((await refusedWith(from("http://inside:3000"))).status, 403)
    const [line] = log.filter(({ level }) => level === "warn").map((each) => JSON.stringify(each))
    ok(line?.includes("app.example"), line)
  }),

  scenario("G8b", "an address comes from as far as proxies are trusted, and no further", async ({ serve }) => {
    const { connect } = await serve(
      [1, 2].map((trustProxy): Gateway => ({
        path: `/behind-${trustProxy}`,
        options: { trustProxy },
        onConnect: (client) => client.send(client.remoteAddress),
        onMessage() {},
      })),
    )
    const headers = { "x-forwarded-for": "203.0.113.9, 198.51.100.7, ::ffff:192.0.2.1" }
    equal(await (await connect("/behind-1", { headers })).nextText(), "192.0.2.1")
    equal(await (await connect("/behind-2", { headers })).nextText(), "198.51.100.7")
  }),

  scenario("G8b", "a peer that is not one of the proxies is not believed", async ({ serve }) => {
    const { connect } = await serve({
      path: "/chat",
      options: { trustProxy: ["10.0.0.0/8"] },
      onConnect: (client) => client.send(client.remoteAddress),
      onMessage() {},
    })
    const headers = { "x-forwarded-for": "192.0.2.1", "x-forwarded-host": "evil.example", host: "app.example" }
    equal(await (await connect("/chat", { headers })).nextText(), "127.0.0.1")
    const cheating = connect("/chat", { headers: { ...headers, origin: "https://evil.example" } })
    equal((await refusedWith(cheating)).status, 403)
  }),
]
