import type { Fault } from "../broken-adapter.ts"
import * as mistakes from "./socket-mistakes.ts"

/** Mistakes that show in the life of a connection, each with the scenarios that must notice it. */
const noticed: readonly (readonly [mistake: Fault, titles: readonly string[]])[] = [
  [
    { title: "does not cut whom it is to cut", socket: () => ({ terminate() {} }) },
    ["G11a: a client that onConnect cuts has been accepted, and sees the cut"],
  ],
  [mistakes.losesEverySecond, ["G11a: messages wait until onConnect has settled, and none is lost"]],
  [
    mistakes.sendsNothing,
    [
      "G11a: a synchronous onConnect runs before the first message",
      "G11b: onConnect that settles just within connectTimeout is let through",
      "G12a: a slow handler of one client keeps no other waiting",
      "G12a: with concurrency 2, two handlers of one client run at once, a third waits",
      "G13a: a gateway without onDisconnect is no trouble",
      "G14: metadata, params and topics still answer inside onDisconnect",
      "G14: after onDisconnect nothing of the client is left",
      "G16a: what a handler throws is reported with phase, gateway and client; it stays open",
      "G16a G16b: a handler may throw: the client is served on",
      "G16a G16b: a handler may throw nothing: the client is served on",
      "G16a G16b: a handler may reject: the client is served on",
      "G16a G16b: a handler may return a thenable that throws: the client is served on",
      "G16a G16b: a handler may return something whose then cannot be read: the client is served on",
      "G16a: without onError the logger is told",
      "G16b: an onError that throws itself ends nothing",
      "G16b: an onError that rejects ends nothing",
      "G16b: neither an onError nor a logger that throws ends anything",
      "G17: no two clients have the same id, nor have those of another application",
      "G17: a client keeps its id through all hooks",
      "G18a: a forbidden code throws at the call, and the client stays",
      "G18a: a reason that is no string throws at the call, and the client stays",
      "G19: a moment that is further away than a timer reaches is kept",
      "G19: what is no moment throws at the call, and the client stays",
      "G11a G15a: onConnect may send, subscribe, publish and extend",
      "G12a G15a: onMessage may send, subscribe, publish and extend",
      "G13a G15a: onDisconnect may call everything; send answers false, others are reached",
    ],
  ],
  [
    mistakes.closesWith1000,
    [
      "G11b G16a: onConnect that throws closes with 1011 and is reported, without onDisconnect",
      "G11b G16a: onConnect that rejects closes with 1011 and is reported, without onDisconnect",
      "G11b G16a: onConnect that returns a thenable that throws closes with 1011 and is reported, without onDisconnect",
      "G11b: onConnect that passes connectTimeout closes with 1011 and is reported",
      "G11b: onConnect that rejects after its timeout is only reported",
      'G13a: client.close() ends as "server", once, after the last handler has settled',
      'G13a: hub.disconnect() ends as "server", once, after the last handler has settled',
      'G13a: expiresAt ends as "expired", once, after the last handler has settled',
      'G13a: a message over rateLimit ends as "limit", once, after the last handler has settled',
      'G13a G21a: a drain ends as "shutdown", once, after the last handler has settled',
      'G13a G15c: a peer that does not read ends as "slow-consumer", once',
      "G13a: what ends a connection first is its reason: a second close changes nothing",
      "G16b: nothing of what a hook throws reaches the peer",
      "G12c: where reading cannot pause, an inbox over its mark closes the client with 1013, and nothing is hoarded",
      "G12c G21a: where reading cannot pause, a drain ignores what still comes",
      "G18a: every allowed code reaches the peer, with the reason",
      "G18b: when both sides close at the same moment, each sees a Close and it ends once",
      "G19: at expiresAt, a Date, a client is closed with 4401",
      "G19: at expiresAt, a number, a client is closed with 4401",
      "G19: a moment that has passed closes at once, but not without onConnect",
      "G19: extend to a later moment keeps the client until then",
      "G19: extend to an earlier moment closes then",
      "G19: extend gives a moment to a client that had none",
      "G19: extend after the end is harmless, and leaves no timer",
      "G19 G13b: messages that wait when a client expires are dropped",
      "G11b G13a: close inside onConnect closes with that code, and disconnects",
      "G11b G18b: onConnect may await its own close",
      "G11b: onConnect that closes and then throws keeps its code, and never disconnects",
      "G15a G18b: after close, send answers false and isOpen is false",
      "G13b G18a: a synchronous handler that closes is the last one",
      "G13a G18b: a handler may have its own client disconnected by the hub, and await it",
    ],
  ],
  [
    mistakes.takesLossForClose,
    [
      "G11a G13a: a peer that vanishes during onConnect disconnects when it has returned",
      "G12c G13a: a peer that vanishes while reading is paused is lost",
      "G12c: our pings show that a peer is gone which we do not read",
      "G13c: the signal aborts when the socket is gone, and a handler may still settle",
      "G13c: a handler that passes settleTimeout is reported, and onDisconnect runs",
      "G13c: a handler that rejects after it was given up is only reported",
      'G13a: a loss of the network ends as "lost", once, after the last handler has settled',
    ],
  ],
  [
    mistakes.forgetsEnds,
    [
      "G11b G13a: a peer that vanishes during onConnect that then throws never disconnects",
      "G13b: messages that wait are dropped after our own close",
      "G13b: messages that wait are dropped after terminate",
      "G18b: close resolves when the socket is gone, also within the handler that awaits it",
      "G18b: a peer that vanishes during our Close is still one that we have closed",
    ],
  ],
  [
    mistakes.deliversTwice,
    [
      "G12c: where reading cannot pause, an inbox below its mark is handled",
      "G12a: asynchronous handlers of one client run one after another, in order",
      "G12c: two hundred messages that come while a handler is slow are all handled",
    ],
  ],
  [mistakes.takesTextForBinary, ["G12d: ping and pong never reach onMessage, and a ping is answered with its bytes"]],
  [mistakes.stopsToRead, ["G12d: a ping is answered while a handler is slow"]],
  [
    mistakes.neverPauses,
    [
      "G12c: above the high-water mark nothing more is read, and afterwards the rest is",
      "G12c: the bytes that wait count as well as the messages",
    ],
  ],
  [
    mistakes.pingsByPong,
    [
      "G12c: no client is cut because our handler is slow: we ping on, and await no pong",
      "G12c: when reading goes on, the peer has the whole pong timeout again",
    ],
  ],
  [
    mistakes.forgetsReasons,
    [
      "G13a: the peer's Close reaches onDisconnect once, with its code and reason",
      'G13a: the peer\'s Close ends as "client", once, after the last handler has settled',
    ],
  ],
  [
    mistakes.losesEverySecond,
    [
      "G13b: messages that were complete before the peer's Close are handled, with isOpen false",
      "G13b: messages that were complete before the loss of the connection are handled, with isOpen false",
      "G13b G12c: plain messages that an inbox has no room for are handled, though the peer ends right behind them",
      "G13b G12c: compressed messages that an inbox has no room for are handled, though the peer ends right behind them",
    ],
  ],
  [
    mistakes.forgetsViolations,
    [
      "G13b: messages that wait are dropped after a violation",
      'G13a: a message over maxPayload ends as "limit", once, after the last handler has settled',
      'G13a: a message over maxFragments ends as "limit", once, after the last handler has settled',
    ],
  ],
  [
    mistakes.takesCloseForLoss,
    [
      "G13c: onDisconnect that does not settle is given up as well",
      "G16a: what onDisconnect throws is reported, and the client is released",
      "G16a: what onDisconnect rejects with is reported, and the client is released",
      "G18b G13a: a peer that closes and does not finish is cut within closeTimeout, and it was the one",
    ],
  ],
  [
    mistakes.forgetsCodes,
    ['G13a: the peer\'s Close without a code ends as "client", once, after the last handler has settled'],
  ],
  [
    mistakes.closesInsteadOfCutting,
    [
      'G13a: client.terminate() ends as "server", once, after the last handler has settled',
      'G13a: a heartbeat that was not answered ends as "timeout", once, after the last handler has settled',
      "G11a G13a: terminate inside onConnect cuts, and disconnects when it has returned",
      "G11a: terminate before anything was awaited cuts a connection that has been answered",
    ],
  ],
  [
    mistakes.mistakesViolations,
    [
      'G13a: a frame with a reserved opcode ends as "protocol-error", once, after the last handler has settled',
      'G13a: text that is not UTF-8 ends as "protocol-error", once, after the last handler has settled',
    ],
  ],
  [
    mistakes.neverCuts,
    [
      "G13a: terminate after close cuts at once, and the close is still the reason",
      "G18b: a peer that does not answer our Close is cut after closeTimeout",
    ],
  ],
  [mistakes.closesWithoutReason, ["G18a: a reason is cut at 123 bytes, between characters"]],
  [mistakes.closesWith1001, ["G18a: close without arguments closes with 1000 and no reason"]],
  [mistakes.endsWithoutAnswer, ["G18b: close does not wait for handlers, nor resolve before the peer has answered"]],
]

/** For each scenario, by title, a mistake that it must notice. */
export const lifeOfAConnection: Readonly<Record<string, Fault>> = Object.fromEntries(
  noticed.flatMap(([mistake, titles]) => titles.map((title) => [title, mistake] as const)),
)
