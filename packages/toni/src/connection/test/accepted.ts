import { stallProof } from "../../clock.ts"
import type { AdapterSocket } from "../../adapter/websocket-adapter.ts"
import { effectiveOptions } from "../../gateway/effective-options.ts"
import type { GatewayOptions } from "../../gateway/gateway-options.ts"
import { TestClock } from "../../testing/test-clock.ts"
import { Connection } from "../connection.ts"
import type { ConnectionHooks, ConnectionHost } from "../connection-host.ts"
import { newCounters } from "../counters.ts"
import { Sweep } from "../sweep.ts"

const nothing = (): void => undefined
const none = (): Promise<void> => Promise.resolve()

/** A connection that was accepted and not opened yet, with a socket that writes down what is asked of it. */
export function accepted(hooks: Partial<ConnectionHooks> = {}, options: GatewayOptions = {}, readsVerdicts = false) {
  const clock = new TestClock(0)
  const time = stallProof(clock)
  const log: string[] = []
  const keep =
    (entry: string) =>
    (...args: unknown[]): void =>
      void log.push([entry, ...args.filter((arg) => typeof arg !== "object")].join(" "))
  const socket: { -readonly [Name in keyof AdapterSocket]: AdapterSocket[Name] } = {
    isOpen: true,
    pendingBytes: 0,
    bytesReceived: 0,
    bytesFlushed: 0,
    taken: 0,
    handedOver: 0,
    send: ({ kind, byteLength }: { kind: string; byteLength: number }) => {
      log.push(`send ${kind}`)
      return byteLength
    },
    flush: nothing,
    close: keep("close"),
    terminate: keep("terminate"),
    pause: keep("pause"),
    resume: keep("resume"),
  }
  const host: ConnectionHost = {
    clock: time,
    awake: () => sweep.now(),
    stalled: () => sweep.stalled,
    counters: newCounters(),
    topics: { subscribe: none, unsubscribe: none, publish: none },
    canPause: true,
    report: (error, phase) => {
      const { message } = error as Error
      const after = /^.* still running when (.*?) had passed(?:; (\d+))?/.exec(message)
      if (after === null) log.push(`${phase} failed: ${message}`)
      else log.push(`${phase} abandoned after ${after[1]}${after[2] === undefined ? "" : `, ${after[2]} dropped`}`)
    },
    abandoned: nothing,
    ignored: (answer) => void log.push(`ignored ${String(answer)}`),
    gone: keep("gone"),
    released: () => {
      sweep.stop()
      log.push("released")
    },
  }
  const kind = {
    name: "Chat",
    path: "/chat",
    hooks: {
      onMessage: nothing,
      onDisconnect: (_client: unknown, { kind: reason }: { kind: string }) => void log.push(`left: ${reason}`),
      ...hooks,
    },
    options: effectiveOptions(options),
    left: keep("left"),
  }
  const sweep = new Sweep(time, { size: 1, at: (): Connection => connection })
  const connection: Connection = new Connection(host, kind, {
    id: "1",
    params: {},
    protocol: "",
    remoteAddress: "::1",
    metadata: undefined,
    slot: "slot",
    readsVerdicts,
  })
  return { connection, socket, clock, log, host, sweep }
}
