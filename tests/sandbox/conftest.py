"""A sandbox with one campaign, number 4711, in which every key has a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.documented_fields import SENT
from voxosync.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def spring() -> dict[str, Any]:
    """A campaign as the body of a request."""
    return {
        **SENT,
        "numbers": [
            {"number": "6015550123", "description": "Customer 1042", "field1": "Gold"},
            {"number": "6015550124", "disposition": "ANSWERED"},
        ],
        "destinations": [{"type": "QUEUE", "id": 12}, {"type": "EXTENSION", "id": 101}],
        "matchDestinations": [{"type": "VOICEMAIL", "id": 7}],
        "notMatchDestinations": [{"type": "QUEUE", "id": 12}],
    }


@pytest.fixture
def sandbox(spring: dict[str, Any]) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.store.put(4711, spring)
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer sandbox-token"}
    with httpx.Client(base_url=sandbox.base_url, headers=headers) as client:
        yield client
