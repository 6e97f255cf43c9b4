import { expect, test } from "vitest"
import type { StartupProblem } from "../errors.ts"
import type { Binding } from "./binding.ts"
import { Container } from "./container.ts"
import { inject } from "./inject.ts"
import { nameOf, type AnyToken, type InjectionToken } from "./injection-token.ts"
import type { AnyProvider } from "./provider.ts"
import { readProvider } from "./read-provider.ts"
import { Token } from "./token.ts"

/** A container in which everything sees everything. */
async function build(...providers: AnyProvider[]) {
  const bindings = new Map<AnyToken, Binding>()
  for (const provider of providers) {
    const { token = Object, recipe } = readProvider(provider, "")
    bindings.set(token, { module: "Flat", token, name: nameOf(token), recipe })
  }
  const container = new Container([...bindings.values()], (token) => {
    const binding = bindings.get(token)
    if (binding !== undefined) return { kind: "found", binding }
    return { kind: "missing", diagnose: () => ({ kind: "unknown-dependency", message: "missing", fix: "provide it" }) }
  })
  await container.build()
  return {
    problems: container.problems,
    order: container.built.map(({ name }) => name),
    get: <T>(token: InjectionToken<T>) => container.find(bindings.get(token)!)?.instance as T,
  }
}

const brief = (problems: readonly StartupProblem[]) =>
  problems.map(({ kind, chain }) => `${kind}: ${chain.join(" → ")}`)

class Clock {
  now = 1
}

test("G3a a dependency is made before its dependent, whatever the order of the list", async () => {
  class Late {
    clock = inject(Clock)
  }
  const { order, get } = await build(Late, Clock)
  expect(order).toEqual(["Clock", "Late"])
  expect(get(Late).clock).toBe(get(Clock))
})

test("G3a providers that do not depend on each other keep the order of the list, whichever factory settles first", async () => {
  const slow = new Token<string>("slow")
  const quick = new Token<string>("quick")
  const slowly = async () => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
    return "slow"
  }
  const { order } = await build(
    Clock,
    { provide: slow, useFactory: slowly },
    { provide: quick, useFactory: async () => "quick" },
  )
  expect(order).toEqual(["Clock", "slow", "quick"])
})

test("every dependent gets the same instance", async () => {
  let made = 0
  class Counted {
    number = ++made
  }
  class One {
    counted = inject(Counted)
  }
  class Two {
    counted = inject(Counted)
  }
  const { get } = await build(One, Two, Counted)
  expect(get(One).counted).toBe(get(Two).counted)
  expect(made).toBe(1)
})

test.each([0, "", false, null, undefined])("%o is a value like any other", async (value) => {
  const Value = new Token<unknown>("Value")
  class Dependent {
    value = inject(Value)
  }
  const { problems, get } = await build({ provide: Value, useValue: value }, Dependent)
  expect(problems).toEqual([])
  expect(get(Dependent).value).toBe(value)
})

test("a value that is a promise is handed on as it is", async () => {
  const Ready = new Token<Promise<number>>("Ready")
  const ready = Promise.resolve(1)
  const { get } = await build({ provide: Ready, useValue: ready })
  expect(get(Ready)).toBe(ready)
})

test("useExisting gives the instance of its target", async () => {
  const Alias = new Token<Clock>("Alias")
  const { get } = await build({ provide: Alias, useExisting: Clock }, Clock)
  expect(get(Alias)).toBe(get(Clock))
})

test("an optional dependency that nobody provides is undefined", async () => {
  class Dependent {
    clock = inject(Clock, { optional: true })
  }
  const { problems, get } = await build(Dependent)
  expect(problems).toEqual([])
  expect(get(Dependent).clock).toBeUndefined()
})

test("G2a all that one constructor misses is reported, each with the chain of dependents", async () => {
  const Port = new Token<number>("Port")
  class Store {
    clock = inject(Clock)
    port = inject(Port)
  }
  class Gateway {
    store = inject(Store)
  }
  const { problems } = await build(Store, Gateway)
  expect(brief(problems)).toEqual([
    "unknown-dependency: Gateway → Store → Clock",
    "unknown-dependency: Gateway → Store → Port",
  ])
})

test("G2a a constructor that fails because it uses what is missing is not reported for that", async () => {
  class Dependent {
    clock = inject(Clock)
    time = this.clock.now + 1
  }
  const { problems } = await build(Dependent)
  expect(brief(problems)).toEqual(["unknown-dependency: Dependent → Clock"])
})

test("G2a a constructor that misses something and fails on its own is reported for both", async () => {
  class Dependent {
    clock = inject(Clock)
    constructor() {
      throw new Error("PORT is not set")
    }
  }
  const { problems } = await build(Dependent)
  expect(brief(problems)).toEqual(["unknown-dependency: Dependent → Clock", "provider-failed: Dependent"])
})

test("G2a who depends on a failed provider is not reported, and is not made", async () => {
  const broken = new Error("no disk")
  class Broken {
    constructor() {
      throw broken
    }
  }
  class Dependent {
    broken = inject(Broken)
  }
  const { problems, order } = await build(Dependent, Broken)
  expect(brief(problems)).toEqual(["provider-failed: Dependent → Broken"])
  expect(problems[0]?.cause).toBe(broken)
  expect(order).toEqual([])
})

test("G2a inject() of what is no token is reported", async () => {
  class Dependent {
    clock = inject(undefined as unknown as typeof Clock)
  }
  const { problems } = await build(Dependent)
  expect(brief(problems)).toEqual(["unknown-dependency: Dependent → undefined"])
})

class Hen {
  egg: unknown = inject(Egg)
}
class Egg {
  hen: unknown = inject(Hen)
}

test("G2a a cycle is reported once, with its path and without the way that led to it", async () => {
  class Farm {
    egg = inject(Egg)
  }
  const { problems, order } = await build(Farm, Hen, Egg)
  expect(brief(problems)).toEqual(["cycle: Egg → Hen → Egg"])
  expect(order).toEqual([])
})

test("G2a a provider that injects itself is a cycle", async () => {
  class Self {
    self: unknown = inject(Self)
  }
  const { problems } = await build(Self)
  expect(brief(problems)).toEqual(["cycle: Self → Self"])
})

test("G2a two cycles through one provider are both reported", async () => {
  class Hub {
    left: unknown = inject(Left)
    right: unknown = inject(Right)
  }
  class Left {
    hub = inject(Hub)
  }
  class Right {
    hub = inject(Hub)
  }
  const { problems } = await build(Hub, Left, Right)
  expect(brief(problems)).toEqual(["cycle: Hub → Left → Hub", "cycle: Hub → Right → Hub"])
})

test("G2a a cycle through an alias is found", async () => {
  const Alias = new Token<unknown>("Alias")
  class Real {
    alias = inject(Alias)
  }
  const { problems } = await build(Real, { provide: Alias, useExisting: Real })
  expect(brief(problems)).toEqual(["cycle: Real → Alias → Real"])
})

test("G2a a cycle through an async factory is found, and the start does not hang", async () => {
  const Later = new Token<unknown>("Later")
  class Dependent {
    later = inject(Later)
  }
  const { problems } = await build(Dependent, { provide: Later, useFactory: async () => inject(Dependent) })
  expect(brief(problems)).toEqual(["cycle: Later → Dependent → Later"])
})

test("a dependent gets what the async factory resolves with", async () => {
  const Later = new Token<number>("Later")
  class Dependent {
    later = inject(Later)
  }
  const { problems, get } = await build(Dependent, { provide: Later, useFactory: async () => 7 })
  expect(problems).toEqual([])
  expect(get(Dependent).later).toBe(7)
})

test("a chain of async factories, with a class in the middle, is made in order", async () => {
  const First = new Token<number>("First")
  const Last = new Token<number>("Last")
  class Middle {
    first = inject(First)
  }
  const { get, order } = await build({ provide: Last, useFactory: async () => inject(Middle).first + 1 }, Middle, {
    provide: First,
    useFactory: async () => 1,
  })
  expect(get(Last)).toBe(2)
  expect(order).toEqual(["First", "Middle", "Last"])
})

test("async factories that do not depend on each other run at the same time", async () => {
  const One = new Token<void>("One")
  const Two = new Token<void>("Two")
  const { promise, resolve } = deferred()
  const { problems } = await build(
    { provide: One, useFactory: () => promise },
    { provide: Two, useFactory: async () => resolve() },
  )
  expect(problems).toEqual([])
})

test("a factory starts as soon as its own dependency has settled, though others still run", async () => {
  const Quick = new Token<number>("Quick")
  const Next = new Token<void>("Next")
  const Slow = new Token<void>("Slow")
  const { promise, resolve } = deferred()
  const startNext = () => {
    inject(Quick)
    resolve()
  }
  const { problems } = await build(
    { provide: Slow, useFactory: () => promise },
    { provide: Quick, useFactory: async () => 1 },
    { provide: Next, useFactory: startNext },
  )
  expect(problems).toEqual([])
})

test("what waits for one factory is not started again when another settles", async () => {
  const Quick = new Token<number>("Quick")
  const Slow = new Token<number>("Slow")
  const Waiting = new Token<number>("Waiting")
  let starts = 0
  const slowly = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    return 2
  }
  const waiting = () => {
    starts++
    return inject(Slow)
  }
  const { get } = await build(
    { provide: Quick, useFactory: async () => 1 },
    { provide: Slow, useFactory: slowly },
    { provide: Waiting, useFactory: waiting },
  )
  expect(get(Waiting)).toBe(2)
  expect(starts).toBe(2)
})

test("an alias of a promise is that promise, not what it resolves with", async () => {
  const Ready = new Token<Promise<number>>("Ready")
  const Alias = new Token<Promise<number>>("Alias")
  const ready = Promise.resolve(1)
  const { get } = await build({ provide: Ready, useValue: ready }, { provide: Alias, useExisting: Ready })
  expect(get(Alias)).toBe(ready)
})

test("G2a the chain of dependents is that of the first who asked", async () => {
  class Store {
    clock = inject(Clock)
  }
  class One {
    store = inject(Store)
  }
  class Two {
    store = inject(Store)
  }
  const { problems } = await build(One, Two, Store)
  expect(brief(problems)).toEqual(["unknown-dependency: One → Store → Clock"])
})

test("a constructor that injects what async factories make is started once, for they come first", async () => {
  const Later = new Token<number>("Later")
  let starts = 0
  class Dependent {
    start = ++starts
    later = inject(Later)
  }
  await build(Dependent, { provide: Later, useFactory: async () => 7 })
  expect(starts).toBe(1)
})

test("a factory that swallows the interruption is started again all the same", async () => {
  const Later = new Token<number>("Later")
  const Stubborn = new Token<number>("Stubborn")
  const stubborn = () => {
    try {
      return inject(Later)
    } catch {
      return -1
    }
  }
  const { get } = await build(
    { provide: Later, useFactory: async () => 7 },
    { provide: Stubborn, useFactory: stubborn },
  )
  expect(get(Stubborn)).toBe(7)
})

test("G2a a factory that is started again reports what it misses once", async () => {
  const Later = new Token<number>("Later")
  const Restarted = new Token<unknown>("Restarted")
  const { problems } = await build(
    { provide: Later, useFactory: async () => 7 },
    { provide: Restarted, useFactory: () => [inject(Clock), inject(Later)] },
  )
  expect(brief(problems)).toEqual(["unknown-dependency: Restarted → Clock"])
})

test("G2a an async factory that rejects is named, with the cause; its dependents are not", async () => {
  const Database = new Token<unknown>("Database")
  const refused = new Error("refused")
  class Store {
    database = inject(Database)
  }
  const { problems } = await build({ provide: Database, useFactory: () => Promise.reject(refused) }, Store)
  expect(brief(problems)).toEqual(["provider-failed: Store → Database"])
  expect(problems[0]?.cause).toBe(refused)
})

test("G2a a factory whose promise throws when it is asked has failed like any other", async () => {
  const Database = new Token<unknown>("Database")
  const refused = new Error("refused")
  // oxlint-disable-next-line unicorn/no-thenable -- What is tested is how such objects are treated.
  const answer = Object.defineProperty(Promise.resolve(), "then", {
    value: () => {
      throw refused
    },
  })
  const { problems } = await build({ provide: Database, useFactory: () => answer })
  expect(problems).toMatchObject([{ kind: "provider-failed", cause: refused }])
})

test("G2a an async factory that misses something is reported for that alone, without a stray rejection", async () => {
  const Later = new Token<number>("Later")
  const { problems } = await build({ provide: Later, useFactory: async () => inject(Clock).now })
  expect(brief(problems)).toEqual(["unknown-dependency: Later → Clock"])
})

test("G2a problems come in the order of the list, whichever factory fails first", async () => {
  const slow = new Token<unknown>("slow")
  const quick = new Token<unknown>("quick")
  const fail = async (turns: number): Promise<never> => {
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    throw new Error("no")
  }
  const { problems } = await build(
    { provide: slow, useFactory: () => fail(10) },
    { provide: quick, useFactory: () => fail(0) },
  )
  expect(brief(problems)).toEqual(["provider-failed: slow", "provider-failed: quick"])
})

function deferred() {
  let resolve = (): void => {}
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}

test("G2a a constructor may throw anything at all, and is named", async () => {
  const refuse = (): never => {
    throw new Error("not to be read")
  }
  const thrown: unknown[] = [
    undefined,
    null,
    Object.create(null),
    new Proxy({}, { get: refuse, getPrototypeOf: refuse }),
    Object.defineProperty(new Error(), "message", { get: refuse }),
  ]
  for (const value of thrown) {
    class Fragile {
      constructor() {
        throw value
      }
    }
    const { problems } = await build(Fragile)
    expect(brief(problems)).toEqual(["provider-failed: Fragile"])
  }
})

test("nothing behind inject() runs in a factory or constructor that has to wait for an async factory", async () => {
  const events: string[] = []
  const Database = new Token<string>("Database")
  const Report = new Token<string>("Report")
  let finish!: (value: string) => void
  class Store {
    readonly database: string
    constructor() {
      events.push("store asks")
      this.database = inject(Database)
      events.push("store has it")
    }
  }
  const building = build(
    { provide: Database, useFactory: (): Promise<string> => new Promise((resolve) => (finish = resolve)) },
    { provide: Report, useFactory: () => `${inject(Store).database} read` },
    Store,
  )
  expect(events).toEqual(["store asks"])
  finish("rows")
  const { get } = await building
  expect(events).toEqual(["store asks", "store asks", "store has it"])
  expect(get(Report)).toBe("rows read")
})
