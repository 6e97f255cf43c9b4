// `toni/conformance`: what every WebSocket adapter owes, as scenarios that any test runner can run.
export { scenarios } from "./scenarios.ts"
export { runScenario } from "./stage.ts"
export type { ConformanceHost, Scenario, Served, ServeOptions, Stage } from "./scenario.ts"
