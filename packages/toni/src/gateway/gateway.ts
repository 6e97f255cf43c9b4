import type { WsClient } from "../connection/ws-client.ts"
import type { DisconnectReason } from "../message/disconnect-reason.ts"
import type { WsMessage } from "../message/ws-message.ts"
import type { GatewayOptions } from "./gateway-options.ts"
import type { HandshakeAnswer, WsHandshake } from "./ws-handshake.ts"

/**
 * A class that owns a WebSocket path. List it in the providers of a module: an instance with a `path` and an
 * `onMessage` is a gateway (rule G1a). Every method may be synchronous or return a promise.
 *
 * A method may take the client, or the handshake, of the gateway's own path, `WsClient<"/rooms/:room">`, which types its
 * `params`; that of another path does not compile. It needs `readonly path`, or the path is any string.
 */
export interface Gateway<Path extends string = string> {
  /** Static segments and `:params`, from a leading `/`; a trailing slash does not matter (rule G4). */
  readonly path: Path
  /** Overrides of the application's defaults (rule G20d). What `onModuleInit` sets counts; nothing that is set later. */
  readonly options?: GatewayOptions

  /** Before the upgrade is answered (rules G6–G10): who may come in. */
  onHandshake?(handshake: WsHandshake<this["path"]>): HandshakeAnswer | PromiseLike<HandshakeAnswer>
  /**
   * The client is connected; its messages wait until this settles (rule G11a). When it throws or takes longer than
   * `connectTimeout`, the client is closed with 1011 and there is no `onDisconnect` (rule G11b): do last what
   * `onDisconnect` has to undo.
   */
  onConnect?(client: WsClient<this["path"]>): unknown
  /**
   * One message; the next of this client waits until this settles (rule G12a). What it returns is not sent: answer by
   * `client.send()`.
   */
  onMessage(client: WsClient<this["path"]>, message: WsMessage): void | boolean | PromiseLike<void | boolean>
  /** After the last message; once for every `onConnect` that returned (rule G13a). */
  onDisconnect?(client: WsClient<this["path"]>, reason: DisconnectReason): unknown
}
