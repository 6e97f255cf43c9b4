// Which test cites which clause of docs/rules.md, and what the page should say about it.

const clause = /[GH]\d+[a-z]?/
const cited = new RegExp(`${clause.source}(?:[ ,]+${clause.source})*`)
/** A test's title: a string that begins with clauses. `scenario("G5a G5b", "title")` has them on their own. */
const titles = [
  new RegExp(
    `scenario\\(\\s*"(?<rules>${cited.source})",\\s*(?<quote>["'\`])(?<title>(?:(?!\\k<quote>).)+)\\k<quote>`,
    "gs",
  ),
  new RegExp(`(?<quote>["'\`])(?<rules>${cited.source}):? (?<title>(?:(?!\\k<quote>).)+)\\k<quote>`, "gs"),
]

/** The tests of a file that cite clauses: `[{ rules: ["G5a"], title, path }]`. */
export function citations(path, source) {
  return titles.flatMap((pattern) =>
    [...source.matchAll(pattern)].map(({ groups }) => ({
      rules: groups.rules.split(/[ ,]+/),
      title: groups.title.replaceAll(/\s+/g, " ").replaceAll(/\\(.)/g, "$1"),
      path,
    })),
  )
}

/** Holds the page against the tests: what is wrong with it, and the page as it should be. */
export function checkRules(page, tests) {
  const lines = page.split("\n").filter((line) => !line.startsWith("  - "))
  const known = new Set()
  const problems = []
  const text = lines
    .flatMap((line) => {
      const id = /^- \*\*([GH]\d+[a-z]?)\*\* /.exec(line)?.[1]
      if (id === undefined) return [line]
      if (known.has(id)) problems.push(`${id} stands in docs/rules.md twice`)
      known.add(id)
      const proofs = tests.filter(({ rules }) => rules.includes(id))
      if (proofs.length === 0) problems.push(`${id} is proved by no test`)
      return [line, ...[...new Set(proofs.map(({ title, path }) => `  - ${title} (\`${path}\`)`))].sort()]
    })
    .join("\n")
  for (const { rules, title, path } of tests) {
    for (const id of rules) if (!known.has(id)) problems.push(`${path}: "${title}" cites ${id}, which is no clause`)
  }
  if (known.size === 0) problems.push("docs/rules.md has no clauses")
  return { text, problems, clauses: known.size }
}
