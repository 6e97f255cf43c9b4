import type { PendingUpgrade, Refusal, UpgradeDoor } from "../adapter/websocket-adapter.ts"
import { Connection } from "../connection/connection.ts"
import type { ConnectionHost, ConnectionKind } from "../connection/connection-host.ts"
import type { Metadata } from "../connection/metadata.ts"
import { CloseCode, cutReason } from "../message/close-code.ts"
import type { GatewayEntry } from "./discovery.ts"
import { Farewells } from "./farewell.ts"
import { handshakeFault, refusal, retryAfter } from "./handshake-check.ts"
import { HandshakeHooks, shuttingDown, type HookHost } from "./handshake-hooks.ts"
import { HandshakeRecord, welcome, type Verdict } from "./handshake-record.ts"
import { headerView } from "./header-view.ts"
import { OpeningHeaders } from "./opening-headers.ts"
import { isAllowedOrigin } from "./origin.ts"
import { parseTarget, type Target } from "./path.ts"
import { addressKey, seenThroughProxies } from "./proxy.ts"
import { Router } from "./router.ts"
import { Slots } from "./slots.ts"
import { chooseProtocol, isCredential, toniProtocol } from "./subprotocol.ts"
import { WsHandshake } from "./ws-handshake.ts"

/** What the door tells the application. None of these throws. */
export interface DoorHost extends ConnectionHost, HookHost {
  readonly nextId: () => string
  /** An upgrade was refused; `detail` says why, in words for the log. */
  refused(status: number, path: string, detail: string, level: "debug" | "warn"): void
  opened(connection: Connection): void
}

interface Route {
  readonly entry: GatewayEntry
  readonly kind: ConnectionKind
  readonly slots: Slots
}

/** A handshake that is well-formed. */
interface Arrival {
  readonly pending: PendingUpgrade
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
  readonly #hooks: HandshakeHooks
  readonly #farewells: Farewells
  #isDraining = false

  constructor(host: DoorHost, gateways: readonly GatewayEntry[]) {
    this.#host = host
    this.#hooks = new HandshakeHooks(host)
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
    this.#hooks.end()
    this.#farewells.end()
  }

  upgrade(pending: PendingUpgrade): void {
    const { request } = pending
    const headers = new OpeningHeaders(request.rawHeaders)
    const target = parseTarget(request.target)
    if (target === undefined) return this.#refuse(pending, refusal(400, "The request target is not a path."), "?")
    const fault = handshakeFault(request, headers)
    if (fault !== undefined) return this.#refuse(pending, fault, target.path)
    this.#arrive({ pending, offered: headers.offered ?? [], target }, headers)
  }

  #arrive(arrival: Arrival, headers: OpeningHeaders): void {
    const { pending, offered, target } = arrival
    const match = this.#router.find(target.path)
    if (!match) return this.#turnAway(arrival, refusal(404, "There is no gateway on this path."))
    const { route, params } = match
    if (!params) return this.#turnAway(arrival, refusal(400, "The path is not well encoded."))
    if (this.#isDraining) return this.#turnAway(arrival, refusalOf(shuttingDown))
    const { options } = route.entry
    const { address, host } = seenThroughProxies(options.trustProxy, pending.request, headers.host ?? "")
    if (headers.origin !== undefined && !this.#admits(headers.origin, host, arrival, route)) return
    const slot = options.maxConnectionsPerAddress === Infinity ? "" : addressKey(address)
    const taken = route.slots.take(slot)
    if (taken === "full") return this.#turnAway(arrival, refusal(503, "Too many connections.", [retryAfter]))
    if (taken === "address-full") {
      return this.#turnAway(arrival, refusal(429, "Too many connections from this address.", [retryAfter]))
    }
    this.#ask({ pending, offered, target, route, params, address, slot })
  }

  #admits(origin: string, host: string, arrival: Arrival, { entry }: Route): boolean {
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

  #ask(admission: Admission): void {
    const { entry } = admission.route
    if (entry.gateway.onHandshake === undefined) return this.#carryOut(welcome, admission, undefined)
    const record = new HandshakeRecord()
    this.#hooks.ask(entry, admission.pending, handshakeOf(admission, record), record, (verdict) =>
      this.#carryOut(verdict, admission, record.metadata),
    )
  }

  #carryOut(verdict: Verdict | undefined, admission: Admission, metadata: Metadata | undefined): void {
    if (verdict?.kind === "accept" && !this.#isDraining) return this.#open(verdict, admission, metadata)
    admission.route.slots.release(admission.slot)
    if (verdict === undefined) return
    if (verdict.kind === "close") return this.#sayFarewell(admission, verdict.code, verdict.reason)
    // A drain that began while the hook was running refuses like any other.
    this.#turnAway(admission, refusalOf(verdict.kind === "accept" ? shuttingDown : verdict))
  }

  #open(verdict: Verdict & { kind: "accept" }, admission: Admission, metadata: Metadata | undefined): void {
    const { route, pending, offered, params, address, slot } = admission
    const { options } = route.entry
    const { headers, expiresAt } = verdict
    const protocol = verdict.protocol ?? chooseProtocol(options.protocols, offered)
    const connection = new Connection(this.#host, route.kind, {
      id: this.#host.nextId(),
      params,
      protocol: protocol ?? "",
      remoteAddress: address,
      metadata,
      slot,
    })
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

function refusalOf({ status, message, headers }: Verdict & { kind: "reject" }): Refusal {
  return refusal(status, message, headers)
}

function handshakeOf({ pending, target, params, offered, address }: Admission, record: HandshakeRecord): WsHandshake {
  const { target: url, rawHeaders } = pending.request
  const { path, query } = target
  const headers = headerView(rawHeaders)
  return new WsHandshake({ url, path, query, params, headers, protocols: offered, remoteAddress: address }, record)
}
