import { inject, ToniFactory, type Gateway, type WsClient, type WsMessage } from "toni"
import { Injectable, Module } from "toni/decorators"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"

// #region decorators
@Injectable()
class Greeter {
  greet(name: string) {
    return `Hello, ${name}`
  }
}

@Injectable()
class GreetingGateway implements Gateway {
  readonly path = "/greeting"
  readonly #greeter = inject(Greeter)

  async onMessage(client: WsClient, message: WsMessage) {
    await client.send(this.#greeter.greet(message.asText() ?? "stranger"))
  }
}

@Module({ providers: [Greeter, GreetingGateway] })
class AppModule {}
// #endregion

const app = await ToniFactory.create(AppModule, new NodeHttpAdapter())
app.useWebSocketAdapter(new NodeWebSocketAdapter())
await app.listen(3000, "127.0.0.1")
