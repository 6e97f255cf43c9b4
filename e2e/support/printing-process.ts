import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

/** A process of its own that says on its output how it fares. Disposing of it ends it. */
export interface PrintingProcess extends AsyncDisposable {
  /** What it has printed so far, on either stream. */
  output(): string
  /** Waits until it has printed something that matches; rejects when it ends without. */
  printed(pattern: RegExp): Promise<RegExpMatchArray>
  write(text: string): void
  kill(signal: NodeJS.Signals): void
  /** The exit code, once it has ended and all that it printed has come; null: ended by a signal. */
  readonly ended: Promise<number | null>
}

export function printingProcess(script: URL): PrintingProcess {
  const child = spawn(process.execPath, [fileURLToPath(script)], {
    env: { ...process.env, NODE_OPTIONS: "", TONI_LOG: "" },
    stdio: ["pipe", "pipe", "pipe"],
  })
  let output = ""
  let isOver = false
  const listeners = new Set<() => void>()
  const changed = (): void => listeners.forEach((listener) => listener())
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text
      changed()
    })
  }
  const ended = once(child, "close").then(([code]) => {
    isOver = true
    changed()
    return code as number | null
  })
  return {
    output: () => output,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = output.match(pattern)
          if (match === null && !isOver) return
          listeners.delete(look)
          if (match === null) reject(new Error(`${script.pathname} ended without ${pattern}:\n${output}`))
          else resolve(match)
        }
        listeners.add(look)
        look()
      }),
    write: (text) => void child.stdin.write(text),
    kill: (signal) => void child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      if (!isOver) child.kill("SIGKILL")
      await ended
    },
  }
}
