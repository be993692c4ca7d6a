"""The store of the sandbox: it accepts request bodies and returns campaigns as in responses."""

from __future__ import annotations

import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.documented_fields import ANSWERED
from voxosync.sandbox.store import Store, UnknownCampaignError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store() -> Iterator[Store]:
    with contextlib.closing(Store()) as store:
        yield store


def test_campaign_is_returned_in_the_format_of_a_response(
    store: Store, spring: dict[str, Any]
) -> None:
    store.put(4711, spring)

    assert store.get(4711) == {
        **ANSWERED,
        "numbers": [
            {"number": "6015550123", "description": "Customer 1042", "disposition": None},
            {"number": "6015550124", "description": None, "disposition": "ANSWERED"},
        ],
        "destinations": [
            {"typeSrc": "CALLCAMPAIGN", "destType": "EXTENSION", "id": 101, "order": 2},
            {"typeSrc": "CALLCAMPAIGN", "destType": "QUEUE", "id": 12, "order": 1},
        ],
        "matchDestinations": [
            {"typeSrc": "CALLCAMPAIGN_MATCH", "destType": "VOICEMAIL", "id": 7, "order": 1}
        ],
        "notMatchDestinations": [
            {"typeSrc": "CALLCAMPAIGN_NOTMATCH", "destType": "QUEUE", "id": 12, "order": 1}
        ],
    }


def test_values_that_were_never_sent_are_null_or_an_empty_list(store: Store) -> None:
    campaign = store.put(4711, {"callFrequency": 30})

    assert campaign["name"] == "Campaign 4711"
    assert campaign["state"] is None
    assert campaign["numbers"] == []


def test_put_replaces_the_whole_campaign(store: Store, spring: dict[str, Any]) -> None:
    store.put(4711, spring)

    assert store.put(4711, {"name": "Autumn"})["message"] is None


@pytest.mark.parametrize(
    ("body", "tenant_id", "owner"),
    [({}, None, 1), ({}, 2, 2), ({"tenantId": 3}, 2, 3)],
    ids=["default", "argument", "body"],
)
def test_put_chooses_the_tenant_of_the_campaign(
    store: Store, body: dict[str, Any], tenant_id: int | None, owner: int
) -> None:
    assert store.put(4711, body, tenant_id)["tenantId"] == owner


def test_patch_leaves_other_keys_unchanged(store: Store, spring: dict[str, Any]) -> None:
    before = store.put(4711, spring)

    assert store.patch(4711, {"callFrequency": 60}) == {**before, "callFrequency": 60}


def test_patch_replaces_a_whole_array_and_loses_call_results_that_it_omits(
    store: Store, spring: dict[str, Any]
) -> None:
    store.put(4711, spring)

    store.patch(4711, {"numbers": [{"number": "6015550124"}]})

    assert store.get(4711)["numbers"] == [
        {"number": "6015550124", "description": None, "disposition": None}
    ]


def test_fields_1_to_9_are_stored_but_never_returned(store: Store) -> None:
    entry = {"number": "6015550123"} | {f"field{n}": str(n) for n in range(1, 10)}
    store.put(4711, {"numbers": [entry]})

    assert store.get_raw(4711)["numbers"][0]["field9"] == "9"
    assert store.get(4711)["numbers"][0].keys() == {"number", "description", "disposition"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("state", "RUNNING"),
        ("tech", "SMS"),
        ("id", 4712),
        ("numbers", [{"number": "6015550123", "disposition": "ANSWERED"}]),
        ("numbers", None),
        ("numbers", [None, "6015550123", 6015550123, ["6015550123"]]),
        ("aKeyOfTomorrow", {"a": 1}),
    ],
)
def test_set_raw_stores_values_that_no_request_can(store: Store, key: str, value: object) -> None:
    store.put(4711, {})

    store.set_raw(4711, key, value)

    assert store.get(4711)[key] == value


@pytest.mark.parametrize(
    ("campaign_id", "body", "message"),
    [
        (0, {}, "campaignId: 0 is less than the minimum of 1"),
        (1, {"callFrequency": 9}, "callFrequency: 9 is less than or equal to the minimum of 9"),
        (1, {"destinations": [{"id": 12}]}, 'destinations.0: "type" is a required property'),
        (1, {"dateEnd": None}, 'dateEnd: null is not of type "string"'),
        (1, {"dateEnd": date(2026, 3, 31)}, "Unsupported type"),
    ],
)
def test_put_refuses_what_the_api_refuses(
    store: Store, campaign_id: int, body: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        store.put(campaign_id, body)


def test_refused_patch_changes_nothing(store: Store) -> None:
    before = store.put(4711, {})

    with pytest.raises(ValueError, match="tenantId"):
        store.patch(4711, {"name": "Autumn", "tenantId": 2})

    assert store.get(4711) == before


def test_unknown_id_is_an_error(store: Store) -> None:
    with pytest.raises(UnknownCampaignError, match="No campaign has the id 99"):
        store.patch(99, {})


def test_campaigns_are_kept_in_the_file_of_the_store(
    tmp_path: Path, spring: dict[str, Any]
) -> None:
    path = tmp_path / "voxo.sqlite"
    with contextlib.closing(Store(path)) as store:
        before = store.put(4711, spring)

    with contextlib.closing(Store(path)) as store:
        assert store.get(4711) == before


def test_file_that_is_not_a_database_is_refused_and_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Call the customers back. " * 100)

    with pytest.raises(ValueError, match=r"notes\.txt cannot hold the sandbox's state"):
        Store(path)

    assert path.read_text().startswith("Call the customers back.")


def test_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE campaigns (slogan TEXT)")

    with pytest.raises(ValueError, match="no such column"):
        Store(path)


def test_concurrent_threads_lose_no_changes(store: Store) -> None:
    store.put(4711, {})
    keys = ["message", "name", "timezone", "callerId"]
    values = {key: f"60155501{n:02}" for n, key in enumerate(keys)}

    def change(key: str) -> None:
        for _ in range(50):
            store.patch(4711, {key: values[key]})

    with ThreadPoolExecutor() as pool:
        list(pool.map(change, keys))

    assert store.get(4711).items() >= values.items()
