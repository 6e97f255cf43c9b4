import { accessSync, constants, existsSync, statSync } from "node:fs"
import { delimiter, join } from "node:path"
import { installFolder, isInstalled } from "./lib/install.mjs"
import { root, run } from "./lib/run.mjs"

/** A package outside of the workspaces, so that only who runs all tests installs its 700 MB. */
const nodes = "e2e/nodes"

/**
 * Programs that some tests need and `npm ci` does not install. A test reads the path in the `variable`; where that is
 * empty it skips itself with a note, is reported as not run, by name, and the check fails.
 *
 * `commands` are looked for in PATH, then `places`; `apt` is the Debian package that brings the program, `folder` one
 * with a package-lock.json of its own that does. `long` are those that only the long tests need.
 */
export const programs = [
  {
    name: "Chromium",
    variable: "TONI_CHROMIUM",
    commands: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    places: [
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
      "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
    ],
    apt: "chromium",
    advice: "install Chromium or Google Chrome, or set TONI_CHROMIUM to the path of one",
  },
  {
    name: "nginx",
    variable: "TONI_NGINX",
    commands: ["nginx"],
    places: ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx"],
    apt: "nginx",
    advice: "install nginx (it need not run), or set TONI_NGINX to its path",
  },
  {
    name: "Python with websockets",
    variable: "TONI_PYTHON_WEBSOCKETS",
    commands: [],
    get places() {
      return existsSync("/usr/lib/python3/dist-packages/websockets/__init__.py") ? ["/usr/bin/python3"] : []
    },
    apt: "python3-websockets",
    long: true,
    advice: "install python3-websockets, or set TONI_PYTHON_WEBSOCKETS to the path of a Python that has it",
  },
  ...[20, 22, 24, 26].map((major) => ({
    name: `Node ${major}`,
    variable: `TONI_NODE_${major}`,
    commands: [],
    get places() {
      const path = `node_modules/node-${major}-${process.platform}-${process.arch}/bin/node`
      return isInstalled(nodes) ? [join(root, nodes, path)] : []
    },
    folder: nodes,
    long: true,
    advice: `npm test installs it; where npm has none for the platform, set TONI_NODE_${major} to the path of one`,
  })),
]

/** The path of a program, or undefined. A variable that is set decides alone, even when it leads nowhere. */
export function findProgram({ variable, commands, places }, env = process.env) {
  if (env[variable]) return isProgram(env[variable]) ? env[variable] : undefined
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "")
  const inPath = commands.flatMap((command) => folders.map((folder) => join(folder, command)))
  return [...inPath, ...places].find(isProgram)
}

/** The variables that tell tests where the programs are; empty for one that is missing. */
export function programVariables() {
  return Object.fromEntries(programs.map((program) => [program.variable, findProgram(program) ?? ""]))
}

/** Installs a program where that needs no question: by npm, or on Debian and its kin as root. Says so when it fails. */
export async function installProgram({ name, variable, apt, folder }) {
  if (folder !== undefined) return process.env[variable] || isInstalled(folder) || (await installFolder(folder))
  const aptGet = findProgram({ variable: "", commands: ["apt-get"], places: [] })
  if (process.env[variable] || aptGet === undefined || process.getuid?.() !== 0) return
  console.log(`Installing ${name} (apt-get install ${apt})…`)
  // In run level 1 Debian starts no service that it has installed.
  const env = { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" }
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", apt]]) {
    const { code, output } = await run([aptGet, ...args], { env })
    if (code !== 0) {
      console.error(`${output}\napt-get ${args[0]} failed: see above.`)
      return
    }
  }
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
