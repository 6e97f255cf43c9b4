import { rememberRequest } from "../adapter/request-of.ts"
import type { PendingUpgrade, Refusal, UpgradeDoor } from "../adapter/websocket-adapter.ts"
import { Connection } from "../connection/connection.ts"
import type { ConnectionHost, ConnectionKind } from "../connection/connection-host.ts"
import type { Metadata } from "../connection/metadata.ts"
import type { GatewayEntry } from "./discovery.ts"
import { handshakeFault, refusal, retryAfter } from "./handshake-check.ts"
import { failed, HandshakeHooks, late, shuttingDown, type HookHost } from "./handshake-hooks.ts"
import type { HandshakeRecord, Verdict } from "./handshake-record.ts"
import { headerView } from "./header-view.ts"
import { OpeningHeaders } from "./opening-headers.ts"
import { foreignOrigin, isAllowedOrigin } from "./origin.ts"
import { parseTarget } from "./path.ts"
import { addressKey, seenThroughProxies } from "./proxy.ts"
import { Rejections, type Arrival, type Cause, type RejectionHost } from "./rejections.ts"
import { Router } from "./router.ts"
import { Slots } from "./slots.ts"
import { chooseProtocol, toniProtocol } from "./subprotocol.ts"
import { WsHandshake } from "./ws-handshake.ts"

/** What the door tells the application. None of these throws. */
export interface DoorHost extends ConnectionHost, HookHost, RejectionHost {
  readonly nextId: () => string
  opened(connection: Connection): void
}

interface Route {
  readonly entry: GatewayEntry
  readonly kind: ConnectionKind
  readonly slots: Slots
}

/** Somebody who has a slot of a gateway. */
interface Admission extends Arrival {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
  readonly address: string
  readonly slot: string
  /** Whoever is let in gives the slot back by leaving. */
  readonly leave: () => void
}

/** Decides about every upgrade: checks the handshake, finds the gateway, asks it, and opens the connection. */
export class Door implements UpgradeDoor {
  readonly #host: DoorHost
  readonly #router = new Router<Route>()
  readonly #hooks: HandshakeHooks
  readonly #rejections: Rejections
  #paths: readonly string[] = []
  #isDraining = false

  constructor(host: DoorHost) {
    this.#host = host
    this.#hooks = new HandshakeHooks(host)
    this.#rejections = new Rejections(host)
  }

  /** Says once which gateways there are; until then every path is unknown. */
  serve(gateways: readonly GatewayEntry[]): void {
    this.#paths = gateways.map(({ path }) => path)
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
    this.#rejections.end()
  }

  failed(error: unknown): void {
    this.#host.handshakeFailed(error, "none")
  }

  upgrade(pending: PendingUpgrade): void {
    this.#attempt(pending, "none", () => this.#judge(pending))
  }

  /**
   * Nothing that breaks in here gets further, be it ours or an adapter's: it is reported, whoever it happens to is
   * answered with 500, and what they held is given back by `leave`.
   */
  #attempt(pending: PendingUpgrade, gateway: string, task: () => void, leave?: () => void): void {
    try {
      task()
    } catch (error) {
      this.#host.handshakeFailed(error, gateway)
      leave?.()
      try {
        pending.refuse(refusalOf(failed))
      } catch {
        // An adapter that cannot refuse either has been reported already.
      }
    }
  }

  #judge(pending: PendingUpgrade): void {
    const { request } = pending
    const headers = new OpeningHeaders(request.rawHeaders)
    const target = parseTarget(request.target)
    if (target === undefined) return this.#rejections.refuse(pending, noPath)
    const fault = handshakeFault(request, headers)
    if (fault !== undefined) return this.#rejections.refuse(pending, fault, target)
    this.#arrive({ pending, offered: headers.offered ?? [], target }, headers)
  }

  #arrive(arrival: Arrival, headers: OpeningHeaders): void {
    const { pending, target } = arrival
    const match = this.#router.find(target.path)
    if (!match) {
      const cause = { reason: unknownPath.body, detail: `${unknownPath.body} ${this.#whatIsServed()}` }
      return this.#rejections.reject(arrival, unknownPath, cause)
    }
    const { route, params } = match
    const { options } = route.entry
    const caller = { pending, offered: arrival.offered, target, closeTimeout: options.closeTimeout }
    if (!params) return this.#rejections.reject(caller, badEncoding)
    if (this.#isDraining) return this.#rejections.reject(caller, refusalOf(shuttingDown))
    const { address, host } = seenThroughProxies(options.trustProxy, pending.request, target.host ?? headers.host ?? "")
    if (headers.origin !== undefined && !this.#admits(headers.origin, host, caller, route)) return
    const slot = options.maxConnectionsPerAddress === Infinity ? "" : addressKey(address)
    const taken = route.slots.take(slot)
    if (taken === "full") return this.#rejections.reject(caller, full)
    if (taken === "address-full") return this.#rejections.reject(caller, addressFull)
    const leave = once(() => route.slots.release(slot))
    const { offered, closeTimeout } = caller
    this.#ask({ pending, offered, target, closeTimeout, route, params, address, slot, leave })
  }

  #whatIsServed(): string {
    if (this.#paths.length === 0) return "There is none at all."
    const more = this.#paths.length > 10 ? " …" : ""
    return `Served: ${this.#paths.slice(0, 10).join(" ")}${more}`
  }

  #admits(origin: string, host: string, caller: Arrival, { entry: { name, options } }: Route): boolean {
    try {
      if (isAllowedOrigin(options.origins, origin, host)) return true
    } catch (error) {
      this.#host.handshakeFailed(error, name)
    }
    const detail = foreignOrigin(options.origins, origin, host)
    this.#rejections.reject(caller, foreign, { reason: foreign.body, detail, level: "warn" })
    return false
  }

  #ask(admission: Admission): void {
    const { pending, route, leave } = admission
    const { entry } = route
    this.#hooks.ask(
      entry,
      pending,
      (record) => handshakeOf(admission, record),
      (verdict, metadata) =>
        this.#attempt(pending, entry.name, () => this.#carryOut(verdict, admission, metadata), leave),
    )
  }

  #carryOut(verdict: Verdict | undefined, admission: Admission, metadata: Metadata | undefined): void {
    if (verdict === undefined) return this.#rejections.abandoned(admission, admission.route.entry.name)
    // A drain that began while the hook was running refuses like any other.
    const decided = verdict.kind === "accept" && this.#isDraining ? shuttingDown : verdict
    if (decided.kind === "accept") return this.#open(decided, admission, metadata)
    if (decided.kind === "close") return this.#rejections.close(admission, decided)
    this.#rejections.reject(admission, refusalOf(decided), causeOf(decided))
  }

  #open(verdict: Verdict & { kind: "accept" }, admission: Admission, metadata: Metadata | undefined): void {
    const { route, pending, offered, params, address, slot } = admission
    const { options, name } = route.entry
    const { headers, expiresAt } = verdict
    const protocol = verdict.protocol ?? chooseProtocol(options.protocols, offered)
    const connection = new Connection(this.#host, route.kind, {
      id: this.#host.nextId(),
      params,
      protocol: protocol ?? "",
      remoteAddress: address,
      metadata,
      slot,
      readsVerdicts: offered.includes(toniProtocol),
    })
    const socket = pending.accept({ protocol, headers, limits: options }, connection)
    if (!socket) return this.#rejections.abandoned(admission, name)
    try {
      this.#host.opened(connection)
      connection.open(socket, expiresAt)
    } catch (error) {
      this.#host.handshakeFailed(error, name)
      socket.terminate()
    }
  }
}

const noPath = refusal(400, "The request target is not a path.")
const unknownPath = refusal(404, "There is no gateway on this path.")
const badEncoding = refusal(400, "The path is not well encoded.")
const foreign = refusal(403, "This origin may not connect.")
const full = refusal(503, "Too many connections.", [retryAfter])
const addressFull = refusal(429, "Too many connections from this address.", [retryAfter])

/** Why a hook has turned somebody away. Its words may be about one client, so they are no reason to count by. */
function causeOf(verdict: Verdict & { kind: "reject" }): Cause | undefined {
  if (verdict === failed || verdict === late || verdict === shuttingDown) return undefined
  const { status, message } = verdict
  const reason = `onHandshake answered ${status}`
  return { reason, detail: message === "" ? `${reason}.` : `${reason}: ${message}` }
}

function once(task: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    task()
  }
}

function refusalOf({ status, message, headers }: Verdict & { kind: "reject" }): Refusal {
  return refusal(status, message, headers)
}

function handshakeOf({ pending, target, params, offered, address }: Admission, record: HandshakeRecord): WsHandshake {
  const { target: url, rawHeaders } = pending.request
  const { path, query } = target
  const headers = headerView(rawHeaders)
  const facts = { url, path, query, params, headers, protocols: offered, remoteAddress: address }
  const handshake = new WsHandshake(facts, record)
  rememberRequest(handshake, pending.request)
  return handshake
}
