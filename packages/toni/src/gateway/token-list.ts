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
  const tokens = value.split(",").map((item) => item.trim())
  return tokens.every(isToken) && new Set(tokens).size === tokens.length ? tokens : undefined
}
