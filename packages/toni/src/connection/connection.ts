import type { AdapterSocket, SocketEnd, SocketEvents, Violation } from "../adapter/websocket-adapter.ts"
import type { Token } from "../di/token.ts"
import { ToniError } from "../errors.ts"
import { checkCloseCode, CloseCode, cutReason } from "../message/close-code.ts"
import type { DisconnectReason } from "../message/disconnect-reason.ts"
import { receivedMessage, toMessage, WsMessage, type Sendable } from "../message/ws-message.ts"
import type { ConnectionHost, ConnectionKind, HostedConnection } from "./connection-host.ts"
import { Deadline } from "./deadline.ts"
import type { ErrorPhase } from "./error-phase.ts"
import { Expiry } from "./expiry.ts"
import { LazySignal } from "./lazy-signal.ts"
import { isThenable, Mailbox, type MailboxOwner } from "./mailbox.ts"
import type { Metadata } from "./metadata.ts"
import { discarded, Outbox } from "./outbox.ts"
import { Pulse } from "./pulse.ts"
import { RateLimiter } from "./rate-limiter.ts"
import type { SendOptions } from "./ws-client.ts"

/** What the handshake has found out about a peer. */
export interface ConnectionOrigin {
  readonly id: string
  readonly params: Readonly<Record<string, string>>
  readonly protocol: string
  readonly remoteAddress: string
  readonly metadata: Metadata
  /** Milliseconds since 1970. */
  readonly expiresAt: number | undefined
  /** Called once, when the socket is gone. */
  readonly onGone: () => void
}

const ping = WsMessage.ping()
const noTopics: ReadonlySet<string> = new Set()

/**
 * One live peer, from the accepted upgrade to the end of `onDisconnect`. What ends it is decided once, by whatever
 * happens first (`#cause`); the socket is gone later, and `onDisconnect` runs after the last handler has settled.
 */
export class Connection implements HostedConnection, SocketEvents, MailboxOwner {
  readonly id: string
  readonly params: Readonly<Record<string, string>>
  readonly protocol: string
  readonly remoteAddress: string
  /** Kept by the hub, in the hub's terms; created with the first topic. */
  followed: Set<string> | undefined

  readonly #host: ConnectionHost
  readonly #kind: ConnectionKind
  readonly #mailbox: Mailbox
  readonly #onGone: () => void
  readonly #metadata: Metadata
  /** For `onConnect`, then for the peer's Close, then for handlers to settle. */
  readonly #deadline: Deadline
  #socket!: AdapterSocket
  #outbox!: Outbox
  #pulse!: Pulse
  #rate: RateLimiter | undefined
  #expiry: Expiry | undefined
  #signal: LazySignal | undefined

  #connect: "running" | "done" | "failed" = "running"
  #cause: DisconnectReason | undefined
  /** We have ended it, or the adapter has; no message is taken any more. */
  #isEnding = false
  #isGone = false
  #isFinished = false
  #isReleased = false
  #isAbandoned = false
  #isReading = true
  #isDraining = false
  #resolveGone: (() => void) | undefined
  #whenGone: Promise<void> | undefined
  #onIdle: (() => void) | undefined

  constructor(host: ConnectionHost, kind: ConnectionKind, origin: ConnectionOrigin) {
    this.#host = host
    this.#kind = kind
    this.id = origin.id
    this.params = origin.params
    this.protocol = origin.protocol
    this.remoteAddress = origin.remoteAddress
    this.#metadata = origin.metadata
    this.#onGone = origin.onGone
    this.#mailbox = new Mailbox(this, kind.options)
    this.#deadline = new Deadline(host.clock)
    if (kind.options.rateLimit) this.#rate = new RateLimiter(kind.options.rateLimit, host.clock.now())
    if (origin.expiresAt !== undefined) this.extend(origin.expiresAt)
  }

  // ── what a gateway sees ──────────────────────────────────────────────────────────────────────────────────────────

  get path(): string {
    return this.#kind.path
  }

  /** The gateway's name, for reports. */
  get gateway(): string {
    return this.#kind.name
  }

  get maxTopics(): number {
    return this.#kind.options.maxTopics
  }

  get isOpen(): boolean {
    return !this.#isEnding && this.#socket.isOpen
  }

  get isGone(): boolean {
    return this.#isGone
  }

  get bufferedAmount(): number {
    return this.#socket.pendingBytes
  }

  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      this.#signal = new LazySignal()
      if (this.#isGone) this.#signal.abort()
    }
    return this.#signal.signal
  }

  send(message: Sendable, options?: SendOptions): Promise<boolean> {
    return this.offer(toMessage(message), options?.volatile === true) ? this.#outbox.room() : discarded
  }

  /** Takes a message without waiting for anything; whether it was taken. Fan-out uses it (rule H3). */
  offer(message: WsMessage, volatile: boolean): boolean {
    if (!this.isOpen) return false
    const { counters } = this.#host
    const offer = this.#outbox.judge(message, volatile)
    if (offer === "taken") {
      counters.messagesOut++
      counters.bytesOut += this.#socket.send(message)
      return true
    }
    if (offer === "over-limit" && this.#kind.options.slowConsumer === "close") this.#closeSlowConsumer()
    else counters.discarded++
    return false
  }

  close(code: number = CloseCode.normal, reason = ""): Promise<void> {
    checkCloseCode(code)
    this.#end({ kind: "server", code, reason: cutReason(reason) }, code, reason)
    return this.whenGone()
  }

  terminate(): void {
    this.#cut({ kind: "server", code: CloseCode.abnormal, reason: "terminated" })
  }

  getMetadata<T>(token: Token<T>): T | undefined {
    return this.#metadata.get(token)
  }

  requireMetadata<T>(token: Token<T>): T {
    if (this.#metadata.has(token)) return this.#metadata.get(token) as T
    throw new ToniError("TONI_NO_METADATA", `${token.description} was asked for on ${this.path}.`)
  }

  setMetadata<T>(token: Token<T>, value: NoInfer<T>): void {
    this.#metadata.set(token, value)
  }

  extend(expiresAt: Date | number): void {
    this.#expiry ??= new Expiry(this.#host.clock, () => this.#expire())
    this.#expiry.moveTo(expiresAt)
    if (this.#isEnding || this.#isGone) this.#expiry.cancel()
  }

  get topics(): ReadonlySet<string> {
    return this.followed ?? noTopics
  }

  subscribe(topic: string): Promise<void> {
    return this.#host.topics.subscribe(this, topic)
  }

  unsubscribe(topic: string): Promise<void> {
    return this.#host.topics.unsubscribe(this, topic)
  }

  publish(topic: string, message: Sendable, options?: SendOptions): Promise<void> {
    return this.#host.topics.publish(topic, toMessage(message), this, options)
  }

  // ── its life ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The upgrade is answered: `onConnect` runs, and messages wait for it (rule G11a). */
  open(socket: AdapterSocket): void {
    const { clock, sweep, counters } = this.#host
    this.#socket = socket
    this.#outbox = new Outbox(socket, this.#kind.options.maxBackpressure)
    this.#pulse = new Pulse(socket, this.#kind.options, clock.now())
    counters.connections++
    sweep.add(this)
    try {
      const connecting = this.#kind.hooks.onConnect?.(this)
      if (!isThenable(connecting)) return this.#connected()
      // A hook that has called close() already has a deadline of its own.
      if (!this.#isEnding) this.#deadline.set(this.#kind.options.connectTimeout, () => this.#connectTimedOut())
      Promise.resolve(connecting).then(
        () => this.#connected(),
        (error: unknown) => this.#connectFailed(error),
      )
    } catch (error) {
      this.#connectFailed(error)
    }
  }

  #connected(): void {
    if (this.#connect !== "running") return
    this.#connect = "done"
    if (!this.#isEnding || this.#isGone) this.#deadline.clear()
    this.#mailbox.open()
    this.idle()
    if (this.#isGone && !this.#mailbox.isIdle) this.#awaitHandlers()
  }

  #connectFailed(error: unknown): void {
    this.#host.report(error, "connect", this)
    if (this.#connect !== "running") return
    this.#connect = "failed"
    if (this.#isGone) this.#release()
    else this.#end({ kind: "server", code: CloseCode.internalError, reason: "" }, CloseCode.internalError, "")
  }

  message(data: Uint8Array, text: boolean): void {
    if (this.#isEnding) return
    const { counters, clock } = this.#host
    counters.messagesIn++
    counters.bytesIn += data.byteLength
    if (this.#rate !== undefined && !this.#rate.take(clock.now())) {
      const code = CloseCode.policyViolation
      this.#end({ kind: "limit", limit: "rateLimit", code }, code, "rate limit")
      return
    }
    this.#mailbox.push(receivedMessage(text, data))
  }

  writable(): void {
    this.#outbox.settle(false)
  }

  violation(violation: Violation): void {
    if (!this.#isEnding) this.#decide(violation)
  }

  closed(end: SocketEnd): void {
    const { code, reason } = end
    this.#cause ??= code === undefined ? lost(end) : { kind: "client", code, reason }
    this.#isGone = true
    this.#expiry?.cancel()
    this.#deadline.clear()
    this.#host.sweep.delete(this)
    this.#host.counters.connections--
    const { closes } = this.#host.counters
    closes[this.#cause.kind] = (closes[this.#cause.kind] ?? 0) + 1
    this.#outbox.settle(true)
    this.#host.gone(this)
    this.#signal?.abort()
    this.#onGone()
    this.#resolveGone?.()
    if (this.#connect === "failed") this.#release()
    else if (this.#connect === "running") this.#awaitConnect()
    else if (this.#mailbox.isIdle) this.#finish()
    else this.#awaitHandlers()
  }

  /** Ends the connection as part of a drain, after what is running and queued has been handled (rule G21a). */
  async drain(code: 1001 | 1012): Promise<void> {
    this.#isDraining = true
    if (!this.#isEnding && !this.#isGone) this.#pause()
    if (!this.#mailbox.isIdle || this.#connect === "running")
      await new Promise<void>((resolve) => (this.#onIdle = resolve))
    this.#end({ kind: "shutdown", code }, code, "server is shutting down")
    await this.whenGone()
  }

  /** Cuts what a drain has no more time for: handlers that still run are given up at once. */
  abandon(code: 1001 | 1012): void {
    this.#isAbandoned = true
    if (this.#isGone) this.#giveUp()
    else this.#cut({ kind: "shutdown", code })
  }

  /** Resolves when the socket is gone. */
  whenGone(): Promise<void> {
    if (this.#isGone) return Promise.resolve()
    return (this.#whenGone ??= new Promise((resolve) => (this.#resolveGone = resolve)))
  }

  // ── called once a second ─────────────────────────────────────────────────────────────────────────────────────────

  sweep(now: number): void {
    if (this.#isEnding) return
    const symptom = this.#pulse.check(now, this.#isReading)
    if (symptom === "silent") this.#socket.send(ping)
    else if (symptom === "timeout") this.#cut({ kind: "timeout" })
    else if (symptom === "stalled") this.#closeSlowConsumer()
  }

  // ── the mailbox's owner ──────────────────────────────────────────────────────────────────────────────────────────

  handle(message: WsMessage): unknown {
    return this.#kind.hooks.onMessage(this, message)
  }

  failed(error: unknown): void {
    this.#host.report(error, "message", this)
  }

  full(): void {
    if (!this.#isEnding && !this.#isGone) this.#pause()
  }

  drained(): void {
    if (this.#isDraining || this.#isReading || this.#isGone) return
    this.#isReading = true
    this.#pulse.resumed(this.#host.clock.now())
    this.#socket.resume()
  }

  idle(): void {
    if (!this.#mailbox.isIdle || this.#connect === "running") return
    this.#onIdle?.()
    if (this.#isGone) this.#finish()
  }

  // ── its end ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #expire(): void {
    this.#end({ kind: "expired" }, CloseCode.unauthorized, "expired")
  }

  #closeSlowConsumer(): void {
    const pendingBytes = this.#socket.pendingBytes
    this.#end({ kind: "slow-consumer", pendingBytes }, CloseCode.tryAgainLater, "slow consumer")
  }

  /** Closes from our side, unless something has ended the connection before. */
  #end(cause: DisconnectReason, code: number, reason: string): void {
    if (this.#isEnding || this.#isGone) return
    // A peer whose Close has come in before is the one who closed; its code is known when the socket is gone.
    const wasOpen = this.#socket.isOpen
    this.#decide(wasOpen ? cause : undefined)
    if (wasOpen) this.#socket.close(code, cutReason(reason))
  }

  #decide(cause: DisconnectReason | undefined): void {
    this.#cause = cause
    this.#isEnding = true
    this.#mailbox.drop()
    this.#expiry?.cancel()
    if (!this.#isReading) {
      this.#isReading = true
      this.#socket.resume()
    }
    this.#deadline.set(this.#kind.options.closeTimeout, () => this.#socket.terminate())
    this.idle()
  }

  #cut(cause: DisconnectReason): void {
    if (this.#isGone) return
    this.#cause ??= cause
    this.#isEnding = true
    this.#mailbox.drop()
    this.#expiry?.cancel()
    this.#socket.terminate()
  }

  #pause(): void {
    if (!this.#isReading) return
    this.#isReading = false
    this.#socket.pause()
  }

  #awaitConnect(): void {
    if (this.#isAbandoned) return this.#giveUp()
    const { connectTimeout } = this.#kind.options
    this.#deadline.set(connectTimeout, () => this.#connectTimedOut())
  }

  #awaitHandlers(): void {
    if (this.#isAbandoned) return this.#giveUp()
    this.#deadline.set(this.#kind.options.settleTimeout, () => this.#giveUp())
  }

  #connectTimedOut(): void {
    const { connectTimeout } = this.#kind.options
    const detail = `onConnect did not settle within connectTimeout (${connectTimeout} ms).`
    this.#connectFailed(new ToniError("TONI_HOOK_TIMEOUT", detail))
  }

  /** The socket is gone and a hook does not settle: it is reported, and waited for no more (rule G13c). */
  #giveUp(): void {
    if (this.#connect === "running") return this.#connectTimedOut()
    const phase: ErrorPhase = this.#isFinished ? "disconnect" : "message"
    this.#host.abandoned(this, phase)
    this.#mailbox.drop()
    if (phase === "message") this.#finish()
    else this.#release()
  }

  /** After the last handler: `onDisconnect`, exactly once (rule G13a). */
  #finish(): void {
    if (this.#isFinished) return
    this.#isFinished = true
    this.#deadline.clear()
    try {
      const leaving = this.#kind.hooks.onDisconnect?.(this, this.#cause ?? { kind: "lost" })
      if (!isThenable(leaving)) return this.#release()
      this.#deadline.set(this.#kind.options.settleTimeout, () => this.#giveUp())
      Promise.resolve(leaving).then(
        () => this.#release(),
        (error: unknown) => this.#disconnectFailed(error),
      )
    } catch (error) {
      this.#disconnectFailed(error)
    }
  }

  #disconnectFailed(error: unknown): void {
    this.#host.report(error, "disconnect", this)
    this.#release()
  }

  #release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    this.#isFinished = true
    this.#deadline.clear()
    this.#onIdle?.()
    this.#host.released(this)
  }
}

function lost({ error }: SocketEnd): DisconnectReason {
  return error === undefined ? { kind: "lost" } : { kind: "lost", error }
}
