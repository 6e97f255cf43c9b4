import type { ToniError } from "../../errors.ts"
import { deepEqual, equal, ok, refusedWith } from "../expect.ts"
import { scenario, type Scenario } from "../scenario.ts"

/** `s3cret/tokén?` in base64url, as a browser offers it. */
const credential = "toni.bearer.czNjcmV0L3Rva8Opbj8"

/** G10: subprotocols, and the credential that may stand among them. */
export const subprotocols: readonly Scenario[] = [
  scenario(
    "G10a",
    "the first that the gateway speaks and the client offers is answered, else none",
    async ({ serve }) => {
      const { connect } = await serve({
        path: "/chat",
        options: { protocols: ["v3", "v2", "v1"] },
        onConnect: (client) => client.send(client.protocol),
        onMessage() {},
      })
      const answerTo = async (...protocols: string[]) => {
        const client = await connect("/chat", { protocols })
        return [client.protocol, await client.nextText()]
      }
      deepEqual(await answerTo("v1", "v2"), ["v2", "v2"])
      deepEqual(await answerTo("v9", "v3", "v1"), ["v3", "v3"])
      deepEqual(await answerTo("v9"), ["", ""])
      deepEqual(await answerTo("V1"), ["", ""])
      deepEqual(await answerTo(), ["", ""])
    },
  ),

  scenario("G10a", "every gateway speaks toni, after all that it names", async ({ serve }) => {
    const { connect } = await serve([
      { path: "/plain", onMessage() {} },
      { path: "/named", options: { protocols: ["v1"] }, onMessage() {} },
    ])
    equal((await connect("/plain", { protocols: ["toni"] })).protocol, "toni")
    equal((await connect("/named", { protocols: ["toni"] })).protocol, "toni")
    equal((await connect("/named", { protocols: ["toni", "v1"] })).protocol, "v1")
  }),

  scenario("G10a", "the hook sees what is offered, and may choose of it", async ({ serve }) => {
    const { connect } = await serve({
      path: "/chat",
      options: { protocols: ["v1"] },
      onHandshake: (handshake) => handshake.accept({ protocol: handshake.protocols.at(-1) }),
      onConnect: (client) => client.send(client.protocol),
      onMessage() {},
    })
    const client = await connect("/chat", { protocols: ["v1", "x.y", credential] })
    deepEqual([client.protocol, await client.nextText()], ["x.y", "x.y"])
  }),

  scenario("G10a G6b", "a choice that was not offered is a mistake: 500, and it is reported", async ({ serve }) => {
    const { connect, errors } = await serve({
      path: "/:choice",
      options: { protocols: ["v1"] },
      onHandshake: (handshake) => handshake.accept({ protocol: handshake.params["choice"] }),
      onMessage() {},
    })
    for (const choice of ["v1", "V2", credential]) {
      equal((await refusedWith(connect(`/${choice}`, { protocols: ["v2", credential] }))).status, 500, choice)
    }
    deepEqual(
      errors.map(({ error }) => (error as ToniError).code),
      ["TONI_NOT_OFFERED", "TONI_NOT_OFFERED", "TONI_NOT_OFFERED"],
    )
    ok(
      !errors
        .map(({ error }) => String(error))
        .join()
        .includes(credential),
    )
  }),

  scenario("G10b", "bearer reads the header or the subprotocol, and prefers the header", async ({ serve }) => {
    const seen: unknown[] = []
    const { connect } = await serve({
      path: "/chat",
      onHandshake: ({ bearer }) => void seen.push(bearer),
      onMessage() {},
    })
    await connect("/chat", { headers: { authorization: "Bearer abc.def" } })
    await connect("/chat", { headers: { authorization: "bearer abc.def" } })
    await connect("/chat", { protocols: ["toni", credential] })
    await connect("/chat", { headers: { authorization: "Bearer abc.def" }, protocols: [credential] })
    await connect("/chat", { headers: { authorization: "Basic YTpi" } })
    await connect("/chat", { protocols: ["toni.bearer.8"] })
    await connect("/chat")
    const fromSubprotocol = "s3cret/tokén?"
    deepEqual(seen, ["abc.def", "abc.def", fromSubprotocol, "abc.def", undefined, undefined, undefined])
  }),

  scenario("G10b", "a credential is never answered", async ({ serve }) => {
    const { connect } = await serve({
      path: "/:answer",
      options: { protocols: ["v1"] },
      onHandshake: (handshake) => handshake.params["answer"] === "in" || handshake.close(4001, ""),
      onConnect: (client) => client.send(JSON.stringify([client.protocol])),
      onMessage() {},
    })
    const alone = await connect("/in", { protocols: [credential] })
    deepEqual([alone.protocol, await alone.nextText()], ["", '[""]'])
    equal((await connect("/in", { protocols: [credential, "v1"] })).protocol, "v1")
    equal((await connect("/out", { protocols: [credential] })).protocol, "")
  }),

  scenario("G10b", "a credential is never logged, nor is the query", async ({ serve }) => {
    const { connect, errors, log } = await serve({
      path: "/:answer",
      onHandshake(handshake) {
        if (handshake.params["answer"] === "throws") throw new Error("no")
        return handshake.params["answer"] === "in" || handshake.reject(401)
      },
      onMessage() {},
    })
    const headers = { authorization: "Bearer s3cret-header" }
    const protocols = [credential]
    await connect("/in?token=s3cret-query", { protocols, headers })
    for (const target of ["/out?token=s3cret-query", "/throws?token=s3cret-query", "/no/where?token=s3cret-query"]) {
      await refusedWith(connect(target, { protocols, headers }))
    }
    const origin = "https://evil.example"
    await refusedWith(connect("/in?token=s3cret-query", { protocols, headers: { ...headers, origin } }))
    const written = JSON.stringify([log, errors.map(({ error }) => String(error))])
    equal(log.filter(({ message }) => message === "Handshake refused").length, 4)
    for (const secret of ["s3cret", credential, credential.slice(12)]) ok(!written.includes(secret), written)
  }),
]
