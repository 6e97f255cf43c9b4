import { setFlagsFromString } from "node:v8"
import { runInThisContext } from "node:vm"

setFlagsFromString("--allow-natives-syntax")

/** For tests: takes the memory away from whoever has it, as `ArrayBuffer.prototype.transfer` does where there is one. */
export const detach = runInThisContext("(buffer) => %ArrayBufferDetach(buffer)") as (buffer: ArrayBufferLike) => void
// The function is compiled with its first call.
detach(new ArrayBuffer(1))
setFlagsFromString("--no-allow-natives-syntax")
