import { expect, test } from "vitest"
import { connect } from "../support/peer.ts"
import { printingProcess } from "../support/printing-process.ts"

const script = (name: string): URL => new URL(`processes/${name}.mjs`, import.meta.url)

test("G22 SIGTERM while listen() is awaited: the start comes to its end, everything is closed, and the code is 0", async () => {
  await using server = printingProcess(script("starting"))
  await server.printed(/Starting/)
  server.kill("SIGTERM")
  await server.printed(/Closing signal=SIGTERM/)
  server.write("go on\n")
  expect(await server.ended).toBe(0)
  expect(server.output()).toMatch(/Closing.*Listening.*Awaited true.*Closed clients=0.*Over by SIGTERM/s)
  expect(server.output()).not.toContain("Error")
})

test("G22 a second SIGTERM ends a process that still starts, as it would without us", async () => {
  await using server = printingProcess(script("starting"))
  await server.printed(/Starting/)
  server.kill("SIGTERM")
  await server.printed(/Closing signal=SIGTERM/)
  server.kill("SIGTERM")
  expect(await server.ended).toBe(null)
})

test("G22 a worker of node:cluster ends when a signal has closed it, after onClosed", async () => {
  await using primary = printingProcess(script("cluster"))
  const [, pid, port] = await primary.printed(/Worker (\d+) on (\d+)\./)
  await using peer = await connect(`ws://127.0.0.1:${port}/echo`)
  process.kill(Number(pid), "SIGTERM")
  expect(await peer.closed).toBe(1001)
  expect(await primary.ended).toBe(0)
  expect(primary.output()).toMatch(/Said bye to 1.*Worker ended code=0 signal=null willingly=true/s)
})
