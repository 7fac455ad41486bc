"""PyPI's websockets: websockets_client.py URL TOKEN SUBPROTOCOL...

Says on standard output what it sees, one thing a line.
"""
import asyncio
import sys

import websockets


def say(*words):
    print(*words, flush=True)


async def main(url, token, *subprotocols):
    headers = {"Authorization": f"Bearer {token}"}
    async with websockets.connect(
        url, additional_headers=headers, subprotocols=subprotocols or None, ping_interval=0.5
    ) as socket:
        say("open", socket.subprotocol or "")
        try:
            async for message in socket:
                say("message", message)
        except websockets.ConnectionClosed:
            pass
        say("close", socket.close_code)


asyncio.run(main(*sys.argv[1:]))
