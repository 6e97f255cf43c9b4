import { AssertionError, deepEqual, equal, ok, rejects, throws } from "node:assert/strict"
import { HandshakeRefused } from "../adapter/memory/memory-server.ts"
import { ToniError, type ToniErrorCode } from "../errors.ts"

export { deepEqual, equal, ok, rejects }

/** The status that a handshake is refused with. Throws when it is accepted. */
export async function refusedWith(connecting: Promise<unknown>): Promise<HandshakeRefused> {
  try {
    await connecting
  } catch (error) {
    if (error instanceof HandshakeRefused) return error
    throw error
  }
  throw new AssertionError({ message: "The handshake was accepted" })
}

/** The call throws a `ToniError` with this code, at once. */
export function throwsCode(code: ToniErrorCode, call: () => unknown): void {
  throws(call, (error: unknown) => error instanceof ToniError && error.code === code)
}
