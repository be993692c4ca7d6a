"""Retries, pauses of all workers, the end of a run without responses, and the rate of requests."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.http_server import answer, dripping, dropped, raw, silence
from voxosync.errors import (
    BadAnswer,
    CampaignError,
    OutcomeUnknown,
    RunEnded,
    TokenRejected,
    Unreachable,
)
from voxosync.voxo.http_sender import retry_after
from voxosync.voxo.retry_policy import RetryPolicy
from voxosync.voxo.run_limiter import RunLimiter

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.http_server import Handler, Reply
    from tests.voxo.scripted_voxo import Clock, Scripted
    from voxosync.voxo.client import Voxo

LIVE = {"id": 4711}
OK = answer(200, LIVE)
INTERRUPTED = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")


@pytest.fixture
def unreachable_url() -> str:
    """A base URL at which no server listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


# Retries


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(answer(429), id="429"),
        pytest.param(answer(502), id="502"),
        pytest.param(answer(503), id="503"),
        pytest.param(answer(504, b"<html>"), id="504"),
        pytest.param(dropped, id="a dropped connection"),
        pytest.param(INTERRUPTED, id="an interrupted response"),
        pytest.param(raw(b"SSH-2.0-OpenSSH\r\n\r\n"), id="not HTTP"),
    ],
)
def test_read_is_retried_after_a_temporary_failure(
    server: Scripted, voxo: Voxo, failure: Reply
) -> None:
    server.on("*", failure, failure, failure, failure, OK)
    assert voxo.campaign(4711) == LIVE
    assert len(server.received) == 5


def test_read_without_a_response_is_retried(
    server: Scripted, connect: Callable[..., Voxo], clock: Clock
) -> None:
    server.on("*", silence, OK)
    assert connect(limiter=clock.limiter(RetryPolicy(between_bytes=0.1))).campaign(4711) == LIVE


def test_backoff_doubles_and_half_of_it_is_random(
    server: Scripted, connect: Callable[..., Voxo], clock: Clock
) -> None:
    server.on("*", answer(503))
    for jitter, sleeps in ((0, [0.25, 0.5, 1, 2]), (1, [0.5, 1, 2, 4])):
        clock.sleeps.clear()
        with pytest.raises(BadAnswer):
            connect(limiter=clock.limiter(jitter=jitter)).campaign(4711)
        assert clock.sleeps == sleeps


def test_backoff_has_a_maximum(clock: Clock) -> None:
    assert clock.limiter(jitter=1).backoff(50) == 8


def test_caller_can_back_off_in_the_same_way(voxo: Voxo, clock: Clock) -> None:
    voxo.back_off(1)
    voxo.back_off(2)
    assert clock.sleeps == [0.375, 0.75]


def test_campaign_fails_after_five_attempts_and_the_next_one_is_read(
    server: Scripted, voxo: Voxo
) -> None:
    server.on("/v2/admin/call-campaigns/1", answer(503, {"message": "restarting"}))
    server.on("/v2/admin/call-campaigns/4711", OK)
    with pytest.raises(BadAnswer, match=r"no usable answer in 5 attempts.*503 \(restarting\)"):
        voxo.campaign(1)
    assert len(server.received) == 5
    assert voxo.campaign(4711) == LIVE


# Pauses that VOXO requests

NOW = datetime(2026, 3, 1, 9, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        ("9" * 5000, 999_999),
        ("Sun, 01 Mar 2026 09:00:30 GMT", 30),
        ("Sun, 01 Mar 2026 10:00:30 +0100", 30),
        ("Sun, 01 Mar 2026 09:00:30 -0000", 30),
        ("Sun, 01 Mar 2026 08:59:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 999_999),
        ("Sun, 01 Mar 99999999999 09:00:00 GMT", None),
        ("", None),
        ("soon", None),
        ("-7", None),
        ("1.5", None),
        ("\u0667", None),
    ],
)
def test_retry_after_is_a_number_of_seconds_or_a_date(header: str, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_followed(server: Scripted, voxo: Voxo, clock: Clock, status: int) -> None:
    server.on("*", answer(status, Retry_After="30"), OK)
    voxo.campaign(4711)
    assert clock.now == pytest.approx(30)


def test_retry_after_with_a_date_is_followed(server: Scripted, voxo: Voxo, clock: Clock) -> None:
    at = datetime.now(UTC) + timedelta(seconds=60)
    server.on("*", answer(429, Retry_After=f"{at:%a, %d %b %Y %H:%M:%S} GMT"), OK)
    voxo.campaign(4711)
    assert 50 < clock.now <= 60


@pytest.mark.parametrize("hours", [-3, 3])
def test_retry_after_with_a_date_is_measured_by_the_clock_of_the_server(
    hours: int, server: Scripted, voxo: Voxo, clock: Clock
) -> None:
    now = datetime.now(UTC) + timedelta(hours=hours)
    dates = [f"{moment:%a, %d %b %Y %H:%M:%S} GMT" for moment in (now, now + timedelta(seconds=60))]
    server.on("*", answer(429, Date=dates[0], Retry_After=dates[1]), OK)
    voxo.campaign(4711)
    assert clock.now == pytest.approx(60)


def test_pause_that_one_worker_is_asked_for_applies_to_all(
    server: Scripted, voxo: Voxo, clock: Clock
) -> None:
    server.on("/v2/admin/call-campaigns/1", answer(429, Retry_After="30"), answer(200, {"id": 1}))
    server.on("/v2/admin/call-campaigns/2", answer(200, {"id": 2}))

    def another_worker() -> None:
        clock.on_sleep = lambda: None
        voxo.campaign(2)

    clock.on_sleep = another_worker
    voxo.campaign(1)
    assert clock.sleeps == [30, 30]


def test_429_does_not_count_as_an_attempt(server: Scripted, voxo: Voxo) -> None:
    """The last of eight workers must not fail if a server accepts one request a second."""
    server.on("*", *[answer(429, Retry_After="1")] * 60, OK)
    assert voxo.campaign(4711) == LIVE


def test_requested_pause_does_not_count_as_time_without_a_response(
    server: Scripted, voxo: Voxo, clock: Clock
) -> None:
    server.on("*", answer(429, Retry_After="100"), OK)
    assert voxo.campaign(4711) == LIVE
    assert clock.now == pytest.approx(100)


def test_requested_pause_of_more_than_two_minutes_ends_the_run(
    server: Scripted, voxo: Voxo, clock: Clock
) -> None:
    server.on("*", answer(429, Retry_After="3600"))
    with pytest.raises(Unreachable, match="3600 s"):
        voxo.campaign(4711)
    assert clock.now == 0


@pytest.mark.parametrize("wait", ["1", "7", "119"])
def test_requested_pauses_without_a_success_between_them_add_up(
    server: Scripted, voxo: Voxo, clock: Clock, wait: str
) -> None:
    server.on("*", answer(429, Retry_After=wait))
    with pytest.raises(Unreachable, match="pause"):
        voxo.campaign(4711)
    assert clock.now <= 120


def test_requested_pauses_with_successes_between_them_do_not_add_up(
    server: Scripted, voxo: Voxo, clock: Clock
) -> None:
    server.on("*", *[answer(429, Retry_After="100"), OK] * 5)
    for _ in range(5):
        voxo.campaign(4711)
    assert clock.now == pytest.approx(500)


@pytest.mark.parametrize("header", [{}, {"Retry_After": "0"}, {"Retry_After": "soon"}])
def test_429_without_retry_after_backs_off_and_counts_as_no_response(
    server: Scripted, voxo: Voxo, clock: Clock, header: dict[str, str]
) -> None:
    server.on("*", answer(429, **header))
    with pytest.raises(Unreachable):
        voxo.campaign(4711)
    assert clock.now == pytest.approx(40)
    assert 5 <= len(server.received) < 20


# A server that does not respond

UNRESPONSIVE = {
    "always busy": answer(503),
    "busy, come back later": answer(503, Retry_After="30"),
    "busy, come back tomorrow": answer(503, Retry_After="86400"),
    "a gateway without a server": answer(502, b"<html>Bad Gateway</html>"),
    "interrupted responses": INTERRUPTED,
    "always too many requests": answer(429),
}


def outcome(voxo: Voxo, number: int) -> type[BaseException] | None:
    try:
        voxo.campaign(number)
    except (CampaignError, RunEnded) as error:
        return type(error)
    return None


@pytest.mark.parametrize("unresponsive", UNRESPONSIVE.values(), ids=UNRESPONSIVE.keys())
def test_run_ends_in_time_if_a_server_never_responds(
    server: Scripted, voxo: Voxo, clock: Clock, unresponsive: Reply
) -> None:
    server.on("*", unresponsive)
    outcomes = [outcome(voxo, number) for number in range(1, 101)]
    assert set(outcomes) <= {BadAnswer, Unreachable}
    assert outcomes[-1] is Unreachable
    assert clock.now == pytest.approx(40)


@pytest.mark.timed
@pytest.mark.parametrize("unresponsive", UNRESPONSIVE.values(), ids=UNRESPONSIVE.keys())
def test_run_ends_in_time_however_many_workers_wait(
    server: Scripted, connect: Callable[..., Voxo], unresponsive: Reply
) -> None:
    """This test uses the real clock, with short timeouts."""
    server.on("*", unresponsive)
    voxo = connect(limiter=RunLimiter(RetryPolicy(silence=0.4, first_backoff=0.02)))
    start = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda number: outcome(voxo, number), range(1, 1001)))
    assert outcomes[-1] is Unreachable
    assert time.monotonic() - start < 3


def test_message_at_the_end_of_the_run_has_the_result_of_the_last_attempt(
    server: Scripted, voxo: Voxo
) -> None:
    server.on("*", answer(503, {"message": "restarting"}, Retry_After="40"))
    with pytest.raises(Unreachable, match=r"for 40 s.*GET /v2/admin.* 503 \(restarting\)"):
        voxo.campaign(4711)


def test_run_that_is_over_after_the_last_attempt_is_unreachable(
    server: Scripted, connect: Callable[..., Voxo], clock: Clock
) -> None:
    def reply_late(handler: Handler) -> None:
        clock.now += 41
        answer(503)(handler)

    server.on("*", reply_late)
    with pytest.raises(Unreachable):
        connect(limiter=clock.limiter(RetryPolicy(attempts=1))).campaign(4711)


def test_nothing_is_sent_after_the_end_of_the_run(server: Scripted, voxo: Voxo) -> None:
    server.on("*", answer(503, Retry_After="40"), OK)
    errors = []
    for call in (voxo.campaign, voxo.campaigns, lambda number: voxo.update(number, {})):
        with pytest.raises(Unreachable) as caught:
            call(4711)
        errors.append(caught.value)
    assert len(server.received) == 1
    assert len({str(error) for error in errors}) == 1
    assert len({id(error) for error in errors}) == 3  # so that each has its own traceback


@pytest.mark.parametrize("call", ["campaign", "campaigns", "update"])
def test_first_failure_ends_the_run_if_there_was_no_response_before(
    unreachable_url: str, connect: Callable[..., Voxo], clock: Clock, call: str
) -> None:
    voxo = connect(url=unreachable_url)
    arguments: tuple[object, ...] = (4711, {}) if call == "update" else (4711,)
    with pytest.raises(
        Unreachable, match=f"{unreachable_url[7:]} cannot be reached .Connection refused"
    ) as caught:
        getattr(voxo, call)(*arguments)
    assert caught.value.__cause__ is not None
    sleeps = 0 if call == "update" else 4  # a write has only one attempt
    assert len(clock.sleeps) == sleeps
    with pytest.raises(Unreachable):
        voxo.campaign(4712)
    assert len(clock.sleeps) == sleeps


def test_server_that_drops_every_connection_is_unreachable_after_five_attempts(
    server: Scripted, voxo: Voxo
) -> None:
    server.on("*", dropped)
    with pytest.raises(Unreachable, match="without sending a response"):
        voxo.campaign(4711)
    assert len(server.received) == 5


def test_server_that_responded_before_has_40_seconds_to_respond_again(
    server: Scripted, voxo: Voxo, clock: Clock
) -> None:
    server.on("*", OK, dropped)
    voxo.campaign(4711)
    clock.now = 1000
    failures = []
    with suppress(Unreachable):
        while True:
            with pytest.raises(BadAnswer) as caught:
                voxo.campaign(4711)
            failures.append(caught)
    assert len(failures) > 3
    assert clock.now == pytest.approx(1040)


def test_only_time_during_calls_counts_as_time_without_a_response(
    server: Scripted, voxo: Voxo, clock: Clock
) -> None:
    """After a failure of the server, the user reads the plan for an hour."""
    server.on("*", *[answer(503)] * 5, OK)
    with pytest.raises(BadAnswer):
        voxo.campaign(1)
    clock.now += 3600
    assert voxo.campaign(4711) == LIVE


def test_response_to_one_worker_extends_the_time_limit_of_all(clock: Clock) -> None:
    limiter = clock.limiter()
    with limiter.call():
        clock.now += 39
        with limiter.call():
            limiter.note_response()
        clock.now += 39
        assert limiter.seconds_left() == pytest.approx(1)
        clock.now += 2
        with pytest.raises(Unreachable):
            limiter.check()


def test_time_without_a_response_before_a_pause_still_counts_after_it(clock: Clock) -> None:
    limiter = clock.limiter()
    with limiter.call():
        clock.now += 10
        limiter.hold_as_requested(100)
        clock.now += 50
        assert limiter.seconds_left() == pytest.approx(30)
        clock.now += 60
        assert limiter.seconds_left() == pytest.approx(20)


def test_requested_pause_does_not_extend_the_wait_for_a_busy_server(clock: Clock) -> None:
    limiter = clock.limiter()
    with limiter.call():
        limiter.hold(86_400)
        limiter.hold_as_requested(1)
        with pytest.raises(Unreachable):
            limiter.wait_for_turn()
    assert clock.now == pytest.approx(41)


def test_pause_that_is_requested_from_many_workers_counts_once(clock: Clock) -> None:
    limiter = clock.limiter()
    with limiter.call():
        for seconds in [100] * 31 + [1]:
            limiter.hold_as_requested(seconds)
        clock.now += 100
        assert limiter.seconds_left() == 40


def test_shorter_pause_does_not_end_a_longer_one(clock: Clock) -> None:
    limiter = clock.limiter()
    limiter.hold(30)
    limiter.hold(0)
    limiter.wait_for_turn()
    assert clock.now == 30


# The token


def test_rejected_token_ends_the_run_with_one_message(server: Scripted, voxo: Voxo) -> None:
    server.on("*", answer(401, {"message": "Unauthorized"}))
    messages = set()
    for call in (voxo.campaign, voxo.campaigns, lambda number: voxo.update(number, {})):
        with pytest.raises(TokenRejected, match=r"127\.0\.0\.1.*token.*401") as caught:
            call(4711)
        messages.add(str(caught.value))
    assert len(server.received) == 1
    assert len(messages) == 1


def test_token_may_be_rejected_by_a_write(server: Scripted, voxo: Voxo) -> None:
    server.on("*", answer(401))
    with pytest.raises(TokenRejected):
        voxo.update(4711, {})


def test_sleeping_worker_wakes_up_when_the_run_ends() -> None:
    """A worker that waits for 100 seconds of the real clock is woken up as soon as the token is rejected."""
    limiter = RunLimiter()
    with ThreadPoolExecutor(1) as pool:
        sleeper = pool.submit(limiter.sleep, 100)
        with pytest.raises(TokenRejected):
            limiter.end(TokenRejected("rejected"))
        with pytest.raises(TokenRejected):
            sleeper.result(timeout=5)


# Servers that no timeout between two bytes detects, with the real clock and short timeouts


@pytest.mark.timed
@pytest.mark.parametrize(
    "unresponsive",
    [
        pytest.param(silence, id="never answers"),
        pytest.param(dripping(b"HTTP/1.1 200 OK\r\n" + b"X-Drip: 1\r\n" * 99, 0.01), id="headers"),
        pytest.param(
            dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + b" " * 9999, 0.001),
            id="body",
        ),
    ],
)
def test_run_ends_if_a_server_only_sends_single_bytes(
    server: Scripted, connect: Callable[..., Voxo], unresponsive: Reply
) -> None:
    server.on("*", unresponsive)
    voxo = connect(limiter=RunLimiter(RetryPolicy(silence=0.3)))
    start = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(voxo.campaign, number) for number in range(1, 101)]
        errors = [call.exception() for call in calls]
    assert {type(error) for error in errors} == {Unreachable}
    assert time.monotonic() - start < 3


def test_run_ends_if_a_name_server_does_not_respond(
    server: Scripted, connect: Callable[..., Voxo], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("*", OK)
    is_awake = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: is_awake.wait())
    voxo = connect(limiter=RunLimiter(RetryPolicy(silence=0.2)))
    with pytest.raises(Unreachable):
        voxo.campaign(4711)
    is_awake.set()


def test_connecting_thread_is_a_daemon_and_ends_with_its_work(
    server: Scripted, voxo: Voxo, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("*", OK)
    threads: list[threading.Thread] = []
    original_getaddrinfo = socket.getaddrinfo

    def recording(*args: Any, **options: Any) -> object:
        threads.append(threading.current_thread())
        return original_getaddrinfo(*args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", recording)
    for _ in range(10):
        voxo.campaign(4711)
    [thread] = threads
    assert thread.daemon
    thread.join(timeout=5)
    assert not thread.is_alive()


def test_slow_response_that_keeps_arriving_extends_the_time_limit(
    server: Scripted,
    connect: Callable[..., Voxo],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each piece arrives 30 seconds after the one before."""
    pieces = [b'{"id": 4711, "name": "' + b"x" * 2**17, b"x" * 2**17, b"x" * 2**17 + b'"}']
    limiter = clock.limiter()
    was_noted = threading.Event()

    def note_response() -> None:
        RunLimiter.note_response(limiter)
        was_noted.set()

    def slow_link(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(sum(map(len, pieces))))
        handler.end_headers()
        for piece in pieces:
            clock.now += 30
            handler.wfile.write(piece)
            handler.wfile.flush()
            while limiter.seconds_left() < 40:
                was_noted.wait()
                was_noted.clear()

    monkeypatch.setattr(limiter, "note_response", note_response)
    server.on("*", slow_link)
    assert len(connect(limiter=limiter).campaign(4711)["name"]) == 3 * 2**17
    assert clock.now == 90


@pytest.mark.timed
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["no server", "dropped connections"])
def test_run_without_a_server_ends_quickly_on_the_real_clock(
    server: Scripted, connect: Callable[..., Voxo], unreachable_url: str, kind: str
) -> None:
    server.on("*", dropped)
    voxo = connect(url=unreachable_url if kind == "no server" else server.url, limiter=RunLimiter())
    start = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(voxo.campaign, number) for number in range(1, 1001)]
        errors = [call.exception() for call in calls]
    assert {type(error) for error in errors} == {Unreachable}
    assert time.monotonic() - start < 15


def test_unknown_outcome_does_not_end_the_run(server: Scripted, voxo: Voxo) -> None:
    server.on("*", dropped, OK)
    with pytest.raises(OutcomeUnknown):
        voxo.update(4711, {})
    assert voxo.campaign(4711) == LIVE


# The rate of requests


def start_times(server: Scripted, clock: Clock) -> list[float]:
    """Record the times at which requests to this server start, by the clock of the test."""
    times: list[float] = []
    reply_to = server.reply_to

    def recording(received: Any) -> Reply:
        times.append(clock.now)
        return reply_to(received)

    server.reply_to = recording  # type: ignore[method-assign]  # records the times
    return times


def most_in_a_second(times: list[float]) -> int:
    """The largest number of requests that start within one second."""
    return max(sum(0 <= start - first < 1 - 1e-9 for start in times) for first in times)


@pytest.mark.parametrize("rate", [0.5, 1, 4, 10])
def test_rate_spaces_requests_evenly(
    server: Scripted, connect: Callable[..., Voxo], clock: Clock, rate: float
) -> None:
    server.on("*", OK)
    times = start_times(server, clock)
    voxo = connect(limiter=clock.limiter(RetryPolicy(requests_per_second=rate)))
    for _ in range(6):
        voxo.campaign(4711)
    assert times == pytest.approx([index / rate for index in range(6)], abs=1e-3)


def test_without_a_rate_there_are_no_waits(server: Scripted, voxo: Voxo, clock: Clock) -> None:
    server.on("*", OK)
    for _ in range(6):
        voxo.campaign(4711)
    assert clock.sleeps == []


def test_time_without_requests_does_not_allow_a_burst_later(
    server: Scripted, connect: Callable[..., Voxo], clock: Clock
) -> None:
    server.on("*", OK)
    voxo = connect(limiter=clock.limiter(RetryPolicy(requests_per_second=2)))
    voxo.campaign(4711)
    clock.now = 100
    times = start_times(server, clock)
    for _ in range(3):
        voxo.campaign(4711)
    assert times == pytest.approx([100, 100.5, 101], abs=1e-3)


@pytest.mark.parametrize(
    "failure", [answer(503), dropped, answer(429)], ids=["503", "dropped", "429"]
)
def test_every_attempt_counts_for_the_rate(
    server: Scripted, connect: Callable[..., Voxo], clock: Clock, failure: Reply
) -> None:
    server.on("*", OK, failure, failure, failure, OK)
    times = start_times(server, clock)
    retry_policy = RetryPolicy(requests_per_second=0.2, first_backoff=0.01)
    voxo = connect(limiter=clock.limiter(retry_policy))
    for _ in range(2):
        voxo.campaign(4711)
    assert len(times) == 5
    assert all(later - earlier >= 5 - 1e-6 for earlier, later in pairwise(times))


def test_writes_count_for_the_rate_like_reads(
    server: Scripted, connect: Callable[..., Voxo], clock: Clock
) -> None:
    server.on("*", OK)
    times = start_times(server, clock)
    voxo = connect(limiter=clock.limiter(RetryPolicy(requests_per_second=1)))
    voxo.campaign(4711)
    voxo.update(4711, {})
    voxo.campaign(4711)
    assert times == pytest.approx([0, 1, 2], abs=1e-3)


class SharedClock:
    """A clock for several threads, in which a thread may wake up late, but never early."""

    def __init__(self) -> None:
        self.now = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        wake = self.now + max(seconds, 1e-6)
        with self._lock:
            self.now = max(self.now, wake)


def test_all_workers_share_one_rate_even_after_a_pause() -> None:
    """Eight workers that wait for the end of the same pause continue one after the other."""
    clock = SharedClock()
    limiter = RunLimiter(RetryPolicy(requests_per_second=5), clock=clock, sleep=clock.sleep)

    def work(_: int) -> None:
        with limiter.call():
            limiter.wait_for_turn()
            limiter.note_response()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(20)))
        before = clock.now
        with limiter.call():
            limiter.hold_as_requested(30)
        list(pool.map(work, range(20)))
    assert before >= 19 / 5 - 1e-6
    assert clock.now >= before + 30 + 19 / 5 - 1e-6


def test_no_burst_follows_a_pause_for_too_many_requests(
    server: Scripted, connect: Callable[..., Voxo], clock: Clock
) -> None:
    server.on("*", OK, answer(429, Retry_After="30"), OK)
    times = start_times(server, clock)
    voxo = connect(limiter=clock.limiter(RetryPolicy(requests_per_second=4)))
    for _ in range(8):
        voxo.campaign(4711)
    assert most_in_a_second(times) <= 4
    assert times[2] - times[1] == pytest.approx(30, abs=1e-3)
    assert all(later - earlier >= 0.25 - 1e-6 for earlier, later in pairwise(times))
