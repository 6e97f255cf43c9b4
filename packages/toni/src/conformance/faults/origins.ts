import type { Fault } from "../broken-adapter.ts"
import { loses, misreads, misrefuses, neverRefuses } from "./mistakes.ts"

/** Says that every request comes from itself, as an adapter does that asks the wrong end of the socket. */
const saysItself = misreads("hands over the server's address for the peer's", () => ({ remoteAddress: "0.0.0.0" }))

/** For each scenario, by title, a mistake that it must notice. */
export const origins: Readonly<Record<string, Fault>> = {
  "G8a G8b: a page may connect to its own host, whatever the scheme and default port": loses("host"),
  "G8a: every other page is refused with 403, and the hook is not asked": loses("origin"),
  "G8a: a request without Origin is not from a browser and passes": misreads(
    "adds an empty Origin",
    ({ rawHeaders }) => ({ rawHeaders: [...rawHeaders, "Origin", ""] }),
  ),
  "G8a: a list admits exactly what it names": neverRefuses,
  'G8a: "any" admits every page': loses("origin"),
  "G8a G16b: a function judges; one that throws admits nobody and is reported": neverRefuses,
  "G8a: a list and a function may let in pages that have no origin of their own": misreads(
    "takes an origin that is none for no origin at all",
    ({ rawHeaders }) => ({ rawHeaders: rawHeaders.map((text) => (text === "null" ? "" : text)) }),
  ),
  "G8b: an app that claims the server's name under a scheme of its own is foreign": neverRefuses,
  "G8a G16b: a function that answers a promise admits nobody, and it is reported": neverRefuses,
  "G8b: the log line of a refusal names both values and the setting": misreads(
    "masks what it takes for a secret",
    ({ rawHeaders }) => ({ rawHeaders: rawHeaders.map((text) => text.replace("evil.example", "e***.example")) }),
  ),
  "G8b: without trustProxy, forwarding headers say nothing": misreads(
    "believes X-Forwarded-For by itself",
    ({ rawHeaders, remoteAddress }) => ({
      remoteAddress: rawHeaders[rawHeaders.indexOf("x-forwarded-for") + 1] ?? remoteAddress,
    }),
  ),
  "G8b: behind a trusted proxy, X-Forwarded-Host is the host": saysItself,
  "G8b: an address comes from as far as proxies are trusted, and no further": loses("x-forwarded-for"),
  "G8b: a peer that is not one of the proxies is not believed": misrefuses("takes 403 for 401", () => ({
    status: 401,
  })),
}
