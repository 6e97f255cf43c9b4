import { expect, test } from "vitest"
import { inject } from "../di/inject.ts"
import { Token } from "../di/token.ts"
import { assembleModules } from "./assembly.ts"
import { defineModule } from "./module-definition.ts"

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
  await assembly.destroy()
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
  await assembly.destroy()
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
  await assembly.destroy()
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
  expect(await assembly.destroy()).toEqual([{ module: "Root", name: "Stuck", error }])
  expect(log).toContain("destroy First")
})

test("init and destroy run once, however often they are called", async () => {
  const { log, First } = recording()
  const assembly = await assembleModules(defineModule({ name: "Root", providers: [First] }))
  await Promise.all([assembly.init(), assembly.init()])
  await Promise.all([assembly.destroy(), assembly.destroy()])
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
  await assembly.destroy()
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
  expect(await assembly.destroy()).toEqual([])
})
