import { createChatApp } from "./app.ts"
import { badPort, readPort, whyNotListening } from "./startup.ts"

const port = readPort(process.env["PORT"])

if (port === undefined) {
  console.error(badPort(process.env["PORT"]))
  process.exitCode = 1
} else {
  await start(port)
}

async function start(port: number): Promise<void> {
  const app = await createChatApp()
  try {
    const { url } = await app.listen(port, "127.0.0.1")
    app.closeOnSignals()
    console.log(`The chat is open: ${url} (two tabs make a conversation, Ctrl-C ends it)`)
  } catch (error) {
    console.error(whyNotListening(error, port) ?? error)
    process.exitCode = 1
  }
}
