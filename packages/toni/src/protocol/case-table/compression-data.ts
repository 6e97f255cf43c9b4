// What the cases of sections 12 and 13 send, in place of the files of the suite: ours, and the same in every run.

/** As much of each kind as the largest message of a case takes, and some more, so that messages differ. */
const length = 160 * 1024

/** Numbers below `limit`, evenly spread, always the same for a seed. */
function dice(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}

function textOf(seed: number, piece: (roll: (limit: number) => number, index: number) => string): Uint8Array {
  const roll = dice(seed)
  let text = ""
  for (let index = 0; text.length < length; index++) text += piece(roll, index)
  return new TextEncoder().encode(text)
}

const syllables = [
  "ba",
  "den",
  "gor",
  "hüt",
  "is",
  "ka",
  "lem",
  "mö",
  "no",
  "rus",
  "sa",
  "ta",
  "un",
  "ver",
  "wie",
  "zen",
]

/** A word; few are frequent and many are rare, as in any language. */
function word(roll: (limit: number) => number): string {
  const rank = roll(1 + roll(1 + roll(4_096)))
  return `${syllables[rank & 15]}${rank > 15 ? syllables[(rank >> 4) & 15] : ""}${rank > 255 ? syllables[rank >> 8] : ""}`
}

const words = (roll: (limit: number) => number, count: number): string =>
  Array.from({ length: count }, () => word(roll)).join(" ")

/** Records with the same keys again and again. */
export const json = (): Uint8Array =>
  textOf(1, (roll, index) => {
    const { tags, ...rest } = { id: index, name: words(roll, 2), tags: [word(roll), word(roll)], seen: roll(1e9) }
    return `${JSON.stringify({ ...rest, at: { x: roll(1e4) / 100, y: roll(1e4) / 100 }, tags, live: roll(2) === 0 })},\n`
  })

/** A drawing: lines that are much like the one above, with a little noise. */
export function image(): Uint8Array {
  const roll = dice(2)
  const width = 512
  const bytes = new Uint8Array(length)
  for (let index = 0; index < length; index++) {
    const [x, y] = [index % width, Math.floor(index / width)]
    bytes[index] = 128 + 90 * Math.sin(x / 40) * Math.cos(y / 25) + (roll(8) === 0 ? roll(6) : 0)
  }
  return bytes
}

/** Sentences. */
export const prose = (): Uint8Array =>
  textOf(3, (roll) => {
    const sentence = words(roll, 4 + roll(12))
    return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${roll(6) === 0 ? "!\n\n" : ". "}`
  })

/** Elements within elements. */
export const html = (): Uint8Array =>
  textOf(4, (roll, index) => {
    const items = Array.from({ length: 2 + roll(5) }, () => `\n    <li class="${word(roll)}">${words(roll, 5)}</li>`)
    return `<section id="s${index}">\n  <h2>${words(roll, 3)}</h2>\n  <ul>${items.join("")}\n  </ul>\n</section>\n`
  })

/** What is compressed already: DEFLATE makes it longer. */
export function noise(): Uint8Array {
  const roll = dice(5)
  return Uint8Array.from({ length }, () => roll(256))
}
