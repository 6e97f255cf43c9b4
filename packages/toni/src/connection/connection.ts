import type { AdapterSocket, SocketEnd, SocketEvents, Violation } from "../adapter/websocket-adapter.ts"
import type { Timer } from "../clock.ts"
import type { Token } from "../di/token.ts"
import { checkCloseCode, CloseCode, cutReason } from "../message/close-code.ts"
import type { DisconnectReason } from "../message/disconnect-reason.ts"
import { receivedMessage, toMessage, WsMessage, type Sendable } from "../message/ws-message.ts"
import type { ConnectionHost, ConnectionKind, ConnectionOrigin } from "./connection-host.ts"
import { Client } from "./client.ts"
import { Deferred } from "./deferred.ts"
import * as endings from "./endings.ts"
import { Expiry } from "./expiry.ts"
import { Flushes } from "./flushes.ts"
import { LazySignal } from "./lazy-signal.ts"
import { Life, type LifeOwner } from "./life.ts"
import { Metadata } from "./metadata.ts"
import { discarded, hasRoom, isVolatileIn, judge, taken } from "./outbox.ts"
import { Pulse } from "./pulse.ts"
import { RateLimiter } from "./rate-limiter.ts"
import type { SendOptions, WsClient } from "./ws-client.ts"

/** How a connection ends. */
interface Parting {
  /** Missing when the peer's Close ended it: the end of the socket will bring it along. */
  readonly cause: DisconnectReason | undefined
  /** When the peer has to have finished closing (rule G18b). */
  readonly deadline: Timer
}

const ping = WsMessage.ping()
const noTopics: ReadonlySet<string> = new Set()
const noMetadata = new Metadata()

/**
 * One live peer, from the accepted upgrade to the end of `onDisconnect`: what a gateway does with it, by the `Client`
 * that it is handed, and what its socket tells. What ends it is decided once, by whatever happens first. The socket is
 * gone later, and its hooks (`Life`) come to their end after that.
 */
export class Connection implements WsClient, SocketEvents, LifeOwner {
  readonly id: string
  readonly params: Readonly<Record<string, string>>
  readonly protocol: string
  readonly remoteAddress: string
  /** Kept by the hub, in the hub's terms; created with the first topic. */
  followed: Set<string> | undefined
  /** Kept by who counts the live connections. */
  seat = 0

  readonly host: ConnectionHost
  readonly kind: ConnectionKind
  readonly #slot: string
  readonly #life: Life
  /** Made for the first hook. */
  #client: Client | undefined
  #metadata: Metadata | undefined
  #socket!: AdapterSocket
  #pulse!: Pulse
  /** Senders that wait for room: one promise for all of them (rule G15b). */
  #room: Deferred<boolean> | undefined
  #flushes: Flushes | undefined
  #rate: RateLimiter | undefined
  #expiry: Expiry | undefined
  #signal: LazySignal | undefined

  /** Present once the end is decided; no message is taken any more. */
  #parting: Parting | undefined
  #isGone = false
  #isReading = true
  #isDraining = false
  #whenGone: Deferred<void> | undefined

  constructor(host: ConnectionHost, kind: ConnectionKind, origin: ConnectionOrigin) {
    this.host = host
    this.kind = kind
    this.#slot = origin.slot
    this.#metadata = origin.metadata
    this.id = origin.id
    this.params = origin.params
    this.protocol = origin.protocol
    this.remoteAddress = origin.remoteAddress
    this.#life = new Life(this)
    const { rateLimit } = kind.options
    if (rateLimit) {
      const code = origin.readsVerdicts ? 4429 : 1008
      this.#rate = new RateLimiter(rateLimit, host.clock.now(), code, host.stalled())
    }
  }

  // ── what a gateway does with it ──────────────────────────────────────────────────────────────────────────────────

  get path(): string {
    return this.kind.path
  }

  get gateway(): string {
    return this.kind.name
  }

  get maxTopics(): number {
    return this.kind.options.maxTopics
  }

  get isOpen(): boolean {
    return this.#parting === undefined && !this.#isGone && this.#socket.isOpen
  }

  get isGone(): boolean {
    return this.#isGone
  }

  get reads(): number {
    return this.#socket.bytesReceived
  }

  get bufferedAmount(): number {
    return this.#socket.pendingBytes
  }

  get signal(): AbortSignal {
    this.#signal ??= new LazySignal((error) => this.host.report(error, "signal", this))
    this.#abortSignal()
    return this.#signal.signal
  }

  send(message: Sendable, options?: SendOptions): Promise<boolean> {
    const isVolatile = options !== undefined && isVolatileIn(options)
    if (!this.offer(toMessage(message), isVolatile)) return discarded
    if (hasRoom(this.#socket, this.kind.options.maxBackpressure)) return taken
    return (this.#room ??= new Deferred()).promise
  }

  offer(message: WsMessage, volatile: boolean, isShared = false): boolean {
    if (!this.isOpen) return false
    const { counters } = this.host
    const { maxBackpressure, slowConsumer } = this.kind.options
    const offer = judge(this.#socket, maxBackpressure, message, volatile)
    if (offer === "taken") {
      counters.messagesOut++
      counters.bytesOut += this.#socket.send(message, isShared)
      return true
    }
    if (offer === "over-limit" && slowConsumer === "close") this.#closeSlowConsumer()
    else counters.discarded++
    return false
  }

  flushed(): Promise<void> {
    if (this.#isGone) return Promise.resolve()
    return Flushes.when(this.#socket, () => (this.#flushes ??= new Flushes()))
  }

  close(code: number = CloseCode.normal, reason = ""): Promise<void> {
    checkCloseCode(code)
    this.#close(endings.closing(code, cutReason(reason)))
    return this.whenGone()
  }

  terminate(): void {
    if (!this.#isGone) this.#life.drop()
    this.#cut(endings.terminated)
  }

  getMetadata<T>(token: Token<T>): T | undefined {
    return (this.#metadata ?? noMetadata).get(token)
  }

  requireMetadata<T>(token: Token<T>): T {
    return (this.#metadata ?? noMetadata).require(token, this.path)
  }

  setMetadata<T>(token: Token<T>, value: NoInfer<T>): void {
    this.#metadata ??= new Metadata()
    this.#metadata.set(token, value)
  }

  extend(expiresAt: Date | number): void {
    this.#expiry ??= new Expiry(this.host.clock, () => this.#close(endings.expired))
    this.#expiry.moveTo(expiresAt)
    if (this.#parting || this.#isGone) this.#expiry.cancel()
  }

  get topics(): ReadonlySet<string> {
    return this.followed ? new Set(this.followed) : noTopics
  }

  subscribe(topic: string): Promise<void> {
    return this.host.topics.subscribe(this, topic)
  }

  unsubscribe(topic: string): Promise<void> {
    return this.host.topics.unsubscribe(this, topic)
  }

  publish(topic: string, message: Sendable, options?: SendOptions): Promise<void> {
    return this.host.topics.publish(topic, toMessage(message), this, options)
  }

  // ── what its socket tells ────────────────────────────────────────────────────────────────────────────────────────

  /**
   * The upgrade is answered: `onConnect` runs, and messages wait for it (rule G11a). `expiresAt` is in milliseconds
   * since 1970.
   */
  open(socket: AdapterSocket, expiresAt?: number): void {
    const { counters } = this.host
    this.#socket = socket
    const lead = Pulse.lead(this.seat, this.kind.options.heartbeat.interval)
    this.#pulse = new Pulse(socket, this.host.awake() - lead)
    counters.connections++
    if (expiresAt !== undefined) this.extend(expiresAt)
    this.#life.begin()
  }

  message(data: Uint8Array | string, text: boolean): void {
    const { canPause, clock, counters } = this.host
    const rate = this.#rate
    // A drain has begun, and the runtime cannot stop reading: what still comes is ignored.
    if (this.#parting !== undefined || (this.#isDraining && !canPause)) return
    const message = receivedMessage(text, data)
    counters.messagesIn++
    counters.bytesIn += typeof data === "string" ? message.byteLength : data.length
    if (rate === undefined || rate.take(clock.now(), this.host.stalled())) this.#life.take(message)
    else this.#close(endings.overRate(rate.code, rate.secondsToWait))
  }

  writable(): void {
    this.#flushes?.reached(this.#socket.handedOver)
    if (this.#room !== undefined && hasRoom(this.#socket, this.kind.options.maxBackpressure)) this.#letSend()
  }

  violation(violation: Violation): void {
    if (this.#parting !== undefined) return
    this.#life.drop()
    this.#end(violation)
  }

  failed(error: unknown): void {
    this.host.report(error, "socket", this)
    if (this.#parting === undefined && !this.#isGone) this.#end(endings.endedByPeer({ reason: "", error }))
  }

  closed(end: SocketEnd): void {
    const { counters } = this.host
    const cause = this.#parting?.cause ?? endings.endedByPeer(end)
    this.#isGone = true
    this.#parting?.deadline.cancel()
    this.#expiry?.cancel()
    counters.connections--
    counters.closes[cause.kind] = (counters.closes[cause.kind] ?? 0) + 1
    this.#letSend()
    this.#flushes?.reached(Infinity)
    this.host.gone(this, cause)
    this.kind.left(this.#slot)
    this.#life.gone(cause)
    this.#abortSignal()
    this.#whenGone?.resolve()
    this.#life.end()
  }

  /** Called once a second; the time is that of `ConnectionHost.awake`, in whole milliseconds. */
  sweep(now: number): void {
    if (this.#parting !== undefined || this.#isGone) return
    // The peer's Close came in: finishing is its turn, and takes no longer than after a Close of ours.
    if (!this.#socket.isOpen) return this.#end(undefined)
    const symptom = this.#pulse.check(this.#socket, this.kind.options, now, this.#isReading)
    if (symptom === "silent") this.#socket.send(ping)
    else if (symptom === "timeout") this.#cut({ kind: "timeout" })
    else if (symptom === "stalled") this.#closeSlowConsumer()
  }

  // ── what the life of its hooks needs ───────────────────────────────────────────────────────────────────────────────────────

  /**
   * More waits than should: read no more, until there is room again; or close, where the runtime cannot do that (rule
   * G12c).
   */
  pauseReading(): void {
    if (!this.isOpen || !this.#isReading) return
    if (!this.host.canPause) return this.#close(endings.inboxFull)
    this.#isReading = false
    this.#rate?.paused(this.host.clock.now())
    this.#socket.pause()
  }

  resumeReading(): void {
    if (this.#isReading || this.#isDraining || this.#isGone) return
    this.#isReading = true
    this.#rate?.resumed(this.host.clock.now())
    this.#pulse.resumed(this.host.awake())
    this.#socket.resume()
  }

  get client(): WsClient {
    return (this.#client ??= new Client(this))
  }

  isStop(error: unknown): boolean {
    return this.#signal !== undefined && this.#signal.isWhy(error)
  }

  connectFailed(): void {
    this.#close(endings.connectFailed)
  }

  // ── its end ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Ends the connection as part of a drain, after what is running and queued has been handled (rule G21a). */
  async drain(code: 1001 | 1012): Promise<void> {
    this.#isDraining = true
    if (this.host.canPause) this.pauseReading()
    await this.#life.whenIdle()
    this.#close(endings.draining(code))
    await this.whenGone()
  }

  /**
   * Ends what a drain has no more time for: hooks that still run are given up as soon as the socket is gone. A peer is
   * told first, since it may well be there; the next call cuts it.
   */
  abandon(code: 1001 | 1012): void {
    this.#life.hurry()
    const ending = endings.draining(code)
    if (this.isOpen) this.#close(ending)
    else this.#cut(ending.cause)
  }

  /** Resolves when the socket is gone. */
  whenGone(): Promise<void> {
    if (this.#isGone) return Promise.resolve()
    return (this.#whenGone ??= new Deferred()).promise
  }

  #abortSignal(): void {
    const { reason } = this.#life
    if (reason !== undefined) this.#signal?.abort("The connection is gone.", reason)
  }

  #letSend(): void {
    this.#room?.resolve(true)
    this.#room = undefined
  }

  #closeSlowConsumer(): void {
    this.#close(endings.slowConsumer(this.#socket.pendingBytes))
  }

  /** Closes from our side; messages that are queued are dropped (rule G13b). A peer that has closed before was first. */
  #close({ cause, code, reason }: endings.Ending): void {
    if (!this.isOpen) return
    this.#life.drop()
    this.#end(cause)
    this.#socket.close(code, reason)
  }

  #cut(cause: DisconnectReason): void {
    if (this.#isGone) return
    if (this.#parting === undefined) this.#end(this.#socket.isOpen ? cause : undefined)
    this.#socket.terminate()
  }

  /** Decides what ends the connection; `undefined`: the peer's Close. */
  #end(cause: DisconnectReason | undefined): void {
    this.#expiry?.cancel()
    const deadline = this.host.clock.after(this.kind.options.closeTimeout, () => this.#socket.terminate())
    this.#parting = { cause, deadline }
    // A Close that is not read would never be seen.
    if (!this.#isReading) this.#socket.resume()
    this.#isReading = true
    this.#life.idle()
  }
}
