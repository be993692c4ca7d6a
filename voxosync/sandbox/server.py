"""The sandbox as a whole: a store, faults and the application, served on a port of this machine."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections import deque
from concurrent.futures import Future
from contextlib import ExitStack
from threading import Event, Thread
from typing import TYPE_CHECKING

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from voxosync.sandbox.app import create_app
from voxosync.sandbox.fault_middleware import FaultMiddleware, ReceivedRequest
from voxosync.sandbox.faults import Faults
from voxosync.sandbox.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from starlette.types import ASGIApp

_HOST = "127.0.0.1"
_REQUESTS_KEPT = 10_000


class Sandbox:
    """A local VOXO, for whoever holds `token`. Inside `with` it serves, from a thread of its own.

    `tenant_id` owns the campaigns that `store.put` makes. With `state`, an SQLite file, campaigns
    outlive the sandbox; else they are in memory. `faults` are words of `--fault`. Port 0 is a free
    one. A word that is not a fault and a file that cannot hold the state are ValueErrors, a port that
    cannot be had is an OSError of `with`.
    """

    store: Store
    """The live campaigns."""

    faults: Faults
    """What goes wrong; `faults.set` exchanges it while the sandbox serves."""

    requests: deque[ReceivedRequest]
    """The latest requests that were received, oldest first."""

    port: int
    """The port it serves on, known inside `with`."""

    def __init__(
        self,
        *,
        token: str = "sandbox-token",  # noqa: S107 - it opens nothing but this
        tenant_id: int = 1,
        state: Path | None = None,
        faults: Sequence[str] = (),
        port: int = 0,
    ) -> None:
        self.faults = Faults(faults)
        self.store = Store(state, tenant_id)
        self.requests = deque(maxlen=_REQUESTS_KEPT)
        self.port = port
        self._app = FaultMiddleware(create_app(self.store, token), self.faults, self.requests)
        self._open = ExitStack()

    @property
    def base_url(self) -> str:
        """What a client calls VOXO's base URL."""
        return f"http://{_HOST}:{self.port}"

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(self.store.close)
            listener = stack.enter_context(socket.create_server((_HOST, self.port)))
            self.port = listener.getsockname()[1]
            server = _Server(_config(self._app))
            thread = Thread(target=server.run, args=([listener],), name="voxosync sandbox")
            # The port listens already: who connects before the thread is ready is served then.
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.stop)
            self._open = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close()

    def serve_forever(self, ready: Callable[[], None] = lambda: None) -> None:
        """Wait, inside `with` and in the main thread, for Ctrl-C or SIGTERM; then return.

        `ready` is called once either of them would stop it cleanly, which is the moment to announce the sandbox.
        """
        stop = Event()
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, lambda *_: stop.set()) for number in signals}
        try:
            ready()
            while not stop.wait(timeout=1):
                pass  # Windows lets no signal interrupt a wait without an end
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Server(Server):
    """Uvicorn, stopped from another thread, and without waiting for open connections.

    Uvicorn itself looks ten times a second for whether to stop, and then waits for another tenth of a second.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._stopped: Future[None] = Future()

    def stop(self) -> None:
        """End `run` soon."""
        self._stopped.set_result(None)

    async def main_loop(self) -> None:
        """Serve until `stop`."""
        await self.on_tick(0)  # sets the headers of every answer
        await asyncio.wrap_future(self._stopped)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Hang up on everybody, so that no delay is waited for."""
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        for connection in list(self.server_state.connections):
            connection.transport.close()
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110  # uvicorn sets no event
            await asyncio.sleep(0.001)
        for server in self.servers:
            await server.wait_closed()


class _Protocol(H11Protocol):
    """HTTP over a connection that the application can close: `scope["state"]["hang_up"]`.

    ASGI has no word for it: an application that just leaves is answered for, with a 500.
    """

    def connection_made(  # type: ignore[override]  # as uvicorn types it
        self, transport: asyncio.Transport
    ) -> None:
        """Hand the transport's `close` to every request of this connection."""
        super().connection_made(transport)
        # Answers leave in two writes. asyncio sees to this only on sockets that it made itself;
        # without it every answer waits 40 ms for the acknowledgement of its first half.
        connection: socket.socket = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, "hang_up": transport.close}


def _config(app: ASGIApp) -> Config:
    """Uvicorn without its extras: it logs nothing but bugs, and no answer holds a date."""
    return Config(
        app,
        http=_Protocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,
    )
