import {
  defineModule,
  Token,
  ToniFactory,
  type ErrorContext,
  type Gateway,
  type GatewayOptions,
  type ListenTarget,
  type LogFields,
  type ToniApplication,
  type WebSocketAdapter,
  type WsClient,
  type WsMessage,
} from "toni"
import { NodeWebSocketAdapter, type NodeHttpAdapter, type NodeServer } from "toni/node"

/** Answers every message with itself; remembers nothing. */
export class Echo implements Gateway {
  readonly path: string
  readonly options: GatewayOptions

  constructor(path = "/chat", options: GatewayOptions = {}) {
    this.path = path
    this.options = options
  }

  onMessage(client: WsClient, message: WsMessage): Promise<boolean | void> {
    return client.send(message)
  }
}

export interface Served extends AsyncDisposable {
  readonly app: ToniApplication<NodeServer>
  readonly port: number
  readonly url: string
  /** The same for WebSockets: `ws://…`. */
  readonly wsUrl: string
  readonly log: readonly (LogFields & { readonly message: string })[]
  readonly errors: readonly (ErrorContext & { readonly error: unknown })[]
}

/** Serves gateways on a free port of the loopback interface, until it is disposed of. */
export async function serve(
  http: NodeHttpAdapter,
  gateways: readonly Gateway[],
  defaults: GatewayOptions = {},
  adapter: WebSocketAdapter<NodeServer> = new NodeWebSocketAdapter(),
  target: ListenTarget = { port: 0, host: "127.0.0.1" },
): Promise<Served> {
  const log: (LogFields & { message: string })[] = []
  const errors: (ErrorContext & { error: unknown })[] = []
  const note = (fields: LogFields, message: string): void => void log.push({ ...fields, message })
  const providers = gateways.map((gateway) => ({ provide: new Token<Gateway>(gateway.path), useValue: gateway }))
  const app = await ToniFactory.create(defineModule({ name: "Test", providers }), http, {
    logger: { debug: note, info: note, warn: note, error: note },
    onError: (error, context) => void errors.push({ ...context, error }),
  })
  app.useWebSocketAdapter(adapter, defaults)
  const { port, url } = await app.listen(target)
  return {
    app,
    port,
    url,
    wsUrl: url.replace("http", "ws"),
    log,
    errors,
    [Symbol.asyncDispose]: async () => void (await app.close({ timeout: 2_000 })),
  }
}
