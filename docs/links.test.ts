import { existsSync, readdirSync } from "node:fs"
import { expect, test } from "vitest"
import { readPage } from "./page.ts"

const here = new URL(".", import.meta.url)
const pagesIn = (folder: string) =>
  readdirSync(new URL(folder, here))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}${name}`)

const pages = [...pagesIn("../"), ...pagesIn("./"), ...pagesIn("./decisions/")]

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings = readPage(page).match(/^#{1,4} .+$/gm) ?? []
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  )
}

function isBroken(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#")
  const target = path === "" ? new URL(page, here) : new URL(path, new URL(page, here))
  if (!existsSync(target)) return true
  return anchor !== undefined && !anchorsOf(target.href).includes(anchor)
}

test.each(pages)("every link of %s leads somewhere", (page) => {
  const links = [...readPage(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link)
  const own = links.filter((link) => !/^https?:/.test(link))
  expect(own.filter((link) => isBroken(page, link))).toEqual([])
})

test("the table of contents names every page", () => {
  const contents = readPage("README.md")
  const missing = pagesIn("./").filter((page) => page !== "./README.md" && !contents.includes(`](${page.slice(2)})`))
  expect(missing).toEqual([])
})

test("every file that ARCHITECTURE.md names is there", () => {
  const files = [...readPage("../ARCHITECTURE.md").matchAll(/`((?:\w[\w-]*\/)+[\w.-]+\.ts)`/g)].map(
    ([, file = ""]) => file,
  )
  expect(files.filter((file) => !existsSync(new URL(`../packages/toni/src/${file}`, here)))).toEqual([])
})

test.each(pages)("every file of ours that a command of %s runs is there", (page) => {
  const files = [...readPage(page).matchAll(/\bnode ((?:docs|examples|packages|scripts)\/[\w./-]+)/g)].map(
    ([, file = ""]) => file,
  )
  expect(files.filter((file) => !existsSync(new URL(`../${file}`, here)))).toEqual([])
})
