import { execFile } from "node:child_process"
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, expect, test } from "vitest"

// The test runner cannot lower standard decorators, so that each dialect is compiled by tsc and run by node.

const run = promisify(execFile)
const sources = fileURLToPath(new URL("..", import.meta.url))
const tsc = fileURLToPath(new URL("../../../../node_modules/typescript/bin/tsc", import.meta.url))

const fixture = `
import { Injectable, Module } from "./decorators/index.ts"
import { inject } from "./di/inject.ts"
import { Token } from "./di/token.ts"
import { assembleModules } from "./module/assembly.ts"

const Greeting = new Token<string>("Greeting")

@Injectable()
class Greeter {
  readonly greeting = inject(Greeting)
}

@Injectable()
class ChatGateway {
  readonly path = "/chat"
  readonly #greeter = inject(Greeter)
  onMessage(): string {
    return this.#greeter.greeting
  }
}

@Module({ providers: [Greeter, { provide: Greeting, useValue: "hello" }], exports: [Greeter] })
class GreeterModule {}

@Module({ imports: [GreeterModule], providers: [ChatGateway] })
class ChatModule {}

export function mistakes(): void {
  // @ts-expect-error a string is expected
  @Module({ providers: [{ provide: Greeting, useValue: 7 }] })
  class BadProvider {}
  // @ts-expect-error the parentheses are missing
  @Injectable
  class NoParentheses {}
  class OnMembers {
    // @ts-expect-error a method is no class
    @Injectable() method(): void {}
  }
  void [BadProvider, NoParentheses, OnMembers]
}

const { problems, providers } = await assembleModules(ChatModule)
for (const { message } of problems) console.log(message)
for (const { module, instance } of providers) {
  if (instance instanceof ChatGateway) console.log(\`\${module} \${instance.path} \${instance.onMessage()}\`)
}
`

let folder = ""

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "toni-decorators-"))
  for (const part of [
    "checked-options.ts",
    "errors.ts",
    "show-value.ts",
    "spelling.ts",
    "user-code.ts",
    "clock.ts",
    "di",
    "module",
    "decorators",
  ]) {
    const filter = (path: string) => !path.endsWith(".test.ts")
    await cp(join(sources, part), join(folder, "src", part), { recursive: true, filter })
  }
  await writeFile(join(folder, "src", "main.ts"), fixture)
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** What the program prints, and what tsc made of its decorators. */
async function compileAndRun(dialect: "standard" | "legacy") {
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    lib: ["es2023", "dom"],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    rewriteRelativeImportExtensions: true,
    experimentalDecorators: dialect === "legacy",
    outDir: dialect,
    rootDir: "src",
  }
  const project = join(folder, `tsconfig.${dialect}.json`)
  await writeFile(project, JSON.stringify({ compilerOptions, files: ["src/main.ts"] }))
  await run(process.execPath, [tsc, "-p", project])
  const program = join(folder, dialect, "main.js")
  const { stdout } = await run(process.execPath, [program])
  return { stdout, compiled: await readFile(program, "utf8") }
}

test.each([
  ["standard", "__esDecorate"],
  ["legacy", "__decorate"],
] as const)(
  "as %s decorators @Injectable() and @Module() compile, and a gateway is found with what it injects",
  async (dialect, helper) => {
    const { stdout, compiled } = await compileAndRun(dialect)
    expect(compiled).toContain(`var ${helper} =`)
    expect(stdout).toBe("ChatModule /chat hello\n")
  },
  60_000,
)
