"""Every outcome of a write, and how often VOXO receives it: the client never repeats a PATCH by itself."""

from __future__ import annotations

import json
import socket
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.fakes.http_server import answer, dropped, raw, silence
from tests.voxo.scripted_voxo import TOKEN, Scripted
from voxosync.errors import (
    BadAnswer,
    NotFound,
    OutcomeUnknown,
    Refused,
    TokenRejected,
    Unreachable,
    WriteDeferred,
)
from voxosync.voxo.retry_policy import RetryPolicy
from voxosync.voxo.run_limiter import RunLimiter

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.http_server import Reply
    from tests.voxo.scripted_voxo import Clock
    from voxosync.voxo.client import Voxo

PATH = "/v2/admin/call-campaigns/4711"
BODY = {"name": "Renovação", "numbers": [{"number": "6015550123"}]}
LIVE = {"id": 4711, "name": "Renovação"}
NEW = "/v2/admin/call-campaigns/"

UNCLEAR = [
    pytest.param(answer(408), id="408"),
    pytest.param(answer(425), id="425"),
    pytest.param(answer(499), id="499"),
    pytest.param(answer(500, {"message": "oops"}), id="500"),
    pytest.param(answer(502), id="502"),
    pytest.param(answer(503), id="503"),
    pytest.param(answer(504), id="504"),
    pytest.param(answer(202, {"queued": True}), id="another kind of success"),
    pytest.param(answer(204), id="success without a campaign"),
    pytest.param(answer(200, b"<html>done</html>"), id="a page"),
    pytest.param(answer(200, b'{"id": 4711, "na'), id="half a campaign"),
    pytest.param(answer(200, LIVE, Content_Encoding="br"), id="an encoding that was not requested"),
    pytest.param(dropped, id="a dropped connection"),
    pytest.param(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), id="a broken answer"),
]
"""Every response to a write that is neither a success nor a refusal."""


def test_patch_is_sent_to_the_admin_path_as_json_and_returns_the_campaign(
    server: Scripted, connect: Callable[..., Voxo]
) -> None:
    server.on(PATH, answer(200, LIVE))
    assert connect(read="v2").update(4711, BODY) == LIVE
    (received,) = server.received
    assert (received.method, received.path) == ("PATCH", PATH)
    assert received.headers["Content-Type"] == "application/json"
    assert received.headers["Transfer-Encoding"] is None
    assert json.loads(received.body) == BODY


def test_text_that_is_not_valid_unicode_is_sent_and_voxo_may_refuse_it(
    server: Scripted, voxo: Voxo
) -> None:
    server.on(PATH, answer(400, {"message": "message is not text"}))
    with pytest.raises(Refused):
        voxo.update(4711, {"message": "\ud800"})
    assert server.received[0].body == b'{"message":"\\ud800"}'


@pytest.mark.parametrize(
    "answer", [*UNCLEAR, pytest.param(answer(200, {"id": 4712}), id="another campaign")]
)
def test_outcome_is_unknown_after_an_unclear_response(
    server: Scripted, voxo: Voxo, answer: Reply
) -> None:
    server.on(PATH, answer)
    with pytest.raises(OutcomeUnknown, match=f"PATCH {PATH}"):
        voxo.update(4711, BODY)
    assert len(server.received) == 1


def test_outcome_of_a_write_without_a_timely_response_is_unknown(
    server: Scripted, connect: Callable[..., Voxo]
) -> None:
    server.on(PATH, silence)
    with pytest.raises(OutcomeUnknown, match="ReadTimeout"):
        connect(limiter=RunLimiter(RetryPolicy(between_bytes=0.1))).update(4711, BODY)
    assert len(server.received) == 1


def test_outcome_of_a_write_at_the_end_of_the_run_is_unknown(
    server: Scripted, connect: Callable[..., Voxo]
) -> None:
    server.on(PATH, silence)
    voxo = connect(limiter=RunLimiter(RetryPolicy(silence=0.1)))
    with pytest.raises(OutcomeUnknown, match="no answer in time"):
        voxo.update(4711, BODY)
    with pytest.raises(Unreachable):
        voxo.campaign(4711)
    assert len(server.received) == 1


def test_abandoned_write_is_not_sent_later(
    server: Scripted, connect: Callable[..., Voxo], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name server responds after the run is over, and the thread that connects continues."""
    server.on(PATH, answer(200, LIVE))
    is_awake, original_getaddrinfo = threading.Event(), socket.getaddrinfo

    def slow_look_up(*args: Any, **options: Any) -> object:
        is_awake.wait()
        return original_getaddrinfo(*args, **options)

    before = set(threading.enumerate())
    voxo = connect(limiter=RunLimiter(RetryPolicy(silence=0.1)))
    monkeypatch.setattr(socket, "getaddrinfo", slow_look_up)
    with pytest.raises(OutcomeUnknown):
        voxo.update(4711, BODY)
    is_awake.set()
    for helper in set(threading.enumerate()) - before:
        helper.join(timeout=5)
        assert not helper.is_alive()
    assert server.received == []


def test_refused_connection_changes_nothing_and_is_not_retried(
    server: Scripted, connect: Callable[..., Voxo], clock: Clock
) -> None:
    server.on("*", answer(200, LIVE, Connection="close"))
    voxo = connect()
    voxo.campaign(4711)
    server.stop()
    with pytest.raises(WriteDeferred, match=r"refused.*nothing was changed") as caught:
        voxo.update(4711, BODY)
    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    assert clock.sleeps == []


@pytest.mark.parametrize("pause", ["3", None])
def test_429_changes_nothing_and_is_not_retried(
    server: Scripted, voxo: Voxo, clock: Clock, pause: str | None
) -> None:
    headers = {"Retry_After": pause} if pause else {}
    server.on("*", answer(200, LIVE))
    server.on(PATH, answer(429, {"message": "slow down"}, **headers))
    with pytest.raises(WriteDeferred, match=r"429 \(slow down\); nothing was changed"):
        voxo.update(4711, BODY)
    assert len(server.received) == 1
    assert clock.sleeps == []
    server.on(PATH, answer(200, LIVE))
    voxo.campaign(4711)
    assert clock.sleeps == [float(pause) if pause else pytest.approx(0.375)]


def test_retry_after_of_an_unknown_outcome_is_followed_by_the_next_request(
    server: Scripted, voxo: Voxo, clock: Clock
) -> None:
    server.on(PATH, answer(503, Retry_After="7"), answer(200, LIVE))
    with pytest.raises(OutcomeUnknown):
        voxo.update(4711, BODY)
    assert clock.sleeps == []
    voxo.campaign(4711)
    assert clock.sleeps == [7]


@pytest.mark.parametrize(
    ("status", "error"), [(400, Refused), (403, Refused), (404, NotFound), (409, Refused)]
)
def test_refusal_has_the_message_of_voxo(
    server: Scripted, voxo: Voxo, status: int, error: type[Exception]
) -> None:
    server.on(PATH, answer(status, {"message": ["name must be longer"]}))
    with pytest.raises(error, match="name must be longer"):
        voxo.update(4711, BODY)
    assert len(server.received) == 1


def test_redirected_write_is_an_error_and_not_followed(server: Scripted, voxo: Voxo) -> None:
    server.on(PATH, answer(307, Location=f"{server.url}/elsewhere"))
    with pytest.raises(BadAnswer, match="redirect"):
        voxo.update(4711, BODY)
    assert len(server.received) == 1


class TestNewCampaign:
    @pytest.mark.parametrize("status", [200, 201])
    @pytest.mark.parametrize("spelled", [4711, "4711", 4711.0])
    def test_is_sent_to_the_admin_path_as_json_and_returns_its_id(
        self, server: Scripted, connect: Callable[..., Voxo], status: int, spelled: object
    ) -> None:
        server.on(NEW, answer(status, {**LIVE, "id": spelled}))
        assert connect(read="v2").create(BODY)["id"] == 4711
        (received,) = server.received
        assert (received.method, received.path) == ("POST", NEW)
        assert received.headers["Content-Type"] == "application/json"
        assert received.headers["Transfer-Encoding"] is None
        assert json.loads(received.body) == BODY

    @pytest.mark.parametrize(
        "answer",
        [
            *UNCLEAR,
            pytest.param(answer(201), id="201 and nothing else"),
            pytest.param(answer(201, {"name": "Renovação"}), id="no id"),
            pytest.param(answer(201, {"id": None}), id="an empty id"),
            pytest.param(answer(201, {"id": True}), id="an id that is not a number"),
            pytest.param(answer(201, [LIVE]), id="a list"),
            pytest.param(answer(201, {**LIVE, "name": TOKEN}), id="the token"),
        ],
    )
    def test_has_an_unknown_outcome_after_an_unclear_response_and_is_not_sent_again(
        self, server: Scripted, voxo: Voxo, answer: Reply
    ) -> None:
        server.on(NEW, answer)
        with pytest.raises(OutcomeUnknown, match=f"POST {NEW}") as caught:
            voxo.create(BODY)
        assert TOKEN not in str(caught.value)
        assert len(server.received) == 1

    @pytest.mark.parametrize("key", ["id", "campaignId"])
    def test_is_identified_by_the_id_in_a_minimal_response(
        self, server: Scripted, voxo: Voxo, key: str
    ) -> None:
        server.on(NEW, answer(201, {key: "4711", "maxChannels": 5}))
        assert voxo.create(BODY)["id"] == 4711

    def test_has_an_unknown_outcome_without_a_timely_response(
        self, server: Scripted, connect: Callable[..., Voxo]
    ) -> None:
        server.on(NEW, silence)
        with pytest.raises(OutcomeUnknown, match="ReadTimeout"):
            connect(limiter=RunLimiter(RetryPolicy(between_bytes=0.1))).create(BODY)
        assert len(server.received) == 1

    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            (answer(400, {"message": ["name must be longer"]}), Refused),
            (answer(403), Refused),
            (answer(404), NotFound),
            (answer(409), Refused),
            (answer(307, Location="/elsewhere"), BadAnswer),
            (answer(401), TokenRejected),
        ],
    )
    def test_was_not_created_after_a_refusal(
        self, server: Scripted, voxo: Voxo, answer: Reply, error: type[Exception]
    ) -> None:
        server.on(NEW, answer)
        with pytest.raises(error):
            voxo.create(BODY)
        assert len(server.received) == 1

    def test_is_sent_again_after_429_because_nothing_was_created(
        self, server: Scripted, voxo: Voxo
    ) -> None:
        server.on(NEW, answer(429, Retry_After="3"), answer(201, LIVE))
        assert voxo.create(BODY)["id"] == 4711
        assert len(server.received) == 2

    def test_was_not_created_if_the_connection_is_refused(
        self, server: Scripted, connect: Callable[..., Voxo]
    ) -> None:
        server.on("*", answer(200, LIVE, Connection="close"))
        voxo = connect()
        voxo.campaign(4711)
        server.stop()
        with pytest.raises(BadAnswer, match="nothing was changed"):
            voxo.create(BODY)

    def test_has_an_unknown_outcome_if_a_reused_connection_is_dropped(
        self, server: Scripted, voxo: Voxo
    ) -> None:
        server.on("*", answer(200, LIVE))
        server.on(NEW, dropped)
        voxo.campaign(4711)
        with pytest.raises(OutcomeUnknown):
            voxo.create(BODY)
        assert server.asked.count(f"POST {NEW}") == 1
