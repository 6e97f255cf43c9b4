import { fork } from "node:child_process"
import { join } from "node:path"
import { root as ownRoot } from "./run.mjs"

/** How long one test may take: other programs may be at work. */
const testTimeout = 15_000

/** The tests came to no end, or ended their process: that is noticed too. */
class Ended extends Error {}

/** A process of mutant-runner.mjs, started anew when a mutation hangs it. */
export class MutantRunner {
  #root
  #child

  constructor(root) {
    this.#root = root
  }

  /**
   * What each file of tests runs, but for those that the pattern `without` names: `[{ file, ok, ms, scopes, failed,
   * error }]`. `failed` has the names of tests, `error` is what kept the file itself from running.
   */
  async map(without) {
    const { files } = await this.#ask({ name: "map", without }, 1_200_000)
    return files.map((entry) => ({ ...entry, scopes: [...new Set(entry.scopes)] }))
  }

  /** What noticed the mutation, in words, or undefined. `tests` run in their order and `without` some, until one fails. */
  async mutant(mutant, limit) {
    try {
      const { files, errors } = await this.#ask({ name: "mutant", ...mutant }, limit)
      const failed = files.find(({ ok }) => !ok)
      if (failed !== undefined)
        return `${failed.file.split("/").at(-1)}: ${String(failed.failed[0] ?? failed.error).slice(0, 80)}`
      return errors.length > 0 ? `unhandled: ${errors[0].slice(0, 80)}` : undefined
    } catch (error) {
      this.stop()
      if (error instanceof Ended) return error.message
      throw error
    }
  }

  async #ask(question, limit) {
    this.#child ??= await this.#start()
    const child = this.#child
    let late
    try {
      return await new Promise((resolve, reject) => {
        late = setTimeout(() => reject(new Ended("time-out")), limit)
        child.once("exit", () => reject(new Ended("the process of the tests ended")))
        child.once("message", ({ answer, failure }) =>
          failure === undefined ? resolve(answer) : reject(new Error(failure)),
        )
        child.send(question)
      })
    } finally {
      clearTimeout(late)
      child.removeAllListeners()
    }
  }

  #start() {
    const child = fork(join(ownRoot, "scripts/lib/mutant-runner.mjs"), [this.#root, String(testTimeout)], {
      cwd: this.#root,
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    })
    return new Promise((resolve, reject) => {
      child.once("message", () => resolve(child))
      child.once("exit", (code) => reject(new Error(`the runner ended with ${code}`)))
    })
  }

  stop() {
    this.#child?.kill("SIGKILL")
    this.#child = undefined
  }
}
