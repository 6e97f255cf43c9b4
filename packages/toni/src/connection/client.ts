import type { Token } from "../di/token.ts"
import type { Sendable } from "../message/ws-message.ts"
import type { SendOptions, WsClient } from "./ws-client.ts"

/**
 * A connection as it is handed to gateways: the members of `WsClient` and no others, so that nobody reaches by accident
 * what keeps the connection going (rule G14b).
 */
export class Client implements WsClient {
  readonly #connection: WsClient

  constructor(connection: WsClient) {
    this.#connection = connection
  }

  get id(): string {
    return this.#connection.id
  }

  get path(): string {
    return this.#connection.path
  }

  get params(): Readonly<Record<string, string>> {
    return this.#connection.params
  }

  get protocol(): string {
    return this.#connection.protocol
  }

  get remoteAddress(): string {
    return this.#connection.remoteAddress
  }

  get isOpen(): boolean {
    return this.#connection.isOpen
  }

  get bufferedAmount(): number {
    return this.#connection.bufferedAmount
  }

  get signal(): AbortSignal {
    return this.#connection.signal
  }

  send(message: Sendable, options?: SendOptions): Promise<boolean> {
    return this.#connection.send(message, options)
  }

  flushed(): Promise<void> {
    return this.#connection.flushed()
  }

  close(code?: number, reason?: string): Promise<void> {
    return this.#connection.close(code, reason)
  }

  terminate(): void {
    this.#connection.terminate()
  }

  getMetadata<T>(token: Token<T>): T | undefined {
    return this.#connection.getMetadata(token)
  }

  requireMetadata<T>(token: Token<T>): T {
    return this.#connection.requireMetadata(token)
  }

  setMetadata<T>(token: Token<T>, value: NoInfer<T>): void {
    this.#connection.setMetadata(token, value)
  }

  extend(expiresAt: Date | number): void {
    this.#connection.extend(expiresAt)
  }

  subscribe(topic: string): Promise<void> {
    return this.#connection.subscribe(topic)
  }

  unsubscribe(topic: string): Promise<void> {
    return this.#connection.unsubscribe(topic)
  }

  get topics(): ReadonlySet<string> {
    return this.#connection.topics
  }

  publish(topic: string, message: Sendable, options?: SendOptions): Promise<void> {
    return this.#connection.publish(topic, message, options)
  }

  static {
    // What Node calls to print it: what tells it from others.
    Object.defineProperty(this.prototype, Symbol.for("nodejs.util.inspect.custom"), { value: print })
  }
}

function print(
  this: Client,
  _depth: number,
  options: object,
  show: (value: object, options: object) => string,
): string {
  const { id, path, topics } = this
  return `WsClient ${show({ id, path, topics }, options)}`
}
