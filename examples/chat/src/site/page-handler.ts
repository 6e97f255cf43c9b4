import { readFileSync } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"

interface PageFile {
  readonly type: string
  readonly body: Buffer
}

/** The scripts of the page, as compiled; the page loads `page/main`, which imports the rest. */
const scripts = [
  "page/backoff",
  "page/chat-screen",
  "page/composer",
  "page/connection-bar",
  "page/dom",
  "page/join-screen",
  "page/main",
  "page/message-log",
  "page/outbox",
  "page/palette",
  "page/pending-list",
  "page/people-list",
  "page/room-socket",
  "page/scroller",
  "page/storage",
  "page/text",
  "page/typing",
  "page/unread",
  "protocol/checks",
  "protocol/room-protocol",
]

/** Only our own files, no inline code, and no way to make markup out of strings. */
const policy = [
  "default-src 'self'",
  "connect-src 'self'", // WebSockets to this server included
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ")

const headersOfAll = {
  "Content-Security-Policy": policy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-cache",
}

/** Answers plain requests with the page and its files. They are a fixed table, read once: no path leads elsewhere. */
export function pageHandler(): (request: IncomingMessage, response: ServerResponse) => void {
  const files = readFiles()
  return (request, response) => {
    const path = (request.url ?? "").replace(/[?#].*$/s, "")
    const file = files.get(path)
    if (!file) return answer(404, text("There is nothing here. The chat is at /\n"))
    if (request.method === "GET" || request.method === "HEAD") return answer(200, file)
    return answer(405, text("This can only be read.\n"), { Allow: "GET, HEAD" })

    function answer(status: number, { type, body }: PageFile, headers: Readonly<Record<string, string>> = {}): void {
      response.writeHead(status, {
        ...headersOfAll,
        ...headers,
        "Content-Type": type,
        "Content-Length": body.byteLength,
      })
      // Node leaves the body out where there may be none: for HEAD.
      response.end(body)
    }
  }
}

function readFiles(): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>([
    ["/", read("src/page/index.html", "text/html; charset=utf-8")],
    ["/style.css", read("src/page/style.css", "text/css; charset=utf-8")],
    ["/favicon.svg", read("src/page/favicon.svg", "image/svg+xml")],
  ])
  for (const script of scripts) {
    files.set(`/${script}.js`, read(`dist/${script}.js`, "text/javascript; charset=utf-8"))
  }
  return files
}

/** `path` starts at the folder of the example, which is two up, from `src` and from `dist` alike. */
function read(path: string, type: string): PageFile {
  return { type, body: readFileSync(new URL(`../../${path}`, import.meta.url)) }
}

function text(body: string): PageFile {
  return { type: "text/plain; charset=utf-8", body: Buffer.from(body) }
}
