import { Visitor, parseSync } from "oxc-parser"

/**
 * Everything a source file imports, types included: `[{ specifier, line }]`. `specifier` is undefined where it is not
 * a plain string. Also answers what the file does besides re-exporting names (`otherStatements`, lines).
 */
export function readImports(path, text) {
  const { program, errors } = parseSync(path, text)
  const imports = []
  const note = (node, source) => imports.push({ specifier: source?.value, line: lineOf(text, node.start) })
  const literal = (node) => (node?.type === "Literal" && typeof node.value === "string" ? node : undefined)

  new Visitor({
    ImportDeclaration: (node) => note(node, node.source),
    ExportAllDeclaration: (node) => note(node, node.source),
    ExportNamedDeclaration: (node) => node.source !== null && note(node, node.source),
    ImportExpression: (node) => note(node, literal(node.source)),
    TSImportType: (node) => note(node, node.source ?? literal(node.argument?.literal ?? node.argument)),
    TSExternalModuleReference: (node) => note(node, node.expression),
    CallExpression: (node) => {
      if (node.callee.type === "Identifier" && node.callee.name === "require") note(node, literal(node.arguments[0]))
    },
  }).visit(program)

  const otherStatements = program.body
    .filter((node) => node.type !== "ExportNamedDeclaration" || node.source === null)
    .map((node) => lineOf(text, node.start))
  return { imports, otherStatements, error: errors[0]?.message }
}

function lineOf(text, offset) {
  return text.slice(0, offset).split("\n").length
}
