import { readFileSync } from "node:fs"

/** A page of the guide, or another one by its path from here. */
export function readPage(path: string): string {
  return readFileSync(new URL(path, import.meta.url), "utf8")
}

/** The rows of the table that follows this heading, as cells without code marks. */
export function tableUnder(path: string, heading: string): string[][] {
  const [, section] = readPage(path).split(`${heading}\n`)
  if (section === undefined) throw new Error(`${path} has no ${heading}`)
  const [table = ""] = /(?:^\|.*\n)+/m.exec(section) ?? []
  const rows = table.trim().split("\n").slice(2)
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  )
}
