import { ratioOf, show } from "./summary.mjs"

const width = 760
const left = 190
const right = 150
const step = 30

/** One workload as horizontal bars, best on top: toni in colour, whiskers around the middle half of the turns. */
export function drawChart({ title, unit, better, figure, lines }) {
  const drawn = lines.filter(({ value }) => value !== undefined)
  const longest = Math.max(...drawn.map(({ high }) => high), 1)
  const reference = drawn.find(({ contender }) => contender === "ws")
  const scale = (value) => (Math.max(0, value) / longest) * (width - left - right)
  const height = 74 + drawn.length * step
  const bars = drawn.map((line, index) => drawBar(line, 64 + index * step, scale, reference, figure))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">
<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 } .quiet { fill: #59636e } .ours { font-weight: 600 }
  .bar { fill: #b6bfc9 } .bar.ours { fill: #1f7a4d } .whisker { stroke: #1f2328; stroke-width: 1.2; opacity: .65 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .quiet { fill: #9198a1 } .bar { fill: #4a525c } .bar.ours { fill: #3fb27f }
    .whisker { stroke: #f0f6fc }
  }
</style>
<text class="title" x="8" y="22">${escape(title)}</text>
<text class="quiet" x="8" y="42">${escape(unit)}; ${better === "more" ? "longer" : "shorter"} is better</text>
${bars.join("\n")}
</svg>
`
}

function drawBar(line, y, scale, reference, figure) {
  const { contender, value, low, high, marks } = line
  const ours = contender === "toni" ? " ours" : ""
  const ratio = reference && contender !== "ws" ? `  ${ratioOf(line, reference)?.toPrecision(3) ?? "?"} × ws` : ""
  const middle = y + 10
  const label = Math.max(scale(value), scale(high)) + left + 8
  return `<text class="${ours.trim()}" x="${left - 10}" y="${middle + 4}" text-anchor="end">${escape(contender)}</text>
<rect class="bar${ours}" x="${left}" y="${y}" width="${scale(value).toFixed(1)}" height="20" rx="2"/>
<path class="whisker" d="M${(left + scale(low)).toFixed(1)} ${middle}H${(left + scale(high)).toFixed(1)}"/>
<text class="${ours.trim()}" x="${label.toFixed(1)}" y="${middle + 4}">${show(value, figure)}<tspan class="quiet">${ratio}${marks.length > 0 ? " *" : ""}</tspan></text>`
}

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")
}
