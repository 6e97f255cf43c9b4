import { once } from "node:events"
import { expect, test } from "vitest"
import { WebSocket } from "ws"
import { helperProcess } from "../support/helper-process.ts"

/** A client that comes back at once when it is sent away. Its first failure ends it. */
class Faithful {
  socket: WebSocket
  readonly failures: string[] = []
  returns = 0
  #isLeaving = false
  readonly #url: string

  constructor(url: string) {
    this.#url = url
    this.socket = this.#connect()
  }

  #connect(): WebSocket {
    const socket = new WebSocket(this.#url)
    socket.on("error", (error) => this.failures.push(error.message))
    socket.once("close", () => {
      if (this.#isLeaving || this.failures.length > 0) return
      this.returns++
      this.socket = this.#connect()
    })
    return socket
  }

  async ask(text: string): Promise<string> {
    while (this.socket.readyState !== WebSocket.OPEN) {
      if (this.failures.length > 0) return this.failures.join()
      await Promise.race(["open", "error", "close"].map((event) => once(this.socket, event).catch(() => undefined)))
    }
    this.socket.send(text)
    const [data] = (await once(this.socket, "message")) as [Buffer]
    return data.toString()
  }

  leave(): void {
    this.#isLeaving = true
    this.socket.terminate()
  }
}

test("G21a in a cluster, clients that come back at once lose nothing while one worker replaces another", async () => {
  await using primary = helperProcess(new URL("cluster.mjs", import.meta.url))
  const port = await primary.ask<number>("start")
  const clients = Array.from({ length: 20 }, () => new Faithful(`ws://127.0.0.1:${port}/chat`))
  const everybodySays = (text: string) => Promise.all(clients.map((client) => client.ask(text)))
  const answers = [await everybodySays("0")]
  for (let reload = 1; reload <= 3; reload++) {
    expect(await primary.ask("reload")).toBe(0)
    answers.push(await everybodySays(String(reload)))
  }
  for (const client of clients) client.leave()
  expect(clients.flatMap(({ failures }) => failures)).toEqual([])
  expect(answers).toEqual(answers.map((_, index) => clients.map(() => String(index))))
  expect(clients.map(({ returns }) => returns)).toEqual(clients.map(() => 3))
})
