import { rememberRequest } from "../adapter/request-of.ts"
import type { PendingUpgrade, Refusal, UpgradeDoor } from "../adapter/websocket-adapter.ts"
import { Connection } from "../connection/connection.ts"
import type { ConnectionHost, ConnectionKind } from "../connection/connection-host.ts"
import type { Metadata } from "../connection/metadata.ts"
import type { GatewayEntry } from "./discovery.ts"
import { Farewells, goodbyeFor, type Goodbye } from "./farewell.ts"
import { handshakeFault, refusal, retryAfter } from "./handshake-check.ts"
import { failed, HandshakeHooks, shuttingDown, type HookHost } from "./handshake-hooks.ts"
import type { HandshakeRecord, Verdict } from "./handshake-record.ts"
import { headerView } from "./header-view.ts"
import { OpeningHeaders } from "./opening-headers.ts"
import { foreignOrigin, isAllowedOrigin } from "./origin.ts"
import { parseTarget, type Target } from "./path.ts"
import { addressKey, seenThroughProxies } from "./proxy.ts"
import { RefusalLog, type LogLine } from "./refusal-log.ts"
import { Router } from "./router.ts"
import { Slots } from "./slots.ts"
import { chooseProtocol, isCredential, toniProtocol } from "./subprotocol.ts"
import { WsHandshake } from "./ws-handshake.ts"

/** What the door tells the application. None of these throws. */
export interface DoorHost extends ConnectionHost, HookHost {
  readonly nextId: () => string
  /** An upgrade was refused, by this status or by the close code that stands for it. */
  refused(status: number): void
  readonly log: LogLine
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
  /** Its gateway, once it was found. */
  readonly route?: Route
}

/** One that has a slot of its gateway. */
interface Admission extends Arrival {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
  readonly address: string
  readonly slot: string
  /** Gives the slot back; whoever is let in does that by leaving. */
  readonly leave: () => void
}

/** Why somebody is turned away, for the log: one of few reasons, and what there is to say besides. */
interface Cause {
  readonly reason: string
  readonly detail?: string
  readonly level?: "info" | "warn"
}

/** The default of `closeTimeout`, for who has reached no gateway. */
const farewellTimeout = 5_000
const noLimits = { maxPayload: 125, maxFragments: 1 }
/** Paths are as long as strangers want; of more than this the log shows the beginning, in UTF-16 units. */
const longestPath = 200

/** Decides about every upgrade: checks the handshake, finds the gateway, asks it, and opens the connection. */
export class Door implements UpgradeDoor {
  readonly #host: DoorHost
  readonly #router = new Router<Route>()
  readonly #hooks: HandshakeHooks
  readonly #farewells: Farewells
  readonly #log: RefusalLog
  #paths: readonly string[] = []
  #isDraining = false

  constructor(host: DoorHost) {
    this.#host = host
    this.#hooks = new HandshakeHooks(host)
    this.#farewells = new Farewells(host.clock)
    this.#log = new RefusalLog(host.clock, host.log)
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
    this.#farewells.end()
    this.#log.end()
  }

  failed(error: unknown): void {
    this.#host.handshakeFailed(error, "none")
  }

  upgrade(pending: PendingUpgrade): void {
    this.#attempt(pending, "the door", () => this.#judge(pending))
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
    if (target === undefined) {
      const answer = refusal(400, "The request target is not a path.")
      return this.#refuse(pending, answer, "?", { reason: answer.body })
    }
    const fault = handshakeFault(request, headers)
    if (fault !== undefined) return this.#refuse(pending, fault, target.path, { reason: fault.body })
    this.#arrive({ pending, offered: headers.offered ?? [], target }, headers)
  }

  #arrive(arrival: Arrival, headers: OpeningHeaders): void {
    const { pending, target } = arrival
    const match = this.#router.find(target.path)
    if (!match) return this.#turnAway(arrival, unknownPath, { reason: unknownPath.body, detail: this.#whatIsServed() })
    const { route, params } = match
    const caller = { ...arrival, route }
    if (!params) return this.#turnAway(caller, badEncoding)
    if (this.#isDraining) return this.#turnAway(caller, refusalOf(shuttingDown))
    const { options } = route.entry
    const { address, host } = seenThroughProxies(options.trustProxy, pending.request, target.host ?? headers.host ?? "")
    if (headers.origin !== undefined && !this.#admits(headers.origin, host, caller)) return
    const slot = options.maxConnectionsPerAddress === Infinity ? "" : addressKey(address)
    const taken = route.slots.take(slot)
    if (taken === "full") return this.#turnAway(caller, full)
    if (taken === "address-full") return this.#turnAway(caller, addressFull)
    const leave = once(() => route.slots.release(slot))
    this.#ask({ ...caller, params, address, slot, leave })
  }

  #whatIsServed(): string {
    const paths = this.#paths.slice(0, 10).join(" ")
    const more = this.#paths.length > 10 ? " …" : ""
    return `${unknownPath.body} ${paths === "" ? "There is none at all." : `Served: ${paths}${more}`}`
  }

  #admits(origin: string, host: string, caller: Arrival & { readonly route: Route }): boolean {
    const { options, name } = caller.route.entry
    try {
      if (isAllowedOrigin(options.origins, origin, host)) return true
    } catch (error) {
      this.#host.handshakeFailed(error, name)
    }
    const detail = foreignOrigin(options.origins, origin, host)
    this.#turnAway(caller, foreign, { reason: foreign.body, detail, level: "warn" })
    return false
  }

  #ask(admission: Admission): void {
    const { pending, route, leave } = admission
    this.#hooks.ask(
      route.entry,
      pending,
      (record) => handshakeOf(admission, record),
      (verdict, metadata) =>
        this.#attempt(pending, route.entry.name, () => this.#carryOut(verdict, admission, metadata), leave),
    )
  }

  #carryOut(verdict: Verdict | undefined, admission: Admission, metadata: Metadata | undefined): void {
    if (verdict === undefined) return this.#abandoned(admission)
    // A drain that began while the hook was running refuses like any other.
    const decided = verdict.kind === "accept" && this.#isDraining ? shuttingDown : verdict
    if (decided.kind === "accept") return this.#open(decided, admission, metadata)
    if (decided.kind === "close") return this.#close(decided, admission)
    const cause = decided === shuttingDown || decided === failed ? undefined : causeOf(decided)
    this.#turnAway(admission, refusalOf(decided), cause, admission.leave)
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
    if (!socket) return this.#abandoned(admission)
    try {
      this.#host.opened(connection)
      connection.open(socket, expiresAt)
    } catch (error) {
      this.#host.handshakeFailed(error, name)
      socket.terminate()
    }
  }

  #abandoned({ target, route, leave }: Admission): void {
    leave()
    const detail = "The peer was gone before onHandshake had settled and the upgrade was answered."
    const reason = "abandoned"
    this.#log.write({ reason, fields: { path: shortPath(target), gateway: route.entry.name, detail } })
  }

  #close({ code, reason }: Verdict & { kind: "close" }, admission: Admission): void {
    const detail = reason === "" ? "onHandshake closed it." : `onHandshake closed it: ${reason}`
    this.#log.write({ reason: `close ${code}`, fields: { code, path: shortPath(admission.target), detail } })
    this.#sayFarewell(admission, { code, reason }, admission.leave)
  }

  /**
   * A rejection: by status, or by close code to who offers our subprotocol (rule G7b). Who is told by close code keeps
   * the slot, where there is one to give back, until the connection is gone; others are guests, and few at a time.
   */
  #turnAway(arrival: Arrival, answer: Refusal, cause: Cause = { reason: answer.body }, leave?: () => void): void {
    const left = arrival.offered.includes(toniProtocol) ? (leave ?? this.#farewells.admitGuest()) : undefined
    if (left === undefined) {
      leave?.()
      return this.#refuse(arrival.pending, answer, shortPath(arrival.target), cause)
    }
    this.#note(answer.status, shortPath(arrival.target), cause)
    this.#sayFarewell(arrival, goodbyeFor(answer, this.#host.clock.date()), left)
  }

  #sayFarewell({ pending, offered, route }: Arrival, goodbye: Goodbye, left: () => void): void {
    const closeTimeout = route?.entry.options.closeTimeout ?? farewellTimeout
    // Browsers give up unless one of the protocols that they offered is answered.
    const protocol = chooseProtocol([], offered) ?? offered.find((name) => !isCredential(name))
    this.#farewells.say(pending, { protocol, headers: [], limits: noLimits }, goodbye, closeTimeout, left)
  }

  #refuse(pending: PendingUpgrade, answer: Refusal, path: string, cause: Cause): void {
    this.#note(answer.status, path, cause)
    pending.refuse(answer)
  }

  #note(status: number, path: string, { reason, detail = reason, level }: Cause): void {
    this.#host.refused(status)
    this.#log.write({ reason, fields: { status, path, detail }, ...(level && { level }) })
  }
}

const unknownPath = refusal(404, "There is no gateway on this path.")
const badEncoding = refusal(400, "The path is not well encoded.")
const foreign = refusal(403, "This origin may not connect.")
const full = refusal(503, "Too many connections.", [retryAfter])
const addressFull = refusal(429, "Too many connections from this address.", [retryAfter])

/** Why a hook has turned somebody away. Its words may be about one client, so they are no reason to count by. */
function causeOf({ status, message }: Verdict & { kind: "reject" }): Cause {
  const reason = `onHandshake answered ${status}`
  return { reason, detail: message === "" ? `${reason}.` : `${reason}: ${message}` }
}

function shortPath({ path }: Target): string {
  return path.length > longestPath ? `${path.slice(0, longestPath)}…` : path
}

function once(task: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) task()
    isDone = true
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
