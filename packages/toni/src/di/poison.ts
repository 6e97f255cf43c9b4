/**
 * Stands in for a dependency that could not be made, so that its dependent can go on asking for the others and all of
 * them are reported. Whatever is done with it calls `onTouch` and throws.
 */
export function createPoison(onTouch: () => void): unknown {
  const trap = (): never => {
    onTouch()
    throw new Error("This dependency could not be made; the reason is among the problems that are reported.")
  }
  const traps = Object.fromEntries(trapNames.map((name) => [name, trap]))
  return new Proxy(function poison() {}, traps)
}

/** `Reflect` has a function for each trap, under its name. */
const trapNames: readonly string[] = Object.getOwnPropertyNames(Reflect)
