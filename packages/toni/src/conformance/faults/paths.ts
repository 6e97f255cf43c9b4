import type { Fault } from "../broken-adapter.ts"
import { misreads, misrefuses } from "./mistakes.ts"

/** For each scenario, by title, a mistake that it must notice. */
export const paths: Readonly<Record<string, Fault>> = {
  "G4: a path is the same with and without a slash at its end": misreads(
    "puts a second slash behind a path that has one",
    ({ target }) => ({ target: target.replace(/\/$/, "//") }),
  ),
  "G4: a static segment comes before a parameter": misreads("cuts a path behind its first segment", ({ target }) => ({
    target: target.split("/").slice(0, 2).join("/"),
  })),
  "G4: parameters arrive decoded, in the hook and at the client": misreads(
    "decodes the target before it hands it over",
    ({ target }) => ({ target: decodeURIComponent(target) }),
  ),
  "G4 G5a: a parameter that is not well encoded is answered with 400": misreads(
    "repairs what is not well encoded",
    ({ target }) => ({ target: target.replaceAll("%", "%25") }),
  ),
  "G4 G5a: paths are compared as they stand: nothing is resolved, decoded or folded": misreads(
    "resolves dot segments as a browser does",
    ({ target }) => ({ target: new URL(`http://localhost${target}`).pathname }),
  ),
  "G4 G8b: a request target in absolute form is a path, and names the host (RFC 9112 section 3.2.2)": misreads(
    "takes the host out of the request target",
    ({ target }) => ({ target: target.replace(/^http:\/\/[^/]*/, "") }),
  ),
  "G4 G5a: a request target that is not a path is answered with 400": misrefuses("takes 400 for 404", ({ status }) => ({
    status: status === 400 ? 404 : status,
  })),
  "G4 G6a: the query takes no part in finding the gateway, and the hook reads it": misreads(
    "cuts the query off",
    ({ target }) => ({ target: target.replace(/\?.*/, "") }),
  ),
}
