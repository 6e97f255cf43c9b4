import { defineModule } from "toni"
import { ChatGateway } from "./chat.gateway.ts"
import { Greeter } from "./greeter.ts"

export const ChatModule = defineModule({ name: "ChatModule", providers: [Greeter, ChatGateway] })
