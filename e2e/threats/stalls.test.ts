import { spawn } from "node:child_process"
import { once } from "node:events"
import { describe, expect, test } from "vitest"
import { adapters } from "../support/adapters.ts"
import { frame, opcode, type RawClient } from "../support/raw-client.ts"
import { startTarget, type Target } from "../support/target.ts"

/** Milliseconds; the heartbeat of the target pings after one second, and gives a peer two. */
const stall = 3_000

/** The server stops for that long; `meanwhile` runs when it has stopped, and what it sends waits in the kernel. */
const stalls: Record<string, (target: Target, meanwhile: () => Promise<unknown>) => Promise<void>> = {
  async "its event loop is blocked"(target, meanwhile) {
    await target.block(stall)
    await meanwhile()
  },
  async "its process is stopped, as a container is when it is frozen"(target, meanwhile) {
    const pid = await target.pid()
    const shell = spawn("sh", ["-c", `kill -STOP ${pid}; echo stopped; sleep ${stall / 1_000}; kill -CONT ${pid}`])
    const over = once(shell, "exit")
    await once(shell.stdout, "data")
    await meanwhile()
    await over
  },
}

async function pinged(client: RawClient): Promise<void> {
  while (!client.counts.has(opcode.ping)) await once(client.socket, "data")
}

describe.each(adapters)("the %s adapter", (adapter) => {
  test.each(Object.entries(stalls))(
    "G21c: while %s nobody is cut whose pong is on its way",
    async (_what, stop) => {
      await using target = await startTarget(adapter)
      const clients = await Promise.all(Array.from({ length: 20 }, () => target.connect("/watched")))
      await Promise.all(clients.map(pinged))
      await stop(target, () => Promise.all(clients.map((client) => client.send(frame(opcode.pong)))))
      const answers = clients.map(async (client) => {
        await client.send("still there?")
        return client.next()
      })
      expect(new Set(await Promise.all(answers))).toEqual(new Set(["still there?"]))
      expect((await target.status()).reasons).toEqual({})
      await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()))
      await target.expectUnharmed()
    },
    20_000,
  )
})
