import type { Server as HttpServer } from "node:http"
import type { Http2SecureServer } from "node:http2"
import type { Server as HttpsServer } from "node:https"

/** A server of Node, in clear or with TLS; one of `node:http2` speaks HTTP/1.1 besides (`allowHTTP1`). */
export type NodeServer = HttpServer | HttpsServer | Http2SecureServer
