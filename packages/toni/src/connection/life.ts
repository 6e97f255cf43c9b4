import type { Timer } from "../clock.ts"
import type { DisconnectReason } from "../message/disconnect-reason.ts"
import type { ConnectionHost, ConnectionKind, HostedConnection } from "./connection-host.ts"
import type { WsMessage } from "../message/ws-message.ts"
import type { WsClient } from "./ws-client.ts"
import { isThenable, whenSettled } from "../user-code.ts"
import { hookAbandoned, hookTooLate } from "./hook-timeouts.ts"
import { Mailbox, type MailboxLimits, type MailboxOwner } from "./mailbox.ts"

/** Whose life it is. */
export interface LifeOwner extends HostedConnection {
  readonly host: ConnectionHost
  readonly kind: ConnectionKind
  /** Another number for each read of the socket. */
  readonly reads: number
  /** What hooks are handed (rule G14b). */
  readonly client: WsClient
  /** Whether an error of a hook means that it has stopped, because `client.signal` said so (rule G16a). */
  isStop(error: unknown): boolean
  /** `onConnect` has failed, and the socket is not gone: it is to be closed (rule G11b). */
  connectFailed(): void
  pauseReading(): void
  resumeReading(): void
}

/** Which hook is running or comes next; `over`: none. */
type Stage = "connect" | "message" | "disconnect" | "over"

/**
 * The hooks of one connection in their order: `onConnect`, then messages, then, when the socket is gone and the last
 * handler has settled, `onDisconnect` (rules G11 and G13). None is waited for longer than its deadline; whatever one
 * throws or rejects with is reported, however late (rule G16a).
 */
export class Life implements MailboxOwner {
  readonly #owner: LifeOwner
  readonly #mailbox: Mailbox
  #stage: Stage = "connect"
  /** Why the socket is gone; set when it is. */
  #reason: DisconnectReason | undefined
  #isHurried = false
  #deadline: Timer | undefined
  #onIdle: (() => void) | undefined

  constructor(owner: LifeOwner) {
    this.#owner = owner
    this.#mailbox = new Mailbox(this)
  }

  /** Runs `onConnect`; messages are let through when it has settled (rule G11a). */
  begin(): void {
    const { hooks, options } = this.#owner.kind
    this.#run("connect", options.connectTimeout, () => hooks.onConnect?.(this.#owner.client))
  }

  /** A message has come; its handler runs when it is its turn. */
  take(message: WsMessage): void {
    this.#mailbox.push(message)
  }

  /** Why the socket is gone, once it is. */
  get reason(): DisconnectReason | undefined {
    return this.#reason
  }

  /** Forgets messages that wait, counts them, and answers how many; handlers that run go on (rule G13b). */
  drop(): number {
    const dropped = this.#mailbox.drop()
    this.#owner.host.counters.dropped += dropped
    return dropped
  }

  /** The socket is gone; `end` follows. */
  gone(reason: DisconnectReason): void {
    this.#reason = reason
  }

  /** What is running and queued settles, then `onDisconnect` runs (rules G13a–c). */
  end(): void {
    if (this.#stage === "over") this.#release()
    else if (this.#stage === "message") this.#settle()
    else if (this.#isHurried) this.#giveUp()
  }

  /** Waits for no hook any more: neither for one that is running, once the socket is gone, nor for one to come. */
  hurry(): void {
    this.#isHurried = true
    if (this.#reason !== undefined) this.#giveUp()
  }

  /** Resolves when no message is queued or being handled, and `onConnect` does not run. */
  whenIdle(): Promise<void> {
    if (this.#isIdle) return Promise.resolve()
    this.#mailbox.watch()
    return new Promise((resolve) => (this.#onIdle = resolve))
  }

  // ── the mailbox's owner ──────────────────────────────────────────────────────────────────────────────────────────

  get limits(): MailboxLimits {
    return this.#owner.kind.options
  }

  get reads(): number {
    return this.#owner.reads
  }

  handle(message: WsMessage): unknown {
    return this.#owner.kind.hooks.onMessage(this.#owner.client, message)
  }

  failed(error: unknown): void {
    this.#report(error, "message")
  }

  /** Whoever waits behind a handler that has settled gets its own time (rule G13c). */
  progressed(): void {
    if (this.#reason !== undefined && this.#stage === "message") this.#settle()
  }

  ignored(answer: unknown): void {
    this.#owner.host.ignored(answer, this.#owner)
  }

  full(): void {
    this.#owner.pauseReading()
  }

  drained(): void {
    this.#owner.resumeReading()
  }

  idle(): void {
    if (!this.#isIdle) return
    this.#onIdle?.()
    if (this.#reason !== undefined && this.#stage === "message") this.#leave()
  }

  // ── its stages ───────────────────────────────────────────────────────────────────────────────────────────────────

  get #isIdle(): boolean {
    return this.#stage !== "connect" && this.#mailbox.isIdle
  }

  #run(stage: "connect" | "disconnect", timeout: number, hook: () => unknown): void {
    try {
      const running = hook()
      if (!isThenable(running)) return this.#succeeded(stage)
      this.#deadline = this.#owner.host.clock.after(timeout, () => this.#giveUp())
      whenSettled(
        running,
        () => this.#succeeded(stage),
        (error: unknown) => this.#failed(stage, error),
      )
    } catch (error) {
      this.#failed(stage, error)
    }
  }

  #succeeded(stage: Stage): void {
    if (this.#stage !== stage) return
    this.#deadline?.cancel()
    if (stage === "disconnect") return this.#release()
    this.#stage = "message"
    this.#mailbox.open()
    if (this.#reason === undefined) this.idle()
    else this.#settle()
  }

  #failed(stage: "connect" | "disconnect", error: unknown): void {
    this.#report(error, stage)
    if (this.#stage !== stage) return
    this.#deadline?.cancel()
    this.#stage = "over"
    if (this.#reason === undefined) this.#owner.connectFailed()
    else this.#release()
  }

  #report(error: unknown, phase: "connect" | "message" | "disconnect"): void {
    if (this.#owner.isStop(error)) this.#owner.host.counters.stopped++
    else this.#owner.host.report(error, phase, this.#owner)
  }

  #settle(): void {
    this.#deadline?.cancel()
    if (this.#mailbox.isIdle) this.#leave()
    else if (this.#isHurried) this.#giveUp()
    else this.#deadline = this.#owner.host.clock.after(this.#owner.kind.options.settleTimeout, () => this.#giveUp())
  }

  #giveUp(): void {
    const stage = this.#stage
    if (stage === "over") return
    const { options } = this.#owner.kind
    if (stage === "connect" && this.#reason === undefined) return this.#failed(stage, hookTooLate(options))
    const hooks = stage === "message" ? this.#mailbox.running : 1
    const error = hookAbandoned(stage, hooks, this.drop(), this.#isHurried, options)
    this.#owner.host.abandoned(hooks)
    this.#owner.host.report(error, stage, this.#owner)
    if (stage === "message") this.#leave()
    else this.#release()
  }

  #leave(): void {
    const { hooks, options } = this.#owner.kind
    this.#deadline?.cancel()
    this.#stage = "disconnect"
    const reason = this.#reason as DisconnectReason
    this.#run("disconnect", options.settleTimeout, () => hooks.onDisconnect?.(this.#owner.client, reason))
  }

  #release(): void {
    this.#deadline?.cancel()
    this.#stage = "over"
    this.drop()
    this.#onIdle?.()
    this.#owner.host.released(this.#owner)
  }
}
