"""Verifies that VOXO has what was sent: reads it back, and compares it in canonical form."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voxosync.errors import CampaignError
from voxosync.model.body import canonical_value
from voxosync.model.fields import FIELDS, agrees
from voxosync.model.numbers import Numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from voxosync.model.campaign import LiveCampaign

MAX_READS = 5
"""How often a campaign is read back. With the back-off of the client, that takes four to eight seconds."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A field whose value is not what was sent.

    Attributes:
        sent: what was sent, as JSON; for numbers, how many.
        came_back: what VOXO has, as JSON; for numbers, how many differ; or why it cannot be read.
    """

    field: str
    sent: str
    came_back: str

    def __str__(self) -> str:
        return f"{self.field}: sent {self.sent}, came back {self.came_back}"


def disagreements(body: Mapping[str, Any], live: LiveCampaign) -> list[Disagreement]:
    """The fields of a PATCH or POST body that a live campaign does not agree with.

    Args:
        body: in wire form; `tenantId` is compared too.
        live: the campaign of an answer or of a read.
    """
    return [
        disagreement
        for name in body
        if (disagreement := _disagreement(name, body, live)) is not None
    ]


def readings(
    read: Callable[[], LiveCampaign], wait: Callable[[int], object]
) -> Iterator[LiveCampaign | CampaignError]:
    """Reads a campaign up to MAX_READS times, because a read right after a write may show the old value.

    Args:
        read: reads it once.
        wait: waits before the next read; called with the number of reads so far.

    Yields:
        The reading, or why it failed; the caller stops iterating once it has enough.

    Raises:
        RunEnded: VOXO cannot be reached anymore.
    """
    for count in range(MAX_READS):
        if count:
            wait(count)
        try:
            live = read()
        except CampaignError as failure:
            yield failure
        else:
            yield live


def read_back(
    body: Mapping[str, Any], read: Callable[[], LiveCampaign], wait: Callable[[int], object]
) -> list[Disagreement]:
    """The disagreements that remain once reads have had time to catch up with the write.

    Args:
        body: what was sent.
        read: as `readings` has it.
        wait: as `readings` has it.

    Raises:
        CampaignError: it could not be read even once; the error of the last attempt.
        RunEnded: VOXO cannot be reached anymore.
    """
    latest: LiveCampaign | None = None
    failure: CampaignError | None = None
    for reading in readings(read, wait):
        if isinstance(reading, CampaignError):
            failure = reading
            continue
        latest = reading
        if not disagreements(body, latest):
            return []
    if latest is None:
        assert failure is not None  # noqa: S101  # there is at least one reading
        raise failure
    return disagreements(body, latest)


def _disagreement(name: str, body: Mapping[str, Any], live: LiveCampaign) -> Disagreement | None:
    if name in live.unreadable:
        return Disagreement(name, _sent(name, body), f"unreadable: {live.unreadable[name]}")
    if name == "tenantId":
        tenant = live.tenant_id
        return (
            None if tenant == body[name] else Disagreement(name, _json(body[name]), _json(tenant))
        )
    value, current = canonical_value(body, name), live.values[name]
    if agrees(name, current, value):
        return None
    came_back = (
        _numbers(value, live.numbers)
        if isinstance(value, Numbers)
        else _json(FIELDS[name].kind.to_wire(current))
    )
    return Disagreement(name, _sent(name, body), came_back)


def _sent(name: str, body: Mapping[str, Any]) -> str:
    value = canonical_value(body, name)
    if isinstance(value, Numbers):
        return f"{len(value)} number{'' if len(value) == 1 else 's'}"
    return _json(FIELDS[name].kind.to_wire(value))


def _numbers(sent: Numbers, current: Numbers) -> str:
    wrong = sum(current.get(number) != description for number, description in sent.items())
    unsent = sum(number not in sent for number in current)
    return f"with {wrong} missing or different, and {unsent} that were not sent"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
