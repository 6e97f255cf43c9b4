function connect(attempt = 0) {
  const socket = new WebSocket("ws://127.0.0.1:3000/rooms/lobby")
  socket.onopen = () => (attempt = 0)
  socket.onmessage = ({ data }) => console.log(data)
  socket.onclose = ({ code }) => {
    if (code === 4401) return // the user has to sign in first
    const delay = Math.min(30_000, 500 * 2 ** attempt) * Math.random()
    setTimeout(() => connect(attempt + 1), delay)
  }
}

connect()
