import { expect } from "vitest"
import { browserTest } from "./support/browser.ts"

browserTest("a real browser runs pages here, with WebSockets of its own", async ({ page }) => {
  expect(await page.evaluate(() => typeof WebSocket)).toBe("function")
})
