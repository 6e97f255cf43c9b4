import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"

/** Serves gateways as the README does. */
export async function serve(...providers) {
  const app = await ToniFactory.create(defineModule({ name: "Bench", providers }), new NodeHttpAdapter())
  app.useWebSocketAdapter(new NodeWebSocketAdapter())
  await app.listen(Number(process.env.PORT), "127.0.0.1")
  console.log("ready")
}
