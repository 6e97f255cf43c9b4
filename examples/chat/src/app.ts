import { defineModule, ToniFactory, type Logger, type ToniApplication } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter, type NodeServer } from "toni/node"
import { ChatModule } from "./chat/chat.module.ts"
import { RoomsModule } from "./rooms/rooms.module.ts"
import { SecureModule } from "./secure/secure.module.ts"
import { pageHandler } from "./site/page-handler.ts"

const AppModule = defineModule({ name: "AppModule", imports: [ChatModule, SecureModule, RoomsModule] })

/** The gateways print what there is to say; of toni's own log, what went wrong is enough. */
const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields, message) => console.warn(message, fields),
  error: (fields, message) => console.error(message, fields),
}

/** The whole example: the page on `/`, gateways on `/chat`, `/secure` and `/rooms/:room`. It does not listen yet. */
export async function createChatApp(): Promise<ToniApplication<NodeServer>> {
  const app = await ToniFactory.create(AppModule, new NodeHttpAdapter(pageHandler()), { logger })
  return app.useWebSocketAdapter(new NodeWebSocketAdapter())
}
