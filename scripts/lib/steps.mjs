/**
 * Runs steps, two at a time, each as soon as the steps named in its `after` have ended, well or badly. A step's `run`
 * answers `{ ok, output, note }`; a step that throws has failed. Prints a line per step, and the whole output of each
 * that failed.
 */
export async function runSteps(steps, { lanes = 2, print = console.log } = {}) {
  const results = new Map()
  const waiting = [...steps]
  const widest = Math.max(...steps.map(({ name }) => name.length))
  let running = 0

  await new Promise((resolve) => {
    const next = () => {
      while (running < lanes) {
        const index = waiting.findIndex(({ after = [] }) => after.every((name) => results.has(name)))
        if (index === -1) break
        running++
        void take(waiting.splice(index, 1)[0]).then(() => {
          running--
          next()
        })
      }
      if (running === 0) resolve()
    }
    next()
  })
  if (waiting.length > 0)
    throw new Error(`Steps that wait for each other: ${waiting.map(({ name }) => name).join(", ")}`)
  return results

  async function take({ name, run }) {
    const begin = performance.now()
    let result
    try {
      result = await run()
    } catch (error) {
      result = { ok: false, output: `${error.stack ?? error}\n` }
    }
    const seconds = ((performance.now() - begin) / 1000).toFixed(1).padStart(6)
    const note = result.note === undefined ? "" : `   ${result.note}`
    print(`${result.ok ? "ok    " : "FAILED"}  ${name.padEnd(widest)} ${seconds} s${note}`)
    if (!result.ok) print(`\n${indent(result.output)}\n`)
    results.set(name, result)
  }
}

function indent(text) {
  return text.trimEnd().replace(/^(?=.)/gm, "    ")
}
