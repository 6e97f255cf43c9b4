import { ToniFactory } from "toni"
import { NodeHttpAdapter } from "toni/node"
import { BrokenModule } from "./broken.module.ts"

await ToniFactory.create(BrokenModule, new NodeHttpAdapter())
