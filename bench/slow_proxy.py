"""A proxy that delays requests: `slow_proxy.py PORT SERVER_PORT SECONDS`.

Passes each piece of data that it receives on to a server after some seconds. A client that waits for each response
sends a request as one piece, so this is the delay of each request.
"""

from __future__ import annotations

import asyncio
import sys


class _ServerConnection(asyncio.Protocol):
    """The connection to the server, whose responses are passed on at once."""

    def __init__(self, client: asyncio.Transport) -> None:
        self._client = client

    def data_received(self, data: bytes) -> None:
        self._client.write(data)

    def connection_lost(self, _: Exception | None) -> None:
        self._client.close()


class _ClientConnection(asyncio.Protocol):
    """The connection of a client, whose requests are passed on later."""

    def __init__(self, port: int, seconds: float) -> None:
        self._port, self._seconds = port, seconds

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        loop = asyncio.get_running_loop()
        connecting = loop.create_connection(
            lambda: _ServerConnection(transport), "127.0.0.1", self._port
        )  # type: ignore[arg-type]  # a TCP transport
        self._server = asyncio.ensure_future(connecting)

    def data_received(self, data: bytes) -> None:
        asyncio.get_running_loop().call_later(self._seconds, self._pass_on, data)

    def connection_lost(self, _: Exception | None) -> None:
        self._server.add_done_callback(lambda future: future.result()[0].close())

    def _pass_on(self, data: bytes) -> None:
        self._server.add_done_callback(lambda future: future.result()[0].write(data))


async def main(port: int, server_port: int, seconds: float) -> None:
    """Serves until it is killed."""
    server = await asyncio.get_running_loop().create_server(
        lambda: _ClientConnection(server_port, seconds), "127.0.0.1", port, backlog=256
    )
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
