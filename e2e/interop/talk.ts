/** What a client sends; each comes back as it is. */
export const sent = {
  text: "Grüße, 世界 😀",
  binary: Array.from({ length: 256 }, (_, byte) => byte),
  bigLength: 1_048_576,
  /** Of bytes that compression hardly makes fewer. */
  noiseLength: 200_000,
  /** After so many the big binary repeats itself: further back than a small window reaches. */
  period: 2_000,
  ping: "are you there?",
} as const

/** What a client has seen, as it tells it. */
export interface Account {
  /** What the client says that was agreed on, as much of `Sec-WebSocket-Extensions` as it shows. */
  readonly extensions: string
  readonly text: string
  readonly binary: readonly number[]
  /** Whether a text and a binary of 1 MiB came back as they were. */
  readonly bigText: boolean
  readonly bigBinary: boolean
  /** Whether bytes without a pattern did. */
  readonly noise: boolean
  /** The payload of the pong; missing where the client has no way to ping. */
  readonly pong?: string
  /** How its own Close, with 4000 and "bye", ended. */
  readonly closing: number
  /** The Close of the server, on a second connection that asked for it. */
  readonly closed: { readonly code: number; readonly reason: string }
}

/** What clients that are objects with events have in common. */
export interface Conversation {
  readonly extensions: string
  send(data: string | Uint8Array): void
  /** The next message. */
  next(): Promise<string | Uint8Array>
  /** Sends a ping; the payload of the pong. */
  ping?(payload: string): Promise<string>
  /** Closes; the code that the client was told. */
  close(code: number, reason: string): Promise<number>
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

/** Goes through all of it with such a client. */
export async function talk(connect: () => Promise<Conversation>): Promise<Account> {
  const client = await connect()
  const ask = (data: string | Uint8Array): Promise<string | Uint8Array> => {
    client.send(data)
    return client.next()
  }
  const text = (await ask(sent.text)) as string
  const binary = [...((await ask(Uint8Array.from(sent.binary))) as Uint8Array)]
  const big = "é".repeat(sent.bigLength / 2)
  const bigText = (await ask(big)) === big
  const bytes = new Uint8Array(sent.bigLength).map((_, index) => (index % sent.period) ** 3 / 65_536)
  const bigBinary = Buffer.compare((await ask(bytes)) as Uint8Array, bytes) === 0
  const noisy = new Uint8Array(sent.noiseLength).map((_, index) => index ** 3 / 65_536)
  const noise = Buffer.compare((await ask(noisy)) as Uint8Array, noisy) === 0
  const pong = await client.ping?.(sent.ping)
  const closing = await client.close(4_000, "bye")
  const other = await connect()
  other.send("close me")
  const closed = await other.closed
  const { extensions } = client
  return { extensions, text, binary, bigText, bigBinary, noise, ...(pong !== undefined && { pong }), closing, closed }
}

/** Messages that wait until they are asked for. */
export function inbox<Message>(): { readonly push: (message: Message) => void; readonly next: () => Promise<Message> } {
  const messages: Message[] = []
  const waiting: ((message: Message) => void)[] = []
  return {
    push(message) {
      const resolve = waiting.shift()
      if (resolve) resolve(message)
      else messages.push(message)
    },
    next: () => {
      const message = messages.shift()
      return message === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(message)
    },
  }
}
