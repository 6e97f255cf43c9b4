/** The little of a process that binding signals takes; there is none outside of Node and its kin. */
interface SignalSource {
  once(signal: string, listener: () => void): unknown
  off(signal: string, listener: () => void): unknown
}

/** Calls `listener` at the first of the signals, once, and unbinds them all; so does the function that it returns. */
export function bindSignals(signals: readonly string[], listener: (signal: string) => void): () => void {
  const source = (globalThis as { process?: SignalSource }).process
  const bound = signals.map((signal) => ({ signal, listen: (): void => fire(signal) }))
  const unbind = (): void => bound.forEach(({ signal, listen }) => source?.off(signal, listen))
  const fire = (signal: string): void => {
    unbind()
    listener(signal)
  }
  for (const { signal, listen } of bound) source?.once(signal, listen)
  return unbind
}
