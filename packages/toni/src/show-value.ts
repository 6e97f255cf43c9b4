/** The longest text of a value in a message, in UTF-16 units. */
const longest = 120

/**
 * A value as an error message shows it: strings in quotes, functions and classes by name, objects as JSON. Long ones are
 * cut. Never throws and never runs code of the value beyond `toJSON` and getters, whose errors it swallows.
 */
export function showValue(value: unknown): string {
  try {
    return cut(describe(value))
  } catch {
    return "a value that cannot be shown"
  }
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value)
  if (typeof value === "bigint") return `${value}n`
  if (typeof value === "function") return describeFunction(value)
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value)
  if (value instanceof Error) return `${value.name}: ${value.message}`
  const json = JSON.stringify(value) as string | undefined
  if (json !== undefined && json !== "{}") return json
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name
  return typeof name === "string" && name !== "" && name !== "Object"
    ? `an object of class ${name}`
    : (json ?? "undefined")
}

function describeFunction(value: object): string {
  const { name } = value as { name?: unknown }
  const kind = Function.prototype.toString.call(value).startsWith("class") ? "class" : "function"
  return typeof name === "string" && name !== "" ? `the ${kind} ${name}` : `a ${kind}`
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
