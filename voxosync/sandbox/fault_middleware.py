"""Middleware before the app: it records every request, and lets faults act on it and its answer."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from voxosync.sandbox import fault_responses

if TYPE_CHECKING:
    from collections.abc import MutableSequence, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from voxosync.sandbox.faults import Fault, Faults


@dataclass(frozen=True)
class ReceivedRequest:
    """A request that the sandbox received."""

    method: str

    path: str
    """The path and query, as they were sent."""

    content: bytes
    """The bytes of the body."""

    @property
    def body(self) -> Any:
        """What the content says, decoded on access; None without content."""
        return json.loads(self.content) if self.content else None


class FaultMiddleware:
    """The outermost ASGI application: records requests in `received`, then has `app` answer them."""

    def __init__(
        self, app: ASGIApp, faults: Faults, received: MutableSequence[ReceivedRequest]
    ) -> None:
        self._app = app
        self._faults = faults
        self._received = received
        self._outdated: dict[str, deque[Response]] = {}
        """What the next reads of a campaign are answered, by the end of its path."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as the faults that fire on it want it."""
        try:
            content = await Request(scope, receive).body()
        except ClientDisconnect:
            return
        self._received.append(ReceivedRequest(scope["method"], _target(scope), content))
        firing = self._faults.firing(scope["method"], scope["path"])
        for fault in firing:
            if fault.kind == "delay":
                await _delay(float(fault.argument), receive)
            elif fault.kind == "ignore-field":
                content = _changed(content, fault.argument, None)
            elif fault.kind == "create-ignores-state":
                content = _changed(content, "state", "READY")
        answer = await self._answer(scope, content, firing)
        if answer is None:
            await _hang_up(scope, receive)
        elif any(fault.kind == "truncate" for fault in firing):
            await _send_half(answer, send)
            await _hang_up(scope, receive)
        else:
            await answer(scope, receive, send)

    async def _answer(
        self, scope: Scope, content: bytes, firing: Sequence[Fault]
    ) -> Response | None:
        """The answer to a request, none where the connection is to be dropped instead."""
        if firing and firing[-1].kind == "drop-before":
            return None
        query = scope["query_string"].decode("ascii")
        if firing and firing[-1].answers:
            return fault_responses.respelled(
                fault_responses.response_of(firing[-1], scope["path"]), firing, query
            )
        lag = next((int(fault.argument) for fault in firing if fault.kind == "lagging-read"), None)
        answer = await (
            self._ask(scope, content) if lag is None else self._ask_late(scope, content, lag)
        )
        if any(fault.kind == "drop-after" for fault in firing):
            return None
        return fault_responses.respelled(answer, firing, query)

    async def _ask(self, scope: Scope, content: bytes) -> Response:
        """The app's answer, or an outdated one."""
        outdated = self._outdated.get(_campaign(scope)) if scope["method"] == "GET" else None
        return outdated.popleft() if outdated else await _ask(self._app, scope, content)

    async def _ask_late(self, scope: Scope, content: bytes, lag: int) -> Response:
        """Have a PATCH applied; the answer, and those of the next reads, are from before it."""
        before = await _ask(self._app, {**scope, "method": "GET"}, b"")
        answer = await _ask(self._app, scope, content)
        if answer.status_code != HTTPStatus.OK:
            return answer
        self._outdated[_campaign(scope)] = deque([before] * lag)
        return before


def _target(scope: Scope) -> str:
    """The path and query of a request, as they were sent."""
    query: bytes = scope["query_string"]
    path: bytes = scope["raw_path"]
    return (path + b"?" + query if query else path).decode("ascii")


def _campaign(scope: Scope) -> str:
    """The end of a path, which is a campaign's id on either of the paths where it can be read."""
    return str(scope["path"]).rpartition("/")[2]


def _changed(content: bytes, key: str, value: str | None) -> bytes:
    """A body with another value under a key; none: without the key."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return content  # for the app to refuse
    if not isinstance(body, dict):
        return content
    remaining = {name: body[name] for name in body if name != key}
    return json.dumps(remaining if value is None else {**remaining, key: value}).encode()


async def _delay(seconds: float, receive: Receive) -> None:
    """Wait, but not for longer than the client does: what it sent is then applied unseen."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await _gone(receive)


async def _ask(app: ASGIApp, scope: Scope, content: bytes) -> Response:
    """The whole answer of an application to a request of which the body has been read."""
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, send)
    start, *parts = messages
    answer = Response(b"".join(part["body"] for part in parts), start["status"])
    answer.raw_headers = list(start["headers"])
    return answer


async def _send_half(answer: Response, send: Send) -> None:
    """Start an answer whose headers promise all of it."""
    start = {"status": answer.status_code, "headers": answer.raw_headers}
    half = bytes(answer.body[: len(answer.body) // 2])
    await send({"type": "http.response.start", **start})
    await send({"type": "http.response.body", "body": half, "more_body": True})


async def _hang_up(scope: Scope, receive: Receive) -> None:
    """Close the connection, and stay until it is: an application that leaves before gets a 500."""
    scope["state"]["hang_up"]()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
