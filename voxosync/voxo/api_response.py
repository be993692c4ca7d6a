"""One response of VOXO: what the API reference documents, or an error that says what came instead."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlsplit

from voxosync.errors import BadAnswer, CampaignError, NotFound, Refused
from voxosync.voxo.response_text import quote, reason

REDIRECTS = range(300, 400)
REFUSALS = range(400, 500)

_MOST_DIGITS = 19  # of a number in quotes: far beyond the largest id
_BEGINNING = 64 * 2**10  # bytes of an unreadable body that are searched for the token
_EXCERPT = 80  # characters of an unreadable body: enough to recognize an HTML page
_SHORTEST_TOKEN = 12  # characters: a shorter one may be in a campaign by chance


class Paging(Enum):
    """How a list shows that it is a page, and how the next page is requested."""

    NONE = auto()
    """A bare array [L], which may be complete."""
    NUMBER = auto()
    """`{records, page, totalRecords}`, as VOXO's other lists have it."""
    SKIP = auto()
    """`{total, limit, skip, data}`, as FeathersJS has it [F]."""


@dataclass(frozen=True, slots=True)
class Page:
    """The response to a request for a list."""

    records: dict[int, dict[str, Any]]
    """Campaigns by id, in the order of the response."""
    length: int
    """How many entries the response holds, including repeated campaigns."""
    paging: Paging
    total: int | None = None
    """How many there are on all pages, if the response says it."""

    @property
    def is_complete(self) -> bool:
        """Whether no page is left to request."""
        return not self.records or (self.total is not None and len(self.records) >= self.total)


_ENVELOPES = (("records", "totalRecords", Paging.NUMBER), ("data", "total", Paging.SKIP))
"""The keys of the campaigns and of their total, for each kind of paging."""


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A status and its body. All text that its errors quote is first checked for the token."""

    request: str
    """Method and path, for messages."""
    status: int
    body: bytes
    token: str = field(repr=False)
    content_type: str = ""
    location: str = ""
    retry_after: float | None = None
    """The seconds that VOXO asks to wait, with 429 and 503."""
    body_error: str = ""
    """Why the body could not be read; empty if it could."""

    def campaign(self, campaign_id: int) -> dict[str, Any]:
        """The campaign in the body [U] [L]; raises BadAnswer if there is none, or another one."""
        record = self._with_id(self._json())
        if record["id"] != campaign_id:
            self._refuse(f"is about campaign {record['id']}, not {campaign_id}")
        return record

    def new_campaign(self) -> dict[str, Any]:
        """The new campaign in the body [C], which may hold only its id [L]; raises BadAnswer if it has none."""
        return self._with_id(self._json())

    def page(self) -> Page:
        """The list in the body, bare or in an object; raises BadAnswer if there is none."""
        value = self._json()
        if isinstance(value, list):
            return Page(self._by_id(value), len(value), Paging.NONE)
        envelope = self._record(value)
        for key, of_all, paging in _ENVELOPES:
            if isinstance(records := envelope.get(key), list):
                total = whole_number(envelope.get(of_all))
                return Page(self._by_id(records), len(records), paging, total)
        return self._refuse("is neither a list of campaigns nor an object with `records` or `data`")

    def error(self) -> CampaignError:
        """The error that an unsuccessful response means, with VOXO's own words."""
        if self.status in REDIRECTS:
            return BadAnswer(
                f"{self.request}: VOXO answered {self.status}, a redirect to {self._target()!r}; "
                "redirects are not followed: set the base URL to where VOXO's API really is"
            )
        text = f"{self.request}: VOXO answered {self.summary()}"
        if self.status == HTTPStatus.NOT_FOUND:
            return NotFound(f"{text}; check the id, and that the token may see it")
        if self.status in REFUSALS:
            return Refused(text)
        return BadAnswer(f"{text}; try again later, or ask VOXO")

    def summary(self) -> str:
        """The status and VOXO's own words: `422 (name must be longer)`."""
        return f"{self.status} ({quote(self.body_error or reason(self.body), self.token)})"

    def _json(self) -> object:
        if self.body_error:
            self._refuse(self.body_error)
        try:
            text = self.body.decode("utf-8-sig")
            value = _JSON.decode(text)
            repeats = self._repeats_token(text, value)
        except RecursionError as error:
            self._refuse("is nested too deeply", error)
        except ValueError as error:  # not UTF-8, not JSON, or a whole number of over 4,300 digits
            self._refuse(f"is not readable as JSON: {str(error).partition(';')[0]}", error)
        if repeats:  # otherwise the token would end up in plans, snapshots and journals
            self._refuse("repeats the token, so nothing of it is used")
        return value

    def _repeats_token(self, text: str, value: object) -> bool:
        if len(self.token) < _SHORTEST_TOKEN:
            return False
        if "\\" in text:  # characters may be escaped: compare with the text without escapes
            text = json.dumps(value, ensure_ascii=False)
        return json.dumps(self.token)[1:-1] in text

    def _record(self, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._refuse(f"has a {type(value).__name__} where an object belongs")
        return value

    def _by_id(self, items: list[object]) -> dict[int, dict[str, Any]]:
        return {record["id"]: record for record in map(self._with_id, items)}

    def _with_id(self, value: object) -> dict[str, Any]:
        """A campaign with its `id` as a number; the *update* of [L] calls it `campaignId`."""
        record = self._record(value)
        identity = record.get("id")
        number = whole_number(record.get("campaignId") if identity is None else identity)
        if number is None:
            self._refuse("holds a campaign without an id")
        record["id"] = number
        return record

    def _refuse(self, reason_text: str, cause: Exception | None = None) -> NoReturn:
        kind = self._quote(self.content_type) or "of no content type"
        raise BadAnswer(
            f"{self.request}: the answer ({self.status}, {kind}) {self._quote(reason_text)}"
            f"{self._beginning()}; check that the base URL leads to VOXO's API"
        ) from cause

    def _beginning(self) -> str:
        start = self.body[:_BEGINNING].decode("utf-8", errors="replace").lstrip()
        # The text of a page says who responded in VOXO's place; that of a broken campaign holds phone numbers.
        if not start or start.startswith(("{", "[")):
            return ""
        return f"; it begins {self._quote(start)!r}"

    def _quote(self, text: str) -> str:
        return quote(text, self.token, _EXCERPT)

    def _target(self) -> str:
        try:
            return quote(urlsplit(self.location).hostname or "the same host", self.token)
        except ValueError:
            return "something that is not a URL"


def whole_number(value: object) -> int | None:
    """A number in the spellings of VOXO (4711, 4711.0, "4711"); None for everything else."""
    if isinstance(value, str):
        is_number = value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS
        return int(value) if is_number else None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _not_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite_float(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _not_json("a number beyond all floats")


_JSON = json.JSONDecoder(parse_constant=_not_json, parse_float=_finite_float)
