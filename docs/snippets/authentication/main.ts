import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { CookieGateway, FactsGateway, SpeakingGateway, WidgetGateway } from "./other.gateways.ts"
import { RenewingGateway, SecureGateway } from "./secure.gateway.ts"
import { Tokens } from "./tokens.ts"

// #region module
export const AppModule = defineModule({
  name: "AppModule",
  providers: [
    { provide: Tokens, useValue: new Tokens(process.env["SECRET"] ?? "only for development") },
    SecureGateway,
    RenewingGateway,
    FactsGateway,
    CookieGateway,
    WidgetGateway,
    SpeakingGateway,
  ],
})
// #endregion

const app = await ToniFactory.create(AppModule, new NodeHttpAdapter())
app.useWebSocketAdapter(new NodeWebSocketAdapter())
await app.listen(3000, "127.0.0.1")
