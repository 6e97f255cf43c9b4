import { ServerResponse } from "node:http"
import express from "express"
import session from "express-session"
import {
  defineModule,
  Token,
  ToniFactory,
  type Gateway,
  type HandshakeAnswer,
  type WsClient,
  type WsHandshake,
  type WsMessage,
} from "toni"
import { NodeHttpAdapter, nodeRequest, NodeWebSocketAdapter } from "toni/node"

// #region gateway
declare module "express-session" {
  interface SessionData {
    user: string
  }
}

const sessions = session({
  secret: process.env["SECRET"] ?? "only for development",
  resave: false,
  saveUninitialized: false,
})

/** Who is signed in; reads the session as the middleware does for any other request. */
async function userOf(handshake: WsHandshake): Promise<string | undefined> {
  const request = nodeRequest(handshake) as express.Request | undefined
  if (request === undefined) return undefined // not on Node: a test in memory
  const response = new ServerResponse(request) as express.Response // nothing is sent by it
  await new Promise<void>((resolve, reject) => {
    sessions(request, response, (error?: unknown) => (error instanceof Error ? reject(error) : resolve()))
  })
  return request.session.user
}

const User = new Token<string>("User")

class LiveGateway implements Gateway {
  readonly path = "/live"

  async onHandshake(handshake: WsHandshake): Promise<HandshakeAnswer> {
    const user = await userOf(handshake)
    if (user === undefined) return handshake.reject(401, "please sign in")
    handshake.setMetadata(User, user)
    return true
  }

  async onMessage(client: WsClient, message: WsMessage) {
    await client.send(`${client.requireMetadata(User)}: ${message.asText()}`)
  }
}
// #endregion

// #region main
const web = express()
web.use(sessions)
web.post("/sign-in/:user", (request, response) => {
  request.session.user = request.params.user // after you have checked a password
  response.send("welcome")
})

const LiveModule = defineModule({ name: "LiveModule", providers: [LiveGateway] })
const app = await ToniFactory.create(LiveModule, new NodeHttpAdapter(web))
app.useWebSocketAdapter(new NodeWebSocketAdapter())
await app.listen(3000, "127.0.0.1")
// #endregion
