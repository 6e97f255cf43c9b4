import type { Socket } from "node:net"
import { expect, test } from "vitest"
import { unsentBytes } from "./socket-internals.ts"

const stream = { writableLength: 100, _writableState: { writelen: 60 } }

test.for<[string, object, number]>([
  ["nothing was written", { ...stream, writableLength: 0, _handle: { writeQueueSize: 5 } }, 0],
  ["of the write in progress the kernel lacks five bytes", { ...stream, _handle: { writeQueueSize: 5 } }, 45],
  ["over TLS what is below counts", { ...stream, _handle: { writeQueueSize: 70, _parent: { writeQueueSize: 5 } } }, 45],
  ["what TLS adds is not ours", { ...stream, _handle: { _parent: { writeQueueSize: 61 } } }, 100],
  ["another runtime calls it otherwise", { ...stream, _handle: {} }, 100],
  ["another runtime has other streams", { writableLength: 100, _handle: { writeQueueSize: 5 } }, 100],
  ["the socket is gone", { ...stream, _handle: null }, 100],
])("G15c %s", ([, socket, unsent]) => {
  expect(unsentBytes(socket as unknown as Socket)).toBe(unsent)
})
