import { Visitor, parseSync } from "oxc-parser"

/**
 * Every small change of a source file that should make a test fail: `mutations`, in the order of the file, and `scopes`,
 * where each function's body begins and ends. Of a mutation `text` replaces `start` to `end`, `change` says it in words,
 * `scope` is the index of the function that holds it, or -1 at the top of the file. What is said to people is left alone
 * (strings with spaces, templates), and so are types.
 */
export function mutationsOf(path, source) {
  const { program, errors } = parseSync(path, source)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`)
  const mutations = []
  // Stretches that are no code of run time: types, the names of modules, keys.
  const covered = []
  const textOf = (node) => source.slice(node.start, node.end)
  const lineOf = lineCounter(source)

  const add = (start, end, text) => {
    const was = shorten(source.slice(start, end))
    mutations.push({ start, end, text, line: lineOf(start), change: `${was} -> ${shorten(text) || "(removed)"}` })
  }
  const replace = (node, text) => add(node.start, node.end, text)
  const operator = (node, left, right, texts) => {
    const at = source.indexOf(node.operator, left.end)
    if (at === -1 || at >= right.start) return
    for (const text of texts) addOperator(node, at, text)
  }
  const addOperator = (node, at, text) =>
    mutations.push({
      start: at,
      end: at + node.operator.length,
      text,
      line: lineOf(at),
      change: `${shorten(textOf(node))}: ${node.operator} -> ${text}`,
    })
  const condition = (test, values) => {
    if (test !== null && test.type !== "Literal") for (const value of values) replace(test, value)
  }

  new Visitor({
    BinaryExpression(node) {
      operator(node, node.left, node.right, binary[node.operator] ?? [])
      // The comparison itself is changed; a type that does not exist changes nothing more.
      if (node.left.type === "UnaryExpression" && node.left.operator === "typeof") cover(node.right)
    },
    LogicalExpression(node) {
      if (node.operator === "??") replace(node, textOf(node.left))
      else operator(node, node.left, node.right, node.operator === "&&" ? ["||"] : ["&&"])
    },
    AssignmentExpression: (node) => operator(node, node.left, node.right, assignment[node.operator] ?? []),
    UpdateExpression(node) {
      const other = node.operator === "++" ? "--" : "++"
      replace(node, node.prefix ? other + textOf(node.argument) : textOf(node.argument) + other)
    },
    UnaryExpression(node) {
      if (node.operator === "!" || node.operator === "-" || node.operator === "~") replace(node, textOf(node.argument))
    },
    IfStatement: (node) => condition(node.test, ["true", "false"]),
    ConditionalExpression: (node) => condition(node.test, ["true", "false"]),
    WhileStatement: (node) => condition(node.test, ["false"]),
    ForStatement: (node) => condition(node.test, ["false"]),
    ForOfStatement: (node) => replace(node.right, "[]"),
    ExpressionStatement(node) {
      if (removable.has(inner(node.expression).type)) replace(node, ";")
    },
    ChainExpression(node) {
      const expression = textOf(node)
      if (expression.includes("?.")) replace(node, expression.replace(/\?\.(?=[[(])/, "").replace("?.", "."))
    },
    Literal(node) {
      if (typeof node.value === "boolean") replace(node, String(!node.value))
      else if (typeof node.value === "number") replace(node, `(${textOf(node)} + 1)`)
      else if (typeof node.value === "string" && /^\S+$/.test(node.value)) replace(node, '"mutated"')
    },
    TSLiteralType: (node) => cover(node),
    TSEnumMember: (node) => cover(node),
    ImportDeclaration: (node) => cover(node.source),
    ExportNamedDeclaration: (node) => node.source !== null && cover(node.source),
    ExportAllDeclaration: (node) => cover(node.source),
    ImportExpression: (node) => cover(node.source),
    TSModuleDeclaration: (node) => cover(node),
    Property: (node) => node.key.type === "Literal" && cover(node.key),
    PropertyDefinition: (node) => node.key.type === "Literal" && cover(node.key),
    TSPropertySignature: (node) => cover(node),
  }).visit(program)

  function cover({ start, end }) {
    covered.push([start, end])
  }

  const scopes = scopesOf(program)
  const inTypes = ({ start, end }) => covered.some(([from, to]) => start >= from && end <= to)
  const known = mutations.filter((mutation) => !inTypes(mutation)).sort((a, b) => a.start - b.start || a.end - b.end)
  return { mutations: known.map((mutation) => ({ ...mutation, scope: innermost(scopes, mutation) })), scopes }
}

const binary = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "<<": [">>"],
  ">>": ["<<"],
  ">>>": ["<<"],
  "&": ["|"],
  "|": ["&"],
  "^": ["&"],
}

const assignment = { "+=": ["-="], "-=": ["+="], "*=": ["/="], "|=": ["&="], "&=": ["|="], "^=": ["|="], "??=": ["="] }

const removable = new Set(["CallExpression", "AssignmentExpression", "UpdateExpression", "ChainExpression"])

/** What `void` and `await` stand before. */
function inner(expression) {
  const { type, operator, argument } = expression
  return type === "AwaitExpression" || (type === "UnaryExpression" && operator === "void")
    ? inner(argument)
    : expression
}

/** The bodies of functions, as offsets behind their `{` and at their `}`. */
function scopesOf(program) {
  const scopes = []
  const note = ({ body }) => {
    if (body?.type === "BlockStatement" || body?.type === "FunctionBody") scopes.push([body.start + 1, body.end - 1])
  }
  new Visitor({ FunctionDeclaration: note, FunctionExpression: note, ArrowFunctionExpression: note }).visit(program)
  return scopes.sort(([a], [b]) => a - b)
}

function innermost(scopes, { start, end }) {
  let found = -1
  for (const [index, [from, to]] of scopes.entries()) if (from <= start && end <= to) found = index
  return found
}

function lineCounter(source) {
  return (offset) => source.slice(0, offset).split("\n").length
}

function shorten(text) {
  const line = text.replace(/\s+/g, " ")
  return line === ";" ? "" : line.length > 90 ? `${line.slice(0, 89)}…` : line
}

/** The source with one mutation in it. */
export function mutate(source, { start, end, text }) {
  return source.slice(0, start) + text + source.slice(end)
}

/** The source with a call of `globalThis.toniScopeRuns("<file>", <scope>)` at the begin of each function and of the file. */
export function watchScopes(source, scopes, file) {
  let text = source
  for (const [index, [start]] of [...scopes.entries()].reverse())
    text = text.slice(0, start) + call(index) + text.slice(start)
  return `${call(-1)}\n${text}`

  function call(scope) {
    return `;globalThis.toniScopeRuns?.(${JSON.stringify(file)}, ${scope});`
  }
}

/** `count` of a list, always the same ones for a seed (mulberry32), in the order of the list. */
export function sample(list, count, seed) {
  let state = seed >>> 0
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
  const order = list.map((_, index) => index)
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    ;[order[last], order[other]] = [order[other], order[last]]
  }
  return order
    .slice(0, count)
    .sort((a, b) => a - b)
    .map((index) => list[index])
}
