/** Where a server listens. */
export interface ListenAddress {
  /** The address it is bound to, as a browser would write it: IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** `http://host:port` or `https://host:port`, ready to be opened. */
  readonly url: string
}

/** What a plain HTTP request gets where the user has no handler of their own (rule G5d). */
export interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * PORT. Owns the HTTP server that WebSockets share. `Server` is the kind of server: a WebSocket adapter can be paired
 * with this one only when it attaches to the same kind.
 */
export interface HttpAdapter<Server> {
  readonly server: Server

  /**
   * Binds, or says where a server is bound that already listens. MUST leave nothing open when it rejects (rule G3b).
   * `headTimeout`, milliseconds: how long the head of a request may take (rule G20c); applies to servers that the
   * adapter created itself.
   */
  listen(port: number, host: string | undefined, settings: { readonly headTimeout: number }): Promise<ListenAddress>

  /** Called once, before `listen`: who answers requests when the user gave no handler. MUST be ignored otherwise. */
  answerPlainRequests(answer: (target: string) => PlainAnswer): void

  /**
   * Stops listening, lets responses in flight finish, then ends idle connections; when `cut` aborts, ends the rest too.
   * Resolves when no connection of the server is left. A server that was already listening when it was handed over MUST
   * be left open (rule G21b).
   */
  close(cut: AbortSignal): Promise<void>
}
