// The load generator where the one in C cannot be had: the same command line and the same answers, far less load.
import { setTimeout as delay } from "node:timers/promises"
import { constants, deflateRawSync } from "node:zlib"
import { encodeFrame } from "./frames.mjs"
import { Peer } from "./peer.mjs"

const words = Object.fromEntries(
  process.argv.slice(2).map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
)
const { mode, dialect = "websocket", path = "/", prefix = "", suffix = "" } = words
const number = (name, otherwise) => Number(words[name] ?? otherwise)
const total = number("connections", 1)
const depth = number("depth", 1)
const letters = Array.from({ length: number("size", 64) }, (_, i) => String.fromCharCode(97 + (i % 26))).join("")
const isDeflated = words.deflate === "1"
const payload = Buffer.from(prefix + (isDeflated ? text(number("size", 64)) : letters) + suffix)
// RSV1 says that it is compressed (RFC 7692 section 6).
const frame = isDeflated ? encodeFrame(deflated(payload), true, 0x41) : encodeFrame(payload, dialect !== "raw")
const seconds = () => performance.now() / 1000

let dialed = 0
let sent = 0
let received = 0
let lost = 0
let isStopping = false
let latencies = []
const isOpenLoop = mode === "open"
const isChurn = mode === "churn" || mode === "cut" || mode === "stay"
/** How many connections are made at a time where they are made anew. */
const atOnce = mode === "stay" ? Math.min(64, total) : total
const senders = mode === "fan-out" ? 1 : total
const share = mode === "all-to-all" ? total : 1
const departures = new Map()
const everybody = []
const options = { dialect, path, port: number("port"), payload, frame, isDeflated }

/** Words that repeat about as much as those of a message in JSON. */
function text(length) {
  let state = 1
  const random = (below) => (state = (state * 48_271) % 2_147_483_647) % below
  let all = ""
  while (all.length < length) all += `"${letters.slice(0, 3 + random(4))}${random(1_000)}":${random(100_000)},`
  return all.slice(0, length)
}

function deflated(bytes) {
  return deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

function send(peer, count, at) {
  for (let i = 0; i < count; i++) departures.get(peer).push(at)
  sent += count
  peer.send(count)
}

/** Messages that a sender has had answered; departures of a lone publisher are kept for all its followers. */
function onMessages(peer, count) {
  const at = seconds()
  const before = Math.floor((peer.received - count) / share)
  const after = Math.floor(peer.received / share)
  received += count
  const sender = mode === "fan-out" ? everybody[0] : peer
  const left = departures.get(sender)
  for (let i = before; i < after; i++) latencies.push(at - left[i])
  if (isChurn) void onAnswer(peer)
  else if (!isOpenLoop && mode !== "idle" && !isStopping && everybody.indexOf(peer) < senders) {
    send(peer, after - before, at)
  }
}

async function onAnswer(peer) {
  if (isStaying) {
    if (!isStopping && everybody.length < total) void dialAndSend(stayingPeer())
    return
  }
  if (mode === "churn") await peer.close()
  else peer.reset()
  if (!isStopping && !isWarm) void dialAndSend(peer)
}

/** The warm-up of `stay` cuts its connections; those that stay come when the last of them is gone. */
let isWarm = false
let isStaying = false

async function beginToStay() {
  isWarm = true
  while (received < dialed) await delay(5)
  isStaying = true
  for (let i = 0; i < atOnce; i++) void dialAndSend(stayingPeer())
}

function stayingPeer() {
  const peer = newPeer()
  everybody.push(peer)
  return peer
}

async function dialAndSend(peer) {
  const at = seconds()
  dialed++
  await peer.dial()
  send(peer, 1, at)
}

async function connectAll() {
  while (everybody.length < total) {
    const peers = Array.from({ length: Math.min(64, total - everybody.length) }, newPeer)
    everybody.push(...peers)
    await Promise.all(peers.map((peer) => peer.dial()))
  }
  await delay(200)
}

function newPeer() {
  const peer = new Peer(options, onMessages, () => lost++)
  departures.set(peer, [])
  return peer
}

const expected = () => (isChurn ? dialed : sent * (mode === "fan-out" || mode === "all-to-all" ? total : 1))

async function drain() {
  isStopping = true
  for (let last = seconds(), known = received; received < expected() && seconds() - last < number("patience", 5);) {
    await delay(10)
    if (received > known) last = seconds()
    known = received
  }
  await delay(50)
}

function startRate() {
  const rate = number("rate")
  const start = seconds()
  let done = 0
  const timer = setInterval(() => {
    for (let due = start + done / rate; due <= seconds(); due = start + ++done / rate) {
      send(everybody[done % total], 1, due)
    }
  }, 1)
  return () => clearInterval(timer)
}

function quantile(of) {
  return Math.round((latencies[Math.floor(latencies.length * of)] ?? 0) * 1e6)
}

async function runMessages() {
  if (isChurn) for (let i = 0; i < atOnce; i++) void dialAndSend(newPeer())
  else await connectAll()
  const stop = isOpenLoop ? startRate() : () => {}
  if (!isOpenLoop && !isChurn) for (const peer of everybody.slice(0, senders)) send(peer, depth, seconds())
  await delay(number("warmup", 0) * 1000)
  if (mode === "stay") await beginToStay()
  latencies = []
  console.log("cpu")
  const [before, begin, load] = [received, seconds(), process.cpuUsage()]
  await delay(number("seconds", 1) * 1000)
  console.log("cpu")
  const [messages, took, { user, system }] = [received - before, seconds() - begin, process.cpuUsage(load)]
  stop()
  latencies.sort((a, b) => a - b)
  const [p50, p99] = [quantile(0.5), quantile(0.99)]
  await drain()
  return { seconds: took, messages, loadCpu: (user + system) / 1e6, p50, p99, late: 0 }
}

async function runIdle() {
  await connectAll()
  console.log("open")
  for await (const _ of process.stdin);
  for (const peer of everybody) if (peer.isOpen) send(peer, 1, seconds())
  await drain()
  return {}
}

process.on("uncaughtException", (error) => {
  console.error(error.message)
  process.exit(1)
})
const result = mode === "idle" ? await runIdle() : await runMessages()
const { user, system } = process.cpuUsage()
console.log(JSON.stringify({ ...result, loadTotal: (user + system) / 1e6, expected: expected(), received, lost }))
process.exit()
