import { deepEqual, equal } from "../expect.ts"
import { clientFrame, opcode } from "../frame.ts"
import { gate, scenario, type Capabilities, type Scenario } from "../scenario.ts"
import { overTcp } from "../tcp-client.ts"
import { watched } from "../watched.ts"
import { deflated, rsv1 } from "./compressing-peer.ts"

const texts = Array.from({ length: 300 }, (_, index) => `message ${index}`)

interface Form {
  readonly name: string
  readonly compression: boolean
  readonly headers: Readonly<Record<string, string>>
  readonly frame: (text: string) => Uint8Array
  readonly needs: Capabilities
}

const forms: readonly Form[] = [
  {
    name: "plain",
    compression: false,
    headers: {},
    frame: (text) => clientFrame({ opcode: opcode.text, payload: text }),
    needs: "wire pause",
  },
  {
    name: "compressed",
    compression: true,
    headers: { "sec-websocket-extensions": "permessage-deflate" },
    frame: (text) => clientFrame({ opcode: opcode.text, rsv: rsv1, payload: deflated(text) }),
    needs: "wire pause compression",
  },
]

/** G13b: peers that send and are gone, while we do not read. */
export const halfClosing: readonly Scenario[] = forms.map(({ name, compression, headers, frame, needs }) =>
  scenario(
    "G13b G12c",
    `${name} messages that an inbox has no room for are handled, though the peer ends right behind them`,
    async ({ serve }) => {
      const slow = gate()
      const started = gate()
      const seen: string[] = []
      const gateway = watched({
        options: { inbox: { messages: 4 }, compression },
        async onMessage(_client, message) {
          started.open()
          await slow.promise
          seen.push(message.asText() ?? "")
        },
      })
      const { connect } = await serve([gateway, { ...watched(), path: "/other" }])
      const other = await connect("/other")
      const peer = overTcp(await connect("/watched", { headers }))
      peer.write(Buffer.concat(texts.map(frame)))
      peer.halfClose()
      await started.promise
      // Time enough for the end to arrive.
      for (let round = 0; round < 20; round++) {
        other.send("still here")
        equal(await other.nextText(), "still here")
      }
      slow.open()
      equal((await gateway.left).kind, "lost")
      deepEqual(seen, texts)
    },
    needs,
  ),
)
