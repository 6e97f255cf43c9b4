/** Names that are unique across processes: a random prefix and a counter (rule G17). */
export function idSource(prefix: string): () => string {
  const head = `${prefix}-`
  let count = 0
  // Joined, it is one string; added, it would be kept as the two that it is made of.
  return () => [head, (++count).toString(36)].join("")
}

/** Forty-eight random bits, as 12 hexadecimal digits. */
export function randomPrefix(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join("")
}
