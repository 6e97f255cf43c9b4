import type { Clock } from "../clock.ts"
import type { HostedConnection, TopicFollowing } from "../connection/connection-host.ts"
import type { SendOptions } from "../connection/ws-client.ts"
import { ToniError } from "../errors.ts"
import type { WsMessage } from "../message/ws-message.ts"
import { Roster } from "../roster.ts"
import { checkTopic, isVolatile, readAudience, readExcept, type Audience, type PublishOptions } from "./arguments.ts"
import { TopicIndex } from "./topic-index.ts"
import { rejection } from "./unawaited.ts"

export interface HubHost {
  readonly clock: Clock
  /** A call of `subscribe` has failed, and nobody asked for its outcome (rule H5b). MUST NOT throw. */
  unheard(error: ToniError, connection: HostedConnection): void
}

const done: Promise<void> = Promise.resolve()

/** The clients of this node and what they follow: what `Hub` and every client's topic methods work on. */
export class LocalHub implements TopicFollowing {
  readonly #host: HubHost
  readonly #topics = new TopicIndex<HostedConnection>()
  readonly #clients = new Roster<string, HostedConnection>()

  constructor(host: HubHost) {
    this.#host = host
  }

  /** How much is kept; both are zero when all clients are gone (rule H5). */
  get size(): { readonly clients: number; readonly topics: number } {
    return { clients: this.#clients.size, topics: this.#topics.size }
  }

  opened(connection: HostedConnection): void {
    this.#clients.add(connection.id, connection)
  }

  gone(connection: HostedConnection): void {
    this.#clients.delete(connection.id)
    for (const topic of connection.followed ?? []) this.#topics.delete(topic, connection)
  }

  subscribe(connection: HostedConnection, topic: string): Promise<void> {
    return this.subscribeAll([connection], topic)
  }

  /** All of them or, when one follows as many topics as it may, none: then it rejects with `TONI_TOO_MANY_TOPICS`. */
  subscribeAll(connections: readonly HostedConnection[], topic: string): Promise<void> {
    checkTopic(topic)
    const joining = connections.filter(({ isGone, followed }) => !isGone && !followed?.has(topic))
    const full = joining.find(({ followed, maxTopics }) => (followed?.size ?? 0) >= maxTopics)
    if (full) return this.#refuse(full)
    for (const connection of joining) {
      connection.followed ??= new Set()
      connection.followed.add(topic)
      this.#topics.add(topic, connection)
    }
    return done
  }

  unsubscribe(connection: HostedConnection, topic: string): Promise<void> {
    checkTopic(topic)
    if (!connection.isGone && connection.followed?.delete(topic)) this.#topics.delete(topic, connection)
    return done
  }

  publish(
    topic: string,
    message: WsMessage,
    except: HostedConnection,
    options: SendOptions | undefined,
  ): Promise<void> {
    const followers = this.followersOf(topic)
    const volatile = isVolatile(options)
    message.encode()
    for (const follower of followers) if (follower !== except) follower.offer(message, volatile, true)
    return done
  }

  followersOf(topic: string): Iterable<HostedConnection> & { readonly size: number } {
    checkTopic(topic)
    return this.#topics.followersOf(topic) ?? nobody
  }

  client(id: string): HostedConnection | undefined {
    return this.#clients.get(id)
  }

  clients(): Iterable<HostedConnection> {
    return this.#clients
  }

  /** A copy, so that what is done to its members may change who belongs to it. */
  audience(audience: Audience): readonly HostedConnection[] {
    const { client, topic } = readAudience(audience)
    if (topic !== undefined) return [...this.followersOf(topic)]
    const connection = this.#clients.get(client as string)
    return connection ? [connection] : []
  }

  #refuse(full: HostedConnection): Promise<never> {
    const detail = `${full.id} follows ${full.maxTopics}, its maxTopics.`
    const error = new ToniError("TONI_TOO_MANY_TOPICS", detail)
    return rejection(error, this.#host.clock, () => this.#host.unheard(error, full))
  }
}

const nobody: ReadonlySet<never> = new Set<never>()

/**
 * Offers a message to each; nobody is waited for (rule H3), it is encoded once, and nobody's code runs before all have
 * it (rule H4).
 */
export function fanOut(
  connections: Iterable<HostedConnection>,
  message: WsMessage,
  options: PublishOptions | undefined,
): void {
  const volatile = isVolatile(options, true)
  const except = readExcept(options)
  message.encode()
  for (const connection of connections) {
    if (!except?.has(connection.id)) connection.offer(message, volatile, true)
  }
}
