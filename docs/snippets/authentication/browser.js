const token = "ann.1795392000000.signature" // from your sign-in
const encoded = btoa(token).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")

const socket = new WebSocket("ws://127.0.0.1:3000/secure/acme", ["toni", `toni.bearer.${encoded}`])
socket.onclose = ({ code, reason }) => console.log(code, reason)
