const socket = new WebSocket(`ws://${location.host}/chat`)
socket.onmessage = ({ data }) => console.log(data)
socket.onopen = () => socket.send("hello")
