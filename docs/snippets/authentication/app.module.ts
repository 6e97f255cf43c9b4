import { defineModule } from "toni"
import { CookieGateway, FactsGateway, SpeakingGateway, WidgetGateway } from "./other.gateways.ts"
import { RenewingGateway, SecureGateway } from "./secure.gateway.ts"
import { Tokens } from "./tokens.ts"

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
