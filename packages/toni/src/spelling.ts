/** Whether two names differ by no more than one letter, or two neighbours that changed places; case does not count. */
export function isClose(one: string, other: string): boolean {
  const [shorter, longer] = [one.toLowerCase(), other.toLowerCase()].toSorted((a, b) => a.length - b.length) as [
    string,
    string,
  ]
  if (longer.length - shorter.length > 1) return false
  let start = 0
  while (start < shorter.length && shorter[start] === longer[start]) start++
  const rest = shorter.slice(start)
  const others = longer.slice(start)
  if (shorter.length < longer.length) return rest === others.slice(1)
  return (
    rest.slice(1) === others.slice(1) ||
    (rest[0] === others[1] && rest[1] === others[0] && rest.slice(2) === others.slice(2))
  )
}

/** Whether two different names differ by case alone. */
export function differsByCase(one: string, other: string): boolean {
  return one !== other && one.toLowerCase() === other.toLowerCase()
}

/** The one of `names` that a name was probably meant to be. */
export function closestOf(name: string, names: readonly string[]): string | undefined {
  return names.find((each) => isClose(name, each))
}
