import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

const main = fileURLToPath(new URL("../../examples/chat/dist/main.js", import.meta.url))

/** A run of the chat example that came to its end. */
export interface EndedRun {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** Runs the chat example until it ends by itself. */
export async function runChat(port: string): Promise<EndedRun> {
  const child = startProcess(port)
  let output = ""
  let errors = ""
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()))
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()))
  const [code] = (await once(child, "close")) as [number | null]
  return { code, output, errors }
}

/** The chat example in a process of its own, as it was built. */
export class ChatServer {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.url = url
  }

  /** Resolves once it says that it is open. Port 0 is any that is free. */
  static async start(port = 0): Promise<ChatServer> {
    const child = startProcess(String(port))
    child.stderr?.pipe(process.stderr)
    if (!child.stdout) throw new Error("The example has no output.")
    for await (const line of createInterface(child.stdout)) {
      const url = /http:\/\/\S+/.exec(line)?.[0]
      if (url === undefined) continue
      child.stdout.resume()
      return new ChatServer(child, url)
    }
    throw new Error("The example ended before it was open.")
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** From now on it answers nothing, though its connections stay: as a network that has died. */
  freeze(): void {
    this.#child.kill("SIGSTOP")
  }

  /** Asks it to end, as Ctrl-C does, or makes it end at once; answers its exit code. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode
    const ended = once(this.#child, "exit")
    this.#child.kill(signal)
    const [code] = (await ended) as [number | null]
    return code
  }
}

function startProcess(port: string): ChildProcess {
  return spawn(process.execPath, [main], { env: { ...process.env, PORT: port }, stdio: ["ignore", "pipe", "pipe"] })
}
