import { constants, deflateRawSync } from "node:zlib"
import { expect, test } from "vitest"
import { equal, ok } from "../../conformance/expect.ts"
import { clientFrame, opcode } from "../../conformance/frame.ts"
import { nodeHost, wsHost } from "../../conformance/hosts.ts"
import { scenario } from "../../conformance/scenario.ts"
import { runScenario } from "../../conformance/stage.ts"
import { overTcp } from "../../conformance/tcp-client.ts"
import { heldBytes } from "./held-bytes.ts"

// A file of its own, since what a process has taken at most is never given back.

const MiB = 2 ** 20
const offer = { headers: { "sec-websocket-extensions": "permessage-deflate" } }
/** Bytes that the process has held at once, at most. */
const peak = (): number => process.resourceUsage().maxRSS * 1_024

/** A block that inflates to 1 MiB of zeros, needs nothing before it, and ends on a byte. */
const block = deflateRawSync(Buffer.alloc(MiB), { finishFlush: constants.Z_FULL_FLUSH })
/** 900 MiB of zeros. */
const bomb = Buffer.concat([...Array<Buffer>(900).fill(block), Buffer.of(0)])

/** The bomb in frames of so many bytes. */
function framesOf(size: number): Buffer {
  const count = Math.ceil(bomb.byteLength / size)
  return Buffer.concat(
    Array.from({ length: count }, (_, index) =>
      clientFrame({
        opcode: index === 0 ? opcode.binary : opcode.continuation,
        rsv: index === 0 ? 4 : 0,
        fin: index === count - 1,
        payload: bomb.subarray(index * size, (index + 1) * size),
      }),
    ),
  )
}

test.each([
  ["node", nodeHost],
  ["ws", wsHost],
])(
  "G20a bombs, whole and in fragments, cost the %s adapter no more than the limit allows, and 1009",
  async (_name, host) => {
    expect(bomb.byteLength).toBeLessThan(MiB)
    const ways = [framesOf(bomb.byteLength), framesOf(16_384), framesOf(300)]
    const run = scenario("G20a", "bombs", async ({ serve }) => {
      const { connect } = await serve({
        path: "/chat",
        options: { compression: true, maxPayload: MiB },
        onMessage: (client, message) => client.send(message),
      })
      const bystander = overTcp(await connect("/chat"))
      for (const bytes of [...ways, ...ways]) {
        const client = overTcp(await connect("/chat", offer))
        const [before, begin] = [peak(), process.cpuUsage()]
        client.write(bytes)
        equal((await client.closed).code, 1009)
        const { user } = process.cpuUsage(begin)
        ok(user < 1_000_000, `it took ${user} microseconds of the processor`)
        ok(peak() - before < 16 * MiB, `it took ${peak() - before} bytes`)
        bystander.send("still here")
        equal(await bystander.nextText(), "still here")
      }
    })
    await expect(runScenario(host, run, { limit: 15_000 })).resolves.toBe("met")
  },
  20_000,
)

test.each([
  ["node", nodeHost],
  ["ws", wsHost],
])(
  "G12c G20a bombs that are each within the limit cost the %s adapter no more than the inbox",
  async (_name, host) => {
    const small = clientFrame({ opcode: opcode.binary, rsv: 4, payload: Buffer.concat([block, Buffer.of(0)]) })
    const barrage = Buffer.concat(Array<Uint8Array>(64).fill(small))
    const run = scenario("G12c", "many bombs", async ({ serve }) => {
      let arrived = 0
      const options = { compression: true, maxPayload: MiB }
      const { connect } = await serve([
        {
          path: "/slow",
          options,
          onMessage() {
            arrived++
            return new Promise(() => undefined)
          },
        },
        { path: "/quick", options, onMessage: (client, message) => client.send(String(message.byteLength)) },
      ])
      const quick = overTcp(await connect("/quick", offer))
      const before = await heldBytes()
      for (let count = 0; count < 10; count++) overTcp(await connect("/slow", offer)).write(barrage)
      // Whoever inflates is served in turn: when this one has had as many, so have all who do not stop.
      for (let count = 0; count < 64; count++) {
        quick.write(small)
        equal(await quick.nextText(), String(MiB))
      }
      equal(arrived, 10)
      const held = (await heldBytes()) - before
      // One is being handled, one or two wait, and what was read last has not been inflated.
      ok(held > 10 * MiB, `the bombs have not arrived: ${held} bytes`)
      ok(held < 10 * 4 * MiB, `${held} bytes are held`)
    })
    await expect(runScenario(host, run, { limit: 10_000 })).resolves.toBe("met")
  },
  15_000,
)
