import type { Fault } from "../broken-adapter.ts"
import { contexts as scenarios, tenants } from "../scenarios/contexts.ts"

const tellsInAContext: Fault = {
  title: "tells what comes in the context of another client",
  events: (events) => ({
    message: (data, text) => tenants.run("somebody", () => events.message(data, text)),
    closed: (end) => tenants.run("somebody", () => events.closed(end)),
  }),
}

/** For each scenario, by title, a mistake that it must notice. */
export const contexts: Readonly<Record<string, Fault>> = Object.fromEntries(
  scenarios.map(({ title }) => [title, tellsInAContext]),
)
