import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { WebSocket } from "ws"
import { browserTest } from "./browser.ts"
import { ChatServer } from "./chat-server.ts"
import { ChatTab } from "./chat-tab.ts"

/** The chat example and its page, in tabs of one browser. */
export interface Chat {
  server: ChatServer
  /** A new tab with the page; `hash` is what a link may bring, such as `#kitchen`. */
  open(hash?: string): Promise<ChatTab>
  /** A new tab, with somebody in a room. */
  enter(name: string, room: string): Promise<ChatTab>
  /** Somebody in a room without a page: for what the others do, quicker than a tab. */
  visit(name: string, room: string): Promise<Visitor>
}

interface Visitor {
  /** Resolves once the server has read it. */
  say(text: string): Promise<void>
  type(): Promise<void>
}

/** What a browser says about every attempt to connect to a server that is gone; no page can keep it from that. */
const goneServer = /^WebSocket connection to .* failed: |^Failed to load resource: net::ERR_CONNECTION_REFUSED/

/** A test of the chat page; it fails when the browser complains about anything else than a server that is gone. */
export const chatTest = browserTest.extend<{ chat: Chat }>({
  chat: async ({ page }, use) => {
    const tabs: ChatTab[] = []
    const chat: Chat = {
      server: await ChatServer.start(),
      open: async (hash = "") => {
        const tab = new ChatTab(tabs.length === 0 ? page : await page.context().newPage())
        tabs.push(tab)
        await tab.page.goto(`${chat.server.url}/${hash}`)
        return tab
      },
      enter: async (name, room) => {
        const tab = await chat.open()
        await tab.enter(name, room)
        return tab
      },
      visit: (name, room) => visit(chat.server.url, name, room),
    }
    await use(chat)
    await chat.server.end("SIGKILL")
    const complaints = tabs.flatMap((tab) => tab.complaints).filter((complaint) => !goneServer.test(complaint))
    if (complaints.length > 0) throw new Error(`The browser complained:\n${complaints.join("\n")}`)
  },
})

async function visit(url: string, name: string, room: string): Promise<Visitor> {
  const path = `/rooms/${encodeURIComponent(room)}?name=${encodeURIComponent(name)}`
  const socket = new WebSocket(url.replace("http", "ws") + path)
  await once(socket, "message")
  const closed = once(socket, "close").then(([code]) => {
    throw new Error(`${name} was closed with ${code}.`)
  })
  closed.catch(() => undefined)
  /** Sends, and waits for the first answer that has these words in it. */
  const ask = (requests: readonly object[], words: string): Promise<void> => {
    const answered = new Promise<void>((resolve) => {
      const listen = (data: Buffer): void => {
        if (!data.toString().includes(words)) return
        socket.off("message", listen)
        resolve()
      }
      socket.on("message", listen)
      for (const request of requests) socket.send(JSON.stringify(request))
    })
    return Promise.race([answered, closed])
  }
  return {
    say: (text) => {
      const id = randomUUID()
      return ask([{ type: "say", id, text }], id)
    },
    // Requests are followed in order: with the answer to the second, the first has been.
    type: () => ask([{ type: "typing", on: true }, { type: "ping" }], "pong"),
  }
}
