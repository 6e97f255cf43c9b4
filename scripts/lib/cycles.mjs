/** The groups of nodes that reach each other (Tarjan's algorithm); a node alone is no group unless it names itself. */
export function findCycles(edges) {
  const state = new Map()
  const stack = []
  const cycles = []

  for (const node of edges.keys()) if (!state.has(node)) visit(node)
  return cycles

  function visit(node) {
    const own = { index: state.size, low: state.size, open: true }
    state.set(node, own)
    stack.push(node)
    for (const next of edges.get(node) ?? []) {
      const other = state.get(next) ?? visit(next)
      if (other.open) own.low = Math.min(own.low, other.low)
    }
    if (own.low === own.index) {
      const group = stack.splice(stack.indexOf(node))
      for (const member of group) state.get(member).open = false
      if (group.length > 1 || edges.get(node)?.has(node)) cycles.push(group.sort())
    }
    return own
  }
}
