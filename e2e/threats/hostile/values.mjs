// What a user may hand in by mistake, and what an attacker may bring a user to hand in. Each is made anew for each call.

const throwing = () => {
  throw new Error("a hostile value speaks")
}
const detached = (make) => {
  const value = make(new ArrayBuffer(8))
  structuredClone(value instanceof ArrayBuffer ? value : value.buffer, {
    transfer: [value instanceof ArrayBuffer ? value : value.buffer],
  })
  return value
}
const revoked = (target) => {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}
/** Answers itself, a function, for whatever it is asked: what mocking libraries call a deep mock. */
const deepMock = () => {
  const mock = new Proxy(function mock() {}, {
    get: (_target, name) => (name === "then" ? undefined : name === Symbol.toPrimitive ? () => "mock" : mock),
    apply: () => mock,
    construct: () => mock,
    has: () => true,
  })
  return mock
}
const cyclic = () => {
  const value = { list: [] }
  value.self = value
  value.list.push(value)
  return value
}

export const hostileValues = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  NaN: () => NaN,
  "-1": () => -1,
  "-0": () => -0,
  0.5: () => 0.5,
  "2**53": () => 2 ** 53,
  Infinity: () => Infinity,
  "an empty string": () => "",
  "a string": () => "hostile",
  "a long string": () => "x".repeat(100_000),
  "a string with lines and nothing": () => "a\r\nb\0\ud800",
  "__proto__ as a string": () => "__proto__",
  "a symbol": () => Symbol("hostile"),
  "a bigint": () => 10n ** 30n,
  "a function": () => () => undefined,
  "a function that throws": () => throwing,
  "an async function that rejects": () => async () => throwing(),
  "a class": () => class Hostile {},
  "a class that throws": () =>
    class Hostile {
      constructor() {
        throwing()
      }
    },
  "an empty object": () => ({}),
  "an empty array": () => [],
  "an array of undefined": () => [undefined],
  "an array of nulls and symbols": () => [null, Symbol("hostile"), {}],
  "an array with holes": () => Array(3),
  "a frozen object": () => Object.freeze({ name: "frozen", path: "/frozen" }),
  "an object without a prototype": () => Object.create(null),
  "an object with a key __proto__": () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}'),
  "an object whose getters throw": () =>
    new Proxy({}, { get: throwing, has: throwing, ownKeys: throwing, getOwnPropertyDescriptor: throwing }),
  "an object that cannot become a string": () => ({ toString: throwing, valueOf: throwing, toJSON: throwing }),
  "an object of functions that are no functions": () => ({ then: 1, debug: 1, [Symbol.iterator]: 1, length: -1 }),
  "a revoked proxy": () => revoked({}),
  "a revoked proxy of a function": () => revoked(() => undefined),
  "a deep mock": deepMock,
  "a cyclic object": cyclic,
  "a then that throws": () => ({ then: throwing }),
  "a then as a getter that throws": () => Object.defineProperty({}, "then", { get: throwing }),
  "a then that rejects twice": () => ({ then: (_resolve, reject) => (reject?.(new Error("hostile")), reject?.(1)) }),
  "a promise that rejects": () => {
    const promise = Promise.reject(new Error("a hostile promise"))
    promise.catch(() => undefined)
    return promise
  },
  "detached bytes": () => detached((buffer) => new Uint8Array(buffer)),
  "a detached buffer": () => detached((buffer) => buffer),
  "detached floats": () => detached((buffer) => new Float32Array(buffer)),
  "a DataView": () => new DataView(new ArrayBuffer(3)),
  "an iterable that throws": () => ({ [Symbol.iterator]: throwing }),
  "an iterable that throws later": () => ({
    *[Symbol.iterator]() {
      yield 1
      throwing()
    },
  }),
  "an invalid Date": () => new Date(NaN),
  "an aborted signal": () => AbortSignal.abort(throwing),
  "a Map": () => new Map([[{}, 1]]),
  "an Error": () => new Error("hostile"),
  "an Error whose message throws": () => Object.defineProperty(new Error("x"), "message", { get: throwing }),
}
