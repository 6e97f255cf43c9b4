const socket = new WebSocket("ws://127.0.0.1:3000/chat")
socket.onmessage = ({ data }) => console.log(data)
socket.onopen = () => socket.send("hello")
