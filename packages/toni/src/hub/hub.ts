import type { SendOptions } from "../connection/ws-client.ts"
import { checkCloseCode, CloseCode, cutReason } from "../message/close-code.ts"
import { toMessage, type Sendable } from "../message/ws-message.ts"
import { checkClientId, checkTopic, isVolatile, type Audience, type PublishOptions } from "./arguments.ts"
import { fanOut, type LocalHub } from "./local-hub.ts"

/** One follower of a topic, and the node that it is connected to. */
export interface Follower {
  readonly id: string
  readonly node: string
}

const done: Promise<void> = Promise.resolve()

/**
 * Reaches clients by topic or by id, from anywhere: inject it, or `app.get(Hub)`. On one node everything works with
 * nothing to install; the calls keep their meaning when a backplane joins several nodes.
 *
 * A topic is a name that clients follow or do not follow. Local followers are served within the call, in order, each
 * message encoded once (rules H1–H4). An argument of the wrong form throws `TONI_BAD_ARGUMENT` at the call; what depends
 * on the state of clients rejects, and is reported to `onError` when nobody awaits it (rule H5b).
 */
export class Hub {
  readonly #local: LocalHub
  readonly #node: string

  /** Made by the application; `node` is the name of this process among others. */
  constructor(local: LocalHub, node: string) {
    this.#local = local
    this.#node = node
  }

  /** Sends to everyone who follows the topic. Settles when the other nodes have been told. */
  publish(topic: string, message: Sendable, options?: PublishOptions): Promise<void> {
    fanOut(this.#local.followersOf(topic), toMessage(message), options)
    return done
  }

  /** Sends to every client. */
  broadcast(message: Sendable, options?: PublishOptions): Promise<void> {
    fanOut(this.#local.clients(), toMessage(message), options)
    return done
  }

  /** Sends to one client, on whatever node it is; nothing happens when there is none of that id. */
  send(clientId: string, message: Sendable, options?: SendOptions): Promise<void> {
    checkClientId(clientId)
    const sendable = toMessage(message)
    const volatile = isVolatile(options)
    this.#local.client(clientId)?.offer(sendable, volatile)
    return done
  }

  /** Makes clients follow a topic: all of them; or none, and it rejects with `TONI_TOO_MANY_TOPICS`, when one already follows `maxTopics`. */
  subscribe(audience: Audience, topic: string): Promise<void> {
    return this.#local.subscribeAll(this.#local.audience(audience), topic)
  }

  unsubscribe(audience: Audience, topic: string): Promise<void> {
    checkTopic(topic)
    for (const connection of this.#local.audience(audience)) void this.#local.unsubscribe(connection, topic)
    return done
  }

  /** Closes the connections of clients; see `WsClient.close` for code and reason. */
  disconnect(audience: Audience, code: number = CloseCode.normal, reason = ""): Promise<void> {
    checkCloseCode(code)
    const cut = cutReason(reason)
    for (const connection of this.#local.audience(audience)) void connection.close(code, cut)
    return done
  }

  /** Who follows the topic, on all nodes. */
  followers(topic: string): Promise<readonly Follower[]> {
    return Promise.resolve([...this.#local.followersOf(topic)].map(({ id }) => ({ id, node: this.#node })))
  }

  /** How many follow the topic, on all nodes. */
  count(topic: string): Promise<number> {
    return Promise.resolve(this.#local.followersOf(topic).size)
  }
}
