import { expect, test } from "vitest"
import { ToniFactory } from "./toni-factory.ts"
import { defineModule } from "../module/module-definition.ts"
import { MemoryHttpAdapter } from "../adapter/memory/memory-http-adapter.ts"
import { MemoryWebSocketAdapter } from "../adapter/memory/memory-websocket-adapter.ts"
import type { MemoryServer } from "../adapter/memory/memory-server.ts"
import type { AttachOptions, WebSocketAdapter } from "../adapter/websocket-adapter.ts"
import { largestLimits } from "./largest-limits.ts"

test("G20a: an adapter is told the largest of each limit before the first upgrade", async () => {
  const told: AttachOptions[] = []
  const memory = new MemoryWebSocketAdapter()
  const asking: WebSocketAdapter<MemoryServer> = {
    name: "asking",
    supports: memory.supports,
    attach(server, door, options) {
      told.push(options)
      return memory.attach(server, door)
    },
  }
  const gateway = (name: string, options: object) => ({
    provide: class {},
    useValue: { path: `/${name}`, options, onMessage() {} },
  })
  const providers = [
    gateway("big", { maxPayload: 5_000_000, maxFragments: 2 }),
    gateway("fragments", { maxPayload: 10, maxFragments: "unlimited" }),
  ]
  const app = await ToniFactory.create(defineModule({ name: "Limits", providers }), new MemoryHttpAdapter())
  await app.useWebSocketAdapter(asking).listen(0)
  await app.close()
  expect(told).toEqual([{ limits: { maxPayload: 5_000_000, maxFragments: Infinity, compression: false } }])
})

test("G20a: where there is no gateway nothing is let in", () => {
  expect(largestLimits([])).toEqual({ maxPayload: 0, maxFragments: 0, compression: false })
})

test("G20a: compression is asked for with the lowest threshold of those who want it", () => {
  const limits = { maxPayload: 1, maxFragments: 1 }
  const alone = largestLimits([{ ...limits, compression: { threshold: 512 } }])
  expect(alone.compression).toEqual({ threshold: 512 })
  const compression = [false, { threshold: 1_024 }, { threshold: 64 }] as const
  expect(largestLimits(compression.map((each) => ({ ...limits, compression: each }))).compression).toEqual({
    threshold: 64,
  })
})
