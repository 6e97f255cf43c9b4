import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { NumbersGateway, PointerGateway, StrictGateway, TickerGateway, UploadGateway } from "./gateways.ts"

const AppModule = defineModule({
  name: "AppModule",
  providers: [UploadGateway, NumbersGateway, StrictGateway, TickerGateway, PointerGateway],
})

// #region metrics
const http = new NodeHttpAdapter((_request, response) => {
  const { connections, pendingBytes, discarded, closes } = app.metrics()
  response.end(JSON.stringify({ connections, pendingBytes, discarded, slow: closes["slow-consumer"] ?? 0 }))
})
// #endregion

const app = await ToniFactory.create(AppModule, http)

// #region defaults
app.useWebSocketAdapter(new NodeWebSocketAdapter(), {
  maxConnections: 10_000,
  maxConnectionsPerAddress: 100,
  heartbeat: { interval: 20_000, timeout: 5_000 },
})
// #endregion

// #region effective
for (const { path, options } of app.gateways) {
  console.log(`${path} takes ${options.maxPayload} bytes from ${options.maxConnections} clients`)
}
// #endregion

await app.listen(3000, "127.0.0.1")
