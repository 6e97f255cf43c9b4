import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

/** For tests: bytes in array buffers that somebody still holds. What is given back is counted a little later. */
export async function heldBytes(): Promise<number> {
  let held = Infinity
  for (let round = 0; round < 4; round++) {
    collect()
    await new Promise(setImmediate)
    held = Math.min(held, process.memoryUsage().arrayBuffers)
  }
  return held
}
