import { AsyncLocalStorage } from "node:async_hooks"
import { expect, test } from "vitest"
import { WsMessage } from "../../message/ws-message.ts"
import { TurnSchedule, type Flushable, type TurnReader } from "./turn-schedule.ts"

/** One that has a turn of either kind, and writes down what becomes of it. */
function turns(log: string[], name: string, turn: () => void = () => undefined): Flushable & TurnReader {
  return {
    flushTurn() {
      log.push(`${name} flushes`)
      turn()
    },
    readTurn() {
      log.push(`${name} reads`)
      turn()
    },
    isInflating: false,
    broke: (error) => void log.push(`${name} broke: ${(error as Error).message}`),
  }
}

function throwing(): never {
  throw new Error("on purpose")
}

const turnOver = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test("all that was asked for in a turn comes in the next one, once: what is read first, since it may be answered", async () => {
  const [schedule, log] = [new TurnSchedule(), [] as string[]]
  schedule.add(turns(log, "one"))
  schedule.readLater(turns(log, "two", () => schedule.add(turns(log, "the answer"))))
  schedule.add(turns(log, "three"))
  expect(log).toEqual([])
  await turnOver()
  expect(log).toEqual(["two reads", "one flushes", "three flushes", "the answer flushes"])
  await turnOver()
  expect(log).toHaveLength(4)
})

test("what is asked for while a turn is flushed comes a turn later", async () => {
  const [schedule, log] = [new TurnSchedule(), [] as string[]]
  const again = turns(log, "again", () => log.length < 3 && schedule.add(again))
  schedule.add(again)
  await turnOver()
  expect(log).toHaveLength(1)
  await turnOver()
  await turnOver()
  expect(log).toHaveLength(3)
})

test("G16c one that throws is told, and those behind it have their turn", async () => {
  const [schedule, log] = [new TurnSchedule(), [] as string[]]
  for (const name of ["bad", "good"]) {
    const each = turns(log, name, name === "bad" ? throwing : undefined)
    schedule.readLater(each)
    schedule.add(each)
  }
  await turnOver()
  expect(log).toEqual([
    ...["bad reads", "bad broke: on purpose", "good reads"],
    ...["bad flushes", "bad broke: on purpose", "good flushes"],
  ])
})

test("G12e turns run in the async context in which the schedule was made, and leave nothing to those behind them", async () => {
  const storage = new AsyncLocalStorage<string>()
  const schedule = storage.run("where it was made", () => new TurnSchedule())
  const seen: unknown[] = []
  const look = (): void => {
    seen.push(storage.getStore())
    storage.enterWith("what a hook leaves behind")
  }
  storage.run("who asks", () => {
    for (const name of ["one", "two"]) schedule.readLater(turns([], name, look))
    schedule.add(turns([], "three", look))
  })
  await turnOver()
  expect(seen).toEqual(Array(3).fill("where it was made"))
})

test("each turn has its number, and forgets what was shared in it", async () => {
  const schedule = new TurnSchedule()
  const message = WsMessage.text("to many")
  const first = schedule.shared.frameOf(message, undefined)
  schedule.forgetLater()
  expect([schedule.turn, schedule.shared.frameOf(message, undefined)]).toEqual([0, first])
  await turnOver()
  expect(schedule.turn).toBe(1)
  expect(schedule.shared.frameOf(message, undefined)).not.toBe(first)
})

test("a queue that was given back is empty when it is lent again", () => {
  const schedule = new TurnSchedule()
  const queue = schedule.borrowQueue()
  queue.push(WsMessage.text("left behind"))
  schedule.returnQueue(queue)
  expect(schedule.borrowQueue()).toBe(queue)
  expect(queue.byteLength).toBe(0)
})

test("of queues that nobody needs 64 are kept", () => {
  const schedule = new TurnSchedule()
  const queues = Array.from({ length: 100 }, () => schedule.borrowQueue())
  for (const queue of queues) schedule.returnQueue(queue)
  const lent = Array.from({ length: 100 }, () => schedule.borrowQueue())
  expect(lent.filter((queue) => queues.includes(queue))).toHaveLength(64)
})

test("what may be inflated in a turn is shared: first come, first served, and who does not inflate never waits", async () => {
  const [schedule, log] = [new TurnSchedule(), [] as string[]]
  for (const name of ["one", "two", "three"]) {
    let turnsLeft = 2
    const reader: TurnReader = {
      ...turns(log, name),
      isInflating: true,
      readTurn() {
        log.push(`${name} inflates`)
        schedule.inflation.spend(1_000_000)
        if (--turnsLeft > 0) schedule.readLater(reader)
      },
    }
    schedule.readLater(reader)
  }
  schedule.readLater(turns(log, "four"))
  await turnOver()
  expect(log.splice(0)).toEqual(["one inflates", "four reads"])
  for (let turn = 0; turn < 6; turn++) await turnOver()
  expect(log).toEqual(["two", "three", "one", "two", "three"].map((name) => `${name} inflates`))
})
