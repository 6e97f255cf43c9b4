// How peers come and go. Each way takes `connect(target, handshake)` and resolves when its peer has no more to do; what
// the server does about it is in server.mjs. The names of its clients' methods are those of `TestClient`.
export const ways = {
  async closes(connect) {
    const client = await connect("/churn/echo")
    client.send("hello")
    await client.nextText()
    await client.close(1000)
  },
  async drops(connect) {
    const client = await connect("/churn/echo")
    client.send("hello")
    await client.nextText()
    client.drop()
  },
  async isRefused(connect) {
    await connect("/churn/refuse").then(
      () => Promise.reject(new Error("let in")),
      () => undefined,
    )
  },
  async vanishesDuringOnHandshake(connect) {
    const aborter = new AbortController()
    const connecting = connect("/churn/hesitate", { signal: aborter.signal }).catch(() => undefined)
    await turn()
    aborter.abort()
    await connecting
  },
  async dropsDuringOnConnect(connect) {
    const client = await connect("/churn/wait")
    client.send("never handled")
    await turn()
    client.drop()
  },
  async findsOnConnectThrowing(connect) {
    const client = await connect("/churn/throw")
    await client.closed
  },
  async dropsDuringOnMessage(connect) {
    const client = await connect("/churn/handle")
    client.send("begin")
    await client.nextText()
    client.send("queued")
    client.drop()
  },
  async closesDuringOnMessage(connect) {
    const client = await connect("/churn/handle")
    client.send("begin")
    await client.nextText()
    await client.close(1000)
  },
  async isClosed(connect) {
    const client = await connect("/churn/close")
    client.send("please")
    await client.closed
  },
  async isCut(connect) {
    const client = await connect("/churn/terminate")
    client.send("please")
    await client.closed
  },
  async sendsTooMuch(connect) {
    const client = await connect("/churn/echo")
    client.send("x".repeat(3_000))
    await client.closed
  },
  async isTold(connect) {
    const client = await connect("/churn/publish")
    client.send("to everyone")
    await client.nextText()
    client.drop()
  },
  async stopsReading(connect) {
    const client = await connect("/churn/flood")
    client.send("begin")
    await client.nextText()
    client.pauseReading()
    client.send("more")
    await turn()
    client.drop()
  },
}

/** Lets `count` peers come and go, `atOnce` at a time, in every way by turns. How many came in each. */
export async function churn(connect, count, atOnce) {
  const names = Object.keys(ways)
  let next = 0
  const lane = async () => {
    while (next < count) await ways[names[next++ % names.length]](connect)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}

/** One turn of the event loop. */
export function turn() {
  return new Promise((resolve) => setImmediate(resolve))
}
