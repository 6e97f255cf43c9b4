/**
 * Who takes part. Each file of contenders/ starts a server on PORT and prints "ready"; it answers an /echo with what it
 * got, and sends a message on /chat to everybody on /chat, the sender too, by the idiom of its own documentation.
 *
 *   packages  whose versions the report names; not installed or not loadable: the row is absent, with the reason
 *   frame     what surrounds the payload on the wire, for those that have a protocol of their own
 *   env       variables for the server
 *   quick     in which workloads it takes part in `--quick`; none where it is missing
 *   lacks     workloads that it has nothing for
 *
 * Contenders on `ws` run as npm installs them, so without bufferutil; one row says what it is worth.
 */
const plain = { WS_NO_BUFFER_UTIL: "1" }
const event = (name) => ({ prefix: `{"event":"${name}","data":"`, suffix: `"}` })
const emit = (name) => ({ prefix: `42["${name}","`, suffix: `"]` })
const socketIoPath = "/socket.io/?EIO=4&transport=websocket"

export const contenders = [
  { name: "toni", file: "toni", packages: [], quick: "all" },
  { name: "toni, bare protocol", file: "toni-protocol", packages: [], quick: ["echo-1", "echo-16", "all-to-all"] },
  {
    name: "toni, no async",
    file: "toni-sync",
    packages: [],
    quick: ["echo-16"],
    lacks: ["echo-16k", "echo-64k", "echo-1m", "echo-10k", "churn", "cut", "stay", "idle", "open"],
  },
  { name: "ws", file: "ws", packages: ["ws"], quick: "all", env: plain },
  { name: "ws + bufferutil", file: "ws-bufferutil", packages: ["ws", "bufferutil"], quick: ["echo-16k"] },
  {
    name: "Nest, platform-ws",
    file: "nest",
    packages: ["@nestjs/core", "@nestjs/platform-ws"],
    frame: { echo: event("echo"), chat: event("chat") },
    env: plain,
  },
  {
    name: "Socket.IO",
    file: "socket-io",
    packages: ["socket.io"],
    dialect: "socket.io",
    paths: { echo: socketIoPath, chat: socketIoPath },
    // It takes a million bytes at most, unless told otherwise.
    lacks: ["echo-1m"],
    frame: { echo: emit("echo"), chat: emit("chat") },
    env: plain,
  },
  { name: "crossws", file: "crossws", packages: ["crossws"], env: plain },
  { name: "@fastify/websocket", file: "fastify", packages: ["fastify", "@fastify/websocket"], env: plain },
  { name: "Hono", file: "hono", packages: ["hono", "@hono/node-server"], env: plain },
  {
    name: "net echo (floor)",
    file: "net",
    packages: [],
    quick: ["echo-1", "echo-16", "echo-16k"],
    dialect: "raw",
    lacks: ["fan-out", "all-to-all", "churn", "cut", "stay", "idle"],
  },
  { name: "uWebSockets.js (C++)", file: "uws", packages: ["@trufflesuite/uws-js-unofficial"], quick: "all" },
]
