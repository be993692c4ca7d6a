"""One answer of VOXO's: what the reference documents, or an error that says what came instead."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlsplit

from voxosync.errors import BadAnswer, CampaignError, NotFound, Refused
from voxosync.voxo.response_text import quoted, reason

REDIRECTS = range(300, 400)
REFUSALS = range(400, 500)

_MOST_DIGITS = 19  # of a number in quotes: far beyond the largest id
_BEGINNING = 64 * 2**10  # bytes of a body that are searched for the token
_A_FEW_WORDS = 80  # characters of an unreadable body that tell an HTML page from a broken answer
_A_WORD = 12  # characters: what is shorter may well stand in a campaign by chance


class Paging(Enum):
    """How a list says that it is a page, and how the next one is asked for."""

    NONE = auto()
    """A bare array [L]: it may be all there is."""
    NUMBER = auto()
    """`{records, page, totalRecords}`, the envelope of VOXO's other lists."""
    SKIP = auto()
    """`{total, limit, skip, data}`, that of FeathersJS [F]."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a list call."""

    records: dict[int, dict[str, Any]]
    """Campaigns by id, in the order of the answer."""
    length: int
    """How many the answer holds, a repeated one counted again."""
    paging: Paging
    total: int | None = None
    """How many there are on all pages, where the envelope says so."""

    @property
    def is_all(self) -> bool:
        """Whether nothing is left to ask for."""
        return not self.records or (self.total is not None and len(self.records) >= self.total)


_ENVELOPES = (("records", "totalRecords", Paging.NUMBER), ("data", "total", Paging.SKIP))
"""Where a list in an envelope has its campaigns, and how many there are on all pages."""


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A status with its body. Every text that its errors quote is checked for the token first."""

    request: str
    """Method and path, as messages name the call."""
    status: int
    body: bytes
    token: str = field(repr=False)
    content_type: str = ""
    location: str = ""
    retry_after: float | None = None
    """Seconds that VOXO asks to wait, 429 and 503."""
    trouble: str = ""
    """Why the body could not be read at all."""

    def campaign(self, campaign_id: int) -> dict[str, Any]:
        """The campaign in the body [U] [L]; BadAnswer where it is none or of another id."""
        record = self._identified(self._json())
        if record["id"] != campaign_id:
            self._bad(f"is about campaign {record['id']}, not {campaign_id}")
        return record

    def new_campaign(self) -> dict[str, Any]:
        """The campaign in the body [C], which may be sparse [L], with its id; BadAnswer where there is none."""
        return self._identified(self._json())

    def page(self) -> Page:
        """The list in the body, bare or in an envelope; BadAnswer where it is neither."""
        value = self._json()
        if isinstance(value, list):
            return Page(self._by_id(value), len(value), Paging.NONE)
        envelope = self._record(value)
        for key, of_all, paging in _ENVELOPES:
            if isinstance(records := envelope.get(key), list):
                total = whole_number(envelope.get(of_all))
                return Page(self._by_id(records), len(records), paging, total)
        return self._bad("is neither a list of campaigns nor an object with `records` or `data`")

    def error(self) -> CampaignError:
        """What an unsuccessful answer means to a user, with VOXO's own words."""
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
        return f"{self.status} ({quoted(self.trouble or reason(self.body), self.token)})"

    def _json(self) -> object:
        if self.trouble:
            self._bad(self.trouble)
        try:
            text = self.body.decode("utf-8-sig")
            value = _JSON.decode(text)
            repeats = self._repeats_token(text, value)
        except RecursionError as error:
            self._bad("is nested too deeply", error)
        except ValueError as error:  # not UTF-8, not JSON, or a whole number of over 4,300 digits
            self._bad(f"is not readable as JSON: {str(error).partition(';')[0]}", error)
        if repeats:  # used, it would end up in plans, snapshots and journals
            self._bad("repeats the token, so nothing of it is used")
        return value

    def _repeats_token(self, text: str, value: object) -> bool:
        if len(self.token) < _A_WORD:
            return False
        if "\\" in text:  # JSON escapes some letters: compare it with none escaped
            text = json.dumps(value, ensure_ascii=False)
        return json.dumps(self.token)[1:-1] in text

    def _record(self, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._bad(f"has a {type(value).__name__} where an object belongs")
        return value

    def _by_id(self, items: list[object]) -> dict[int, dict[str, Any]]:
        return {record["id"]: record for record in map(self._identified, items)}

    def _identified(self, value: object) -> dict[str, Any]:
        """A campaign with its `id` as a number, which [L]'s *update* calls `campaignId`."""
        record = self._record(value)
        identity = record.get("id")
        number = whole_number(record.get("campaignId") if identity is None else identity)
        if number is None:
            self._bad("holds a campaign without an id")
        record["id"] = number
        return record

    def _bad(self, reason_text: str, cause: Exception | None = None) -> NoReturn:
        kind = self._quoted(self.content_type) or "of no content type"
        raise BadAnswer(
            f"{self.request}: the answer ({self.status}, {kind}) {self._quoted(reason_text)}"
            f"{self._beginning()}; check that the base URL leads to VOXO's API"
        ) from cause

    def _beginning(self) -> str:
        start = self.body[:_BEGINNING].decode("utf-8", errors="replace").lstrip()
        # A page tells who answered in VOXO's place; a broken campaign would tell phone numbers.
        if not start or start.startswith(("{", "[")):
            return ""
        return f"; it begins {self._quoted(start)!r}"

    def _quoted(self, text: str) -> str:
        return quoted(text, self.token, _A_FEW_WORDS)

    def _target(self) -> str:
        try:
            return quoted(urlsplit(self.location).hostname or "the same host", self.token)
        except ValueError:
            return "something that is not a URL"


def whole_number(value: object) -> int | None:
    """A number as VOXO may spell it (4711, 4711.0, "4711"); None for everything else."""
    if isinstance(value, str):
        is_number = value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS
        return int(value) if is_number else None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _not_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _not_json("a number beyond all floats")


_JSON = json.JSONDecoder(parse_constant=_not_json, parse_float=_finite)
