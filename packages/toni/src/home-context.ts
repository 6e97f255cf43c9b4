/**
 * Runs tasks in the async context in which it was made, whoever asks for them: what one client's hook has set going must
 * not run another client's hooks in the first one's context (rule G12e). It needs nothing of the runtime: code behind an
 * `await` stays in the context of the function that awaits.
 */
export class HomeContext {
  readonly #tasks: (() => void)[] = []
  #wake: () => void = () => undefined

  constructor() {
    void this.#work()
  }

  /** Runs `task` in a moment, behind those that were handed in before; never within this call. It must not throw. */
  soon(task: () => void): void {
    this.#tasks.push(task)
    this.#wake()
  }

  /** The same, for a task with an answer. */
  run<T>(task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => this.soon(() => void task().then(resolve, reject)))
  }

  async #work(): Promise<never> {
    for (;;) {
      // Each in a microtask of its own, which is the end of whatever it leaves in its context.
      for (const task of this.#tasks.splice(0)) queueMicrotask(task)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
