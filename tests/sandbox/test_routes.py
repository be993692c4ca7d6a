"""The documented calls over real HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from voxosync.sandbox.server import Sandbox

ADMIN = "/v2/admin/call-campaigns"
V2 = "/v2/call-campaigns"


@pytest.mark.parametrize("path", [ADMIN, V2])
def test_both_paths_return_the_whole_campaign(
    sandbox: Sandbox, client: httpx.Client, path: str
) -> None:
    response = client.get(f"{path}/4711")

    assert response.status_code == 200
    assert response.json() == sandbox.store.get(4711)


@pytest.mark.parametrize("path", [ADMIN, V2])
def test_both_lists_return_the_campaigns_of_a_tenant_without_arrays(
    sandbox: Sandbox, client: httpx.Client, path: str
) -> None:
    sandbox.store.put(4712, {"name": "Autumn"}, tenant_id=2)

    (campaign,) = client.get(path, params={"tenantId": 1}).json()

    stored = sandbox.store.get(4711)
    assert campaign == {key: stored[key] for key in stored if not isinstance(stored[key], list)}


def test_page_of_a_list_is_returned_in_an_envelope(sandbox: Sandbox, client: httpx.Client) -> None:
    for campaign_id in (1, 2, 3, 4):
        sandbox.store.put(campaign_id, {})

    first = client.get(V2, params={"tenantId": 1, "recordsPerPage": 3}).json()
    second = client.get(V2, params={"tenantId": 1, "recordsPerPage": 3, "page": 2}).json()

    assert (first["page"], first["totalRecords"]) == (1, 5)
    assert [record["id"] for record in first["records"]] == [1, 2, 3]
    assert [record["id"] for record in second["records"]] == [4, 4711]


def test_patch_changes_only_its_fields_and_returns_the_whole_campaign(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    before = sandbox.store.get(4711)

    response = client.patch(f"{ADMIN}/4711", json={"enableVMDetect": "0"})

    assert response.status_code == 200
    assert response.json() == {**before, "enableVMDetect": 0}
    assert sandbox.store.get(4711) == response.json()


def test_post_creates_a_campaign_for_the_tenant_in_the_body(
    sandbox: Sandbox, client: httpx.Client, spring: dict[str, Any]
) -> None:
    response = client.post(f"{ADMIN}/", json={**spring, "tenantId": 2})

    assert response.status_code == 201
    assert response.json() == {**sandbox.store.get(4711), "id": 4712, "tenantId": 2}


def test_text_in_any_script_is_returned_unchanged(client: httpx.Client) -> None:
    message = "Grüße 👋 \N{RIGHT-TO-LEFT OVERRIDE}\0"

    assert client.patch(f"{ADMIN}/4711", json={"message": message}).json()["message"] == message


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "sandbox-token"}],
    ids=["no token", "another token", "not Bearer"],
)
@pytest.mark.parametrize("path", [f"{ADMIN}/4711", "/no/such/path"])
def test_request_without_the_token_is_unauthorized_on_every_path(
    sandbox: Sandbox, headers: dict[str, str], path: str
) -> None:
    response = httpx.get(sandbox.base_url + path, headers=headers)

    assert response.status_code == 401
    assert response.json() == {
        "statusCode": 401,
        "message": "Unauthorized",
        "error": "Unauthorized",
    }


@pytest.mark.parametrize(
    ("target", "status", "message"),
    [
        (f"{ADMIN}/99", 404, "No campaign has the id 99"),
        (f"{ADMIN}/0", 400, ["campaignId: 0 is less than the minimum of 1"]),
        (f"{V2}/spring", 400, ['campaignId: "spring" is not of type "integer"']),
        (V2, 400, ["tenantId: is missing"]),
        (f"{V2}?tenantId=1&tenantId=2", 400, ['tenantId: ["1","2"] is not of type "integer"']),
        (f"{V2}?tenantId=1&page=0", 400, ["page: 0 is less than the minimum of 1"]),
        (f"{V2}/4711/", 404, "Not Found"),
    ],
)
def test_get_that_cannot_be_answered_says_why(
    client: httpx.Client, target: str, status: int, message: object
) -> None:
    response = client.get(target)

    assert (response.status_code, response.json()["message"]) == (status, message)


def test_refused_body_gets_a_list_of_all_problems(sandbox: Sandbox, client: httpx.Client) -> None:
    before = sandbox.store.get(4711)

    response = client.patch(
        f"{ADMIN}/4711",
        json={"state": "RUNNING", "timeStart": "9:00", "numbers": [{"number": ""}], "type": "X"},
    )

    assert response.status_code == 400
    assert [problem.partition(":")[0] for problem in sorted(response.json()["message"])] == [
        "Additional properties are not allowed ('type' was unexpected)",
        "numbers.0.number",
        "state",
        "timeStart",
    ]
    assert sandbox.store.get(4711) == before


def test_list_of_problems_is_limited(client: httpx.Client) -> None:
    response = client.patch(f"{ADMIN}/4711", json={"numbers": [{"number": ""}] * 1000})

    message = response.json()["message"]
    assert len(message) == 21
    assert message[-1] == "and more"


@pytest.mark.parametrize(
    ("content_type", "content", "status"),
    [
        (None, b"{}", 415),
        ("text/plain", b"{}", 415),
        ("application/json", b"", 400),
        ("application/json", b'{"name": ', 400),
        ("application/json", b'{"name": "\xff"}', 400),
        ("application/json", b"[" * 100_000, 400),
        ("application/json", b'{"numbers": ' + b"[" * 500 + b"]" * 500 + b"}", 400),
        ("application/json", b'{"callFrequency": 1e999}', 400),
        ("application/json", b'{"callFrequency": NaN}', 400),
        ("application/json", b"[]", 400),
        ("application/json; charset=utf-8", b"{}", 200),
    ],
)
def test_only_a_json_object_is_accepted_as_a_body(
    client: httpx.Client, content_type: str | None, content: bytes, status: int
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}

    response = client.patch(f"{ADMIN}/4711", content=content, headers=headers)

    assert response.status_code == status


def test_unsupported_method_gets_the_supported_ones_in_allow(client: httpx.Client) -> None:
    response = client.delete(f"{ADMIN}/4711")

    assert response.status_code == 405
    assert {"GET", "PATCH"} <= set(response.headers["Allow"].split(", "))


def test_responses_have_no_date_header(client: httpx.Client) -> None:
    assert client.get(f"{V2}/4711").headers.keys() == {"content-type", "content-length"}


def test_every_request_is_recorded(sandbox: Sandbox, client: httpx.Client) -> None:
    client.get(V2, params={"tenantId": 1})
    client.patch(f"{ADMIN}/4711", json={"callFrequency": 60})

    assert [(request.method, request.path, request.body) for request in sandbox.requests] == [
        ("GET", f"{V2}?tenantId=1", None),
        ("PATCH", f"{ADMIN}/4711", {"callFrequency": 60}),
    ]


def test_concurrent_requests_are_all_answered(sandbox: Sandbox, client: httpx.Client) -> None:
    ids = range(1, 33)
    for campaign_id in ids:
        sandbox.store.put(campaign_id, {})

    def patch(campaign_id: int) -> int:
        body = {"callFrequency": 10 + campaign_id}
        return client.patch(f"{ADMIN}/{campaign_id}", json=body).status_code

    with ThreadPoolExecutor(max_workers=16) as pool:
        assert set(pool.map(patch, ids)) == {200}

    assert [sandbox.store.get(n)["callFrequency"] for n in ids] == [10 + n for n in ids]
