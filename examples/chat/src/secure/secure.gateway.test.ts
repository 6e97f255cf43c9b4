import { expect } from "vitest"
import { chatTest } from "../../test/support/chat.ts"

const base64url = (text: string) => Buffer.from(text).toString("base64url")

chatTest("/secure knows who brings the token in the Authorization header", async ({ chat }) => {
  const client = chat.connect("/secure", [], { Authorization: "Bearer open-sesame" })

  expect(await client.next()).toBe("You are Ali Baba.")
})

chatTest("/secure knows who brings the token as a subprotocol, and does not repeat it", async ({ chat }) => {
  const client = chat.connect("/secure", ["toni", `toni.bearer.${base64url("open-sesame")}`])

  expect(await client.next()).toBe("You are Ali Baba.")
  expect(client.socket.protocol).toBe("toni")
})

chatTest("/secure says with every answer who is asking", async ({ chat }) => {
  const client = chat.connect("/secure", [], { Authorization: "Bearer open-sesame" })
  await client.next()

  client.send("Who am I?")

  expect(await client.next()).toBe("You are Ali Baba, and you said: Who am I?")
})

chatTest("/secure refuses an unknown token with 401 and says what it wants", async ({ chat }) => {
  const client = chat.connect("/secure", [], { Authorization: "Bearer open-barley" })

  expect(await client.refused).toEqual({ status: 401, challenge: "Bearer" })
})

chatTest("/secure refuses who brings no token", async ({ chat }) => {
  expect((await chat.connect("/secure").refused).status).toBe(401)
})

chatTest("/secure tells a browser by close code that its token is unknown", async ({ chat }) => {
  const client = chat.connect("/secure", ["toni", `toni.bearer.${base64url("open-barley")}`])

  expect((await client.closed).code).toBe(4401)
})
