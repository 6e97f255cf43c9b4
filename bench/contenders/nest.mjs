// What a compiler makes of Nest's decorators, written by hand.
import "reflect-metadata"
import { Module } from "@nestjs/common"
import { NestFactory } from "@nestjs/core"
import { WsAdapter } from "@nestjs/platform-ws"
import { MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from "@nestjs/websockets"

class Echo {
  async onEcho(data) {
    return { event: "echo", data }
  }
}
decorate(Echo, "onEcho", SubscribeMessage("echo"))
WebSocketGateway({ path: "/echo" })(Echo)

class Chat {
  onChat(data) {
    const text = JSON.stringify({ event: "chat", data })
    this.server.clients.forEach((client) => client.send(text))
  }
}
decorate(Chat, "onChat", SubscribeMessage("chat"))
WebSocketServer()(Chat.prototype, "server")
WebSocketGateway({ path: "/chat" })(Chat)

function decorate({ prototype }, name, decorator) {
  MessageBody()(prototype, name, 0)
  decorator(prototype, name, Object.getOwnPropertyDescriptor(prototype, name))
}

class AppModule {}
Module({ providers: [Echo, Chat] })(AppModule)

const app = await NestFactory.create(AppModule, { logger: ["error", "warn"] })
app.useWebSocketAdapter(new WsAdapter(app))
await app.listen(Number(process.env.PORT), "127.0.0.1")
console.log("ready")
