/** Where to listen: a TCP port, or with `path` a Unix socket. */
export interface ListenTarget {
  /** 0 takes any that is free. */
  readonly port?: number | undefined
  /** An address of this machine, or a name that leads to one. Default: all addresses. */
  readonly host?: string | undefined
  /** The file of a Unix socket, or the name of a pipe on Windows; instead of a port. */
  readonly path?: string | undefined
  /** Lets several processes listen on one port, where the system can share out connections. Default `false`. */
  readonly reusePort?: boolean | undefined
}

/** Where a server listens. */
export interface ListenAddress {
  /** The address it is bound to, as a browser would write it: IPv6 without brackets. Empty with a Unix socket. */
  readonly host: string
  /** 0 with a Unix socket. */
  readonly port: number
  /** The file of the Unix socket. */
  readonly path?: string
  /** `http://host:port` or `https://host:port`, ready to be opened; `http://unix:/path` with a Unix socket. */
  readonly url: string
}

/** What a plain HTTP request gets where the user has no handler of their own (rule G5d). */
export interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What the core gives to a server that listens. None of the functions throws. */
export interface ListenSettings {
  /**
   * Milliseconds that the head of a request may take (rule G20c); applies to servers that the adapter created itself.
   */
  readonly headTimeout: number
  /** Answers the plain requests to this target, where the user has given no handler; not used otherwise. */
  answerPlain(target: string): PlainAnswer
  /** Connections are turned away because the process may open no more files; `limit` names what to raise. */
  outOfFiles(limit: string): void
  /** The user's request handler failed, or the adapter's own code did; the connection has been dealt with. */
  failed(error: unknown): void
}

/**
 * PORT. Owns the HTTP server that WebSockets share. `Server` is the kind of server: a WebSocket adapter can be paired
 * with this one only when it attaches to the same kind. An adapter serves one application at a time.
 */
export interface HttpAdapter<Server> {
  readonly server: Server

  /**
   * Binds, or says where a server is bound that already listens. MUST leave nothing open when it rejects (rule G3b), and
   * can be called again then, or after `close`. While it serves an application, it MUST reject another one's call.
   */
  listen(target: ListenTarget, settings: ListenSettings): Promise<ListenAddress>

  /**
   * Accepts no new connection from now on; those that exist are served on (rule G21a). Called at most once between
   * `listen` and `close`. A server that was already listening when it was handed over MUST go on listening.
   */
  stopListening(): void

  /**
   * Lets responses in flight finish, then ends idle connections; when `cut` aborts, ends the rest too. A connection that
   * was accepted a moment ago and has not asked yet MUST get its answer. Resolves when no connection of the server is
   * left. A server that was already listening when it was handed over MUST be left open (rule G21b).
   */
  close(cut: AbortSignal): Promise<void>
}
