/** Whether a value is something to wait for. Reads `then`, which may be a getter that throws: call it within a `try`. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    typeof (value as PromiseLike<unknown>).then === "function"
  )
}

/**
 * Calls a function that the user handed in where nobody waits for its answer: what it throws, and what its promise
 * rejects with, goes to `failed`, and nothing gets further (rule G16b). `failed` must not throw.
 */
export function callUserCode(call: () => unknown, failed: (error: unknown) => void): void {
  try {
    const result = call()
    if (isThenable(result)) whenSettled(result, undefined, failed)
  } catch (error) {
    failed(error)
  }
}

/**
 * Calls one of both functions, once and never within this call, when a promise of the user's has settled. A `then` of
 * somebody else's may throw, or call back at once and again and again; a promise as the runtime makes it costs no more
 * than its own `then`. Neither function may throw.
 */
export function whenSettled<T>(
  promise: PromiseLike<T>,
  fulfilled: ((value: T) => void) | undefined,
  rejected: (error: unknown) => void,
): void {
  try {
    if (isPlain(promise)) return void promise.then(fulfilled, rejected)
  } catch {
    // A proxy of a promise looks like one, and is none.
  }
  void new Promise<T>((resolve) => resolve(promise)).then(fulfilled, rejected)
}

const runtimes = Promise.prototype

/** Whether `then` of a promise is the runtime's, which throws for what is no promise, and makes promises alone. May throw. */
function isPlain<T>(promise: PromiseLike<T>): promise is Promise<T> {
  return promise.then === runtimes.then && (promise as Promise<T>).constructor === Promise
}

/** `value instanceof Class`, where a value that throws when it is asked, such as a revoked proxy, is an instance of nothing. */
export function isInstance<T>(value: unknown, Class: abstract new (...args: never[]) => T): value is T {
  try {
    return value instanceof Class
  } catch {
    return false
  }
}

/** `Array.isArray`, for which a revoked proxy is no array. */
export function isArray(value: unknown): value is unknown[] {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}
