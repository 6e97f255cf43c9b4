import type { PendingUpgrade, Refusal, UpgradeDoor } from "../adapter/websocket-adapter.ts"
import type { Timer } from "../clock.ts"
import { Connection } from "../connection/connection.ts"
import type { ConnectionHost, ConnectionKind } from "../connection/connection-host.ts"
import { isThenable } from "../connection/mailbox.ts"
import { ToniError } from "../errors.ts"
import { CloseCode, cutReason } from "../message/close-code.ts"
import type { GatewayEntry } from "./discovery.ts"
import { Farewells } from "./farewell.ts"
import { handshakeFault, refusal } from "./handshake-check.ts"
import { HandshakeRecord, type Verdict } from "./handshake-record.ts"
import { headerView, type HeaderView } from "./header-view.ts"
import { isAllowedOrigin } from "./origin.ts"
import { parseTarget, type Target } from "./path.ts"
import { addressKey, forwarded } from "./proxy.ts"
import { Router } from "./router.ts"
import { Slots } from "./slots.ts"
import { chooseProtocol, isCredential, toniProtocol } from "./subprotocol.ts"
import { parseTokens } from "./token-list.ts"
import { WsHandshake } from "./ws-handshake.ts"

/** What the door tells the application. None of these throws. */
export interface DoorHost extends ConnectionHost {
  readonly nextId: () => string
  /** An upgrade was refused; `detail` says why, in words for the log. */
  refused(status: number, path: string, detail: string, level: "debug" | "warn"): void
  /** `onHandshake` threw, rejected, or gave no answer. */
  handshakeFailed(error: unknown, gateway: string): void
  opened(connection: Connection): void
}

interface Route {
  readonly entry: GatewayEntry
  readonly kind: ConnectionKind
  readonly slots: Slots
}

/** A handshake that is well-formed and has found its gateway. */
interface Arrival {
  readonly pending: PendingUpgrade
  readonly headers: HeaderView
  readonly offered: readonly string[]
  readonly target: Target
  /** Its gateway, once it has passed what stands before the hook. */
  readonly route?: Route
}

interface Admission extends Arrival {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
  readonly address: string
  readonly slot: string
}

/** How long a client should wait before it tries again, in seconds, where we know no better. */
const retryAfter = ["Retry-After", "5"] as const
/** What our SDK is told for a status (rule G7b). */
function closeCodeFor(status: number): number {
  if (status === 401) return CloseCode.unauthorized
  return status >= 500 ? CloseCode.tryAgainLater : Math.max(4500, 4100 + status)
}

/** The default of `closeTimeout`, for who has reached no gateway. */
const farewellTimeout = 5_000
const noLimits = { maxPayload: 125, maxFragments: 1 }

/** Decides about every upgrade: checks the handshake, finds the gateway, asks it, and opens the connection. */
export class Door implements UpgradeDoor {
  readonly #host: DoorHost
  readonly #router = new Router<Route>()
  readonly #farewells: Farewells
  /** For every hook that is running: how to refuse its client now. */
  readonly #asking = new Set<() => void>()
  #isDraining = false

  constructor(host: DoorHost, gateways: readonly GatewayEntry[]) {
    this.#host = host
    this.#farewells = new Farewells(host.clock)
    for (const entry of gateways) {
      const { name, path, gateway, options } = entry
      const slots = new Slots(options)
      const left = (slot: string): void => slots.release(slot)
      const kind: ConnectionKind = { name, path, hooks: gateway, options, left }
      this.#router.add(path, { entry, kind, slots })
    }
  }

  owns(target: string): boolean {
    const parsed = parseTarget(target)
    return parsed !== undefined && this.#router.find(parsed.path) !== undefined
  }

  /** From now on every upgrade is refused with 503 (rule G21a). */
  startDraining(): void {
    this.#isDraining = true
  }

  /** Refuses whose hook is still running, and cuts the connections that were accepted only to be closed. */
  end(): void {
    for (const refuse of this.#asking) refuse()
    this.#farewells.end()
  }

  upgrade(pending: PendingUpgrade): void {
    const { request } = pending
    const headers = headerView(request.rawHeaders)
    const target = parseTarget(request.target)
    const fault =
      target === undefined ? refusal(400, "The request target is not a path.") : handshakeFault(request, headers)
    if (fault || !target) return this.#refuse(pending, fault ?? refusal(400, ""), target?.path ?? "?")
    const offered = parseTokens(headers.get("sec-websocket-protocol") ?? "") ?? []
    this.#arrive({ pending, headers, offered, target })
  }

  #arrive(arrival: Arrival): void {
    const match = this.#router.find(arrival.target.path)
    if (!match) return this.#turnAway(arrival, refusal(404, "There is no gateway on this path."))
    const { route, params } = match
    if (!params) return this.#turnAway(arrival, refusal(400, "The path is not well encoded."))
    if (this.#isDraining) return this.#turnAway(arrival, refusal(503, "The server is shutting down.", [retryAfter]))
    const { options } = route.entry
    const { headers, pending } = arrival
    const { address, believed } = forwarded(
      options.trustProxy,
      pending.request.remoteAddress,
      headers.get("x-forwarded-for"),
    )
    const forwardedHost = believed ? headers.get("x-forwarded-host") : null
    const host = forwardedHost?.split(",").at(-1)?.trim() ?? headers.get("host") ?? ""
    if (!this.#admitsOrigin(arrival, route, host)) return
    const slot = options.maxConnectionsPerAddress === Infinity ? "" : addressKey(address)
    const taken = route.slots.take(slot)
    if (taken === "full") return this.#turnAway(arrival, refusal(503, "Too many connections.", [retryAfter]))
    if (taken === "address-full") {
      return this.#turnAway(arrival, refusal(429, "Too many connections from this address.", [retryAfter]))
    }
    const { offered, target } = arrival
    this.#ask({ pending, headers, offered, target, route, params, address, slot })
  }

  #admitsOrigin(arrival: Arrival, { entry }: Route, host: string): boolean {
    const origin = arrival.headers.get("origin")
    if (origin === null) return true
    const { origins } = entry.options
    try {
      if (isAllowedOrigin(origins, origin, host)) return true
    } catch (error) {
      this.#host.handshakeFailed(error, entry.name)
    }
    const setting = typeof origins === "function" ? "a function" : JSON.stringify(origins)
    const detail = `Origin ${JSON.stringify(origin)} is foreign to Host ${JSON.stringify(host)}; origins: ${setting}`
    this.#turnAway(arrival, refusal(403, "This origin may not connect."), detail, "warn")
    return false
  }

  /** Runs `onHandshake` to its end before anything is accepted (rule G6a). */
  #ask(admission: Admission): void {
    const { route, pending } = admission
    const { gateway, name, options } = route.entry
    const record = new HandshakeRecord()
    if (gateway.onHandshake === undefined) return this.#carryOut(record.conclude(undefined), admission, record)
    let timer: Timer | undefined
    let isSettled = false
    /** The one way out: whatever comes first decides, the rest is too late. */
    const settle = (decide: () => void): void => {
      if (isSettled) return
      isSettled = true
      timer?.cancel()
      this.#asking.delete(turnAway)
      pending.onAbandoned = undefined
      decide()
    }
    const giveUp = (): void => {
      record.abort()
      route.slots.release(admission.slot)
    }
    const turnAway = (): void =>
      settle(() => {
        giveUp()
        this.#turnAway(admission, refusal(503, "The server is shutting down.", [retryAfter]))
      })
    const fail = (error: unknown): void => {
      this.#host.handshakeFailed(error, name)
      settle(() => {
        route.slots.release(admission.slot)
        this.#turnAway(admission, refusal(500, "The handshake failed."))
      })
    }
    const conclude = (answer: unknown): void => {
      if (isSettled) return
      try {
        const verdict = record.conclude(answer)
        settle(() => this.#carryOut(verdict, admission, record))
      } catch (error) {
        fail(error)
      }
    }
    try {
      const answer: unknown = gateway.onHandshake?.(this.#handshake(admission, record))
      if (!isThenable(answer)) return conclude(answer)
      pending.onAbandoned = () => settle(giveUp)
      this.#asking.add(turnAway)
      timer = this.#host.clock.after(options.handshakeTimeout, () => {
        const detail = `onHandshake did not settle within handshakeTimeout (${options.handshakeTimeout} ms).`
        this.#host.handshakeFailed(new ToniError("TONI_HOOK_TIMEOUT", detail), name)
        settle(() => {
          giveUp()
          this.#turnAway(admission, refusal(503, "The handshake took too long.", [retryAfter]))
        })
      })
      Promise.resolve(answer).then(conclude, fail)
    } catch (error) {
      fail(error)
    }
  }

  #handshake({ pending, target, params, headers, offered, address }: Admission, record: HandshakeRecord): WsHandshake {
    const { path, query } = target
    const url = pending.request.target
    return new WsHandshake({ url, path, query, params, headers, protocols: offered, remoteAddress: address }, record)
  }

  #carryOut(verdict: Verdict, admission: Admission, record: HandshakeRecord): void {
    if (verdict.kind === "accept") {
      // A drain that began while the hook was running refuses like any other.
      if (!this.#isDraining) return this.#open(verdict, admission, record)
      admission.route.slots.release(admission.slot)
      return this.#turnAway(admission, refusal(503, "The server is shutting down.", [retryAfter]))
    }
    admission.route.slots.release(admission.slot)
    if (verdict.kind === "close") this.#sayFarewell(admission, verdict.code, verdict.reason)
    else this.#turnAway(admission, refusal(verdict.status, verdict.message, verdict.headers))
  }

  #open(verdict: Verdict & { kind: "accept" }, admission: Admission, record: HandshakeRecord): void {
    const { route, pending, offered, params, address, slot } = admission
    const { options } = route.entry
    const protocol = verdict.protocol ?? chooseProtocol(options.protocols, offered)
    const connection = new Connection(this.#host, route.kind, {
      id: this.#host.nextId(),
      params,
      protocol: protocol ?? "",
      remoteAddress: address,
      metadata: record.metadata,
      slot,
    })
    const { expiresAt, headers } = verdict
    const socket = pending.accept({ protocol, headers, limits: options }, connection)
    if (!socket) return route.slots.release(slot)
    this.#host.opened(connection)
    connection.open(socket, expiresAt)
  }

  /** A rejection: by status, or by close code to who offers our subprotocol (rule G7b). */
  #turnAway(arrival: Arrival, answer: Refusal, detail: string = answer.body, level: "debug" | "warn" = "debug"): void {
    if (!arrival.offered.includes(toniProtocol))
      return this.#refuse(arrival.pending, answer, arrival.target.path, detail, level)
    this.#host.refused(answer.status, arrival.target.path, detail, level)
    this.#sayFarewell(arrival, closeCodeFor(answer.status), cutReason(answer.body))
  }

  #sayFarewell({ pending, offered, route }: Arrival, code: number, reason: string): void {
    const closeTimeout = route?.entry.options.closeTimeout ?? farewellTimeout
    // Browsers give up unless one of the protocols that they offered is answered.
    const protocol = chooseProtocol([], offered) ?? offered.find((name) => !isCredential(name))
    this.#farewells.say(pending, { protocol, headers: [], limits: noLimits }, code, reason, closeTimeout)
  }

  #refuse(
    pending: PendingUpgrade,
    answer: Refusal,
    path: string,
    detail = answer.body,
    level: "debug" | "warn" = "debug",
  ): void {
    this.#host.refused(answer.status, path, detail, level)
    pending.refuse(answer)
  }
}
