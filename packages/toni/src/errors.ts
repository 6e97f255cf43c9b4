/**
 * Every error that toni throws, as data: what happened, what to do about it, and what the other end of the
 * connection gets to see.
 */
export interface ErrorEntry {
  readonly message: string
  readonly fix: string
  readonly peer: string
}

/** The closed list of codes; tests and callers match these, never the prose. */
export type ToniErrorCode =
  | "TONI_STARTUP"
  | "TONI_LISTEN"
  | "TONI_NO_ADAPTER"
  | "TONI_LIFECYCLE"
  | "TONI_INJECTION"
  | "TONI_NOT_PROVIDED"
  | "TONI_BAD_ARGUMENT"
  | "TONI_BAD_OPTION"
  | "TONI_BAD_CLOSE_CODE"
  | "TONI_BAD_JSON"
  | "TONI_NO_METADATA"
  | "TONI_TOO_MANY_TOPICS"
  | "TONI_HOOK_TIMEOUT"
  | "TONI_NOT_OFFERED"

export const errorTable: Readonly<Record<ToniErrorCode, ErrorEntry>> = {
  TONI_STARTUP: {
    message: "The application cannot start",
    fix: "Mend what is listed; every problem found is in the list.",
    peer: "nothing: no port was opened",
  },
  TONI_LISTEN: {
    message: "The server could not listen",
    fix: "Choose another port (0 lets the system choose one), or end the program that holds this one.",
    peer: "nothing: no port was opened",
  },
  TONI_NO_ADAPTER: {
    message: "There are gateways but no WebSocket adapter to serve them",
    fix: "Call app.useWebSocketAdapter(new NodeWebSocketAdapter()) before app.listen().",
    peer: "nothing: no port was opened",
  },
  TONI_LIFECYCLE: {
    message: "The application is not in the state that this call needs",
    fix: "The order is create, useWebSocketAdapter, listen, close; each at most once.",
    peer: "nothing",
  },
  TONI_INJECTION: {
    message: "inject() was called where nothing can be injected",
    fix: "Call inject() in a field initialiser, a constructor, or a factory before its first await.",
    peer: "nothing: no port was opened",
  },
  TONI_NOT_PROVIDED: {
    message: "Nothing provides what was asked for",
    fix: "List it in the providers of a module that the application imports.",
    peer: "nothing",
  },
  TONI_BAD_ARGUMENT: {
    message: "An argument is not of the form that this call takes",
    fix: "Pass what the signature in the documentation names.",
    peer: "nothing: the connection stays as it is",
  },
  TONI_BAD_OPTION: {
    message: "An option has a value that it cannot have",
    fix: "Correct the option that is named, or leave it out to have its default.",
    peer: "nothing: no port was opened",
  },
  TONI_BAD_CLOSE_CODE: {
    message: "A close code must be 1000, 1001, 1003, 1007–1009, 1011–1014 or 3000–4999",
    fix: "Use 4000–4999 for the meanings of your own application.",
    peer: "nothing: the connection stays as it is",
  },
  TONI_BAD_JSON: {
    message: "The message is not JSON",
    fix: "Catch this error, or read the message with asText().",
    peer: "nothing: the connection stays as it is",
  },
  TONI_NO_METADATA: {
    message: "The client has no metadata under that token",
    fix: "Set it in onHandshake with handshake.setMetadata(), or read it with getMetadata(), which may answer undefined.",
    peer: "nothing: the connection stays as it is",
  },
  TONI_TOO_MANY_TOPICS: {
    message: "The client follows as many topics as it may",
    fix: "Unsubscribe from some, or raise the gateway option maxTopics.",
    peer: "nothing: the connection stays as it is",
  },
  TONI_HOOK_TIMEOUT: {
    message: "A hook took longer than it may",
    fix: "Make the hook settle sooner, or raise the option that is named.",
    peer: "503 in the handshake, close code 1011 at connect, nothing afterwards",
  },
  TONI_NOT_OFFERED: {
    message: "The handshake accepted a subprotocol that the client did not offer",
    fix: "Choose one of handshake.protocols.",
    peer: "500",
  },
}

/** One thing that keeps an application from starting (rule G2a). */
export interface StartupProblem {
  /** What kind of problem it is; stable, for tests and tools. */
  readonly kind: StartupProblemKind
  /** The module in which it was found. */
  readonly module: string
  /** Who asked for whom, from the outermost dependent to the culprit; empty where nobody asked. */
  readonly chain: readonly string[]
  /** What is wrong, in one sentence. */
  readonly message: string
  /** What to do about it, in one sentence. */
  readonly fix: string
  /** What was thrown, where a provider threw. */
  readonly cause?: unknown
}

export type StartupProblemKind =
  | "unknown-dependency"
  | "not-exported"
  | "ambiguous-dependency"
  | "cycle"
  | "duplicate-provider"
  | "duplicate-module"
  | "unknown-export"
  | "bad-module"
  | "bad-provider"
  | "provider-failed"
  | "unmatched-override"
  | "misnamed-hook"
  | "not-a-gateway"
  | "duplicate-path"
  | "bad-path"
  | "bad-option"

/** What is known about a `ToniError` beyond its code. */
export interface ToniErrorOptions {
  readonly cause?: unknown
  /** What to do in this case, one sentence. Default: the fix that the table has for the code. */
  readonly fix?: string
  readonly problems?: readonly StartupProblem[]
}

/**
 * The one error class of toni. `code` says which row of the table it is; the message says what happened, where, and
 * what to do.
 */
export class ToniError extends Error {
  override readonly name = "ToniError"
  readonly code: ToniErrorCode
  /** What to do about it. */
  readonly fix: string
  /** With `TONI_STARTUP`: every problem that was found (rule G2a). Otherwise empty. */
  readonly problems: readonly StartupProblem[]

  /** A code that the table does not have, or a text that is none, throws `TONI_BAD_ARGUMENT`. */
  constructor(code: ToniErrorCode, detail: string, options: ToniErrorOptions = {}) {
    const { text, fix, problems, cause } = contents(code, detail, options)
    super(text, cause === undefined ? {} : { cause })
    this.code = code
    this.fix = fix
    this.problems = problems
  }
}

/** What `create` and `init` reject with: all problems together (rule G2a). */
export function startupError(problems: readonly StartupProblem[]): ToniError {
  const count = problems.length === 1 ? "1 problem was found." : `${problems.length} problems were found.`
  return new ToniError("TONI_STARTUP", count, { problems })
}

function contents(
  code: ToniErrorCode,
  detail: string,
  options: ToniErrorOptions,
): { text: string; fix: string; problems: readonly StartupProblem[]; cause: unknown } {
  try {
    if (typeof code === "string" && Object.hasOwn(errorTable, code) && typeof detail === "string") {
      const { message, fix: usual } = errorTable[code]
      const fix = options.fix ?? usual
      const problems = options.problems ?? []
      const list = problems.map((problem, index) => `\n\n${index + 1}. ${describe(problem)}`).join("")
      const cause = "cause" in options ? options.cause : problems.find((problem) => "cause" in problem)?.cause
      const text = list === "" ? `${message}: ${detail} ${fix} [${code}]` : `${message}: ${detail} [${code}]${list}`
      return { text, fix, problems, cause }
    }
  } catch {
    // Options that cannot be read are as wrong as a code that does not exist.
  }
  throw new ToniError("TONI_BAD_ARGUMENT", "A ToniError takes a code of its table, a text, and options.")
}

function describe({ module, chain, message, fix }: StartupProblem): string {
  const path = chain.length > 1 ? `\n   path: ${chain.join(" → ")}` : ""
  return `${message}\n   module: ${module}${path}\n   fix: ${fix}`
}
