/**
 * What is measured. `mode` is the generator's; `route` the contender's; `targets`: what is asked of us, as a ratio of the
 * figure to that of another row. `settings` overrides those of the plan, `quick` those of a quick one, `small` those of
 * a check. `figure` says which number of a run is compared, `unit` what it is, and `better` which way is up. `env` are
 * variables for the servers, `only` the contenders that take part (default: all), `generator` the one that is needed.
 */
const perCpuSecond = { figure: "perCpu", unit: "messages per server CPU-second", better: "more" }

const handshakes = {
  // The code of a handshake runs thousands of times less often than that of a message, so it is warm later.
  settings: { warmup: 3 },
  quick: { warmup: 1 },
  route: "echo",
  ...perCpuSecond,
  unit: "connections per server CPU-second",
  targets: [{ of: "toni", to: "ws", atLeast: 1.1 }],
}

export const workloads = [
  {
    id: "echo-1",
    title: "Echo, 64 B, 1 in flight",
    load: { mode: "echo", connections: 64, size: 64, depth: 1 },
    route: "echo",
    ...perCpuSecond,
    targets: [
      { of: "toni", to: "ws", atLeast: 1.25 },
      { of: "toni", to: "net echo (floor)", atLeast: 0.9 },
    ],
  },
  {
    id: "echo-16",
    title: "Echo, 64 B, 16 in flight",
    load: { mode: "echo", connections: 64, size: 64, depth: 16 },
    route: "echo",
    ...perCpuSecond,
    targets: [
      { of: "toni", to: "ws", atLeast: 7 },
      { of: "toni", to: "net echo (floor)", atLeast: 0.6 },
      { of: "toni", to: "uWebSockets.js (C++)", atLeast: 1 },
    ],
  },
  {
    id: "echo-16k",
    title: "Echo, 16 KiB, 1 in flight",
    load: { mode: "echo", connections: 64, size: 16_384, depth: 1 },
    route: "echo",
    ...perCpuSecond,
    targets: [
      { of: "toni", to: "ws", atLeast: 2 },
      { of: "toni", to: "ws + bufferutil", atLeast: 0.9 },
    ],
  },
  {
    id: "fan-out",
    title: "1 publisher, 500 followers, 64 B, 8 in flight",
    load: { mode: "fan-out", connections: 500, size: 64, depth: 8 },
    route: "chat",
    ...perCpuSecond,
    unit: "deliveries per server CPU-second",
    targets: [{ of: "toni", to: "ws", atLeast: 7 }],
  },
  {
    id: "all-to-all",
    title: "Chat of 64, everybody hears everybody, 64 B",
    load: { mode: "all-to-all", connections: 64, size: 64, depth: 1 },
    route: "chat",
    ...perCpuSecond,
    unit: "deliveries per server CPU-second",
    targets: [
      { of: "toni", to: "ws", atLeast: 15 },
      { of: "toni", to: "uWebSockets.js (C++)", atLeast: 2 },
    ],
  },
  {
    id: "churn",
    title: "New connections, each with one echo",
    load: { mode: "churn", connections: 64, size: 64, depth: 1 },
    ...handshakes,
  },
  {
    id: "cut",
    title: "New connections, each with one echo, then cut",
    load: { mode: "cut", connections: 64, size: 64, depth: 1 },
    ...handshakes,
  },
  {
    id: "stay",
    title: "New connections that stay, each with one echo",
    // At most so many in one turn.
    load: { mode: "stay", connections: 8_000, size: 64, depth: 1 },
    small: { connections: 500 },
    ...handshakes,
    targets: [{ of: "toni", to: "ws", atLeast: 1.2 }],
  },
  {
    id: "echo-10k",
    title: "Echo, 64 B, 1 in flight on each of 10,000 connections",
    load: { mode: "echo", connections: 10_000, size: 64, depth: 1 },
    quick: { connections: 2_000 },
    small: { connections: 500 },
    route: "echo",
    ...perCpuSecond,
    // At most 0.9 times the time of ws.
    targets: [{ of: "toni", to: "ws", atLeast: 1.11 }],
  },
  {
    id: "echo-64k",
    title: "Echo, 64 KiB, 1 in flight",
    load: { mode: "echo", connections: 64, size: 65_536, depth: 1 },
    route: "echo",
    ...perCpuSecond,
    // At most 1.6 times the time of uWebSockets.js.
    targets: [{ of: "toni", to: "uWebSockets.js (C++)", atLeast: 0.625 }],
  },
  {
    id: "echo-1m",
    title: "Echo, 1 MiB, 1 in flight",
    load: { mode: "echo", connections: 16, size: 1_048_576, depth: 1 },
    route: "echo",
    ...perCpuSecond,
    targets: [{ of: "toni", to: "uWebSockets.js (C++)", atLeast: 0.625 }],
  },
  {
    id: "deflate",
    title: "Echo of 4 KiB text, compressed, 1 in flight",
    load: { mode: "echo", connections: 64, size: 4_096, depth: 1, deflate: 1 },
    route: "echo",
    // Servers that compress are slower than a generator that has compressed its one message beforehand.
    generator: "JavaScript",
    only: ["toni", "ws", "uWebSockets.js (C++)"],
    env: { DEFLATE: "1" },
    ...perCpuSecond,
    targets: [{ of: "toni", to: "ws", atLeast: 1 }],
  },
  {
    id: "idle",
    title: "Idle connections",
    load: { mode: "idle", connections: 10_000, size: 64, depth: 1 },
    quick: { connections: 2_000 },
    small: { connections: 200 },
    route: "echo",
    figure: "heap",
    unit: "JavaScript heap per connection",
    better: "less",
    targets: [{ of: "toni", to: "ws", atMost: 0.7 }],
  },
  {
    id: "open",
    title: "Echo, 64 B, at a fixed rate",
    load: { mode: "open", connections: 64, size: 64, depth: 1, patience: 10 },
    route: "echo",
    // Of the rate that toni reaches on another workload of the same run.
    rate: { share: 0.7, of: "toni", on: "echo-1" },
    figure: "p99",
    unit: "from the intended send to the answer, 99th percentile",
    better: "less",
    targets: [{ of: "toni", to: "ws", atMost: 1 }],
  },
]

const frameworks = ["Nest, platform-ws", "Socket.IO", "crossws", "@fastify/websocket", "Hono"]

/** Asked of every workload whose figure is per CPU-second. */
const likeTheProtocol = [
  { of: "toni", to: "toni, bare protocol", atLeast: 0.93 },
  // Like for like: the handlers of the bare protocol are not async either.
  { of: "toni, no async", to: "toni, bare protocol", atLeast: 0.93 },
]

/** What is asked of a workload: its own targets, and in each that toni is not behind a framework. */
export function askedOf({ figure, better, targets }) {
  const notBehind = better === "more" ? { atLeast: 1 } : { atMost: 1 }
  return [
    ...targets,
    ...(figure === "perCpu" ? likeTheProtocol : []),
    ...frameworks.map((to) => ({ of: "toni", to, ...notBehind })),
  ]
}
