import { createServer } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { ToniFactory } from "toni"
import { NodeHttpAdapter, NodeWebSocketAdapter } from "toni/node"
import { ChatModule } from "../getting-started/chat.module.ts"

const other = createServer().listen(0, "127.0.0.1")
await once(other, "listening")
const { port } = other.address() as AddressInfo

const app = await ToniFactory.create(ChatModule, new NodeHttpAdapter())
app.useWebSocketAdapter(new NodeWebSocketAdapter())
await app.listen(port, "127.0.0.1")
