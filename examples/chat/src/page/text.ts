/** A stretch of a message: plain, or a link. */
export interface Stretch {
  readonly text: string
  readonly href?: string
}

/** Finds the web addresses in a text. Punctuation behind one is not part of it. */
export function splitLinks(text: string): readonly Stretch[] {
  const stretches: Stretch[] = []
  let end = 0
  for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"]+/giu)) {
    const address = match[0].replace(/[.,;:!?'")\]}…]+$/u, "")
    const href = parseAddress(address)
    if (href === undefined) continue
    if (match.index > end) stretches.push({ text: text.slice(end, match.index) })
    stretches.push({ text: address, href })
    end = match.index + address.length
  }
  if (end < text.length) stretches.push({ text: text.slice(end) })
  return stretches
}

function parseAddress(text: string): string | undefined {
  try {
    return new URL(text).href
  } catch {
    return undefined
  }
}

/** One or two letters that stand for a name. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s_.-]+/u).filter((word) => word !== "")
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0] ?? name]
  return letters.map((word) => firstLetter(word ?? "")).join("")
}

/** What people see as one letter may be many code points, such as a flag. */
function firstLetter(word: string): string {
  const [first] = new Intl.Segmenter().segment(word)
  return (first?.segment ?? "").toLocaleUpperCase()
}

/** "Ada", "Ada and Grace", "Ada, Grace and Alan", "Ada, Grace and 3 others". */
export function listNames(names: readonly string[]): string {
  if (names.length <= 3) return new Intl.ListFormat("en-GB").format(names)
  return `${names.slice(0, 2).join(", ")} and ${names.length - 2} others`
}

export function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`
}
