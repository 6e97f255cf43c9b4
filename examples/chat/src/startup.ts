/** The port that the environment asks for, 3000 when it does not; `undefined` when it asks for something else. */
export function readPort(input: string | undefined): number | undefined {
  if (input === undefined || input.trim() === "") return 3000
  const port = /^\s*\d{1,5}\s*$/.test(input) ? Number(input) : NaN
  return port <= 65_535 ? port : undefined
}

export function badPort(input: string | undefined): string {
  return `PORT is ${JSON.stringify(input)}, but a port is a whole number from 0 to 65535.\n${wayOut(3001)}`
}

/** Why the chat does not start, and what to do, in place of a stack trace; `undefined` for what it cannot explain. */
export function whyNotListening(error: unknown, port: number): string | undefined {
  const code = findCode(error)
  const other = port < 65_535 && port >= 1024 ? port + 1 : 3001
  if (code === "EADDRINUSE") return `Port ${port} is taken: another program listens on it.\n${wayOut(other)}`
  if (code === "EACCES") return `Port ${port} is reserved: this user may not listen on it.\n${wayOut(other)}`
  return undefined
}

function wayOut(port: number): string {
  return `Choose another one:  PORT=${port} npm start`
}

function findCode(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && "code" in cause ? String(cause.code) : undefined
}
