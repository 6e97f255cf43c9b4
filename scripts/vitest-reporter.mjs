import { writeFileSync } from "node:fs"
import { relative } from "node:path"
import { root } from "./lib/run.mjs"

/**
 * A Vitest reporter that writes what happened to the file named in TONI_TEST_REPORT, for scripts/ok.mjs:
 * `{ passed, failed, skipped: [{ name, note }], files }`. A file that could not be loaded, and an error outside of
 * every test, count as one failed test each.
 */
export default class {
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env.TONI_TEST_REPORT
    if (file === undefined) return
    const report = { passed: 0, failed: unhandledErrors.length, skipped: [], files: [], projects: {} }
    for (const module of modules) {
      report.files.push(relative(root, module.moduleId).replaceAll("\\", "/"))
      report.failed += module.errors().length
      for (const test of module.children.allTests()) count(report, module, test)
      for (const suite of module.children.allSuites()) report.failed += suite.errors().length
    }
    writeFileSync(file, JSON.stringify(report))
  }
}

function count(report, module, test) {
  const { state, note } = test.result()
  if (state === "passed") {
    report.passed++
    report.projects[module.project.name] = (report.projects[module.project.name] ?? 0) + 1
  } else if (state === "skipped") {
    report.skipped.push({ name: `${relative(root, module.moduleId)} > ${test.fullName}`, note })
  } else {
    report.failed++ // failed, or never ended
  }
}
