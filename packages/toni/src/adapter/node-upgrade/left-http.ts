/**
 * What a server emits, with the socket, when a connection speaks WebSocket from now on: its end is no business of HTTP's
 * any more, so who keeps account of HTTP's connections lets go of it.
 */
export const leftHttp: unique symbol = Symbol("left HTTP")
