"""The three shapes of a campaign: a request body, what the server keeps, what it answers.

What is kept is the answer plus what no answer shows (the numbers' `field1` to `field9`). So every
conversion happens when a request arrives, and reading only leaves things out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Body = dict[str, Any]
"""A JSON object: a request body, a kept campaign or an answer."""

_HIDDEN = {f"field{n}" for n in range(1, 10)}

_BLANK: Body = {
    "id": None,
    "tenantId": None,
    "name": None,
    "type": "SCHEDULED",
    "tech": None,
    "state": None,
    "dateStart": None,
    "dateEnd": None,
    "timeStart": None,
    "timeEnd": None,
    "callHoursStart": None,
    "callHoursEnd": None,
    "timezone": None,
    "callerId": None,
    "callFrequency": None,
    "recording": None,
    "enableVMDetect": None,
    "message": None,
    "numbers": [],
    "destinations": [],
    "matchDestinations": [],
    "notMatchDestinations": [],
    "callDelay": 1000,
    "dialtimeout": 30,
    "lastrun": None,
}

KEYS = tuple(_BLANK)
"""Every key of an answer."""

_ARRAYS = [key for key, value in _BLANK.items() if isinstance(value, list)]


def new(campaign_id: int, body: Body) -> Body:
    """A campaign as it is kept after its creation from a request body."""
    return {**_BLANK, "id": campaign_id, **kept(body)}


def kept(body: Body) -> Body:
    """The keys of a request body as the server keeps them, each replacing what was there."""
    return {key: _KEEP[key](value) if key in _KEEP else value for key, value in body.items()}


def answer(campaign: Body) -> Body:
    """A kept campaign as the server shows it."""
    numbers = campaign["numbers"]
    if not isinstance(numbers, list):  # a test has set it so
        return campaign
    return {**campaign, "numbers": [_visible(entry) for entry in numbers]}


def summary(campaign: Body) -> Body:
    """A kept campaign as lists show it."""
    return {key: value for key, value in campaign.items() if key not in _ARRAYS}


def _visible(entry: Any) -> Any:
    if not isinstance(entry, dict):  # as above
        return entry
    return {key: value for key, value in entry.items() if key not in _HIDDEN}


def _numbers(entries: list[Body]) -> list[Body]:
    """Nothing is carried over: a result of a call that is not sent along is lost."""
    return [
        {"number": None, "description": None, "disposition": None, **entry} for entry in entries
    ]


def _destinations(type_src: str) -> Callable[[list[Body]], list[Body]]:
    """Kept last first, so that a client which does not sort by `order` shows itself."""

    def convert(entries: list[Body]) -> list[Body]:
        ordered = [
            {"typeSrc": type_src, "destType": entry["type"], "id": int(entry["id"]), "order": order}
            for order, entry in enumerate(entries, start=1)
        ]
        return ordered[::-1]

    return convert


_KEEP: dict[str, Callable[[Any], object]] = {
    "tenantId": int,
    "enableVMDetect": int,
    "numbers": _numbers,
    "destinations": _destinations("CALLCAMPAIGN"),
    "matchDestinations": _destinations("CALLCAMPAIGN_MATCH"),
    "notMatchDestinations": _destinations("CALLCAMPAIGN_NOTMATCH"),
}
"""The keys whose request and answer differ. Ids become whole: JSON Schema takes 12.0 for 12."""
