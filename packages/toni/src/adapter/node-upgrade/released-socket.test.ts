import { EventEmitter } from "node:events"
import { Socket } from "node:net"
import { expect, test, vi } from "vitest"
import { guard, Traces, unguard, whenAnswered } from "./released-socket.ts"

test("a socket is guarded once, however often it is asked for, and until somebody else listens", () => {
  const socket = new Socket()
  guard(socket)
  guard(socket)
  unguard(socket)
  expect(socket.listenerCount("error")).toBe(1)
  const heard = vi.fn<(error: Error) => void>()
  socket.on("error", heard)
  unguard(socket)
  expect(socket.listeners("error")).toEqual([heard])
})

/** A connection that is at work on a response, which closes when it is told to. */
function answering(): { socket: Socket & { _httpMessage: EventEmitter | null }; response: EventEmitter } {
  const response = new EventEmitter()
  return { socket: Object.assign(new Socket(), { _httpMessage: response }), response }
}

test("a connection is free once the last response that was asked for has closed", () => {
  const { socket, response } = answering()
  const next = vi.fn<() => void>()
  whenAnswered(socket, next)
  const second = (socket._httpMessage = new EventEmitter())
  response.emit("close")
  expect(next).not.toHaveBeenCalled()
  socket._httpMessage = null
  second.emit("close")
  expect(next).toHaveBeenCalledTimes(1)
})

test("a connection that ends with its response is never free", () => {
  const { socket, response } = answering()
  const next = vi.fn<() => void>()
  whenAnswered(socket, next)
  socket._httpMessage = null
  socket.destroy()
  response.emit("close")
  expect(next).not.toHaveBeenCalled()
})

test.each<[string, boolean, (socket: Socket) => void]>([
  ["nothing", false, () => undefined],
  ["an end", true, (socket) => socket.end()],
  ["a pause", true, (socket) => socket.pause()],
  ["a listener for what was listened to before", true, (socket) => socket.on("error", () => undefined)],
  ["a destroyed socket", true, (socket) => socket.destroy()],
])("of somebody who leaves %s there are traces: %s", (_, areThere, leave) => {
  const socket = new Socket()
  guard(socket)
  const traces = new Traces(socket)
  leave(socket)
  expect(traces.areThere).toBe(areThere)
})
