import { defineModule, inject, Token, type Gateway, type OnModuleInit, type WsClient } from "toni"
import { Database, DataModule } from "./data.module.ts"
import { ConfigModule, Version } from "./global.ts"

export class Audit {
  record(line: string) {
    console.log(`audit: ${line}`)
  }
}

// #region token
export interface History {
  latest(): readonly string[]
}

export const History = new Token<History>("History")
// #endregion

// #region hooks
export class ChatHistory implements History, OnModuleInit {
  readonly #database = inject(Database)
  #lines: string[] = []

  onModuleInit() {
    this.#lines = [`read from ${this.#database.url}`]
    console.log("history is ready")
  }

  latest() {
    return this.#lines
  }
}
// #endregion

// #region inject
export class ChatGateway implements Gateway {
  readonly path = "/chat"
  readonly #history = inject(History)
  readonly #version = inject(Version) // from a global module
  readonly #audit = inject(Audit, { optional: true }) // Audit | undefined

  async onConnect(client: WsClient) {
    await client.send(`chat ${this.#version}`)
    for (const line of this.#history.latest()) await client.send(line)
    this.#audit?.record(`${client.id} came`)
  }

  onMessage() {}
}
// #endregion

// #region chat-module
export const ChatModule = defineModule({
  name: "ChatModule",
  imports: [DataModule],
  providers: [ChatGateway, { provide: History, useClass: ChatHistory }],
})
// #endregion

export const AppModule = defineModule({ name: "AppModule", imports: [ConfigModule, ChatModule] })
