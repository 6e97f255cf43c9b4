"""
Talks to the server whose URL is given, as talk.ts does, and prints what it has seen as JSON. With a third argument it
asks the server to refer no further back than that power of two.
"""

import asyncio
import json
import sys

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory


async def talk(url, sent, window_bits=None):
    offers = window_bits and [ClientPerMessageDeflateFactory(server_max_window_bits=window_bits)]
    async with websockets.connect(url, max_size=None, extensions=offers) as client:

        async def ask(data):
            await client.send(data)
            return await client.recv()

        # Since version 13 the answer is kept whole.
        headers = client.response.headers if hasattr(client, "response") else client.response_headers
        account = {"extensions": headers.get("Sec-WebSocket-Extensions", "")}
        account |= {"text": await ask(sent["text"]), "binary": list(await ask(bytes(sent["binary"])))}
        big = "é" * (sent["bigLength"] // 2)
        account["bigText"] = await ask(big) == big
        data = bytes((index % sent["period"]) ** 3 // 65536 % 256 for index in range(sent["bigLength"]))
        account["bigBinary"] = await ask(data) == data
        data = bytes(index**3 // 65536 % 256 for index in range(sent["noiseLength"]))
        account["noise"] = await ask(data) == data
        await (await client.ping(sent["ping"]))
        account["pong"] = sent["ping"]
        await client.close(4000, "bye")
        account["closing"] = client.close_code
    async with websockets.connect(url) as other:
        await other.send("close me")
        await other.wait_closed()
        account["closed"] = {"code": other.close_code, "reason": other.close_reason}
    return account


print(json.dumps(asyncio.run(talk(sys.argv[1], json.loads(sys.argv[2]), *map(int, sys.argv[3:])))))
