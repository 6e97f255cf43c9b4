import type { Socket } from "node:net"
import { expect, test } from "vitest"
import { forgetAddress, isBackedUp, unsentBytes } from "./socket-internals.ts"

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

test.for<[string, object, boolean]>([
  ["nothing was written", { writableLength: 0, _handle: { writeQueueSize: 5 } }, false],
  ["the kernel lacks some of it", { writableLength: 1, _handle: { writeQueueSize: 1 } }, true],
  ["the kernel has taken all of it", { writableLength: 100, _handle: { writeQueueSize: 0 } }, false],
  [
    "the kernel has taken all that TLS made of it",
    { writableLength: 100, _handle: { writeQueueSize: 70, _parent: { writeQueueSize: 0 } } },
    false,
  ],
  ["another runtime does not tell", { writableLength: 100, _handle: {} }, true],
  ["the socket is gone", { writableLength: 100, _handle: null }, true],
])("whether more would pile up: %s", ([, socket, isSo]) => {
  expect(isBackedUp(socket as unknown as Socket)).toBe(isSo)
})

test("the address that a socket keeps is forgotten; one that keeps it elsewhere stays as it is", () => {
  const [socket, other] = [{ _peername: {} }, {}]
  for (const each of [socket, other]) forgetAddress(each as unknown as Socket)
  expect([socket, Object.keys(other)]).toEqual([{ _peername: undefined }, []])
})
