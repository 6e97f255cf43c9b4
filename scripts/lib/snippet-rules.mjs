/** Code blocks in these languages must be a piece of a file that is compiled and run. */
const mustHaveSource = new Set(["ts", "tsx", "typescript", "js", "mjs", "javascript", "html"])

const comment = /^(\s*)<!-- snippet: (\S+?)(?:#(\S+))? -->\s*$/
const fence = /^(\s*)(`{3,}|~{3,})\s*(\S*).*$/
const regionBegin = /^\s*(?:\/\/|<!--|#)\s*#region\s+(\S+)/
const regionEnd = /^\s*(?:\/\/|<!--|#)\s*#endregion\b/

/**
 * Compares the code blocks of a page with their sources. `readSource(path)` answers a file's text, or undefined. Answers
 * the problems, how many blocks have a source, and the page as it should be.
 */
export function checkPage(page, text, readSource) {
  const problems = []
  const lines = text.split("\n")
  const out = []
  let source // the snippet comment that waits for its block
  let count = 0

  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]
    const named = comment.exec(line)
    const opening = fence.exec(line)
    out.push(line)
    if (named !== null) {
      if (source !== undefined) problems.push(`${page}:${source.line} the snippet comment has no code block after it`)
      source = { path: named[2], region: named[3], line: index + 1 }
      continue
    }
    if (opening === null) {
      if (source !== undefined && line.trim() !== "") {
        problems.push(`${page}:${source.line} the snippet comment has no code block after it`)
        source = undefined
      }
      continue
    }

    const [, indent, marks, language] = opening
    const start = index
    const body = []
    while (++index < lines.length && !closes(lines[index], marks)) body.push(lines[index])
    const wanted = source === undefined ? undefined : wantedBlock(source, start)
    if (source === undefined && mustHaveSource.has(language)) {
      problems.push(
        `${page}:${start + 1} this ${language} block has no source: add <!-- snippet: path#region --> above it`,
      )
    }
    if (wanted !== undefined) {
      count++
      const block = wanted.map((each) => (each === "" ? "" : indent + each))
      if (block.join("\n") !== body.join("\n")) {
        problems.push(
          `${page}:${start + 1} differs from ${source.path}${source.region ? `#${source.region}` : ""}: npm run snippets -- --write`,
        )
      }
      out.push(...block)
    } else {
      out.push(...body)
    }
    if (index < lines.length) out.push(lines[index])
    source = undefined
  }
  if (source !== undefined) problems.push(`${page}:${source.line} the snippet comment has no code block after it`)
  return { problems, count, text: out.join("\n") }

  function wantedBlock({ path, region }, start) {
    const content = readSource(path)
    if (content === undefined) {
      problems.push(`${page}:${start + 1} ${path} is no file in docs/snippets or examples`)
      return undefined
    }
    const wanted = extract(content, region)
    if (wanted === undefined) problems.push(`${page}:${start + 1} ${path} has no region ${region}, or does not end it`)
    return wanted
  }
}

/** The lines of a file or of a named region in it, without region marks, blank edges and common indentation. */
export function extract(content, region) {
  const lines = content.replaceAll("\r\n", "\n").split("\n")
  if (region === undefined) return tidy(lines)
  const begin = lines.findIndex((line) => regionBegin.exec(line)?.[1] === region)
  if (begin === -1) return undefined
  let depth = 1
  for (let index = begin + 1; index < lines.length; index++) {
    if (regionBegin.test(lines[index])) depth++
    if (regionEnd.test(lines[index]) && --depth === 0) return tidy(lines.slice(begin + 1, index))
  }
  return undefined
}

function tidy(lines) {
  const kept = lines.filter((line) => !regionBegin.test(line) && !regionEnd.test(line)).map((line) => line.trimEnd())
  while (kept[0] === "") kept.shift()
  while (kept.at(-1) === "") kept.pop()
  const indents = kept.filter((line) => line !== "").map((line) => line.length - line.trimStart().length)
  const common = Math.min(...indents, 1000)
  return kept.map((line) => line.slice(common))
}

function closes(line, marks) {
  const text = line.trim()
  return text.startsWith(marks) && [...text].every((character) => character === marks[0])
}
