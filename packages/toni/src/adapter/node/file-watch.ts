import { closeSync, openSync } from "node:fs"

/** How often it is tried whether files can be opened, in milliseconds. */
const period = 1_000
/** What the codes of the system speak of, by the names that people look for. */
const limits: Readonly<Record<string, string>> = {
  EMFILE: "open files of the process (ulimit -n, LimitNOFILE)",
  ENFILE: "open files of the system (fs.file-max)",
}

/**
 * Tells, once a second, that no file can be opened, with the name of the limit. Node accepts and closes connections then,
 * and says nothing of it. The function that it returns ends the watch; it does not keep the process alive.
 */
export function watchFiles(tell: (limit: string) => void): () => void {
  const timer = setInterval(() => {
    try {
      closeSync(openSync("/", "r"))
    } catch (error) {
      const limit = limits[(error as { readonly code?: string }).code ?? ""]
      if (limit !== undefined) tell(limit)
    }
  }, period)
  timer.unref()
  return () => clearInterval(timer)
}
