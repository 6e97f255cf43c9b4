import { expect, test } from "vitest"
import { systemClock } from "../clock.ts"
import { inject } from "../di/inject.ts"
import { Token } from "../di/token.ts"
import { assembleModules } from "./assembly.ts"
import { settled, TestClock } from "../testing/test-clock.ts"
import type { DestroyFailure } from "./lifecycle.ts"
import { defineModule } from "./module-definition.ts"

const patience = { clock: systemClock, timeout: 10_000, late: () => undefined }

/** Classes that note what is done to them: `First` is listed last and injected by `Second`. */
function recording() {
  const log: string[] = []
  class Recorded {
    constructor() {
      log.push(`make ${this.constructor.name}`)
    }
    async onModuleInit() {
      log.push(`init ${this.constructor.name}`)
      await Promise.resolve()
      log.push(`ready ${this.constructor.name}`)
    }
    onModuleDestroy() {
      log.push(`destroy ${this.constructor.name}`)
    }
  }
  class First extends Recorded {}
  class Second extends Recorded {
    first = inject(First)
  }
  return { log, Recorded, First, Second }
}

test("G3a after everything is built onModuleInit runs one by one in build order, onModuleDestroy in reverse", async () => {
  const { log, First, Second } = recording()
  const assembly = await assembleModules(defineModule({ name: "Root", providers: [Second, First] }))
  expect(log.splice(0).toSorted()).toEqual(["make First", "make Second"])
  await assembly.init()
  expect(log.splice(0)).toEqual(["init First", "ready First", "init Second", "ready Second"])
  await assembly.destroy(patience)
  expect(log).toEqual(["destroy Second", "destroy First"])
})

test("an instance that is known by several tokens has its hooks called once", async () => {
  const { log, First } = recording()
  const Same = new Token<object>("Same")
  const Alias = new Token<object>("Alias")
  const providers = [
    First,
    { provide: Same, useFactory: () => inject(First) as object },
    { provide: Alias, useExisting: Same },
  ]
  const assembly = await assembleModules(defineModule({ name: "Root", providers }))
  await assembly.init()
  await assembly.destroy(patience)
  expect(log).toEqual(["make First", "init First", "ready First", "destroy First"])
})

test("a value handed in with useValue belongs to its owner: no hook is called, even when a factory returns it", async () => {
  const { log, First } = recording()
  const value = new First()
  log.length = 0
  const Same = new Token<object>("Same")
  const providers = [
    { provide: Same, useFactory: () => inject(First) as object },
    { provide: First, useValue: value },
  ]
  const assembly = await assembleModules(defineModule({ name: "Root", providers }))
  await assembly.init()
  await assembly.destroy(patience)
  expect(log).toEqual([])
})

test("the first onModuleInit that fails ends init with TONI_STARTUP, naming provider and module", async () => {
  const { log, First } = recording()
  const refused = new Error("refused")
  class Failing {
    onModuleInit() {
      throw refused
    }
  }
  const assembly = await assembleModules(defineModule({ name: "Root", providers: [Failing, First] }))
  await expect(assembly.init()).rejects.toMatchObject({
    code: "TONI_STARTUP",
    cause: refused,
    problems: [{ kind: "provider-failed", module: "Root", chain: ["Failing"], cause: refused }],
  })
  expect(log).toEqual(["make First"])
})

test("destroy goes on after a failure, and resolves with it", async () => {
  const { log, First } = recording()
  const error = new Error("stuck")
  class Stuck {
    onModuleDestroy() {
      return Promise.reject(error)
    }
  }
  const assembly = await assembleModules(defineModule({ name: "Root", providers: [First, Stuck] }))
  expect(await assembly.destroy(patience)).toEqual([{ module: "Root", name: "Stuck", error }])
  expect(log).toContain("destroy First")
})

test("init and destroy run once, however often they are called", async () => {
  const { log, First } = recording()
  const assembly = await assembleModules(defineModule({ name: "Root", providers: [First] }))
  await Promise.all([assembly.init(), assembly.init()])
  await Promise.all([assembly.destroy(patience), assembly.destroy(patience)])
  expect(log).toEqual(["make First", "init First", "ready First", "destroy First"])
})

test("what was built is destroyed when another provider failed", async () => {
  const { log, First } = recording()
  class Failing {
    constructor() {
      throw new Error("no")
    }
  }
  const assembly = await assembleModules(defineModule({ name: "Root", providers: [First, Failing] }))
  await assembly.destroy(patience)
  expect(log).toEqual(["make First", "destroy First"])
})

test("G3a a made object that throws for names that it does not have is left alone", async () => {
  const Env = new Token<object>("Env")
  const strict = new Proxy(
    { PORT: 1 },
    {
      get: (target, name) => {
        if (name in target || name === "then") return Reflect.get(target, name) as unknown
        throw new ReferenceError(`${String(name)} is not set`)
      },
    },
  )
  const assembly = await assembleModules(
    defineModule({ name: "M", providers: [{ provide: Env, useFactory: () => strict }] }),
  )
  await assembly.init()
  expect(await assembly.destroy(patience)).toEqual([])
})

const never = new Promise<void>(() => undefined)

/** A module of providers, with a clock that stands still. */
async function assemble(...providers: readonly (new () => object)[]) {
  const clock = new TestClock()
  const late: DestroyFailure[] = []
  const assembly = await assembleModules(defineModule({ name: "Root", providers }))
  return {
    clock,
    late,
    assembly,
    destroy: () => assembly.destroy({ clock, timeout: 5_000, late: (failure) => void late.push(failure) }),
  }
}

test("G21b an onModuleDestroy that hangs is given up when the time is up, named, and the others still run", async () => {
  const { log, First } = recording()
  class Stuck {
    onModuleDestroy() {
      return never
    }
  }
  const { clock, destroy } = await assemble(First, Stuck)
  const destroying = destroy()
  await clock.advance(4_999)
  expect(log).toEqual(["make First"])
  await clock.advance(1)
  expect(log).toEqual(["make First", "destroy First"])
  await clock.advance(1_000)
  expect(await destroying).toMatchObject([
    { module: "Root", name: "Stuck", error: { code: "TONI_HOOK_TIMEOUT", message: expect.stringContaining("Stuck") } },
  ])
  expect(clock.timers).toBe(0)
})

test("G21b once the time is up the hooks that are left get a moment together", async () => {
  let finish!: () => void
  class Slow {
    onModuleDestroy(): Promise<void> {
      return new Promise((resolve) => (finish = resolve))
    }
  }
  class Stuck {
    onModuleDestroy() {
      return never
    }
  }
  const { clock, destroy } = await assemble(Slow, Stuck)
  const destroying = destroy()
  await clock.advance(5_000)
  finish()
  await clock.advance(1_000)
  expect((await destroying).map(({ name }) => name)).toEqual(["Stuck"])
})

test("G21b no timer is left when the last hooks settle within that moment", async () => {
  let finish!: () => void
  class Slow {
    onModuleDestroy(): Promise<void> {
      return new Promise((resolve) => (finish = resolve))
    }
  }
  const { clock, destroy } = await assemble(Slow)
  const destroying = destroy()
  await clock.advance(5_000)
  finish()
  expect([await destroying, clock.timers]).toEqual([[], 0])
})

test("G21b what a given-up onModuleDestroy rejects with later is only reported", async () => {
  let fail!: (error: Error) => void
  class Stuck {
    onModuleDestroy() {
      return new Promise((_, reject) => (fail = reject))
    }
  }
  const { clock, destroy, late } = await assemble(Stuck)
  const destroying = destroy()
  await clock.advance(6_000)
  expect((await destroying).length).toBe(1)
  const error = new Error("too late")
  fail(error)
  await settled()
  expect(late).toEqual([{ module: "Root", name: "Stuck", error }])
})

test("G21a destroying waits for the onModuleInit that runs, and no other is called", async () => {
  const log: string[] = []
  let finish!: () => void
  class Early {
    onModuleInit(): Promise<void> {
      log.push("init Early")
      return new Promise((resolve) => (finish = resolve))
    }
    onModuleDestroy() {
      log.push("destroy Early")
    }
  }
  class Late {
    early = inject(Early)
    onModuleInit() {
      log.push("init Late")
    }
  }
  const { assembly, destroy } = await assemble(Early, Late)
  const init = assembly.init().catch((error: unknown) => error)
  const destroying = destroy()
  await settled()
  expect(log).toEqual(["init Early"])
  finish()
  expect(await destroying).toEqual([])
  expect(log).toEqual(["init Early", "destroy Early"])
  expect(await init).toMatchObject({ code: "TONI_LIFECYCLE" })
})

test("G21b an onModuleInit that hangs is given up and named, and what waits for the start is told", async () => {
  class Stuck {
    onModuleInit() {
      return never
    }
  }
  const { assembly, clock, destroy } = await assemble(Stuck)
  const init = assembly.init().catch((error: unknown) => error)
  const destroying = destroy()
  await clock.advance(5_000)
  expect(await destroying).toMatchObject([{ name: "Stuck", error: { code: "TONI_HOOK_TIMEOUT" } }])
  expect(await init).toMatchObject({ code: "TONI_LIFECYCLE", message: expect.stringContaining("Stuck") })
  expect(clock.timers).toBe(0)
})

test("G3a an application that has been destroyed is not initialised", async () => {
  const { log, First } = recording()
  const { assembly, destroy } = await assemble(First)
  await destroy()
  await expect(assembly.init()).rejects.toMatchObject({ code: "TONI_LIFECYCLE" })
  expect(log).toEqual(["make First", "destroy First"])
})
