import { type Browser, type Page, chromium } from "playwright-core"
import { test } from "vitest"

/**
 * A test with a page of a real browser: `browserTest("…", async ({ page }) => { … })`. Without Chromium it is reported
 * as not run, and `npm run ok` fails.
 */
export const browserTest = test.extend<{ browser: Browser | undefined; page: Page }>({
  browser: [
    // oxlint-disable-next-line no-empty-pattern -- Vitest reads from the pattern what a fixture needs
    async ({}, use) => {
      const path = process.env["TONI_CHROMIUM"]
      if (path === undefined || path === "") return use(undefined)
      const browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox"] })
      await use(browser)
      await browser.close()
    },
    { scope: "file" },
  ],
  page: async ({ browser, skip }, use) => {
    if (browser === undefined) return skip("needs Chromium")
    const context = await browser.newContext()
    await use(await context.newPage())
    await context.close()
  },
})
