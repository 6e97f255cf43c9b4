import type { AcceptTerms, Refusal, UpgradeRequest } from "../../adapter/websocket-adapter.ts"
import type { Fault } from "../broken-adapter.ts"

/** Hands over another request than the one that came. */
export function misreads(title: string, change: (request: UpgradeRequest) => Partial<UpgradeRequest>): Fault {
  return { title, pending: ({ request }) => ({ request: { ...request, ...change(request) } }) }
}

/** Loses a header of the request. */
export function loses(name: string): Fault {
  return misreads(`loses the header ${name}`, ({ rawHeaders }) => ({
    rawHeaders: rawHeaders.filter((_text, index) => rawHeaders[index & ~1]?.toLowerCase() !== name),
  }))
}

/** Refuses otherwise than it was told. */
export function misrefuses(title: string, change: (refusal: Refusal) => Partial<Refusal>): Fault {
  return {
    title,
    pending: (pending) => ({ refuse: (refusal) => pending.refuse({ ...refusal, ...change(refusal) }) }),
  }
}

/** Accepts otherwise than it was told. */
export function misaccepts(title: string, change: (terms: AcceptTerms) => Partial<AcceptTerms>): Fault {
  return {
    title,
    pending: (pending) => ({ accept: (terms, events) => pending.accept({ ...terms, ...change(terms) }, events) }),
  }
}

/** Answers 101 although it was told to refuse. */
export const neverRefuses: Fault = {
  title: "answers 101 although it was told to refuse",
  pending: (pending) => ({
    refuse() {
      const limits = { maxPayload: Infinity, maxFragments: Infinity }
      const ignored = { message() {}, writable() {}, violation() {}, failed() {}, closed() {} }
      pending.accept({ protocol: undefined, headers: [], limits }, ignored)
    },
  }),
}
