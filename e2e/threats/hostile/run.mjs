// Calls every public function with hostile values in the place of each argument, in a process of its own: what ends it,
// or hangs it, is a finding too. Prints one line of JSON for each thing that is wrong, and what it is at before it begins.
import { writeSync } from "node:fs"
import { methodsOf, publicCalls } from "./surface.mjs"
import { ToniError } from "toni"
import { HandshakeRefused } from "toni/testing"
import { forToni, handedOut, madeByToni, rows } from "./rows.mjs"
import { hostileValues } from "./values.mjs"

const [only] = process.argv.slice(2)
/** What one call may take, in milliseconds; a promise that settles later, or never, hangs its caller. */
const longestCall = 2_000

let current = "the beginning"
let calls = 0
const print = (line) => writeSync(1, `${JSON.stringify(line)}\n`)
const found = (what, error) => print({ at: current, what, error: describe(error) })
process.on("uncaughtException", (error) => found("uncaught", error))
process.on("unhandledRejection", (error) => found("unhandled rejection", error))

function describe(error) {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : typeof error
  } catch {
    return "an error that cannot be shown"
  }
}

/** What a call may end with: a ToniError, or the answer of a server to a client that tests it. */
function isExpected(error) {
  return error instanceof ToniError || error instanceof HandshakeRefused
}

/** Makes one call; it may throw a ToniError, or answer a promise that rejects with one. */
async function attempt(name, call, { after, waits }) {
  current = name
  calls++
  print({ begin: name })
  let result
  try {
    result = call()
  } catch (error) {
    if (!isExpected(error)) found("threw", error)
    return
  }
  if (!(result instanceof Promise)) {
    await after?.(result)
    return
  }
  // Waits for what nobody sends: its answer is of no concern.
  if (waits) return void result.catch(() => {})
  let timer
  const late = new Promise((resolve) => (timer = setTimeout(resolve, longestCall, "late")))
  const settled = result.then(
    async (value) => {
      await after?.(value)
    },
    (error) => {
      if (!isExpected(error)) found("rejected", error)
    },
  )
  if ((await Promise.race([settled, late])) === "late") found("never settled")
  clearTimeout(timer)
}

/** A call with nothing, and with each hostile value in each place, as the last, in all places, and behind the last. */
async function attack(name, makeCall, good, extras) {
  const places = (await good()).length
  await attempt(`${name}()`, await makeCall([]), extras)
  for (const [value, make] of Object.entries(hostileValues)) {
    for (let place = 0; place <= places; place++) {
      const given = await good()
      given[place] = make()
      await attempt(`${name}, argument ${place + 1}: ${value}`, await makeCall(given), extras)
      if (place + 1 >= places) continue
      // Calls with fewer arguments may take them in another form.
      const fewer = [...(await good()).slice(0, place), make()]
      await attempt(`${name}, last argument ${place + 1}: ${value}`, await makeCall(fewer), extras)
    }
    if (places > 1) {
      await attempt(`${name}, every argument: ${value}`, await makeCall(Array.from({ length: places }, make)), extras)
    }
  }
}

const known = await publicCalls()
for (const name of known.keys()) if (rows[name] === undefined) print({ missing: name })
for (const name of Object.keys(rows)) if (!known.has(name)) print({ superfluous: name })

for (const [name, { construct, call, on: owner }] of known) {
  const row = rows[name]
  if (row === undefined || row === forToni || !(only === undefined || name.startsWith(only))) continue
  const constructed = (args) => () => new construct(...args)
  if (row === madeByToni) await attack(`new ${name}`, constructed, () => [undefined, undefined, undefined], {})
  else if (construct) await attack(`new ${name}`, constructed, row.args, row)
  else if (row.on) {
    const onFresh = async (args) => {
      const object = await row.on()
      return () => object[row.member](...args)
    }
    await attack(name, onFresh, row.args, row)
  } else await attack(name, (args) => () => call.apply(owner, args), row.args, row)
}

for (const [name, { get, methods }] of Object.entries(handedOut)) {
  for (const member of methodsOf(await get()))
    if (methods[member] === undefined) print({ missing: `${name}#${member}` })
  for (const [member, good] of Object.entries(methods)) {
    if (good === 0 || !(only === undefined || name.startsWith(only))) continue
    const onFresh = async (args) => {
      const object = await get()
      return () => object[member](...args)
    }
    await attack(`${name}#${member}`, onFresh, typeof good === "function" ? good : () => [...good], {})
  }
}

// What is left behind comes up within a few turns.
for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
for (const name of ["polluted"]) if (name in {}) print({ at: "Object.prototype", what: "polluted" })
print({ calls })
process.exit()
