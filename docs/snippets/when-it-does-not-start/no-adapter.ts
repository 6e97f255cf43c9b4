import { ToniFactory } from "toni"
import { NodeHttpAdapter } from "toni/node"
import { ChatModule } from "../getting-started/chat.module.ts"

const app = await ToniFactory.create(ChatModule, new NodeHttpAdapter())
await app.listen(3000)
