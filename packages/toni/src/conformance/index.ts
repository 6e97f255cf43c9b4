// `toni/conformance`: what every WebSocket adapter owes, as scenarios that any test runner can run.
export { scenarios } from "./scenarios.ts"
export { appliesTo } from "./scenario.ts"
export { runScenario } from "./stage.ts"
export type { Capability, ConformanceHost, Scenario, Served, ServeOptions, Stage } from "./scenario.ts"
