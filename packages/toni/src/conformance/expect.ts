import { AssertionError, deepEqual, equal, ok, rejects } from "node:assert/strict"
import { HandshakeRefused } from "../adapter/memory/memory-server.ts"

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
