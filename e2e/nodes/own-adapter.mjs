// How somebody with an adapter of his own holds it against the suite, with the test runner that comes with Node.
// oxlint-disable-next-line vitest/no-import-node-test -- this file is run by Node, not by Vitest
import { test } from "node:test"
import { appliesTo, runScenario, scenarios } from "toni/conformance"
import { MemoryHttpAdapter, MemoryWebSocketAdapter } from "toni/testing"

const host = {
  name: "mine",
  httpAdapter: () => new MemoryHttpAdapter(),
  webSocketAdapter: () => new MemoryWebSocketAdapter(),
  connect: (server, _address, target, handshake) => server.connect(target, handshake),
}
const { supports } = host.webSocketAdapter()

for (const scenario of scenarios) {
  const skip = !appliesTo(scenario, supports)
  void test(scenario.title, { skip }, () => runScenario(host, scenario))
}
