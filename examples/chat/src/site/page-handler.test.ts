import { connect } from "node:net"
import { describe, expect } from "vitest"
import { chatTest } from "../../test/support/chat.ts"

chatTest.for([
  ["/", "text/html; charset=utf-8"],
  ["/?from=somewhere", "text/html; charset=utf-8"],
  ["/style.css", "text/css; charset=utf-8"],
  ["/favicon.svg", "image/svg+xml"],
  ["/page/main.js", "text/javascript; charset=utf-8"],
  ["/protocol/checks.js", "text/javascript; charset=utf-8"],
] as const)("%s is there, as %s", async ([path, type], { chat }) => {
  const response = await fetch(chat.url + path)

  expect([response.status, response.headers.get("content-type")]).toEqual([200, type])
  expect((await response.text()).length).toBeGreaterThan(100)
})

chatTest("every script that a script imports is there", async ({ chat }) => {
  const missing: string[] = []
  const seen = new Set<string>()
  const visit = async (url: string): Promise<void> => {
    if (seen.has(url)) return
    seen.add(url)
    const response = await fetch(url)
    if (response.status !== 200) missing.push(url)
    const imports = (await response.text()).matchAll(/^import .*?"(\.[^"]+)"/gm)
    for (const [, path] of imports) await visit(new URL(path ?? "", url).href)
  }

  await visit(`${chat.url}/page/main.js`)

  expect(missing).toEqual([])
  expect(seen.size).toBeGreaterThan(10)
})

chatTest("HEAD answers like GET, without the body", async ({ chat }) => {
  const response = await fetch(chat.url, { method: "HEAD" })

  expect(response.status).toBe(200)
  expect(Number(response.headers.get("content-length"))).toBeGreaterThan(1000)
  expect(await response.text()).toBe("")
})

chatTest("what is not there is 404, whatever the method", async ({ chat }) => {
  const responses = await Promise.all(["GET", "POST"].map((method) => fetch(`${chat.url}/nothing`, { method })))

  expect(responses.map(({ status }) => status)).toEqual([404, 404])
})

chatTest("the page can only be read: 405 says how", async ({ chat }) => {
  const response = await fetch(chat.url, { method: "POST", body: "x" })

  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"])
})

chatTest("every answer keeps the browser strict", async ({ chat }) => {
  const response = await fetch(`${chat.url}/nothing`)

  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-security-policy": expect.stringContaining("default-src 'self'"),
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
  })
})

describe("paths that try to leave the folder", () => {
  chatTest.for([
    ["/../package.json"],
    ["/page/../../package.json"],
    ["/page/..%2f..%2fpackage.json"],
    ["/%2e%2e/package.json"],
    ["/page/main.ts"],
    ["/page//main.js"],
    ["\\..\\package.json"],
    ["/constructor"],
    ["http://evil.example/"],
  ] as const)("%s is not there", async ([path], { chat }) => {
    const socket = connect(Number(new URL(chat.url).port), "127.0.0.1")
    socket.end(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    let answer = ""
    for await (const chunk of socket) answer += String(chunk)

    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /)
    expect(answer).not.toContain('"name"')
  })
})
