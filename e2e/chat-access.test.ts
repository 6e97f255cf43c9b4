import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { describe, expect } from "vitest"
import type { AxeResults } from "axe-core"
import type { Page } from "playwright-core"
import { chatTest, type Chat } from "./support/chat.ts"
import type { ChatTab } from "./support/chat-tab.ts"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

const phone = { width: 390, height: 844 }
const smallPhone = { width: 320, height: 568 }
const desktop = { width: 1280, height: 800 }

describe.for([
  ["light", desktop],
  ["dark", desktop],
  ["light", phone],
  ["dark", phone],
] as const)("in %s, on %o", ([colorScheme, viewport]) => {
  chatTest("axe finds nothing on the join form, with and without a problem", async ({ chat }) => {
    const { page } = await chat.open()
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
    const before = await violations(page)

    await page.getByRole("button", { name: "Enter the room" }).click()

    expect([before, await violations(page)]).toEqual([[], []])
  })

  chatTest("axe finds nothing in a busy room", async ({ chat }) => {
    const ada = await busyRoom(chat)
    await ada.page.setViewportSize(viewport)
    await ada.page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
    if (viewport === phone) await ada.page.getByRole("button", { name: "People" }).click()

    expect(await violations(ada.page)).toEqual([])
  })

  chatTest("axe finds nothing in an empty room, nor when the server is gone", async ({ chat }) => {
    const ada = await chat.enter("Ada", "kitchen")
    await ada.page.setViewportSize(viewport)
    await ada.page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
    const before = await violations(ada.page)

    await chat.server.end("SIGKILL")
    await ada.sees("The server is gone.")
    await ada.write("unsent")
    await ada.sees("Will be sent once the server is back")

    expect([before, await violations(ada.page)]).toEqual([[], []])
  })
})

describe.for([["390", phone] as const, ["320", smallPhone] as const])("on a phone that is %s wide", ([, viewport]) => {
  chatTest("nothing has to be scrolled sideways, however long the words", async ({ chat }) => {
    const ada = await busyRoom(chat)
    await ada.page.setViewportSize(viewport)

    const widths = await ada.page.evaluate(() =>
      [document.documentElement, document.querySelector("#scroller")!].map((box) => box.scrollWidth - box.clientWidth),
    )

    expect(widths).toEqual([0, 0])
  })

  chatTest("every control is at least 44 pixels high and wide, and within the screen", async ({ chat }) => {
    const ada = await busyRoom(chat)
    await ada.page.setViewportSize(viewport)

    expect(await awkward(ada.page)).toEqual([])
    await ada.page.getByRole("button", { name: "Leave" }).click()
    expect(await awkward(ada.page)).toEqual([])
  })

  chatTest("who is in the room is behind a button, and Escape closes it again", async ({ chat }) => {
    const ada = await chat.enter("Ada", "kitchen")
    await ada.page.setViewportSize(viewport)
    const list = ada.page.getByRole("complementary", { name: "Here now" })
    const button = ada.page.getByRole("button", { name: "People" })
    const seen = [await list.isVisible()]

    await button.press("Enter")
    seen.push(await list.isVisible())
    await ada.page.keyboard.press("Escape")
    seen.push(await list.isVisible())

    expect(seen).toEqual([false, true, false])
    expect(await button.getAttribute("aria-expanded")).toBe("false")
  })
})

chatTest("with the text twice as large, nothing has to be scrolled sideways", async ({ chat }) => {
  const ada = await busyRoom(chat)
  await ada.page.setViewportSize({ width: 640, height: 800 })

  await ada.page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"))

  expect(await ada.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
})

chatTest("the field of the room is the only one that is called so, and who types is told once", async ({ chat }) => {
  const { page } = await busyRoom(chat)
  await page.setViewportSize(desktop)

  const told = await page.getByText("typing…").filter({ visible: true }).count()

  expect([told, await page.getByLabel("Room").count()]).toEqual([1, 1])
})

describe.for(["light", "dark"] as const)("in %s", (colorScheme) => {
  chatTest("the mark stands out from the card, and its lines from the mark, by 4.5 or more", async ({ chat }) => {
    const { page } = await chat.open()
    await page.emulateMedia({ colorScheme })

    const [card, mark, lines] = await page.evaluate(() => {
      const style = (selector: string) => getComputedStyle(document.querySelector(selector)!)
      return [style("#join-form").backgroundColor, style(".mark-ground").fill, style(".mark-lines").stroke] as const
    })

    expect(contrast(card, mark)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(mark, lines)).toBeGreaterThanOrEqual(4.5)
  })
})

/** The contrast of two opaque colours, `rgb(r, g, b)`, as WCAG 2.2 defines it. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map((part) => {
    const share = Number(part) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** A room with three people, long words, a link and somebody typing, as one of them sees it. */
async function busyRoom(chat: Chat): Promise<ChatTab> {
  const room = "a room with a name that does not fit on any phone at all"
  const ada = await chat.enter("Ada", room)
  const grace = await chat.visit("Grace of the Rather Long Surname", room)
  const alan = await chat.visit("الخوارزمي", room)
  await grace.say("x".repeat(500))
  await alan.say("مرحبا https://example.org/a/rather/long/path?and=on")
  await ada.say("short\nand in two lines")
  await grace.type()
  await ada.sees(/is typing…/)
  return ada
}

/** What axe finds, whatever it weighs. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { violations } = (await (globalThis as any).axe.run()) as AxeResults
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ target }) => `${impact} ${id}: ${target.join(" ")}`),
    )
  })
}

/** Controls that are hard to hit with a finger, or out of reach. */
function awkward(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("button, input, textarea")].flatMap((control) => {
      const { left, right, top, bottom, width, height } = control.getBoundingClientRect()
      if (width === 0) return []
      const isWithin = left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight
      return width >= 44 && height >= 44 && isWithin ? [] : [`${control.id || control.textContent} ${width}×${height}`]
    }),
  )
}
