import { ToniFactory } from "toni"
import { NodeHttpAdapter } from "toni/node"
import { UsersModule } from "./users.module.ts"

const app = await ToniFactory.create(UsersModule, new NodeHttpAdapter())
await app.listen(3000)
