"""`slow_proxy.py PORT BEHIND SECONDS`: passes what it gets on to the port behind it, each piece so much later.

A request of a client that waits for each answer is one piece, so each request takes so much longer.
"""

from __future__ import annotations

import asyncio
import sys


class _Behind(asyncio.Protocol):
    """The connection to the server: its answers go back at once."""

    def __init__(self, client: asyncio.Transport) -> None:
        self._client = client

    def data_received(self, data: bytes) -> None:
        self._client.write(data)

    def connection_lost(self, _: Exception | None) -> None:
        self._client.close()


class _Client(asyncio.Protocol):
    """The connection of a client: its requests go on later."""

    def __init__(self, port: int, seconds: float) -> None:
        self._port, self._seconds = port, seconds

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        loop = asyncio.get_running_loop()
        connecting = loop.create_connection(lambda: _Behind(transport), "127.0.0.1", self._port)  # type: ignore[arg-type]  # of TCP
        self._behind = asyncio.ensure_future(connecting)

    def data_received(self, data: bytes) -> None:
        asyncio.get_running_loop().call_later(self._seconds, self._pass_on, data)

    def connection_lost(self, _: Exception | None) -> None:
        self._behind.add_done_callback(lambda future: future.result()[0].close())

    def _pass_on(self, data: bytes) -> None:
        self._behind.add_done_callback(lambda future: future.result()[0].write(data))


async def main(port: int, behind: int, seconds: float) -> None:
    """Serves until it is killed."""
    server = await asyncio.get_running_loop().create_server(
        lambda: _Client(behind, seconds), "127.0.0.1", port, backlog=256
    )
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
