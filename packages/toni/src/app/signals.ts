import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"
import { checkedOptions, type OptionCheck } from "../checked-options.ts"
import { closestOf } from "../spelling.ts"
import { isArray } from "../user-code.ts"
import { closeChecks, type CloseOptions, type CloseReport } from "./close-options.ts"

export interface SignalOptions extends CloseOptions {
  /** Default SIGTERM, which process managers send, and SIGINT, which is Ctrl-C. */
  readonly signals?: readonly string[] | undefined
  /** Is called once a signal has closed the application; a worker of `node:cluster` waits for it and then leaves. */
  readonly onClosed?: ((report: CloseReport, signal: string) => unknown) | undefined
}

/** What `closeOnSignals` answers. */
export interface SignalBinding {
  /** Resolves when the application has closed, by a signal or otherwise. */
  readonly closed: Promise<CloseReport>
  /** From now on signals are what they were before; the application does it itself once it has closed. */
  unbind(): void
}

/** The little of a process that signals take; there is none outside of Node and its kin. */
interface ProcessLike {
  readonly connected?: boolean
  once(signal: string, listener: () => void): unknown
  off(signal: string, listener: () => void): unknown
  getBuiltinModule?(name: string): unknown
}

/** As much of `node:cluster` as leaving takes. */
interface ClusterLike {
  readonly worker?: { disconnect(): unknown } | null
}

/** As much of `node:os` as naming signals takes. */
interface OsLike {
  readonly constants: { readonly signals: Readonly<Record<string, number>> }
}

const signalNames: OptionCheck = (value) =>
  isArray(value) && value.length > 0 && value.every((name) => typeof name === "string" && name.startsWith("SIG"))
    ? undefined
    : 'takes a list of signals, such as ["SIGTERM"]'

/** Reads `closeOnSignals(signals, options)` and `closeOnSignals(options)`. Throws `TONI_BAD_OPTION`. */
export function signalOptions(
  first: unknown,
  second: unknown,
): SignalOptions & { readonly signals: readonly string[] } {
  const checks = {
    ...closeChecks,
    signals: signalNames,
    onClosed: (value: unknown) => (typeof value === "function" ? undefined : "takes a function"),
  }
  const read = (given: unknown): SignalOptions => checkedOptions<SignalOptions>("closeOnSignals()", given, checks)
  const named = isArray(first) ? read({ signals: first }) : read(first)
  const options = { ...named, ...read(second) }
  return { ...options, signals: options.signals ?? ["SIGTERM", "SIGINT"] }
}

/**
 * Calls `listener` at the first of the signals, once, and unbinds them all; so does the function that it returns.
 * Throws `TONI_BAD_OPTION` for a signal that nobody can listen to; nothing is bound then.
 */
export function bindSignals(signals: readonly string[], listener: (signal: string) => void): () => void {
  const source = currentProcess()
  checkSpelling(signals, source)
  const bound = [...new Set(signals)].map((signal) => ({ signal, listen: (): void => fire(signal) }))
  const unbind = (): void => bound.forEach(({ signal, listen }) => source?.off(signal, listen))
  const fire = (signal: string): void => {
    unbind()
    listener(signal)
  }
  for (const { signal, listen } of bound) {
    try {
      source?.once(signal, listen)
    } catch (cause) {
      unbind()
      const fix = "Name signals that a process may catch, such as SIGTERM."
      throw new ToniError("TONI_BAD_OPTION", `Nobody can listen to ${showValue(signal)}.`, { cause, fix })
    }
  }
  return unbind
}

/** A signal that this system does not know would never come, and nobody would say so. */
function checkSpelling(signals: readonly string[], source: ProcessLike | undefined): void {
  const known = signalsOf(source)
  const stranger = known && signals.find((signal) => !known.includes(signal))
  if (known === undefined || stranger === undefined) return
  const meant = closestOf(stranger, known)
  const fix = meant === undefined ? "Name signals of this system, such as SIGTERM." : `Write ${meant}.`
  throw new ToniError("TONI_BAD_OPTION", `closeOnSignals(): ${showValue(stranger)} is no signal here.`, { fix })
}

/** The names of all signals, where the runtime tells them. */
function signalsOf(source: ProcessLike | undefined): readonly string[] | undefined {
  try {
    const os = source?.getBuiltinModule?.("node:os") as OsLike | undefined
    return os && Object.keys(os.constants.signals)
  } catch {
    return undefined
  }
}

/** A worker of `node:cluster` lives on for its primary's sake; here it says that it is done. */
export function leaveCluster(): void {
  const source = currentProcess()
  // Only a process that its parent talks to can be a worker.
  if (source?.connected !== true) return
  const cluster = source.getBuiltinModule?.("node:cluster") as ClusterLike | undefined
  cluster?.worker?.disconnect()
}

function currentProcess(): ProcessLike | undefined {
  return (globalThis as { process?: ProcessLike }).process
}
