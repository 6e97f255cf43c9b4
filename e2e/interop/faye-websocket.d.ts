/** The part of faye-websocket that is used here; it ships no types. */
declare module "faye-websocket" {
  class Client {
    constructor(url: string)
    /** Those of the server's answer, once it is open. */
    readonly headers: Readonly<Record<string, string>>
    on(event: "open", listener: () => void): void
    on(event: "message", listener: (event: { readonly data: string | Buffer }) => void): void
    on(event: "close", listener: (event: { readonly code: number; readonly reason: string }) => void): void
    send(data: string | Buffer): boolean
    /** Calls back when the pong with this payload has come. */
    ping(payload: string, answered: () => void): boolean
    close(code: number, reason: string): void
  }
  const faye: { readonly Client: typeof Client }
  export default faye
}
