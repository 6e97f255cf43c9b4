/**
 * The value of the header with this name, in lower case; repeated ones are joined by `", "`, `undefined` is none. Node's
 * own `headers` would read all of them to answer one.
 */
export function readHeader(rawHeaders: readonly string[], name: string): string | undefined {
  let value: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const candidate = rawHeaders[index] as string
    if (candidate.length !== name.length || candidate.toLowerCase() !== name) continue
    const found = rawHeaders[index + 1] as string
    value = value === undefined ? found : `${value}, ${found}`
  }
  return value
}
