import { deepEqual, equal, refusedWith } from "../expect.ts"
import { scenario, type Scenario } from "../scenario.ts"

/** G4: which gateway a path leads to, and what of it the hook and the gateway get to see. */
export const paths: readonly Scenario[] = [
  scenario("G4", "a path is the same with and without a slash at its end", async ({ serve }) => {
    const { connect } = await serve([
      { path: "/chat", onConnect: (client) => client.send(client.path), onMessage() {} },
      { path: "/news/", onConnect: (client) => client.send(client.path), onMessage() {} },
    ])
    for (const target of ["/chat", "/chat/"]) equal(await (await connect(target)).nextText(), "/chat")
    for (const target of ["/news", "/news/"]) equal(await (await connect(target)).nextText(), "/news/")
  }),

  scenario("G4", "a static segment comes before a parameter", async ({ serve }) => {
    const { connect } = await serve([
      { path: "/rooms/:room", onConnect: (client) => client.send("some room"), onMessage() {} },
      { path: "/rooms/lobby", onConnect: (client) => client.send("the lobby"), onMessage() {} },
    ])
    equal(await (await connect("/rooms/attic")).nextText(), "some room")
    equal(await (await connect("/rooms/lobby")).nextText(), "the lobby")
  }),

  scenario("G4", "parameters arrive decoded, in the hook and at the client", async ({ serve }) => {
    const seen: unknown[] = []
    const { connect } = await serve({
      path: "/:house/rooms/:room",
      onHandshake: ({ params }) => void seen.push({ ...params }),
      onConnect: (client) => client.send(JSON.stringify(client.params)),
      onMessage() {},
    })
    const client = await connect("/a%2Fb/rooms/caf%C3%A9%20%25")
    deepEqual(JSON.parse(await client.nextText()), { house: "a/b", room: "café %" })
    deepEqual(seen, [{ house: "a/b", room: "café %" }])
  }),

  scenario("G4 G5a", "a parameter that is not well encoded is answered with 400", async ({ serve }) => {
    const { connect } = await serve({ path: "/rooms/:room", onMessage() {} })
    for (const target of ["/rooms/%", "/rooms/%zz", "/rooms/%ff", "/rooms/%c0%af", "/rooms/a%00b"]) {
      equal((await refusedWith(connect(target))).status, 400, target)
    }
  }),

  scenario("G4 G5a", "paths are compared as they stand: nothing is resolved, decoded or folded", async ({ serve }) => {
    const { connect } = await serve({ path: "/chat", onMessage() {} })
    for (const target of ["/Chat", "//chat", "/x/../chat", "/./chat", "/ch%61t", "/chat;v=1", "/chat//", "/"]) {
      equal((await refusedWith(connect(target))).status, 404, target)
    }
  }),

  scenario("G4 G5a", "a request target that is not a path is answered with 400", async ({ serve }) => {
    const { connect } = await serve({ path: "/chat", onMessage() {} })
    for (const target of ["ftp://elsewhere.example/chat", "http://user@elsewhere.example/chat", "/chat#top"]) {
      equal((await refusedWith(connect(target))).status, 400, target)
    }
  }),

  scenario(
    "G4 G8b",
    "a request target in absolute form is a path, and names the host (RFC 9112 section 3.2.2)",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/chat/:room",
        onConnect: (client) => client.send(client.params["room"] ?? ""),
        onMessage() {},
      })
      const target = "http://app.example/chat/garden?x=1"
      const from = (origin: string) => connect(target, { headers: { origin, host: "inside.example" } })
      equal(await (await from("https://app.example")).nextText(), "garden")
      equal((await refusedWith(from("https://inside.example"))).status, 403)
    },
    "rawHead",
  ),

  scenario("G4 G6a", "the query takes no part in finding the gateway, and the hook reads it", async ({ serve }) => {
    const seen: unknown[] = []
    const { connect } = await serve({
      path: "/chat",
      onHandshake: ({ url, path, query }) => void seen.push([url, path, query.getAll("room"), query.get("q")]),
      onMessage() {},
    })
    await connect("/chat?room=1&room=b%20c&q=a?b/c")
    deepEqual(seen, [["/chat?room=1&room=b%20c&q=a?b/c", "/chat", ["1", "b c"], "a?b/c"]])
  }),
]
