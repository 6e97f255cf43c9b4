import { spawn } from "node:child_process"
import { once } from "node:events"
import { connect as connectTcp } from "node:net"
import { fileURLToPath } from "node:url"
import { expect, onTestFinished, test } from "vitest"
import { connect } from "../support/peer.ts"

test("a process that may open no more files says so, with the limit's name, and serves on when there are some again", async () => {
  const script = fileURLToPath(new URL("open-files.mjs", import.meta.url))
  const child = spawn("sh", ["-c", `ulimit -n 128; exec "$0" "$1"`, process.execPath, script], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, NODE_OPTIONS: "" },
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  const [{ port }] = (await once(child, "message")) as [{ port: number }]
  const warned = once(child, "message")
  const crowd = Array.from({ length: 150 }, () => connectTcp(port, "127.0.0.1").on("error", () => undefined))
  const [warning] = await warned
  expect(warning).toEqual({
    limit: expect.stringContaining("ulimit -n"),
    message: expect.stringContaining("turned away"),
    outOfFiles: 1,
  })
  const isEmpty = once(child, "message")
  for (const socket of crowd) socket.destroy()
  expect((await isEmpty)[0]).toEqual({ isEmpty: true })
  await using peer = await connect(`ws://127.0.0.1:${port}/chat`)
  expect(await peer.ask("hi")).toBe("hi")
})
