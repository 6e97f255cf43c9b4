// A process that is told to end while it starts. Its start goes on when something comes on its input.
import { once } from "node:events"
import { defineModule, ToniFactory } from "toni"
import { NodeHttpAdapter } from "toni/node"

class Migrations {
  async onModuleInit() {
    console.log("Starting")
    await once(process.stdin, "data")
    process.stdin.destroy()
  }
}

const AppModule = defineModule({ name: "AppModule", providers: [Migrations] })
const app = await ToniFactory.create(AppModule, new NodeHttpAdapter())
app.closeOnSignals({ onClosed: (_report, signal) => console.log(`Over by ${signal}`) })
const { port } = await app.listen(0, "127.0.0.1")
console.log(`Awaited ${port > 0}`)
