import { test } from "vitest"
import { createChatApp } from "../../src/app.ts"
import { TestClient } from "./client.ts"

/** The example, served on a port of its own. */
interface Chat {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string
  connect(path: string, protocols?: readonly string[], headers?: Record<string, string>): TestClient
  /** Somebody in a room, whose welcome has been read. */
  enter(name: string, room: string, key?: string): Promise<TestClient>
}

/** A test with the example: `chatTest("…", async ({ chat }) => { … })`. */
export const chatTest = test.extend<{ chat: Chat }>({
  // oxlint-disable-next-line no-empty-pattern -- Vitest reads from the pattern what a fixture needs
  chat: async ({}, use) => {
    const app = await createChatApp()
    const { url } = await app.listen(0, "127.0.0.1")
    const connect: Chat["connect"] = (path, protocols = [], headers = {}) =>
      new TestClient(url.replace("http", "ws") + path, protocols, { headers })
    const enter: Chat["enter"] = async (name, room, key) => {
      const query = new URLSearchParams({ name, ...(key === undefined ? {} : { key }) })
      const client = connect(`/rooms/${encodeURIComponent(room)}?${query.toString()}`)
      await client.next()
      return client
    }
    await use({ url, connect, enter })
    await app.close()
  },
})
