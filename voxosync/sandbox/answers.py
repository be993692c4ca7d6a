"""The answers of faults: those that a fault gives by itself, and what it makes of the app's."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, RedirectResponse, Response

from voxosync.sandbox.app import JsonResponse, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from voxosync.sandbox.faults import Fault
    from voxosync.sandbox.shapes import Body

_DATES = {"dateStart", "dateEnd"}
_TIMES = {"timeStart", "timeEnd", "callHoursStart", "callHoursEnd"}
# What comes back letter by letter, and what any reader of JSON holds exactly.
_PLAIN_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")

_ERROR_PAGE = """<!DOCTYPE html>
<html><head><title>Something went wrong</title></head>
<body><h1>Something went wrong</h1><p>Please try again later.</p></body></html>
"""


def given_by(fault: Fault, path: str) -> Response:
    """The answer of a fault that answers by itself."""
    if fault.kind == "html":
        return HTMLResponse(_ERROR_PAGE)
    if fault.kind == "redirect":
        return RedirectResponse(f"/redirected{path}", HTTPStatus.TEMPORARY_REDIRECT)
    if fault.kind == "rate-limit":
        return refusal(429, "Too many requests", {"Retry-After": fault.argument})
    return refusal(int(fault.argument or fault.kind), f"The fault {fault.kind}")


def respelled(answer: Response, faults: Iterable[Fault]) -> Response:
    """An answer of the app, its campaigns spelled as the faults want them."""
    spellings = [_SPELLINGS[fault.kind](fault) for fault in faults if fault.kind in _SPELLINGS]
    if not spellings or answer.status_code >= HTTPStatus.MULTIPLE_CHOICES:
        return answer

    def spell(thing: Body) -> Body:
        for spelling in spellings:
            thing = spelling(thing)
        return thing

    return JsonResponse(json.loads(bytes(answer.body), object_hook=spell), answer.status_code)


def _ending(keys: set[str], ending: str) -> Callable[[Body], Body]:
    """A spelling that puts an ending on the texts under some keys."""

    def spelling(thing: Body) -> Body:
        return {
            key: f"{value}{ending}" if key in keys and value else value
            for key, value in thing.items()
        }

    return spelling


def _without(key: str) -> Callable[[Body], Body]:
    """A spelling that leaves a key out of campaigns, not out of what is inside them."""

    def spelling(thing: Body) -> Body:
        return {k: v for k, v in thing.items() if k != key or "tenantId" not in thing}

    return spelling


def _swapped(thing: Body) -> Body:
    """Numbers as strings, and strings that are plain numbers as numbers."""
    return {key: _swap(value) for key, value in thing.items()}


def _swap(value: object) -> object:
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value):
        return int(value)
    return value


_SPELLINGS: dict[str, Callable[[Fault], Callable[[Body], Body]]] = {
    "datetimes": lambda _: _ending(_DATES, "T00:00:00.000Z"),
    "seconds": lambda _: _ending(_TIMES, ":00"),
    "strings": lambda _: _swapped,
    "omit-field": lambda fault: _without(fault.argument),
}
