"""The responses of faults: those that a fault gives by itself, and the app's responses as it changes them."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.responses import HTMLResponse, RedirectResponse, Response

from voxosync.sandbox.app import JsonResponse, refusal
from voxosync.sandbox.representations import keys_that_hold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from voxosync.sandbox.faults import Fault
    from voxosync.sandbox.representations import Body

_DATES = keys_that_hold("2026-03-01")
_TIMES = keys_that_hold("09:00")
# What comes back letter by letter, and what any reader of JSON holds exactly.
_PLAIN_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")

_FEATHERS_LIMIT = 10
_FEATHERS_ERRORS = {
    400: "BadRequest",
    401: "NotAuthenticated",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    429: "TooManyRequests",
    502: "BadGateway",
    503: "Unavailable",
}

_ERROR_PAGE = """<!DOCTYPE html>
<html><head><title>Something went wrong</title></head>
<body><h1>Something went wrong</h1><p>Please try again later.</p></body></html>
"""


def response_of(fault: Fault, path: str) -> Response:
    """The answer of a fault that answers by itself."""
    if fault.kind == "html":
        return HTMLResponse(_ERROR_PAGE)
    if fault.kind == "redirect":
        return RedirectResponse(f"/redirected{path}", HTTPStatus.TEMPORARY_REDIRECT)
    if fault.kind == "rate-limit":
        return refusal(429, "Too many requests", {"Retry-After": fault.argument})
    return refusal(int(fault.argument or fault.kind), f"The fault {fault.kind}")


def respelled(answer: Response, faults: Iterable[Fault], query: str) -> Response:
    """An answer, spelled as the faults want it; the query is that of its request."""
    kinds = [fault.kind for fault in faults]
    if "feathers" in kinds:
        answer = _feathers(answer, query)
    spellings = [_SPELLINGS[fault.kind](fault) for fault in faults if fault.kind in _SPELLINGS]
    if not spellings or answer.status_code >= HTTPStatus.MULTIPLE_CHOICES:
        return answer

    def spell(thing: Body) -> Body:
        for spelling in spellings:
            thing = spelling(thing)
        return thing

    return JsonResponse(json.loads(bytes(answer.body), object_hook=spell), answer.status_code)


def _feathers(answer: Response, query: str) -> Response:
    """A refusal, or a bare list, in the form that FeathersJS gives it."""
    if answer.headers["content-type"] != JsonResponse.media_type:
        return answer
    content = json.loads(bytes(answer.body))
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        headers = {
            name: answer.headers[name] for name in ("retry-after",) if name in answer.headers
        }
        return JsonResponse(
            _feathers_error(content, answer.status_code), answer.status_code, headers
        )
    if not isinstance(content, list):
        return answer
    wishes = parse_qs(query)
    limit, skip = (
        int(text) if (text := wishes.get(name, [""])[0]).isdecimal() else usual
        for name, usual in (("$limit", _FEATHERS_LIMIT), ("$skip", 0))
    )
    page = content[skip : skip + limit]
    return JsonResponse({"total": len(content), "limit": limit, "skip": skip, "data": page})


def _feathers_error(content: Body, status: int) -> Body:
    """A refusal as @feathersjs/errors writes it."""
    name = _FEATHERS_ERRORS.get(status, "GeneralError")
    message = content["message"]
    return {
        "name": name,
        "message": message if isinstance(message, str) else "Validation failed",
        "code": status,
        "className": re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower(),
        "errors": {} if isinstance(message, str) else [{"message": text} for text in message],
    }


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
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value):
        return int(value)
    return value


def _bool_flag(thing: Body) -> Body:
    flag = thing.get("enableVMDetect")
    is_flag = flag in (0, 1, "0", "1")
    return {**thing, "enableVMDetect": bool(int(flag))} if is_flag else thing  # type: ignore[arg-type]  # one of these


def _sparse(thing: Body) -> Body:
    """What [L] shows of *update*: a campaign without its lists, whose id has another name."""
    if "tenantId" not in thing:  # something inside a campaign
        return thing
    named = {"campaignId" if key == "id" else key: value for key, value in thing.items()}
    return {key: value for key, value in named.items() if not isinstance(value, list)}


_SPELLINGS: dict[str, Callable[[Fault], Callable[[Body], Body]]] = {
    "datetimes": lambda _: _ending(_DATES, "T00:00:00.000Z"),
    "seconds": lambda _: _ending(_TIMES, ":00"),
    "strings": lambda _: _swapped,
    "bool-flag": lambda _: _bool_flag,
    "sparse-answer": lambda _: _sparse,
    "omit-field": lambda fault: _without(fault.argument),
}
