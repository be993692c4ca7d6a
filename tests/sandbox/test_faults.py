"""Everything that the sandbox can get wrong, as a client meets it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from voxosync.sandbox.faults import KINDS, parse
from voxosync.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

ADMIN = "/v2/admin/call-campaigns/4711"
V2 = "/v2/call-campaigns/4711"


def faulty(sandbox: Sandbox, *words: str) -> None:
    sandbox.faults.set(words)


def change(client: httpx.Client) -> httpx.Response:
    return client.patch(ADMIN, json={"callFrequency": 60})


@pytest.fixture
def changed(sandbox: Sandbox) -> Callable[[], bool]:
    """Whether a change was applied, whatever was answered."""
    return lambda: sandbox.store.get(4711)["callFrequency"] == 60


# Answers that never reach the campaigns


@pytest.mark.parametrize("word", ["500", "502", "503", "504"])
def test_server_errors(
    sandbox: Sandbox, client: httpx.Client, changed: Callable[[], bool], word: str
) -> None:
    faulty(sandbox, word)

    assert change(client).status_code == int(word)
    assert not changed()


@pytest.mark.parametrize(("word", "seconds"), [("rate-limit", "1"), ("rate-limit:7", "7")])
def test_rate_limit(
    sandbox: Sandbox,
    client: httpx.Client,
    changed: Callable[[], bool],
    word: str,
    seconds: str,
) -> None:
    faulty(sandbox, word)

    answer = change(client)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, seconds)
    assert not changed()


def test_html(sandbox: Sandbox, client: httpx.Client, changed: Callable[[], bool]) -> None:
    faulty(sandbox, "html")

    answer = change(client)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Something went wrong" in answer.text
    assert not changed()


def test_redirect_leads_to_where_it_can_be_seen_who_follows(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    faulty(sandbox, "redirect*1")

    assert client.get(V2).status_code == 307

    faulty(sandbox, "redirect*1")
    client.get(V2, follow_redirects=True)
    assert sandbox.requests[-1].path == f"/redirected{V2}"


@pytest.mark.parametrize(
    ("word", "admin", "v2"),
    [
        ("no-admin-get", 404, 200),
        ("no-admin-get:405", 405, 200),
        ("no-v2-get", 200, 404),
        ("no-v2-get:403", 200, 403),
    ],
)
def test_a_get_path_that_is_not_there(
    sandbox: Sandbox, client: httpx.Client, word: str, admin: int, v2: int
) -> None:
    faulty(sandbox, word)

    assert client.get(ADMIN).status_code == admin
    assert client.get("/v2/admin/call-campaigns?tenantId=1").status_code == admin
    assert client.get(V2).status_code == v2
    assert client.get("/v2/call-campaigns?tenantId=1").status_code == v2
    assert change(client).status_code == 200


# Connections that break


def test_drop_before_applies_nothing(
    sandbox: Sandbox, client: httpx.Client, changed: Callable[[], bool]
) -> None:
    faulty(sandbox, "drop-before")

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        change(client)
    assert not changed()


def test_drop_after_applies_the_request(
    sandbox: Sandbox, client: httpx.Client, changed: Callable[[], bool]
) -> None:
    faulty(sandbox, "drop-after")

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        change(client)
    assert changed()


def test_truncate_promises_more_than_it_sends(
    sandbox: Sandbox, client: httpx.Client, changed: Callable[[], bool]
) -> None:
    faulty(sandbox, "truncate")

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        change(client)
    assert changed()


def test_a_client_that_does_not_wait_out_a_delay_has_its_change_applied_unseen(
    sandbox: Sandbox, client: httpx.Client, changed: Callable[[], bool]
) -> None:
    faulty(sandbox, "delay:60*1")

    with pytest.raises(httpx.ReadTimeout):
        client.patch(ADMIN, json={"callFrequency": 60}, timeout=0.05)

    while not changed():  # soon, or the test runs out of time
        client.get(V2)


def test_a_delay_ends(sandbox: Sandbox, client: httpx.Client) -> None:
    faulty(sandbox, "delay:0.01")

    assert change(client).json()["callFrequency"] == 60


# Answers that are not quite as documented


def test_ignore_field_answers_as_if_all_were_well(sandbox: Sandbox, client: httpx.Client) -> None:
    faulty(sandbox, "ignore-field:callFrequency")

    answer = client.patch(ADMIN, json={"callFrequency": 60, "message": "Renew today"})

    assert answer.status_code == 200
    assert answer.json()["callFrequency"] == 30
    assert answer.json()["message"] == "Renew today"


@pytest.mark.parametrize("content", [b"not JSON", b"[]"])
def test_ignore_field_does_not_mind_a_body_without_fields(
    sandbox: Sandbox, client: httpx.Client, content: bytes
) -> None:
    faulty(sandbox, "ignore-field:callFrequency")

    headers = {"Content-Type": "application/json"}
    assert client.patch(ADMIN, content=content, headers=headers).status_code == 400


@pytest.mark.parametrize("key", ["numbers", "state"])
def test_omit_field_leaves_a_key_out_of_answers(
    sandbox: Sandbox, client: httpx.Client, key: str
) -> None:
    faulty(sandbox, f"omit-field:{key}")

    assert key not in client.get(V2).json()


def test_omit_field_spares_the_same_key_of_a_destination(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    faulty(sandbox, "omit-field:id")

    campaign = client.get(V2).json()

    assert "id" not in campaign
    assert campaign["matchDestinations"][0]["id"] == 7


def test_datetimes(sandbox: Sandbox, client: httpx.Client) -> None:
    faulty(sandbox, "datetimes")

    campaign = client.get(V2).json()

    assert campaign["dateStart"] == "2026-03-01T00:00:00.000Z"
    assert campaign["dateEnd"] == "2026-03-31T00:00:00.000Z"


def test_seconds(sandbox: Sandbox, client: httpx.Client) -> None:
    faulty(sandbox, "seconds")

    campaign = client.get(V2).json()

    keys = ("timeStart", "timeEnd", "callHoursStart", "callHoursEnd")
    assert [campaign[key] for key in keys] == ["09:00:00", "18:30:00", "10:00:00", "17:00:00"]


def test_strings_are_numbers_and_numbers_strings(sandbox: Sandbox, client: httpx.Client) -> None:
    faulty(sandbox, "strings")
    sandbox.store.patch(4711, {"callFrequency": 30.5, "message": "007"})

    campaign = client.get(V2).json()

    assert (campaign["id"], campaign["callFrequency"]) == ("4711", "30.5")
    assert (campaign["callerId"], campaign["enableVMDetect"]) == (6015550100, "1")
    assert campaign["numbers"][0]["number"] == 6015550123
    assert campaign["destinations"][0]["order"] == "2"
    assert campaign["message"] == "007"  # no number is spelled so


def test_a_null_is_spelled_in_no_other_way(sandbox: Sandbox, client: httpx.Client) -> None:
    faulty(sandbox, "datetimes", "seconds", "strings")
    sandbox.store.put(4711, {})

    campaign = client.get(V2).json()

    assert (campaign["dateStart"], campaign["timeStart"], campaign["callerId"]) == (None,) * 3


def test_lists_and_envelopes_are_spelled_alike(sandbox: Sandbox, client: httpx.Client) -> None:
    faulty(sandbox, "datetimes")

    answer = client.get("/v2/call-campaigns?tenantId=1&page=1")

    assert answer.json()["records"][0]["dateStart"] == "2026-03-01T00:00:00.000Z"


def test_a_refusal_stays_as_it_is(sandbox: Sandbox, client: httpx.Client) -> None:
    faulty(sandbox, "strings")

    assert client.get("/v2/call-campaigns/99").json()["statusCode"] == 404


# VOXO's published spellings


def test_the_flag_may_be_a_boolean_whatever_else_is_spelled_otherwise(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    for faults in (["bool-flag"], ["strings", "bool-flag"], ["bool-flag", "strings"]):
        faulty(sandbox, *faults)
        assert client.get(V2).json()["enableVMDetect"] is True
    sandbox.store.put(4711, {})
    assert client.get(V2).json()["enableVMDetect"] is None


def test_a_write_may_be_answered_with_a_part_of_the_campaign(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    faulty(sandbox, "sparse-answer")
    answer = change(client).json()
    assert answer["campaignId"] == 4711
    assert "id" not in answer
    assert not [key for key, value in answer.items() if isinstance(value, list)]
    assert client.get(V2).json()["id"] == 4711


def test_feathersjs_pages_a_list_by_what_is_to_be_skipped(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    faulty(sandbox, "feathers")
    for number in range(1, 12):
        sandbox.store.put(number, {})
    path = "/v2/call-campaigns?tenantId=1"
    first = client.get(path).json()
    assert (first["total"], first["limit"], first["skip"], len(first["data"])) == (12, 10, 0, 10)
    page = client.get(f"{path}&$limit=5&$skip=10").json()
    assert (page["limit"], page["skip"]) == (5, 10)
    assert [campaign["id"] for campaign in page["data"]] == [11, 4711]


@pytest.mark.parametrize(
    ("fault", "status", "name", "class_name"),
    [("delay:0", 404, "NotFound", "not-found"), ("503", 503, "Unavailable", "unavailable"),
     ("500", 500, "GeneralError", "general-error"), ("rate-limit", 429, "TooManyRequests", "too-many-requests")],
)  # fmt: skip
def test_feathersjs_refuses_in_a_form_of_its_own(
    sandbox: Sandbox, client: httpx.Client, fault: str, status: int, name: str, class_name: str
) -> None:
    faulty(sandbox, "feathers", fault)
    answer = client.get("/v2/call-campaigns/99")
    assert answer.status_code == status
    error = answer.json()
    assert (error["name"], error["code"], error["className"], error["errors"]) == (
        name, status, class_name, {},
    )  # fmt: skip
    assert error["message"]


def test_feathersjs_lists_what_is_wrong_with_a_body(sandbox: Sandbox, client: httpx.Client) -> None:
    faulty(sandbox, "feathers")
    error = client.patch("/v2/admin/call-campaigns/4711", json={"state": "ON", "name": "x"}).json()
    assert error["name"] == "BadRequest"
    assert len(error["errors"]) == 2


def test_a_new_campaign_may_be_ready_whatever_was_asked_for(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    faulty(sandbox, "create-ignores-state")
    body = {"tenantId": 1, "name": "Spring", "state": "PAUSED"}
    campaign = client.post("/v2/admin/call-campaigns/", json=body).json()
    assert sandbox.store.get(campaign["id"])["state"] == "READY"


def test_reads_may_lag_behind_a_write(sandbox: Sandbox, client: httpx.Client) -> None:
    """On both paths; the write itself is applied, and is answered as a read would be."""
    faulty(sandbox, "lagging-read:2@PATCH*1")
    before = client.get(V2).json()
    assert change(client).json() == before
    after = sandbox.store.get(4711)
    assert after != before
    assert [client.get(path).json() for path in (V2, V2.replace("/v2", "/v2/admin"), V2)] == [
        before, before, after,
    ]  # fmt: skip
    refused = client.patch("/v2/admin/call-campaigns/4711", json={"state": "ON"})
    assert refused.status_code == 400


# When they fire


def test_a_count_is_used_up(sandbox: Sandbox, client: httpx.Client) -> None:
    faulty(sandbox, "503*2")

    assert [client.get(V2).status_code for _ in range(4)] == [503, 503, 200, 200]


def test_a_method_limits_a_fault_and_what_it_counts(sandbox: Sandbox, client: httpx.Client) -> None:
    faulty(sandbox, "503@PATCH*1")

    assert client.get(V2).status_code == 200
    assert change(client).status_code == 503
    assert change(client).status_code == 200


def test_a_fault_behind_one_that_answers_waits_for_its_turn(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    faulty(sandbox, "503*1", "rate-limit*1", "truncate@PATCH")

    assert [client.get(V2).status_code for _ in range(3)] == [503, 429, 200]


def test_faults_can_be_given_from_the_start() -> None:
    headers = {"Authorization": "Bearer sandbox-token"}
    with Sandbox(faults=["503"]) as sandbox:
        assert httpx.get(sandbox.base_url + V2, headers=headers).status_code == 503


def test_a_wrong_word_leaves_the_faults_that_there_were(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    faulty(sandbox, "503")

    with pytest.raises(ValueError, match="invalid fault"):
        faulty(sandbox, "html", "htlm")

    assert client.get(V2).status_code == 503


# The words


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_it_does(kind: str) -> None:
    assert KINDS[kind].does


@pytest.mark.parametrize(
    ("word", "complaint"),
    [
        ("", "write KIND"),
        ("503x", "with one of delay, rate-limit, 500"),
        ("503*0", "write KIND"),
        ("503*", "write KIND"),
        ("503*2@GET", "write KIND"),
        ("503:1", "write 503: answers 503"),
        ("503:", "write 503: answers 503"),
        ("503@DELETE", "503 can be limited to GET, POST, PATCH"),
        ("503@get", "503 can be limited to GET, POST, PATCH"),
        ("delay", "write delay:SECONDS: waits, then goes on"),
        ("delay:-1", "write delay:SECONDS"),
        ("rate-limit:0.5", r"write rate-limit\[:SECONDS\]"),
        ("no-admin-get:500", r"write no-admin-get\[:STATUS\]: .* 404, 403 or 405"),
        ("ignore-field:callfrequency", "write ignore-field:KEY"),
        ("ignore-field:state@GET", "ignore-field can be limited to PATCH"),
    ],
)
def test_a_word_that_means_no_fault_is_told_what_to_write(word: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(word)


def test_a_word_may_have_all_its_parts() -> None:
    fault: Any = parse("rate-limit:2@GET*3")

    assert (fault.kind, fault.argument, fault.methods, fault.remaining_count) == (
        "rate-limit",
        "2",
        ("GET",),
        3,
    )
