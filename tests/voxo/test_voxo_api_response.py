"""Error messages about responses that differ from the API reference."""

from __future__ import annotations

import gzip
import json
import re
import traceback
import tracemalloc
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.http_server import answer, raw
from tests.voxo.scripted_voxo import TOKEN, Scripted
from voxosync.errors import BadAnswer, CampaignError, NotFound, Refused, VoxoError
from voxosync.voxo.api_response import ApiResponse

if TYPE_CHECKING:
    from tests.fakes.http_server import Reply
    from voxosync.voxo.client import Voxo


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"<html>Welcome to the portal</html>", "not readable as JSON", id="a page"),
        pytest.param(b"", "Expecting value", id="nothing"),
        pytest.param(b'{"id": 4711, "name": "Sp', "Unterminated string", id="cut off"),
        pytest.param(b'{"id": 4711, "name": "\xff"}', "utf-8", id="not UTF-8"),
        pytest.param(b'{"id": 4711, "callDelay": NaN}', "NaN", id="NaN"),
        pytest.param(b'{"id": 4711, "callDelay": -Infinity}', "Infinity", id="infinity"),
        pytest.param(b'{"id": 4711, "callDelay": 1e999}', "beyond all floats", id="1e999"),
        pytest.param(b'{"id": ' + b"7" * 5000 + b"}", "4300 digits", id="5000 digits"),
        pytest.param(b"[" * 100_000, "nested too deeply", id="over-deep"),
        pytest.param(b"[]", "a list where an object belongs", id="a list"),
        pytest.param(b"null", "a NoneType where an object belongs", id="null"),
    ],
)
def test_body_that_is_not_a_campaign_is_described(
    server: Scripted, voxo: Voxo, body: bytes, reason: str
) -> None:
    server.on("*", answer(200, body, Content_Type="text/html"))
    with pytest.raises(BadAnswer, match=reason) as caught:
        voxo.campaign(4711)
    assert "GET /v2/admin/call-campaigns/4711: the answer (200, text/html)" in str(caught.value)
    assert len(server.received) == 1


def test_beginning_of_a_page_is_shown(server: Scripted, voxo: Voxo) -> None:
    server.on("*", answer(200, b"<title>Proxy\n login</title>" + b"x" * 1000))
    with pytest.raises(BadAnswer, match="'<title>Proxy login</title>xxx") as caught:
        voxo.campaign(4711)
    assert len(str(caught.value)) < 400


def test_error_about_a_broken_campaign_does_not_show_its_phone_numbers(
    server: Scripted, voxo: Voxo
) -> None:
    server.on("*", answer(200, b'{"numbers": [{"number": "6015550123"'))
    with pytest.raises(BadAnswer) as caught:
        voxo.campaign(4711)
    assert "6015550123" not in str(caught.value)


def test_byte_order_mark_is_accepted(server: Scripted, voxo: Voxo) -> None:
    server.on("*", answer(200, b'\xef\xbb\xbf{"id": 4711}'))
    assert voxo.campaign(4711) == {"id": 4711}


def test_large_number_is_accepted(server: Scripted, voxo: Voxo) -> None:
    server.on("*", answer(200, b'{"id": 4711, "callDelay": ' + b"9" * 4000 + b"}"))
    assert voxo.campaign(4711)["callDelay"] > 10**3999


@pytest.mark.parametrize("status", [201, 204, 206, 500, 501, 599])
def test_unexpected_status_is_an_error_and_the_request_is_not_repeated(
    server: Scripted, voxo: Voxo, status: int
) -> None:
    server.on("*", answer(status, b"" if status == 204 else {"message": "so it is"}))
    with pytest.raises(BadAnswer, match=f"VOXO answered {status}"):
        voxo.campaign(4711)
    assert len(server.received) == 1


def test_redirect_is_reported_and_not_followed(server: Scripted, voxo: Voxo) -> None:
    second = Scripted()
    second.on("*", answer(200, {"id": 4711}))
    server.on("*", answer(302, Location=f"{second.url}/v2/call-campaigns/4711"))
    with pytest.raises(BadAnswer, match=r"302, a redirect to '127\.0\.0\.1'"):
        voxo.campaign(4711)
    assert second.received == []
    second.stop()


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://sso.example/login?next=1", "sso.example"),
        ("/login", "the same host"),
        ("https://[", "something that is not a URL"),
        ("https://host:port", "host"),
        ("", "the same host"),
    ],
)
def test_target_of_any_redirect_is_named(
    server: Scripted, voxo: Voxo, location: str, target: str
) -> None:
    server.on("*", answer(308, Location=location))
    with pytest.raises(BadAnswer, match=f"308, a redirect to '{target}'"):
        voxo.campaign(4711)
    assert len(server.received) == 1


LIMIT = 2**20


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voxosync.voxo.http_sender.LARGEST_ANSWER", LIMIT)


def of_size(size: int) -> bytes:
    return json.dumps({"id": 4711, "name": ""}).encode().ljust(size)


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize("size", [LIMIT, LIMIT + 1])
@pytest.mark.parametrize("compressed", [False, True])
def test_size_limit_counts_decompressed_bytes(
    server: Scripted,
    voxo: Voxo,
    size: int,
    compressed: bool,  # noqa: FBT001 - a parameter
) -> None:
    body = of_size(size)
    gzip_response = answer(200, gzip.compress(body), Content_Encoding="gzip")
    server.on("*", gzip_response if compressed else answer(200, body))
    if size <= LIMIT:
        assert voxo.campaign(4711)["id"] == 4711
    else:
        with pytest.raises(BadAnswer, match="larger than 1 MiB"):
            voxo.campaign(4711)


@pytest.mark.usefixtures("small_limit")
def test_endless_response_is_not_read_beyond_the_size_limit(server: Scripted, voxo: Voxo) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n"
    server.on("*", raw(head + b" " * (LIMIT + 2**17)))
    with pytest.raises(BadAnswer, match="larger than 1 MiB"):
        voxo.campaign(4711)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "deflate"])
def test_only_the_requested_encoding_is_decompressed(
    server: Scripted, voxo: Voxo, encoding: str
) -> None:
    """Other encodings would be decompressed without a limit; gzip in gzip can grow a thousandfold twice."""
    server.on("*", answer(200, gzip.compress(b'{"id": 4711}'), Content_Encoding=encoding))
    with pytest.raises(BadAnswer, match="compressed"):
        voxo.campaign(4711)
    assert server.received[0].headers["Accept-Encoding"] == "gzip"


def test_body_that_cannot_be_decompressed_is_described(server: Scripted, voxo: Voxo) -> None:
    server.on("*", answer(200, b'{"id": 4711}', Content_Encoding="gzip"))
    with pytest.raises(BadAnswer, match="does not unpack"):
        voxo.campaign(4711)


@pytest.mark.parametrize(
    ("body", "expected_message"),
    [
        ({"message": "name is too short"}, "(name is too short)"),
        ({"message": ["a is wrong", "b is missing"]}, "(a is wrong; b is missing)"),
        ({"error": {"message": "no such queue"}}, "(no such queue)"),
        ({"error": "Bad Request", "message": "no", "statusCode": 400}, "(no; Bad Request)"),
        ({"message": "no", "errors": [{"field": "a", "message": "bad a"}]}, "(no; bad a)"),
        ({"errors": {"name": ["too short"], "tech": ["x"]}}, "(name: too short; tech: x)"),
        ({"statusCode": 400, "detail": "wrong"}, "(detail: wrong)"),
        (["first", "second"], "(first; second)"),
        ("just text", "(just text)"),
        (b"<html><h1>Access denied</h1>\n<p>by rule 7</p></html>", "(Access denied by rule 7)"),
        (b"\xff\xfe no JSON", "no JSON)"),
        (b"[" * 100_000, "([["),
        (b"", "(no reason given)"),
        ({}, "(no reason given)"),
        ({"message": None, "code": 7}, "(no reason given)"),
        ({"message": {"a": {"b": {"c": {"d": {"e": {"f": "deep"}}}}}}}, "(no reason given)"),
    ],
)
def test_refusal_is_shown_with_the_message_of_voxo(
    server: Scripted, voxo: Voxo, body: object, expected_message: str
) -> None:
    server.on("*", answer(400, body))
    with pytest.raises(Refused) as caught:
        voxo.campaign(4711)
    assert expected_message in str(caught.value)


def test_deeply_nested_refusal_has_no_message(server: Scripted, voxo: Voxo) -> None:
    server.on("*", answer(400, b"[" * 400 + b'"deep"' + b"]" * 400))
    with pytest.raises(Refused, match="no reason given"):
        voxo.campaign(4711)


def test_refusal_that_cannot_be_decompressed_is_still_a_refusal(
    server: Scripted, voxo: Voxo
) -> None:
    server.on("*", answer(400, b"?", Content_Encoding="br"))
    with pytest.raises(Refused, match=r"400 \(is compressed"):
        voxo.campaign(4711)


def test_long_refusal_is_cut(server: Scripted, voxo: Voxo) -> None:
    server.on("*", answer(400, {"message": "x" * 10_000_000}))
    with pytest.raises(Refused) as caught:
        voxo.campaign(4711)
    assert len(str(caught.value)) < 600


def test_long_refusal_is_not_cut_within_a_phone(server: Scripted, voxo: Voxo) -> None:
    """A part of a phone would not be masked where the message is shown."""
    numbers = ", ".join(f"6015550{number}" for number in range(100, 200))
    server.on("*", answer(400, {"message": f"not accepted: {numbers}"}))
    with pytest.raises(Refused) as caught:
        voxo.campaign(4711)
    message = str(caught.value)
    assert "…" in message
    assert set(re.findall(r"6[0-9]*", message)) <= set(numbers.split(", "))


def test_status_404_is_not_found(server: Scripted, voxo: Voxo) -> None:
    server.on("*", answer(404, {"message": "no such campaign"}))
    with pytest.raises(NotFound, match="no such campaign"):
        voxo.campaign(4711)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(4711),
    lambda items: (
        st.lists(items)
        | st.dictionaries(st.sampled_from(["id", "records", "totalRecords", "message", "x"]), items)
    ),
).map(lambda value: json.dumps(value).encode())

ECHOES = {
    "in a refusal": answer(400, {"message": f"invalid token {TOKEN}"}),
    "in a refusal, escaped": answer(400, TOKEN.replace("-", "%2D").encode()),
    "in a refusal, as HTML": answer(400, TOKEN.replace("-", "&#45;").encode()),
    "in a refusal, where it is cut": answer(400, {"message": "x" * 490 + TOKEN}),
    "in capitals": answer(400, {"message": TOKEN.upper()}),
    "when unknown": answer(404, {"message": TOKEN}),
    "when broken": answer(500, TOKEN.encode()),
    "when busy": answer(503, TOKEN.encode()),
    "when asked for too much": answer(429, TOKEN.encode(), Retry_After="1000"),
    "when asked to come back": answer(429, TOKEN.encode()),
    "when rejected": answer(401, TOKEN.encode()),
    "on a page": answer(200, f"<p>{TOKEN}</p>".encode()),
    "on a page, where it is cut": answer(200, b"x" * 70 + TOKEN.encode()),
    "as content type": answer(200, b"<p>", Content_Type=TOKEN),
    "as an id": answer(200, {"id": TOKEN}),
    "as the target of a redirect": answer(302, Location=f"https://{TOKEN}.example"),
    "as a status line": raw(TOKEN.encode() + b"\r\n\r\n"),
    "as a header": raw(b"HTTP/1.1 200 OK\r\n" + TOKEN.encode() + b"\r\n\r\n"),
    "as a length": raw(b"HTTP/1.1 200 OK\r\nContent-Length: " + TOKEN.encode() + b"\r\n\r\n"),
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES.keys())
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_token_that_a_server_echoes_is_not_shown(
    server: Scripted, voxo: Voxo, echo: Reply, method: str
) -> None:
    """Neither the message nor the traceback with all causes shows it."""
    server.on("*", echo)
    with pytest.raises(VoxoError) as caught:
        voxo.campaign(4711) if method == "GET" else voxo.update(4711, {"name": "Spring"})
    traceback_text = "".join(traceback.format_exception(caught.value)).casefold()
    assert TOKEN.casefold() not in traceback_text
    assert TOKEN[:10] not in str(caught.value)


@pytest.mark.parametrize("spelling", ["in a refusal, escaped", "in a refusal, as HTML"])
def test_other_spellings_of_the_token_are_recognized(
    server: Scripted, voxo: Voxo, spelling: str
) -> None:
    server.on("*", ECHOES[spelling])
    with pytest.raises(Refused, match="it repeats the token"):
        voxo.campaign(4711)


@given(st.binary() | JSON, st.sampled_from([200, 302, 404, 422, 500]))
def test_any_response_is_a_campaign_or_an_error_of_its_own_class(body: bytes, status: int) -> None:
    answer = ApiResponse("GET /", status, body, token=TOKEN)
    with suppress(BadAnswer):
        assert answer.campaign(4711)["id"] in {4711, "4711"}
    with suppress(BadAnswer):
        assert all(type(record) is int for record in answer.page().records)
    assert isinstance(answer.error(), CampaignError)


def test_error_of_one_campaign_does_not_end_the_run(server: Scripted, voxo: Voxo) -> None:
    """Other campaigns are still read after a refusal or an unreadable response."""
    server.on("*", answer(422), answer(200, b"<html>"), answer(200, {"id": 4711}))
    for _ in range(2):
        with pytest.raises(CampaignError):
            voxo.campaign(4711)
    assert voxo.campaign(4711) == {"id": 4711}


def test_memory_of_a_response_is_bounded_by_its_size_however_small_its_chunks(
    server: Scripted, voxo: Voxo
) -> None:
    size = 2**20
    live = json.dumps({"id": 4711, "message": "x" * size}).encode()
    chunks = b"".join(b"2\r\n%b\r\n" % live[i : i + 2] for i in range(0, len(live) - 1, 2))
    second_half = live[len(live) // 2 * 2 :]
    chunks += (b"1\r\n%b\r\n" % second_half if second_half else b"") + b"0\r\n\r\n"
    server.on("*", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks))
    tracemalloc.start()
    try:
        assert len(voxo.campaign(4711)["message"]) == size
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12 * size  # a list of chunks would take more than 40 times its size
