"""A write directly follows the read of its campaign: waits come before the read, or the write is not sent."""

from __future__ import annotations

import socket
import threading
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.http_server import answer, dropped
from voxosync.errors import BadAnswer, Interrupted, OutcomeUnknown, WriteDeferred
from voxosync.voxo.retry_policy import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.http_server import ReceivedRequest, Reply
    from tests.voxo.scripted_voxo import Clock, Scripted
    from voxosync.voxo.client import Voxo

PATH = "/v2/admin/call-campaigns/4711"
LIVE = {"id": 4711, "name": "Spring", "numbers": []}
GET, PATCH = f"GET {PATH}", f"PATCH {PATH}"


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


def start_times(server: Scripted, clock: Clock) -> list[tuple[str, float]]:
    """Record each request with the time at which it starts by the clock of the test."""
    began: list[tuple[str, float]] = []
    reply_to = server.reply_to

    def recording(received: ReceivedRequest) -> Reply:
        began.append((received.method, clock.now))
        return reply_to(received)

    server.reply_to = recording  # type: ignore[method-assign]  # records the times
    return began


def test_wait_for_a_pause_comes_before_the_read(
    server: Scripted, connect: Callable[..., Voxo], clock: Clock, stop: threading.Event
) -> None:
    limiter = clock.limiter()
    server.on("*", answer(200, LIVE))
    began = start_times(server, clock)
    writer = connect(limiter=limiter).writer(4711, stop)
    limiter.hold(8)
    writer.read()
    writer.update({"name": "New"})
    methods, times = zip(*began, strict=True)
    assert methods == ("GET", "PATCH")
    assert times == pytest.approx((8, 8))


def test_write_is_not_sent_if_a_pause_begins_after_the_read(
    server: Scripted, connect: Callable[..., Voxo], clock: Clock, stop: threading.Event
) -> None:
    limiter = clock.limiter()
    server.on("*", answer(200, LIVE))
    began = start_times(server, clock)
    writer = connect(limiter=limiter).writer(4711, stop)
    writer.read()
    limiter.hold_as_requested(8)
    with pytest.raises(WriteDeferred):
        writer.update({"name": "New"})
    writer.read()
    writer.update({"name": "New"})
    assert [method for method, _ in began] == ["GET", "GET", "PATCH"]
    assert began[1][1] >= 8
    assert began[2][1] == began[1][1]


def test_429_is_followed_by_another_read(
    server: Scripted, voxo: Voxo, clock: Clock, stop: threading.Event
) -> None:
    server.on(PATH, answer(200, LIVE), answer(429, Retry_After="8"), answer(200, LIVE))
    began = start_times(server, clock)
    writer = voxo.writer(4711, stop)
    writer.read()
    with pytest.raises(WriteDeferred):
        writer.update({"name": "New"})
    writer.read()
    writer.update({"name": "New"})
    assert [method for method, _ in began] == ["GET", "PATCH", "GET", "PATCH"]
    assert began[2][1] >= 8


@pytest.mark.parametrize("rate", [0.5, 1, 2, 5])
def test_read_and_its_write_are_not_separated_and_count_as_two_requests(
    server: Scripted,
    connect: Callable[..., Voxo],
    clock: Clock,
    stop: threading.Event,
    rate: float,
) -> None:
    server.on("*", answer(200, LIVE))
    began = start_times(server, clock)
    voxo = connect(limiter=clock.limiter(RetryPolicy(requests_per_second=rate)))
    for _ in range(4):
        voxo.campaign(4711)
        writer = voxo.writer(4711, stop)
        writer.read()
        writer.update({"name": "New"})
        writer = voxo.writer(4711, stop)
        writer.read()
        writer.update({"name": "New"})
    pairs = [(before, after) for before, after in pairwise(began) if after[0] == "PATCH"]
    assert len(pairs) == 8
    assert all(before[1] == after[1] for before, after in pairs)
    window = max(1, 2 / rate)
    for _, first in began:
        request_count = sum(0 <= moment - first < window - 1e-6 for _, moment in began)
        assert request_count <= max(2, rate)


@pytest.mark.parametrize(("seconds", "is_sent"), [(1.9, True), (2.1, False)])
def test_write_whose_read_is_too_old_is_not_sent(
    server: Scripted,
    voxo: Voxo,
    clock: Clock,
    stop: threading.Event,
    seconds: float,
    is_sent: bool,  # noqa: FBT001  # a parameter
) -> None:
    """The time may have been taken by a suspended process, a disk or a connection."""
    server.on("*", answer(200, LIVE))
    writer = voxo.writer(4711, stop)
    writer.read()
    clock.now += seconds
    if is_sent:
        writer.update({"name": "New"})
    else:
        with pytest.raises(WriteDeferred, match="too long ago"):
            writer.update({"name": "New"})
    assert server.asked == [GET, PATCH][: 1 + is_sent]


def test_read_of_a_long_list_may_be_older(
    server: Scripted, voxo: Voxo, clock: Clock, stop: threading.Event
) -> None:
    numbers = [{"number": f"{n}"} for n in range(50_000)]
    server.on("*", answer(200, {**LIVE, "numbers": numbers}))
    writer = voxo.writer(4711, stop)
    writer.read()
    clock.now += 2.9
    writer.update({"name": "New"})
    assert server.asked == [GET, PATCH]


def test_write_is_not_sent_if_its_connection_took_too_long(
    server: Scripted,
    voxo: Voxo,
    clock: Clock,
    stop: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.on("*", answer(200, LIVE, Connection="close"))
    writer = voxo.writer(4711, stop)
    writer.read()
    connect = socket.create_connection

    def slow_connect(*arguments: Any, **options: Any) -> object:
        clock.now += 4
        return connect(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(socket, "create_connection", slow_connect)
        with pytest.raises(WriteDeferred, match="too long ago"):
            writer.update({"name": "New"})
    assert server.asked == [GET]
    writer.read()
    writer.update({"name": "New"})
    assert server.asked == [GET, GET, PATCH]


class TestInterrupted:
    def test_after_the_read_nothing_is_sent(
        self, server: Scripted, voxo: Voxo, stop: threading.Event
    ) -> None:
        server.on("*", answer(200, LIVE))
        writer = voxo.writer(4711, stop)
        writer.read()
        stop.set()
        with pytest.raises(Interrupted):
            writer.update({"name": "New"})
        assert server.asked == [GET]

    @pytest.mark.parametrize("at", ["pause", "rate", "back-off", "429"])
    def test_during_a_wait_ends_the_wait(
        self,
        server: Scripted,
        connect: Callable[..., Voxo],
        clock: Clock,
        stop: threading.Event,
        at: str,
    ) -> None:
        limiter = clock.limiter(RetryPolicy(requests_per_second=0.1 if at == "rate" else None))
        voxo = connect(limiter=limiter)
        server.on("*", answer(200, LIVE))
        voxo.campaign(4711)
        server.received.clear()
        failures = {"back-off": answer(503), "429": answer(429, Retry_After="30")}
        server.on(PATH, failures.get(at, answer(200, LIVE)))
        if at == "pause":
            limiter.hold_as_requested(30)
        clock.on_sleep = stop.set
        began = clock.now
        with pytest.raises(Interrupted):
            voxo.writer(4711, stop).read()
        assert clock.now - began < 0.5
        assert len(server.received) == (1 if at in failures else 0)

    def test_during_the_wait_of_a_creation_nothing_is_sent(
        self, server: Scripted, connect: Callable[..., Voxo], clock: Clock, stop: threading.Event
    ) -> None:
        limiter = clock.limiter()
        voxo = connect(limiter=limiter)
        limiter.hold_as_requested(30)
        clock.on_sleep = stop.set
        with pytest.raises(Interrupted):
            voxo.create({"name": "New"}, stop)
        assert server.received == []

    def test_before_a_creation_nothing_is_sent(self, voxo: Voxo, stop: threading.Event) -> None:
        stop.set()
        with pytest.raises(Interrupted):
            voxo.create({"name": "New"}, stop)

    def test_reads_without_a_write_continue(
        self, server: Scripted, voxo: Voxo, stop: threading.Event
    ) -> None:
        server.on("*", answer(200, LIVE))
        stop.set()
        assert voxo.campaign(4711) == LIVE

    def test_during_the_wait_after_an_unknown_outcome_ends_the_wait(
        self, server: Scripted, voxo: Voxo, clock: Clock, stop: threading.Event
    ) -> None:
        server.on("*", answer(200, LIVE))
        clock.on_sleep = stop.set
        assert list(voxo.writer(4711, stop).looks(1, late=True)) == []
        assert clock.now < 0.5


@pytest.mark.parametrize(("late", "seconds", "read_count"), [(True, 15, 8), (False, 0.375, 0)])
def test_late_write_is_waited_for_with_several_reads(
    voxo: Voxo,
    clock: Clock,
    stop: threading.Event,
    late: bool,  # noqa: FBT001  # a parameter
    seconds: float,
    read_count: int,
) -> None:
    assert len(list(voxo.writer(4711, stop).looks(1, late=late))) == read_count
    assert clock.now == pytest.approx(seconds, abs=0.01)


def test_write_that_is_deferred_repeatedly_fails_after_two_minutes(
    server: Scripted, voxo: Voxo, clock: Clock, stop: threading.Event
) -> None:
    writer = voxo.writer(4711, stop)

    def write_until_failure() -> None:
        while True:
            server.on(PATH, answer(200, LIVE))
            writer.read()
            server.on(PATH, answer(429))
            with pytest.raises(WriteDeferred):
                writer.update({"name": "New"})

    with pytest.raises(BadAnswer, match=r"429.*for 120 s"):
        write_until_failure()
    assert 120 < clock.now < 140


def test_write_on_a_dropped_connection_has_an_unknown_outcome(
    server: Scripted, voxo: Voxo, stop: threading.Event
) -> None:
    server.on(PATH, answer(200, LIVE), dropped)
    writer = voxo.writer(4711, stop)
    writer.read()
    with pytest.raises(OutcomeUnknown):
        writer.update({"name": "New"})


def test_interrupted_write_is_not_sent_through_a_proxy_either(
    server: Scripted,
    connect: Callable[..., Voxo],
    stop: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.on("*", answer(200, LIVE))
    monkeypatch.setenv("http_proxy", server.url)
    writer = connect(url="http://localhost:9").writer(4711, stop)
    writer.read()
    stop.set()
    with pytest.raises(Interrupted):
        writer.update({"name": "New"})
    assert [request.method for request in server.received] == ["GET"]
