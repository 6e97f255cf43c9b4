"""Talks to the server whose URL is given, as talk.ts does, and prints what it has seen as JSON."""

import asyncio
import json
import sys

import websockets


async def talk(url, sent):
    async with websockets.connect(url, max_size=None) as client:

        async def ask(data):
            await client.send(data)
            return await client.recv()

        account = {"text": await ask(sent["text"]), "binary": list(await ask(bytes(sent["binary"])))}
        big = "é" * (sent["bigLength"] // 2)
        account["bigText"] = await ask(big) == big
        data = bytes(index * 7 % 256 for index in range(sent["bigLength"]))
        account["bigBinary"] = await ask(data) == data
        await (await client.ping(sent["ping"]))
        account["pong"] = sent["ping"]
        await client.close(4000, "bye")
        account["closing"] = client.close_code
    async with websockets.connect(url) as other:
        await other.send("close me")
        await other.wait_closed()
        account["closed"] = {"code": other.close_code, "reason": other.close_reason}
    return account


print(json.dumps(asyncio.run(talk(sys.argv[1], json.loads(sys.argv[2])))))
