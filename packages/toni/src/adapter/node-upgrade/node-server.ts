import type { Server as HttpServer } from "node:http"
import type { Server as HttpsServer } from "node:https"

/** A server of Node, in clear or with TLS. */
export type NodeServer = HttpServer | HttpsServer
