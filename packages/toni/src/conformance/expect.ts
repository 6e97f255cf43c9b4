import { AssertionError, deepEqual, equal, ok, rejects, throws } from "node:assert/strict"
import { HandshakeRefused } from "../adapter/memory/memory-server.ts"
import { ToniError, type ToniErrorCode } from "../errors.ts"

export { deepEqual, equal, ok }

/** The refusal of a handshake. Rejects when it is accepted; it may do so before anybody waits for it. */
export function refusedWith(connecting: Promise<unknown>): Promise<HandshakeRefused> {
  const refused = connecting.then(
    () => {
      throw new AssertionError({ message: "The handshake was accepted" })
    },
    (error: unknown) => {
      if (error instanceof HandshakeRefused) return error
      throw error
    },
  )
  refused.catch(() => undefined)
  return refused
}

/** The call throws a `ToniError` with this code, at once. */
export function throwsCode(code: ToniErrorCode, call: () => unknown): void {
  throws(call, (error: unknown) => error instanceof ToniError && error.code === code)
}

/** The promise rejects with a `ToniError` with this code. */
export function rejectsWithCode(code: ToniErrorCode, promise: Promise<unknown>): Promise<void> {
  return rejects(promise, (error: unknown) => error instanceof ToniError && error.code === code)
}
