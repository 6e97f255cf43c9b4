import type { Locator, Page } from "playwright-core"

/** A tab with the chat page, in the words of who uses it. */
export class ChatTab {
  readonly page: Page
  /** What the browser complained about: errors, and what the content security policy forbids. */
  readonly complaints: string[] = []

  constructor(page: Page) {
    this.page = page
    // Less than a test has, so that it is said what was waited for.
    page.setDefaultTimeout(10_000)
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.complaints.push(message.text())
    })
    page.on("pageerror", (error) => this.complaints.push(error.message))
  }

  get field(): Locator {
    return this.page.getByLabel("Message", { exact: true })
  }

  /** Goes through the join form and waits for the room. */
  async enter(name: string, room: string): Promise<void> {
    await this.page.getByLabel("Your name").fill(name)
    await this.page.getByLabel("Room", { exact: true }).fill(room)
    await this.page.getByRole("button", { name: "Enter the room" }).click()
    await this.isIn()
  }

  /** Waits until the server has welcomed us. */
  async isIn(): Promise<void> {
    await this.page.locator("#chat[data-connection=open]").waitFor()
  }

  /** Writes a message and waits until the server has said it. */
  async say(text: string): Promise<void> {
    await this.write(text)
    await this.hears(text)
  }

  /** Writes a message and leaves it to its fate. */
  async write(text: string): Promise<void> {
    await this.field.fill(text)
    await this.field.press("Enter")
  }

  /** Waits until the message stands in the log. */
  async hears(text: string): Promise<void> {
    await this.page.getByRole("log").locator(".bubble").getByText(text, { exact: true }).first().waitFor()
  }

  /** Waits until the text is somewhere on the page. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor()
  }

  async seesNoMore(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor({ state: "hidden" })
  }

  /** The messages in the log, oldest first: `Grace: Hello`. */
  messages(): Promise<readonly string[]> {
    return this.page
      .getByRole("log")
      .locator(".message")
      .evaluateAll((elements) =>
        elements.map(
          (element) =>
            `${element.querySelector(".author")?.textContent}: ${element.querySelector(".bubble")?.textContent}`,
        ),
      )
  }

  /** Waits until these people are listed, you first. */
  async seesPeople(...names: readonly string[]): Promise<readonly string[]> {
    await this.page.waitForFunction((wanted) => {
      const shown = [...document.querySelectorAll("#people-list .name")].map((element) => element.textContent)
      return shown.join() === wanted.join()
    }, names)
    return names
  }

  async hasTitle(title: string): Promise<void> {
    await this.page.waitForFunction((wanted) => document.title === wanted, title)
  }

  /** Has the page believe that another tab is in front, or that it is itself. */
  async goBehind(isBehind: boolean): Promise<void> {
    await this.page.evaluate(
      (state) => {
        Object.defineProperty(document, "visibilityState", { configurable: true, value: state })
        document.dispatchEvent(new Event("visibilitychange"))
      },
      isBehind ? "hidden" : "visible",
    )
  }
}
