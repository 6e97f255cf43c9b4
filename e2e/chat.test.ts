import { once } from "node:events"
import { createServer } from "node:net"
import type { Locator } from "playwright-core"
import { expect, test } from "vitest"
import { chatTest } from "./support/chat.ts"
import { ChatServer, runChat } from "./support/chat-server.ts"
import type { ChatTab } from "./support/chat-tab.ts"

chatTest("two tabs with two names in one room see each other's messages live", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  const grace = await chat.enter("Grace", "kitchen")

  await ada.say("Hello, Grace")
  await grace.hears("Hello, Grace")
  await grace.say("Hello, Ada")
  await ada.hears("Hello, Ada")

  expect(await ada.messages()).toEqual(["You: Hello, Grace", "Grace: Hello, Ada"])
  expect(await grace.messages()).toEqual(["Ada: Hello, Grace", "You: Hello, Ada"])
})

chatTest("what is said in one room is not heard in another", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  const grace = await chat.enter("Grace", "garden")

  await ada.say("in the kitchen")
  await grace.say("in the garden")

  expect(await grace.messages()).toEqual(["You: in the garden"])
})

chatTest("who comes later sees what was said before", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  await ada.say("first")
  await ada.say("second")

  const grace = await chat.enter("Grace", "kitchen")
  await grace.hears("second")

  expect(await grace.messages()).toEqual(["Ada: first", "Ada: second"])
})

chatTest("the list of people follows who comes and who goes", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  const alone = await ada.seesPeople("Ada")
  const grace = await chat.enter("Grace", "kitchen")
  const together = await ada.seesPeople("Ada", "Grace")

  await grace.page.getByRole("button", { name: "Leave" }).click()

  await ada.sees("Grace has left")
  expect([alone, together, await ada.seesPeople("Ada")]).toEqual([["Ada"], ["Ada", "Grace"], ["Ada"]])
})

chatTest("a tab that is closed leaves the room", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  const grace = await chat.enter("Grace", "kitchen")
  await ada.seesPeople("Ada", "Grace")

  await grace.page.close()

  expect(await ada.seesPeople("Ada")).toEqual(["Ada"])
})

chatTest("the others see who is typing, until the message is there", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  const grace = await chat.enter("Grace", "kitchen")

  await grace.field.pressSequentially("Hel")
  await ada.sees("Grace is typing…")
  await grace.say("Hello")
  await ada.hears("Hello")

  expect(await ada.page.locator("#typing").textContent()).toBe("")
})

chatTest("who deletes what they typed is not typing any more", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  const grace = await chat.enter("Grace", "kitchen")
  await grace.field.pressSequentially("Hel")
  await ada.sees("Grace is typing…")

  await grace.field.fill("")
  await ada.seesNoMore("Grace is typing…")

  expect(await ada.page.locator("#typing").textContent()).toBe("")
})

chatTest("what comes in while the tab is hidden is counted in its title, until somebody looks", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  const grace = await chat.visit("Grace", "kitchen")
  await ada.goBehind(true)

  await grace.say("one")
  await grace.say("two")
  await ada.hasTitle("(2) kitchen · toni chat")
  await ada.goBehind(false)

  expect(await ada.page.title()).toBe("kitchen · toni chat")
})

chatTest("who has scrolled up stays there, sees what is new counted, and gets to it by a button", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  const grace = await chat.visit("Grace", "kitchen")
  for (let number = 1; number <= 30; number++) await grace.say(`number ${number}`)
  await ada.hears("number 30")
  await ada.page.getByLabel("Conversation").hover()
  await ada.page.mouse.wheel(0, -400)
  await ada.sees("To the newest")

  await grace.say("something new")
  await ada.hasTitle("(1) kitchen · toni chat")
  const before = await isInSight(ada.page.getByText("something new"))
  await ada.page.getByRole("button", { name: "1 new message" }).click()
  await ada.hasTitle("kitchen · toni chat")

  expect([before, await isInSight(ada.page.getByText("something new"))]).toEqual([false, true])
})

chatTest("the newest message stays in sight when the window gets smaller", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  for (let number = 1; number <= 20; number++) await ada.say(`${number} ${"and so on ".repeat(20)}`.trim())
  await ada.say("the newest")

  await ada.page.setViewportSize({ width: 390, height: 400 })

  expect(await isInSight(ada.page.getByText("the newest", { exact: true }))).toBe(true)
})

chatTest("when the server is gone the page says so; when it is back, what was written is sent", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  const grace = await chat.enter("Grace", "kitchen")
  await ada.say("before")
  await grace.hears("before")

  await chat.server.end("SIGKILL")
  await ada.sees(/The server is gone\.\s+Trying/)
  await ada.write("meanwhile")
  await ada.sees("Will be sent once the server is back")
  chat.server = await ChatServer.start(chat.server.port)
  await grace.isIn()
  await ada.hears("meanwhile")
  await grace.hears("meanwhile")
  await grace.say("after")
  await ada.hears("after")

  expect(await ada.messages()).toEqual(["You: before", "You: meanwhile", "Grace: after"])
  expect(await grace.messages()).toEqual(["Ada: before", "Ada: meanwhile", "You: after"])
  expect(await ada.page.getByLabel("Not sent yet").isVisible()).toBe(false)
})

chatTest("a screen reader hears that the server is gone and back, each once", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  await ada.page.evaluate(() => {
    const status = document.querySelector("#connection-text")!
    const heard: string[] = []
    Object.assign(globalThis, { heard })
    new MutationObserver(() => heard.push(status.textContent)).observe(status, { childList: true })
  })

  await chat.server.end("SIGKILL")
  await ada.sees("Trying again in")
  chat.server = await ChatServer.start(chat.server.port)
  await ada.sees("Connected again.")

  expect(await ada.page.evaluate(() => (globalThis as any).heard)).toEqual(["The server is gone.", "Connected again."])
  expect(await ada.page.locator("#connection-countdown").getAttribute("aria-hidden")).toBe("true")
})

chatTest("coming online again is reason enough to try at once", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  // Without this the next attempt would be soon anyway.
  await ada.page.evaluate(() => (Math.random = () => 1_000_000))
  await chat.server.end("SIGKILL")
  await ada.sees("Trying again in")
  chat.server = await ChatServer.start(chat.server.port)

  await ada.page.evaluate(() => dispatchEvent(new Event("online")))
  await ada.sees("Connected again.")

  expect(await ada.seesPeople("Ada")).toEqual(["Ada"])
})

chatTest("what the server refuses stays there, says why, and can be tried again", async ({ chat }) => {
  const ada = await chat.open()
  let isStrict = true
  await ada.page.routeWebSocket(/\/rooms\//, (toPage) => {
    const toServer = toPage.connectToServer()
    toPage.onMessage((message) => {
      const { type, id } = JSON.parse(String(message))
      if (type === "say" && isStrict)
        toPage.send(JSON.stringify({ type: "error", code: "bad-text", message: "No.", id }))
      else toServer.send(message)
    })
  })
  await ada.page.reload()
  await ada.enter("Ada", "kitchen")
  await ada.write("please")
  await ada.sees("Not sent. No.")

  isStrict = false
  await ada.page.getByRole("button", { name: "Try again" }).click()
  await ada.hears("please")

  expect(await ada.messages()).toEqual(["You: please"])
})

chatTest("a connection that has died without a word is noticed at the next message", async ({ chat }) => {
  const ada = await chat.open()
  await ada.page.clock.install()
  await ada.page.reload()
  await ada.enter("Ada", "kitchen")
  chat.server.freeze()
  await ada.write("anybody?")

  await ada.page.clock.fastForward(8_000)
  await ada.sees("The server is gone.")

  expect(await ada.page.getByLabel("Not sent yet").textContent()).toContain("anybody?")
})

chatTest("who is turned away is back at the join form, with the reason", async ({ chat }) => {
  const { page } = await chat.open()
  await page.routeWebSocket(/\/rooms\//, (socket) => void socket.close({ code: 4400, reason: "Not that name." }))
  await page.reload()
  await page.getByLabel("Your name").fill("Ada")

  await page.getByRole("button", { name: "Enter the room" }).click()

  await page.getByRole("alert").filter({ hasText: "Not that name." }).waitFor()
  expect(await page.getByLabel("Your name").inputValue()).toBe("Ada")
  expect(await page.title()).toBe("toni chat")
})

chatTest("a server that ends in order sends everybody away, and they come back to the next", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")

  const code = await chat.server.end("SIGTERM")
  await ada.sees("The server is gone.")
  chat.server = await ChatServer.start(chat.server.port)
  await ada.sees("Connected again.")

  expect(code).toBe(0)
})

chatTest("markup in names and messages is shown as it was written", async ({ chat }) => {
  const ada = await chat.enter("<b>Ada</b>", "<i>kitchen</i>")
  const text = '<img src=x onerror="document.title=1"><script>alert(1)</script>'

  await ada.say(text)

  expect(await ada.messages()).toEqual([`You: ${text}`])
  expect(await ada.seesPeople("<b>Ada</b>")).toEqual(["<b>Ada</b>"])
  expect(await ada.page.locator("#chat img, #chat i, #chat script").count()).toBe(0)
})

chatTest("a link to a room fills it in", async ({ chat }) => {
  const tab = await chat.open("#caf%C3%A9%20table")

  expect(await tab.page.getByLabel("Room", { exact: true }).inputValue()).toBe("café table")
})

chatTest("a reload comes back to the same room as the same person", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  await ada.say("mine")

  await ada.page.reload()
  await ada.isIn()
  await ada.hears("mine")

  expect(await ada.messages()).toEqual(["You: mine"])
  expect(await ada.seesPeople("Ada")).toEqual(["Ada"])
})

chatTest("the name and the room are remembered for the next tab", async ({ chat }) => {
  await chat.enter("Ada", "kitchen")

  const { page } = await chat.open()

  expect(await page.getByLabel("Your name").inputValue()).toBe("Ada")
  expect(await page.getByLabel("Room", { exact: true }).inputValue()).toBe("kitchen")
})

chatTest("the join form says what is wrong with a name", async ({ chat }) => {
  const { page } = await chat.open()
  await page.getByLabel("Your name").fill("n".repeat(33))

  await page.getByRole("button", { name: "Enter the room" }).click()

  expect(await page.locator("#name-problem").textContent()).toBe("A name has 1 to 32 characters; this one has 33.")
  expect(await page.getByLabel("Your name").evaluate((field) => field === document.activeElement)).toBe(true)
})

chatTest("a text that is too long stays in the field, with what is wrong", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")

  await ada.write("x".repeat(2001))

  expect(await ada.page.getByRole("alert").filter({ visible: true }).textContent()).toContain("2,000")
  expect(await ada.field.inputValue()).toHaveLength(2001)
})

chatTest("it takes a keyboard and nothing else to come, write, read and leave", async ({ chat }) => {
  const ada = await chat.open()
  const { keyboard } = ada.page
  await keyboard.type("Ada")
  await keyboard.press("Tab")
  await keyboard.press("ControlOrMeta+A")
  await keyboard.type("kitchen")
  await keyboard.press("Enter")
  await ada.isIn()

  await keyboard.type("first line")
  await keyboard.press("Shift+Enter")
  await keyboard.type("second line")
  await keyboard.press("Enter")
  await ada.sees("first line")
  const said = await ada.messages()
  const passed: string[] = []
  for (let step = 0; step < 2; step++) {
    await keyboard.press("Shift+Tab")
    passed.push(await focused(ada))
  }
  await keyboard.press("Enter")
  await ada.page.getByRole("button", { name: "Enter the room" }).waitFor()

  expect(said).toEqual(["You: first line\nsecond line"])
  expect(passed).toEqual(["Conversation", "Leave"])
  expect(await focused(ada)).toBe("Enter the room")
})

chatTest("540 messages from six people leave a page of at most 500, with the newest in sight", async ({ chat }) => {
  const ada = await chat.enter("Ada", "kitchen")
  const names = ["Grace", "Alan", "Edsger", "Barbara", "Donald", "Margaret"]
  const people = await Promise.all(names.map((name) => chat.visit(name, "kitchen")))

  // The server takes 100 messages of one person at once.
  for (let round = 1; round <= 90; round++) await Promise.all(people.map((person) => person.say(`round ${round}`)))
  await ada.page.getByRole("log").getByText("round 90").nth(5).waitFor()

  expect(await ada.page.locator(".log > *").count()).toBeLessThanOrEqual(500)
  expect(await isInSight(ada.page.locator(".log > .message").last())).toBe(true)
})

chatTest("a browser gets into /secure by the subprotocol, and learns why it does not", async ({ chat }) => {
  const { page } = await chat.open()
  const visit = (token: string) =>
    page.evaluate((secret) => {
      const credential = btoa(secret).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
      const socket = new WebSocket(`ws://${location.host}/secure`, ["toni", `toni.bearer.${credential}`])
      return new Promise((resolve) => {
        socket.onmessage = ({ data }) => resolve([socket.protocol, data])
        socket.onclose = ({ code, reason }) => resolve([code, reason])
      })
    }, token)

  expect(await visit("open-sesame")).toEqual(["toni", "You are Ali Baba."])
  expect(await visit("open-barley")).toEqual([4401, "Unknown token"])
})

test("a port that is taken is said in two lines, with the way out", async () => {
  const other = createServer().listen(0, "127.0.0.1")
  await once(other, "listening")
  const { port } = other.address() as { port: number }

  const { code, output, errors } = await runChat(String(port))

  expect([code, output]).toEqual([1, ""])
  expect(errors.trim().split("\n")).toEqual([
    `Port ${port} is taken: another program listens on it.`,
    expect.stringMatching(/PORT=\d+ npm start$/),
  ])
  other.close()
})

test("a PORT that is no port is said, with the way out", async () => {
  const { code, errors } = await runChat("http")

  expect(code).toBe(1)
  expect(errors).toBe(
    'PORT is "http", but a port is a whole number from 0 to 65535.\nChoose another one:  PORT=3001 npm start\n',
  )
})

/** Whether all of it can be seen, once the browser has drawn what there is. */
function isInSight(locator: Locator): Promise<boolean> {
  return locator.evaluate(async (element) => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    const { top, bottom } = element.getBoundingClientRect()
    const frame = document.querySelector("#scroller")!.getBoundingClientRect()
    return top >= frame.top && bottom <= frame.bottom
  })
}

/** What has the focus, by its label. */
function focused({ page }: ChatTab): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    return element?.ariaLabel ?? element?.textContent?.trim() ?? ""
  })
}
