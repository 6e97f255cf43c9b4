/** Lengths in characters (code points); the shortest is 1. */
export const limits = { name: 32, room: 64, text: 2000 } as const

/** What somebody typed, tidied; or what is wrong with it, in words for them. */
export type Checked = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly problem: string }

export function checkName(input: string): Checked {
  return checkLength("A name", oneLine(input), limits.name)
}

/** Rooms are the same whatever the case: "Kitchen" is "kitchen". */
export function checkRoom(input: string): Checked {
  const room = checkLength("A room", oneLine(input).toLowerCase(), limits.room)
  // Browsers take "." and ".." out of addresses.
  if (room.ok && /^\.{1,2}$/.test(room.value)) return { ok: false, problem: "A room needs more than dots." }
  return room
}

export function checkText(input: string): Checked {
  const tidied = wellFormed(input)
    .replaceAll(/\r\n?/g, "\n")
    // oxlint-disable-next-line no-control-regex -- of the control characters, a text keeps line breaks and tabs
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "")
    .trim()
  return checkLength("A message", tidied, limits.text)
}

/** Characters as people count them, more or less: code points. */
export function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

function checkLength(what: string, value: string, most: number): Checked {
  // Invisible characters alone are nothing that anybody could see.
  const length = /[^\p{Cf}\p{Z}\p{M}]/u.test(value) ? lengthOf(value) : 0
  if (length >= 1 && length <= most) return { ok: true, value }
  const count = most.toLocaleString("en")
  const got = length === 0 ? "this one is empty" : `this one has ${length.toLocaleString("en")}`
  return { ok: false, problem: `${what} has 1 to ${count} characters; ${got}.` }
}

function oneLine(input: string): string {
  return wellFormed(input)
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/\p{Cc}/gu, "")
    .trim()
    .normalize("NFC")
}

/** Half of a surrogate pair can be neither encoded nor shown. */
function wellFormed(input: string): string {
  return input.replaceAll(/\p{Surrogate}/gu, "\uFFFD")
}
