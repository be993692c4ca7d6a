"""What a sandbox can get wrong on request: the words for it, and which of them fire on a request.

    KIND[:ARGUMENT][@METHOD][*COUNT]

    503                     every request is answered 503
    503*2                   the first two are, then all is well
    drop-after@PATCH*1      the first PATCH is applied, and its connection dropped without an answer
    rate-limit:2@GET        every GET is answered 429 with Retry-After: 2
    ignore-field:message    PATCH answers 200 and leaves `message` as it was

`KINDS` says what each kind does. METHOD limits a fault to GET, POST or PATCH. COUNT is how often it
fires; without it, always. Faults act together, in the order given, up to the first that answers the
request itself: those behind it neither act nor count. `503*1 rate-limit*1` is a 503, then a 429.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.sandbox.representations import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable

_METHODS = ("GET", "POST", "PATCH")
_SECONDS = r"[0-9]+(\.[0-9]+)?"
_WHOLE_SECONDS = "[0-9]+"
_KEY = "|".join(KEYS)
_DENIAL = "403|404|405"
_WORD = re.compile(
    r"(?P<kind>[^:@*]*)(:(?P<argument>[^@*]*))?(@(?P<method>[^*]*))?(\*(?P<count>[1-9][0-9]*))?"
)


@dataclass(frozen=True)
class Kind:
    """A kind of fault."""

    does: str
    """What it does, for people."""

    form: str = ""
    """What follows the name in a word, for people."""

    argument: str = ""
    """The pattern of its argument; empty where it takes none."""

    default: str | None = ""
    """Its argument when left out; none where it must be there."""

    methods: tuple[str, ...] = _METHODS
    """The methods on which it can fire."""

    path: str = "/"
    """How the path of a request on which it can fire starts."""

    answers: bool = False
    """Whether it answers the request itself."""


def _error(status: int) -> Kind:
    return Kind(f"answers {status}", answers=True)


def _denial(path: str) -> Kind:
    return Kind(
        f"GET below {path} answers STATUS: 404, 403 or 405",
        form="[:STATUS]",
        argument=_DENIAL,
        default="404",
        methods=("GET",),
        path=path,
        answers=True,
    )


KINDS = {
    "delay": Kind("waits, then goes on", ":SECONDS", _SECONDS, None),
    "rate-limit": Kind(
        "answers 429 with Retry-After: SECONDS",
        form="[:SECONDS]",
        argument=_WHOLE_SECONDS,
        default="1",
        answers=True,
    ),
    "500": _error(500),
    "502": _error(502),
    "503": _error(503),
    "504": _error(504),
    "html": Kind("answers 200 with an HTML error page", answers=True),
    "redirect": Kind("answers 307 with another path of the sandbox", answers=True),
    "no-admin-get": _denial("/v2/admin/call-campaigns"),
    "no-v2-get": _denial("/v2/call-campaigns"),
    "drop-before": Kind("drops the connection; nothing is applied", answers=True),
    "drop-after": Kind("applies the request, then drops the connection without an answer"),
    "truncate": Kind("applies the request, then drops the connection in the middle of the answer"),
    "ignore-field": Kind(
        "a PATCH is answered as ever, but KEY stays as it was", ":KEY", _KEY, None, ("PATCH",)
    ),
    "create-ignores-state": Kind(
        "a POST is answered as ever, but the campaign is READY", methods=("POST",)
    ),
    "lagging-read": Kind(
        "a PATCH is applied, but its answer and the next COUNT reads show the campaign as it was",
        form="[:COUNT]",
        argument="[0-9]+",
        default="2",
        methods=("PATCH",),
    ),
    "omit-field": Kind("answers lack KEY", ":KEY", _KEY, None),
    "datetimes": Kind("dates are answered with a time part: 2026-03-01T00:00:00.000Z"),
    "seconds": Kind("times are answered with seconds: 09:00:00"),
    "strings": Kind("numbers are answered as strings, and strings of digits as numbers"),
    "bool-flag": Kind("enableVMDetect is answered as true or false"),
    "sparse-answer": Kind(
        "writes are answered without lists, and with campaignId for id", methods=("PATCH", "POST")
    ),
    "feathers": Kind("lists and refusals are answered as FeathersJS does, ten campaigns a page"),
}


@dataclass
class Fault:
    """One word of `--fault`, parsed."""

    kind: str
    """Its name in `KINDS`."""

    argument: str
    """Its argument, or the kind's default."""

    methods: tuple[str, ...]
    """The methods on which it fires."""

    remaining_count: float
    """How often it still fires."""

    @property
    def answers(self) -> bool:
        """Whether it answers the request itself."""
        return KINDS[self.kind].answers

    def concerns(self, method: str, path: str) -> bool:
        """Whether it still fires, and on such a request."""
        return (
            self.remaining_count > 0
            and method in self.methods
            and path.startswith(KINDS[self.kind].path)
        )


def parse(word: str) -> Fault:
    """The fault that a word means; a ValueError says what to write where it means none."""
    match = _WORD.fullmatch(word)
    kind = KINDS.get(match["kind"]) if match else None
    if match is None or kind is None:
        form = "KIND[:ARGUMENT][@METHOD][*COUNT]"
        raise ValueError(f"invalid fault {word!r}: write {form} with one of {', '.join(KINDS)}")
    argument = kind.default if match["argument"] is None else match["argument"]
    if argument is None or (match["argument"] is not None and not _takes(kind, argument)):
        raise ValueError(f"invalid fault {word!r}: write {match['kind']}{kind.form}: {kind.does}")
    if match["method"] is not None and match["method"] not in kind.methods:
        methods = ", ".join(kind.methods)
        raise ValueError(f"{word!r} is not a fault; {match['kind']} can be limited to {methods}")
    return Fault(
        kind=match["kind"],
        argument=argument,
        methods=kind.methods if match["method"] is None else (match["method"],),
        remaining_count=math.inf if match["count"] is None else int(match["count"]),
    )


def _takes(kind: Kind, argument: str) -> bool:
    return bool(kind.argument and re.fullmatch(kind.argument, argument))


class Faults:
    """The faults of a sandbox, which `set` exchanges while it runs."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.set(words)

    def set(self, words: Iterable[str]) -> None:
        """Have these faults from now on and no others; a ValueError changes nothing."""
        self._faults = [parse(word) for word in words]

    def firing(self, method: str, path: str) -> list[Fault]:
        """The faults that fire on this request, each counted, the last of which may answer it."""
        firing: list[Fault] = []
        for fault in self._faults:
            if fault.concerns(method, path):
                fault.remaining_count -= 1
                firing.append(fault)
                if fault.answers:
                    break
        return firing
