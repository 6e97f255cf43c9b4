import type { ListenTarget } from "../adapter/http-adapter.ts"
import { copyOfOptions } from "../checked-options.ts"
import { ToniError } from "../errors.ts"
import { showValue } from "../show-value.ts"

type Unchecked = { readonly [name in keyof ListenTarget]: unknown }

const known = ["port", "host", "path", "reusePort"]

/** What `listen` was given, checked; a bad one throws `TONI_BAD_ARGUMENT`. */
export function listenTarget(where: unknown, host: unknown): ListenTarget {
  const target: Unchecked =
    typeof where === "object" && where !== null ? readOptions(where, host) : { port: where, host }
  const { port, path, reusePort } = target
  const named = target.host
  if (path !== undefined) {
    if (typeof path !== "string" || path === "")
      throw bad(`The path of a Unix socket is a string; got ${showValue(path)}.`, 'Pass { path: "/run/my.sock" }.')
    if (port !== undefined || named !== undefined || reusePort !== undefined)
      throw bad("A Unix socket has a path alone.", "Pass { path }, or { port, host, reusePort }.")
    return { path }
  }
  if (typeof port !== "number" || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw bad(`A port is a whole number from 0 to 65535; got ${showValue(port)}.`, fixForPort(port))
  if (typeof named === "function") throw bad("listen() takes no callback.", "Await it: await app.listen(3000).")
  if (named !== undefined && (typeof named !== "string" || named === ""))
    throw bad(
      `A host is an address or a name; got ${showValue(named)}.`,
      'Pass a string such as "127.0.0.1", or leave it away to listen on all addresses.',
    )
  if (reusePort !== undefined && typeof reusePort !== "boolean")
    throw bad(`reusePort is true or false; got ${showValue(reusePort)}.`, "Pass { port, reusePort: true }.")
  return { port, host: named, reusePort }
}

/** The error of a `listen` that failed, with what to do in its case. */
export function listenError(cause: unknown, { port, host, path }: ListenTarget): ToniError {
  if (cause instanceof ToniError) return cause
  const where = path ?? `${host ?? "every address"}, port ${port}`
  const why = cause instanceof Error ? cause.message : showValue(cause)
  const { code } = (cause ?? {}) as { readonly code?: unknown }
  const fixes = path === undefined ? portFixes : pathFixes
  const fix = (typeof code === "string" && fixes[code]) || "The cause, from the system, says what is wrong."
  return new ToniError("TONI_LISTEN", `${where}: ${why}.`, { cause, fix })
}

const notResolved = "The host name leads to no address: use one of this machine, or leave host away to listen on all."

const portFixes: Readonly<Record<string, string>> = {
  EADDRINUSE: "Choose another port (0 lets the system choose one), or end the program that holds this one.",
  EACCES: "Choose a port from 1024 up, or give the process the right to open this one.",
  EPERM: "Choose a port from 1024 up, or give the process the right to open this one.",
  ENOTFOUND: notResolved,
  EAI_AGAIN: notResolved,
  EADDRNOTAVAIL: "The host is no address of this machine: use one that is, or leave host away to listen on all.",
  EAFNOSUPPORT: "This machine has no addresses of that kind: use an IPv4 address, or leave host away.",
}

const pathFixes: Readonly<Record<string, string>> = {
  EADDRINUSE: "Delete the file if no program listens on it any more, or choose another path.",
  EACCES: "Choose a folder that this user may write to.",
  EPERM: "Choose a folder that this user may write to.",
  ENOENT: "Create the folder first.",
  EINVAL: "The path is too long for a socket, about 100 bytes: choose a shorter one.",
}

function readOptions(options: object, host: unknown): Unchecked {
  if (host !== undefined) throw bad("listen() takes options alone.", "Pass the host in them: { port, host }.")
  const given = copyOfOptions("listen()", options)
  const stranger = Object.keys(given).find((name) => !known.includes(name))
  if (stranger !== undefined)
    throw bad(`listen() knows no option ${showValue(stranger)}.`, `The options are ${known.join(", ")}.`)
  const { port, host: named, path, reusePort } = given as Unchecked
  return { port, host: named, path, reusePort }
}

function fixForPort(port: unknown): string {
  if (port === undefined) return "Pass a port, listen(3000), or a path, listen({ path }). 0 takes a free port."
  return typeof port === "string" || Number.isNaN(port)
    ? "Turn text into a number where there is one, as in Number(process.env.PORT ?? 3000)."
    : "Pass a number in that range; 0 takes a free port."
}

function bad(detail: string, fix: string): ToniError {
  return new ToniError("TONI_BAD_ARGUMENT", detail, { fix })
}
