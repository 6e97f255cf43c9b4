import type { HostedConnection, TopicFollowing } from "../connection/connection-host.ts"
import type { SendOptions, WsClient } from "../connection/ws-client.ts"
import { ToniError } from "../errors.ts"
import type { WsMessage } from "../message/ws-message.ts"
import { Roster } from "../roster.ts"
import { TopicIndex } from "./topic-index.ts"

export interface PublishOptions extends SendOptions {
  /** Clients that do not get the message. */
  readonly except?: Iterable<Pick<WsClient, "id">> | undefined
}

/** Whom a command concerns: one client, or all followers of a topic. */
export type Audience = { readonly client: string } | { readonly topic: string }

const done: Promise<void> = Promise.resolve()
/** The longest name of a topic, in UTF-16 units: a bound for what a peer can make us keep. */
const longestTopic = 1_024

/** The clients of this node and what they follow: what `Hub` and every client's topic methods work on. */
export class LocalHub implements TopicFollowing {
  readonly #topics = new TopicIndex<HostedConnection>()
  readonly #clients = new Roster<string, HostedConnection>()

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

  /** All of them or, when one follows as many topics as it may, none. */
  subscribeAll(connections: readonly HostedConnection[], topic: string): Promise<void> {
    checkTopic(topic)
    const joining = connections.filter(({ isGone, followed }) => !isGone && !followed?.has(topic))
    const full = joining.find(({ followed, maxTopics }) => (followed?.size ?? 0) >= maxTopics)
    if (full) throw new ToniError("TONI_TOO_MANY_TOPICS", `${full.id} follows ${full.followed?.size}, its maxTopics.`)
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
    const volatile = options?.volatile === true
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
    if ("topic" in audience) return [...this.followersOf(audience.topic)]
    const connection = this.#clients.get(audience.client)
    return connection ? [connection] : []
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
  const volatile = options?.volatile === true
  const except = options?.except && new Set([...options.except].map(({ id }) => id))
  message.encode()
  for (const connection of connections) {
    if (!except?.has(connection.id)) connection.offer(message, volatile, true)
  }
}

/** Throws `TONI_BAD_ARGUMENT` for what is no topic. */
export function checkTopic(topic: string): void {
  if (typeof topic === "string" && topic.length > 0 && topic.length <= longestTopic) return
  throw new ToniError("TONI_BAD_ARGUMENT", `A topic is a string of 1 to ${longestTopic} characters.`)
}
