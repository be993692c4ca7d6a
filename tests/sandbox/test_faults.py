"""Every fault that the sandbox can simulate, as a client sees it."""

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


def set_faults(sandbox: Sandbox, *faults: str) -> None:
    sandbox.faults.set(faults)


def send_change(client: httpx.Client) -> httpx.Response:
    return client.patch(ADMIN, json={"callFrequency": 60})


@pytest.fixture
def is_changed(sandbox: Sandbox) -> Callable[[], bool]:
    """Whether the change was applied, regardless of the response."""
    return lambda: sandbox.store.get(4711)["callFrequency"] == 60


# Requests that never reach the campaigns


@pytest.mark.parametrize("fault", ["500", "502", "503", "504"])
def test_server_error_is_returned_and_nothing_is_applied(
    sandbox: Sandbox, client: httpx.Client, is_changed: Callable[[], bool], fault: str
) -> None:
    set_faults(sandbox, fault)

    assert send_change(client).status_code == int(fault)
    assert not is_changed()


@pytest.mark.parametrize(("fault", "seconds"), [("rate-limit", "1"), ("rate-limit:7", "7")])
def test_rate_limit_is_returned_with_retry_after_and_nothing_is_applied(
    sandbox: Sandbox,
    client: httpx.Client,
    is_changed: Callable[[], bool],
    fault: str,
    seconds: str,
) -> None:
    set_faults(sandbox, fault)

    response = send_change(client)

    assert (response.status_code, response.headers["Retry-After"]) == (429, seconds)
    assert not is_changed()


def test_html_is_returned_and_nothing_is_applied(
    sandbox: Sandbox, client: httpx.Client, is_changed: Callable[[], bool]
) -> None:
    set_faults(sandbox, "html")

    response = send_change(client)

    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    assert "Something went wrong" in response.text
    assert not is_changed()


def test_redirect_leads_to_a_path_that_shows_whether_it_was_followed(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    set_faults(sandbox, "redirect*1")

    assert client.get(V2).status_code == 307

    set_faults(sandbox, "redirect*1")
    client.get(V2, follow_redirects=True)
    assert sandbox.requests[-1].path == f"/redirected{V2}"


@pytest.mark.parametrize(
    ("fault", "admin", "v2"),
    [
        ("no-admin-get", 404, 200),
        ("no-admin-get:405", 405, 200),
        ("no-v2-get", 200, 404),
        ("no-v2-get:403", 200, 403),
    ],
)
def test_missing_get_path_does_not_affect_the_other_path_or_writes(
    sandbox: Sandbox, client: httpx.Client, fault: str, admin: int, v2: int
) -> None:
    set_faults(sandbox, fault)

    assert client.get(ADMIN).status_code == admin
    assert client.get("/v2/admin/call-campaigns?tenantId=1").status_code == admin
    assert client.get(V2).status_code == v2
    assert client.get("/v2/call-campaigns?tenantId=1").status_code == v2
    assert send_change(client).status_code == 200


# Broken connections


def test_drop_before_applies_nothing(
    sandbox: Sandbox, client: httpx.Client, is_changed: Callable[[], bool]
) -> None:
    set_faults(sandbox, "drop-before")

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        send_change(client)
    assert not is_changed()


def test_drop_after_applies_the_request(
    sandbox: Sandbox, client: httpx.Client, is_changed: Callable[[], bool]
) -> None:
    set_faults(sandbox, "drop-after")

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        send_change(client)
    assert is_changed()


def test_truncate_promises_more_than_it_sends(
    sandbox: Sandbox, client: httpx.Client, is_changed: Callable[[], bool]
) -> None:
    set_faults(sandbox, "truncate")

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        send_change(client)
    assert is_changed()


def test_delayed_change_is_applied_although_the_client_timed_out(
    sandbox: Sandbox, client: httpx.Client, is_changed: Callable[[], bool]
) -> None:
    set_faults(sandbox, "delay:60*1")

    with pytest.raises(httpx.ReadTimeout):
        client.patch(ADMIN, json={"callFrequency": 60}, timeout=0.05)

    while not is_changed():  # the change follows soon, or the test times out
        client.get(V2)


def test_delayed_request_is_answered(sandbox: Sandbox, client: httpx.Client) -> None:
    set_faults(sandbox, "delay:0.01")

    assert send_change(client).json()["callFrequency"] == 60


# Responses that differ from the documentation


def test_ignore_field_reports_success_but_does_not_apply_the_field(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    set_faults(sandbox, "ignore-field:callFrequency")

    response = client.patch(ADMIN, json={"callFrequency": 60, "message": "Renew today"})

    assert response.status_code == 200
    assert response.json()["callFrequency"] == 30
    assert response.json()["message"] == "Renew today"


@pytest.mark.parametrize("content", [b"not JSON", b"[]"])
def test_ignore_field_still_refuses_a_body_without_fields(
    sandbox: Sandbox, client: httpx.Client, content: bytes
) -> None:
    set_faults(sandbox, "ignore-field:callFrequency")

    headers = {"Content-Type": "application/json"}
    assert client.patch(ADMIN, content=content, headers=headers).status_code == 400


@pytest.mark.parametrize("key", ["numbers", "state"])
def test_omit_field_removes_a_key_from_responses(
    sandbox: Sandbox, client: httpx.Client, key: str
) -> None:
    set_faults(sandbox, f"omit-field:{key}")

    assert key not in client.get(V2).json()


def test_omit_field_keeps_the_same_key_of_a_destination(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    set_faults(sandbox, "omit-field:id")

    campaign = client.get(V2).json()

    assert "id" not in campaign
    assert campaign["matchDestinations"][0]["id"] == 7


def test_datetimes_returns_dates_with_a_time(sandbox: Sandbox, client: httpx.Client) -> None:
    set_faults(sandbox, "datetimes")

    campaign = client.get(V2).json()

    assert campaign["dateStart"] == "2026-03-01T00:00:00.000Z"
    assert campaign["dateEnd"] == "2026-03-31T00:00:00.000Z"


def test_seconds_returns_times_with_seconds(sandbox: Sandbox, client: httpx.Client) -> None:
    set_faults(sandbox, "seconds")

    campaign = client.get(V2).json()

    keys = ("timeStart", "timeEnd", "callHoursStart", "callHoursEnd")
    assert [campaign[key] for key in keys] == ["09:00:00", "18:30:00", "10:00:00", "17:00:00"]


def test_strings_returns_numbers_as_text_and_text_as_numbers(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    set_faults(sandbox, "strings")
    sandbox.store.patch(4711, {"callFrequency": 30.5, "message": "007"})

    campaign = client.get(V2).json()

    assert (campaign["id"], campaign["callFrequency"]) == ("4711", "30.5")
    assert (campaign["callerId"], campaign["enableVMDetect"]) == (6015550100, "1")
    assert campaign["numbers"][0]["number"] == 6015550123
    assert campaign["destinations"][0]["order"] == "2"
    assert campaign["message"] == "007"  # a number is not written like this


def test_null_has_the_same_form_with_every_fault(sandbox: Sandbox, client: httpx.Client) -> None:
    set_faults(sandbox, "datetimes", "seconds", "strings")
    sandbox.store.put(4711, {})

    campaign = client.get(V2).json()

    assert (campaign["dateStart"], campaign["timeStart"], campaign["callerId"]) == (None,) * 3


def test_fault_also_changes_the_records_of_a_page(sandbox: Sandbox, client: httpx.Client) -> None:
    set_faults(sandbox, "datetimes")

    response = client.get("/v2/call-campaigns?tenantId=1&page=1")

    assert response.json()["records"][0]["dateStart"] == "2026-03-01T00:00:00.000Z"


def test_fault_does_not_change_an_error_response(sandbox: Sandbox, client: httpx.Client) -> None:
    set_faults(sandbox, "strings")

    assert client.get("/v2/call-campaigns/99").json()["statusCode"] == 404


# Formats that VOXO has published


def test_bool_flag_returns_a_boolean_in_any_combination_of_faults(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    for faults in (["bool-flag"], ["strings", "bool-flag"], ["bool-flag", "strings"]):
        set_faults(sandbox, *faults)
        assert client.get(V2).json()["enableVMDetect"] is True
    sandbox.store.put(4711, {})
    assert client.get(V2).json()["enableVMDetect"] is None


def test_sparse_answer_returns_a_part_of_the_campaign_after_a_write(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    set_faults(sandbox, "sparse-answer")
    response = send_change(client).json()
    assert response["campaignId"] == 4711
    assert "id" not in response
    assert not [key for key, value in response.items() if isinstance(value, list)]
    assert client.get(V2).json()["id"] == 4711


def test_feathers_pages_a_list_by_limit_and_skip(sandbox: Sandbox, client: httpx.Client) -> None:
    set_faults(sandbox, "feathers")
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
def test_feathers_returns_errors_in_its_own_format(
    sandbox: Sandbox, client: httpx.Client, fault: str, status: int, name: str, class_name: str
) -> None:
    set_faults(sandbox, "feathers", fault)
    response = client.get("/v2/call-campaigns/99")
    assert response.status_code == status
    error = response.json()
    assert (error["name"], error["code"], error["className"], error["errors"]) == (
        name, status, class_name, {},
    )  # fmt: skip
    assert error["message"]


def test_feathers_lists_all_problems_of_a_body(sandbox: Sandbox, client: httpx.Client) -> None:
    set_faults(sandbox, "feathers")
    error = client.patch("/v2/admin/call-campaigns/4711", json={"state": "ON", "name": "x"}).json()
    assert error["name"] == "BadRequest"
    assert len(error["errors"]) == 2


def test_create_ignores_state_makes_a_new_campaign_ready(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    set_faults(sandbox, "create-ignores-state")
    body = {"tenantId": 1, "name": "Spring", "state": "PAUSED"}
    campaign = client.post("/v2/admin/call-campaigns/", json=body).json()
    assert sandbox.store.get(campaign["id"])["state"] == "READY"


def test_lagging_read_returns_the_old_campaign_after_a_write(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    """Both paths lag; the write itself is applied, and its response is that of a read."""
    set_faults(sandbox, "lagging-read:2@PATCH*1")
    before = client.get(V2).json()
    assert send_change(client).json() == before
    after = sandbox.store.get(4711)
    assert after != before
    assert [client.get(path).json() for path in (V2, V2.replace("/v2", "/v2/admin"), V2)] == [
        before, before, after,
    ]  # fmt: skip
    refused = client.patch("/v2/admin/call-campaigns/4711", json={"state": "ON"})
    assert refused.status_code == 400


# When faults occur


def test_fault_with_a_count_occurs_that_many_times(sandbox: Sandbox, client: httpx.Client) -> None:
    set_faults(sandbox, "503*2")

    assert [client.get(V2).status_code for _ in range(4)] == [503, 503, 200, 200]


def test_fault_with_a_method_occurs_and_counts_for_that_method_only(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    set_faults(sandbox, "503@PATCH*1")

    assert client.get(V2).status_code == 200
    assert send_change(client).status_code == 503
    assert send_change(client).status_code == 200


def test_fault_waits_until_an_earlier_fault_no_longer_answers(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    set_faults(sandbox, "503*1", "rate-limit*1", "truncate@PATCH")

    assert [client.get(V2).status_code for _ in range(3)] == [503, 429, 200]


def test_sandbox_can_be_started_with_faults() -> None:
    headers = {"Authorization": "Bearer sandbox-token"}
    with Sandbox(faults=["503"]) as sandbox:
        assert httpx.get(sandbox.base_url + V2, headers=headers).status_code == 503


def test_invalid_fault_leaves_the_previous_faults_in_place(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    set_faults(sandbox, "503")

    with pytest.raises(ValueError, match="invalid fault"):
        set_faults(sandbox, "html", "htlm")

    assert client.get(V2).status_code == 503


# How faults are written


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_is_described(kind: str) -> None:
    assert KINDS[kind].does


@pytest.mark.parametrize(
    ("fault", "message"),
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
def test_invalid_fault_is_an_error_that_says_what_to_write(fault: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(fault)


def test_fault_may_have_an_argument_a_method_and_a_count() -> None:
    fault: Any = parse("rate-limit:2@GET*3")

    assert (fault.kind, fault.argument, fault.methods, fault.remaining_count) == (
        "rate-limit",
        "2",
        ("GET",),
        3,
    )
