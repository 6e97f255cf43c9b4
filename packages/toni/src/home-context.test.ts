import { AsyncLocalStorage } from "node:async_hooks"
import { expect, test } from "vitest"
import { HomeContext } from "./home-context.ts"

const storage = new AsyncLocalStorage<string>()

test("G12e tasks run in the context in which it was made, whoever asks, and leave nothing behind in it", async () => {
  const home = storage.run("home", () => new HomeContext())
  const seen: unknown[] = []
  const look = (): Promise<number> => {
    seen.push(storage.getStore())
    storage.enterWith("left behind")
    return Promise.resolve(seen.length)
  }
  expect(await storage.run("one", () => home.run(look))).toBe(1)
  const [second, third] = storage.run("two", () => [home.run(look), home.run(look)])
  expect([await second, await third]).toEqual([2, 3])
  expect(seen).toEqual(["home", "home", "home"])
})

test("tasks run one behind the other, never within the call, and each may ask for more", async () => {
  const home = new HomeContext()
  const log: string[] = []
  const more = (name: string) => (): Promise<void> => {
    log.push(name)
    return Promise.resolve()
  }
  const first = home.run(async () => {
    log.push("first")
    await home.run(more("third"))
  })
  const second = home.run(more("second"))
  expect(log).toEqual([])
  await Promise.all([first, second])
  expect(log).toEqual(["first", "second", "third"])
})

test("what a task rejects with goes to who asked", async () => {
  await expect(new HomeContext().run(() => Promise.reject(new Error("no")))).rejects.toThrow("no")
})
