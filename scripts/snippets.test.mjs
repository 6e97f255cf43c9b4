import { describe, expect, test } from "vitest"
import { checkPage, extract } from "./lib/snippet-rules.mjs"

const sources = {
  "docs/snippets/a.ts": `import { x } from "toni"\n\n// #region use\nfunction use() {\n  // #region call\n  x()\n  x(2)\n  // #endregion\n}\n// #endregion\n`,
}
const check = (text) => checkPage("docs/a.md", text, (path) => sources[path])
const page = (comment, ...body) => ["Prose.", "", comment, "", "```ts", ...body, "```", "", "More.", ""].join("\n")

describe("the snippet checker", () => {
  test("accepts a block that is a region of its source, dedented and without marks", () => {
    expect(check(page("<!-- snippet: docs/snippets/a.ts#call -->", "x()", "x(2)")).problems).toEqual([])
  })

  test("rejects a block that differs from its source", () => {
    expect(check(page("<!-- snippet: docs/snippets/a.ts#call -->", "x()", "x(3)")).problems).toEqual([
      "docs/a.md:5 differs from docs/snippets/a.ts#call: npm run snippets -- --write",
    ])
  })

  test("fills a block in, and leaves the rest of the page alone", () => {
    const { text } = check(page("<!-- snippet: docs/snippets/a.ts#use -->"))
    expect(text).toBe(page("<!-- snippet: docs/snippets/a.ts#use -->", "function use() {", "  x()", "  x(2)", "}"))
  })

  test("keeps the indentation of a block in a list", () => {
    const { text } = check("- item\n\n  <!-- snippet: docs/snippets/a.ts#call -->\n  ```ts\n  ```\n")
    expect(text).toBe("- item\n\n  <!-- snippet: docs/snippets/a.ts#call -->\n  ```ts\n  x()\n  x(2)\n  ```\n")
  })

  test.each(["ts", "js", "html"])("rejects a %s block without a source", (language) => {
    expect(check(`\`\`\`${language}\nx()\n\`\`\`\n`).problems).toEqual([
      `docs/a.md:1 this ${language} block has no source: add <!-- snippet: path#region --> above it`,
    ])
  })

  test("leaves commands and plain text alone", () => {
    expect(check("```sh\nnpm start\n```\n\n```\n<!-- snippet: x.ts -->\n```\n").problems).toEqual([])
  })

  test.each([
    ["docs/snippets/gone.ts", "docs/a.md:5 docs/snippets/gone.ts is no file in docs/snippets or examples"],
    ["docs/snippets/a.ts#gone", "docs/a.md:5 docs/snippets/a.ts has no region gone, or does not end it"],
  ])("rejects the source %s, which does not exist", (path, problem) => {
    expect(check(page(`<!-- snippet: ${path} -->`, "x()")).problems).toEqual([problem])
  })

  test("rejects a comment that no block follows", () => {
    expect(check("<!-- snippet: docs/snippets/a.ts -->\n\nProse.\n").problems).toEqual([
      "docs/a.md:1 the snippet comment has no code block after it",
    ])
  })

  test("takes a whole file without its region marks", () => {
    expect(extract(sources["docs/snippets/a.ts"])?.join("\n")).toBe(
      `import { x } from "toni"\n\nfunction use() {\n  x()\n  x(2)\n}`,
    )
  })
})
