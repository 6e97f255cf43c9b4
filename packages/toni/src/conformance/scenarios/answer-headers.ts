import type { ToniError } from "../../errors.ts"
import { deepEqual, equal, refusedWith } from "../expect.ts"
import { scenario, type Scenario } from "../scenario.ts"

/** G6a: headers of the answer, which a hook may add but not abuse. */
export const answerHeaders: readonly Scenario[] = [
  scenario("G6a", "accept() adds headers to the 101, cookies among them", async ({ serve }) => {
    const { connect } = await serve({
      path: "/chat",
      onHandshake: (handshake) => handshake.accept({ headers: { "Set-Cookie": "seen=1; HttpOnly", "X-Empty": "" } }),
      onMessage() {},
    })
    const { headers } = await connect("/chat")
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    deepEqual([lower["set-cookie"], lower["x-empty"]], ["seen=1; HttpOnly", ""])
  }),

  scenario(
    "G6a G6b",
    "headers that belong to the answer itself cannot be set: 500, and reported",
    async ({ serve }) => {
      const names = ["Connection", "upgrade", "Content-Length", "Transfer-Encoding", "Sec-WebSocket-Accept"]
      const { connect, errors } = await serve({
        path: "/:answer/:name",
        onHandshake(handshake) {
          const { answer, name = "" } = handshake.params
          const headers = { [name]: "1" }
          return answer === "accept" ? handshake.accept({ headers }) : handshake.reject(401, "", headers)
        },
        onMessage() {},
      })
      for (const name of [...names, "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"]) {
        equal((await refusedWith(connect(`/accept/${name}`))).status, 500, name)
        equal((await refusedWith(connect(`/reject/${name}`))).status, 500, name)
      }
      deepEqual([...new Set(errors.map(({ error }) => (error as ToniError).code))], ["TONI_BAD_ARGUMENT"])
    },
  ),

  scenario("G6a G6b", "a header cannot be smuggled into another one", async ({ serve }) => {
    const headers: readonly Record<string, string>[] = [
      { "X-Name": "a\r\nSet-Cookie: admin=1" },
      { "X-Name": "a\nSet-Cookie: admin=1" },
      { "X-Name": "a\rb" },
      { "X-Name": "a\0b" },
      { "X-Name": "a\u010ab" },
      { "X-Name": "café" },
      { "X-Name\r\nSet-Cookie": "admin=1" },
      { "X Name": "a" },
      { "X-Name:": "a" },
      { "": "a" },
      { "X-Name": undefined as unknown as string },
    ]
    const { connect } = await serve({
      path: "/:answer/:index",
      onHandshake(handshake) {
        const added = headers[Number(handshake.params["index"])] ?? {}
        if (handshake.params["answer"] === "accept") return handshake.accept({ headers: added })
        return handshake.reject(401, "", added)
      },
      onMessage() {},
    })
    for (const [index, added] of headers.entries()) {
      for (const answer of ["accept", "reject"]) {
        const refused = await refusedWith(connect(`/${answer}/${index}`))
        deepEqual([refused.status, refused.headers["set-cookie"]], [500, undefined], JSON.stringify(added))
      }
    }
  }),

  scenario("G6a", "a status that refuses nothing, or a moment that is none, is a mistake: 500", async ({ serve }) => {
    const { connect, errors } = await serve({
      path: "/:mistake",
      onHandshake(handshake) {
        const { mistake } = handshake.params
        if (mistake === "moment") return handshake.accept({ expiresAt: new Date("never") })
        if (mistake === "code") return handshake.close(1006, "")
        return handshake.reject(Number(mistake))
      },
      onMessage() {},
    })
    for (const mistake of ["101", "200", "299", "600", "1000", "400.5", "moment", "code"]) {
      equal((await refusedWith(connect(`/${mistake}`))).status, 500, mistake)
    }
    equal(errors.length, 8)
  }),
]
