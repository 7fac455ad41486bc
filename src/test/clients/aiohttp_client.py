"""PyPI's aiohttp: aiohttp_client.py URL TOKEN SUBPROTOCOL...

Opens a WebSocket for ws: and reads server-sent events line by line for http:. Says on standard
output what it sees, one thing a line.
"""
import asyncio
import sys

import aiohttp


def say(*words):
    print(*words, flush=True)


async def read_socket(session, url, subprotocols):
    async with session.ws_connect(url, protocols=subprotocols, heartbeat=0.5) as socket:
        say("open", socket.protocol or "")
        async for message in socket:
            say("message", message.data)
        say("close", socket.close_code)


async def read_events(session, url):
    async with session.get(url, headers={"Accept": "text/event-stream"}) as answer:
        say("open", answer.status)
        async for line in answer.content:
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "data":
                say("message", value)
        say("close")


async def main(url, token, *subprotocols):
    headers = {"Authorization": f"Bearer {token}"}
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
        if url.startswith("ws"):
            await read_socket(session, url, subprotocols)
        else:
            await read_events(session, url)


asyncio.run(main(*sys.argv[1:]))
