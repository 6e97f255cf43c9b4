// What may import what in packages/toni/src. The first part whose `files` match a file is the part it belongs to.
//
//   files    paths below packages/toni/src; * stands for a name, ** for any path
//   may      the parts it may import, or "anything"; files of one part may always import each other
//   npm      packages it may import (default: none), or "anything"
//   node     true where node: modules are allowed
//   entry    true for the files that package.json exports: they re-export by name and do nothing else
//
// ARCHITECTURE.md says why. An edge is added here together with its reason there.

const leaves = [
  "errors",
  "show-value",
  "spelling",
  "user-code",
  "checked-options",
  "message",
  "clock",
  "home-context",
  "roster",
  "di/token",
]

export const parts = [
  {
    name: "entry",
    files: [
      "index.ts",
      "node.ts",
      "ws.ts",
      "redis.ts",
      "nats.ts",
      "contract.ts",
      "contract/index.ts",
      "client.ts",
      "client/index.ts",
      "testing.ts",
      "testing/index.ts",
      "decorators.ts",
      "decorators/index.ts",
      "conformance.ts",
      "conformance/index.ts",
    ],
    may: "anything",
    entry: true,
  },
  {
    name: "conformance",
    files: ["**/*.conformance.ts", "conformance/**"],
    may: "anything",
    npm: "anything",
    node: true,
  },

  // Leaves.
  { name: "errors", files: ["errors.ts"], may: [] },
  { name: "show-value", files: ["show-value.ts"], may: [] },
  { name: "spelling", files: ["spelling.ts"], may: [] },
  { name: "user-code", files: ["user-code.ts"], may: [] },
  { name: "checked-options", files: ["checked-options.ts"], may: ["errors", "show-value", "spelling"] },
  { name: "message", files: ["message/**"], may: ["errors", "show-value", "user-code"] },
  { name: "protocol", files: ["protocol/**"], may: ["errors"] },
  { name: "clock", files: ["clock.ts"], may: [] },
  { name: "home-context", files: ["home-context.ts"], may: [] },
  { name: "roster", files: ["roster.ts"], may: [] },
  { name: "di/token", files: ["di/token.ts"], may: [] },

  // The module system knows nothing of sockets.
  {
    name: "di",
    files: ["di/**"],
    may: ["errors", "show-value", "spelling", "user-code", "checked-options", "di/token"],
  },
  { name: "module", files: ["module/**"], may: ["di", ...leaves] },
  { name: "decorators", files: ["decorators/**"], may: ["module", "di", "di/token", "errors", "show-value"] },

  // Ports.
  { name: "adapter", files: ["adapter/*.ts"], may: ["message", "errors"] },
  { name: "backplane", files: ["backplane/*.ts"], may: ["message", "errors"] },

  // Implementations know their port, and never each other.
  {
    name: "adapter/node-upgrade", // what adapter/node and adapter/ws share about upgrade sockets of a Node server
    files: ["adapter/node-upgrade/**"],
    may: ["adapter", "message", "errors", "show-value", "user-code", "checked-options"],
    node: true,
  },
  {
    name: "adapter/node",
    files: ["adapter/node/**"],
    may: [
      "adapter",
      "adapter/node-upgrade",
      "protocol",
      "message",
      "errors",
      "show-value",
      "user-code",
      "checked-options",
      "roster",
    ],
    node: true,
  },
  {
    name: "adapter/ws",
    files: ["adapter/ws/**"],
    may: [
      "adapter",
      "adapter/node-upgrade",
      "protocol",
      "message",
      "errors",
      "show-value",
      "user-code",
      "checked-options",
    ],
    npm: ["ws"],
    node: true,
  },
  {
    name: "adapter/memory",
    files: ["adapter/memory/**"],
    may: ["adapter", "home-context", "protocol", "message", "errors", "show-value", "user-code", "checked-options"],
    node: true,
  },
  { name: "backplane/memory", files: ["backplane/memory/**"], may: ["backplane", "message", "errors"], node: true },
  { name: "backplane/redis", files: ["backplane/redis/**"], may: ["backplane", "message", "errors"], node: true },
  { name: "backplane/nats", files: ["backplane/nats/**"], may: ["backplane", "message", "errors"], node: true },

  // The way of a message, from the peer inwards.
  { name: "connection", files: ["connection/**"], may: ["adapter", ...leaves] },
  { name: "hub", files: ["hub/**"], may: ["connection", "adapter", "backplane", ...leaves] },
  { name: "middleware", files: ["middleware/**"], may: ["connection", "adapter", ...leaves] },
  {
    name: "gateway",
    files: ["gateway/**"],
    may: ["hub", "middleware", "connection", "contract", "adapter", ...leaves],
    npm: ["rou3", "cookie-es", "ipaddr.js"],
  },
  {
    name: "app",
    files: ["app/**"],
    may: ["gateway", "middleware", "hub", "connection", "contract", "module", "di", "adapter", "backplane", ...leaves],
  },

  // Around the server.
  { name: "contract", files: ["contract/**"], may: ["message", "errors"] },
  { name: "client", files: ["client/**"], may: ["contract", "message", "errors"], node: true },
  {
    name: "testing",
    files: ["testing/**"],
    may: ["entry", "app", "gateway", "module", "di", "adapter/memory", "backplane/memory", ...leaves],
  },
]

/** Edges that the drawing leaves out: every part may have them, and they would hide the rest. */
export const notDrawn = { from: ["entry", "conformance"], to: leaves }

/** Lines per file of packages/toni/src, tests left out. */
export const budget = { median: 80, secondLook: 250, reasonNeeded: 400 }

/** Why a file is longer than `reasonNeeded`: path below packages/toni/src → the reason. */
export const longFiles = {}
