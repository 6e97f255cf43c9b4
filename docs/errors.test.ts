import { ToniError, type ToniErrorCode } from "toni"
import { expect, test } from "vitest"
import { readPage } from "./page.ts"

interface ErrorEntry {
  readonly message: string
  readonly fix: string
  readonly peer: string
}

// The table is no part of the public API; the page is checked against what was built.
const built = new URL("../packages/toni/dist/errors.js", import.meta.url)
const { errorTable } = (await import(built.href)) as { errorTable: Record<ToniErrorCode, ErrorEntry> }

test("the guide lists every error code as the table of the package has it", () => {
  const rows = Object.entries(errorTable).map(([code, { message, fix, peer }]) => [code, message, fix, peer])
  const listed = readPage("errors.md")
    .split("\n")
    .filter((line) => line.startsWith("| `TONI_"))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    )
    .map(([code = "", ...cells]) => [code.replaceAll("`", ""), ...cells])
  expect(listed).toEqual(rows)
})

test("an error carries its code, and says what to do", () => {
  const error = new ToniError("TONI_BAD_JSON", "this is a binary message.")
  expect(error).toMatchObject({ code: "TONI_BAD_JSON", fix: errorTable.TONI_BAD_JSON.fix })
})
