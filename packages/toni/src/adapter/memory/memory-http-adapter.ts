import type { HttpAdapter, ListenAddress } from "../http-adapter.ts"
import { MemoryServer } from "./memory-server.ts"

/** Stands where an HTTP adapter stands, without HTTP and without a port: for tests. */
export class MemoryHttpAdapter implements HttpAdapter<MemoryServer> {
  readonly server: MemoryServer = new MemoryServer()

  listen(): Promise<ListenAddress> {
    return Promise.resolve({ host: "memory", port: 0, url: "http://memory" })
  }

  stopListening(): void {
    // A client in memory has no process to go to instead: the core refuses it.
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
