import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

/** A process of its own, which does what it is asked for. Disposing of it ends it. */
export interface HelperProcess extends AsyncDisposable {
  /** Has the process do something, and waits for its answer; rejects when that fails, or the process ends. */
  ask<Answer = void>(name: string, ...args: readonly unknown[]): Promise<Answer>
}

interface Reply {
  readonly id: number
  readonly answer?: unknown
  readonly error?: string
}

interface Waiting {
  resolve(answer: unknown): void
  reject(error: Error): void
}

/**
 * Starts a script that takes `{ id, name, args }`, answers `{ id, answer }` or `{ id, error }`, and ends when it is
 * disconnected. It has `gc()`, and what it is given in `process.argv`.
 */
export function helperProcess(script: URL, given: readonly string[] = []): HelperProcess {
  const child = fork(fileURLToPath(script), given, {
    execArgv: ["--expose-gc"],
    env: { ...process.env, NODE_OPTIONS: "" },
  })
  // A test that ran out of time disposes of nothing: the process ends with its parent, and does not hold it.
  child.unref()
  child.channel?.unref()
  const waiting = new Map<number, Waiting>()
  let count = 0
  child.on("message", ({ id, answer, error }: Reply) => {
    if (error === undefined) waiting.get(id)?.resolve(answer)
    else waiting.get(id)?.reject(new Error(error))
    waiting.delete(id)
  })
  const exited = once(child, "exit").then(([code, signal]) => {
    for (const asked of waiting.values()) asked.reject(new Error(`${script.pathname} ended: ${code ?? signal}`))
  })
  return {
    ask: <Answer>(name: string, ...args: readonly unknown[]) => {
      child.send({ id: ++count, name, args })
      return new Promise<unknown>((resolve, reject) => waiting.set(count, { resolve, reject })) as Promise<Answer>
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL")
      await exited
    },
  }
}
