import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

/** A snippet that runs in a process of its own. `await using` ends it with the test. */
export interface RunningSnippet extends AsyncDisposable {
  /** The port it really listens on: the first one it asked for. */
  readonly port: number
  /** The real port for each port that the snippet names: `ports.get(3000)`. */
  readonly ports: ReadonlyMap<number, number>
  /** What it has printed so far, on either stream. */
  output(): string
  /** Asks it to end, as Ctrl-C or a process manager would, and answers its exit code (null: ended by the signal). */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

/** What runSnippet may be told. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** How many ports the snippet listens on; default 1. */
  readonly listens?: number
  /** Milliseconds until it must listen; default 10 000. */
  readonly timeout?: number
}

/**
 * Starts a compiled snippet and waits until it listens. `runSnippet("getting-started/main")` runs
 * docs/snippets/getting-started/main.ts. Whatever port it names, it gets a free one.
 */
export async function runSnippet(snippet: string | URL, options: RunOptions = {}): Promise<RunningSnippet> {
  const { env = {}, listens = 1, timeout = 10_000 } = options
  const file = typeof snippet === "string" ? new URL(`../dist/${snippet}.js`, import.meta.url) : snippet
  const preload = new URL("preload.mjs", import.meta.url)
  const child = spawn(process.execPath, ["--import", preload.href, fileURLToPath(file)], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  })
  const ports = new Map<number, number>()
  let output = ""
  let listening = 0
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text))
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output += text))
  const exited = once(child, "exit") as Promise<[number | null]>

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    const [code] = await exited
    return code
  }

  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (what: string) => reject(new Error(`${String(snippet)} ${what}:\n${output}`))
      const timer = setTimeout(() => fail(`did not listen within ${timeout} ms`), timeout)
      child.on("message", ({ asked, port }: { asked: number; port: number }) => {
        ports.set(asked, port)
        if (++listening === listens) resolve()
      })
      child.once("close", (code) => fail(`ended with exit code ${code} before it listened`))
      exited.then(
        () => clearTimeout(timer),
        (error: Error) => fail(`could not be started: ${error.message}`),
      )
    })
  } catch (error) {
    child.kill("SIGKILL")
    throw error
  }

  const [port] = ports.values()
  if (port === undefined) throw new Error("unreachable: it listens")
  return {
    port,
    ports,
    output: () => output,
    end: (signal = "SIGTERM") => end(signal),
    [Symbol.asyncDispose]: async () => {
      await end("SIGKILL")
    },
  }
}
