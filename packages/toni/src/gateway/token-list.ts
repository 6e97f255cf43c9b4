const tokenCharacter = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Whether a string is a token of RFC 9110 section 5.6.2, as names of headers and subprotocols are. */
export function isToken(value: string): boolean {
  return tokenCharacter.test(value)
}

/**
 * The tokens of a comma-separated header value, in linear time. `undefined` when an item is not a token or stands
 * there twice: such a list is malformed.
 */
export function parseTokens(value: string): readonly string[] | undefined {
  const tokens = listItems(value)
  return tokens.every(isToken) && new Set(tokens).size === tokens.length ? tokens : undefined
}

/** The items of a comma-separated header value, whatever they are, without the spaces and tabs around them. */
export function listItems(value: string): readonly string[] {
  return value.split(",").map(trimmed)
}

/** By hand: `trim` takes more than spaces and tabs away, and an expression would take quadratic time. */
function trimmed(item: string): string {
  let start = 0
  let end = item.length
  while (start < end && isBlank(item, start)) start++
  while (end > start && isBlank(item, end - 1)) end--
  return item.slice(start, end)
}

function isBlank(item: string, index: number): boolean {
  return item[index] === " " || item[index] === "\t"
}
