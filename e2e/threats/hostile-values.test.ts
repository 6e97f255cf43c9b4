import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"

/** What the process says: what it begins, what is wrong, what it has no row for, how many calls it made. */
interface Line {
  readonly begin?: string
  readonly what?: string
  readonly missing?: string
  readonly superfluous?: string
  readonly calls?: number
}

test("G16b: whatever a public function is called with, it works or gives a ToniError: nothing raw, unhandled, or hanging", async () => {
  const script = fileURLToPath(new URL("hostile/run.mjs", import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] })
  const exited = once(child, "close")
  // One that hangs for good hangs the process as well, and the test runs out of time: this ends it then.
  const watchdog = setTimeout(() => child.kill("SIGKILL"), 50_000)
  const wrong: Line[] = []
  let last: string | undefined
  let calls = 0
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line
    if (line.begin !== undefined) last = line.begin
    else if (line.calls !== undefined) calls = line.calls
    else wrong.push(line)
  }
  clearTimeout(watchdog)
  await exited
  expect(wrong).toEqual([])
  // It came to its end: what it was at last did neither end it nor hang it.
  expect(calls, `the process ended at: ${last}`).toBeGreaterThan(10_000)
})
