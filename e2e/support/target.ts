import type { Metrics } from "toni"
import { expect } from "vitest"
import type { AdapterName } from "./adapters.ts"
import { helperProcess } from "./helper-process.ts"
import { rawClient, type RawClient } from "./raw-client.ts"

export interface Status extends Metrics {
  /** Calls of `onConnect`. */
  readonly opens: number
  /** Calls of `onDisconnect`, by the kind of their reason. */
  readonly reasons: Readonly<Record<string, number>>
  /** Sockets of any kind, also those that are no connection yet, or any more. */
  readonly sockets: number
  readonly surprises: readonly string[]
}

export interface Measured {
  /** Bytes of heap and buffers: at the most, and after a collection. */
  readonly peak: number
  readonly live: number
  /** Of the event loop, in milliseconds. */
  readonly delay: { readonly p50: number; readonly p90: number; readonly max: number }
}

/** The server process under attack, `e2e/threats/server.mjs`. */
export interface Target extends AsyncDisposable {
  connect(path: string): Promise<RawClient>
  readonly port: number
  /** Its process. */
  pid(): Promise<number>
  /** Blocks its event loop for so many milliseconds, from now on. */
  block(milliseconds: number): Promise<void>
  status(): Promise<Status>
  /** Asks for the status until it is as wished; the test's time is the limit. */
  until(isSo: (status: Status) => boolean): Promise<Status>
  /** Measures from now on; answers the bytes that live now. */
  watch(): Promise<number>
  measured(): Promise<Measured>
  /** Claims that the process lives, nothing went uncaught, everyone is gone, and a new client is served. */
  expectUnharmed(): Promise<void>
}

export async function startTarget(adapter: AdapterName): Promise<Target> {
  const server = helperProcess(new URL("../threats/server.mjs", import.meta.url), [adapter])
  const port = await server.ask<number>("port")
  const until: Target["until"] = async (isSo) => {
    for (;;) {
      const status = await server.ask<Status>("status")
      if (isSo(status)) return status
    }
  }
  return {
    port,
    until,
    connect: (path) => rawClient(port, path),
    pid: () => server.ask("pid"),
    block: (milliseconds) => server.ask("block", milliseconds),
    status: () => server.ask("status"),
    watch: () => server.ask("watch"),
    measured: () => server.ask("measured"),
    async expectUnharmed() {
      const { surprises, connections } = await until(({ sockets }) => sockets === 0)
      expect([surprises, connections]).toEqual([[], 0])
      await using client = await rawClient(port, "/echo")
      await client.send("still there?")
      expect(await client.next()).toBe("still there?")
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
