"""VOXO's campaigns: which path to ask, and what an answer means. The face of this package."""

from __future__ import annotations

import json
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

from voxosync.errors import BadAnswer, CampaignError, NotFound, OutcomeUnknown, Refused
from voxosync.voxo.answers import REDIRECTS, REFUSALS
from voxosync.voxo.exchange import Call
from voxosync.voxo.pace import Pace
from voxosync.voxo.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from voxosync.voxo.answers import Answer
    from voxosync.voxo.connection import Connection, Read

_ADMIN, _V2 = "/v2/admin", "/v2"
_PATHS: dict[Read, tuple[str, ...]] = {"auto": (_ADMIN, _V2), "admin": (_ADMIN,), "v2": (_V2,)}
_ELSEWHERE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
_CLIENT_CLOSED_REQUEST = 499  # nginx's own
_SURE_REFUSALS = frozenset(REFUSALS) - {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    _CLIENT_CLOSED_REQUEST,
}
"""After 408, 425 and 499 a server behind the one that answers may have read the whole request, and go on with it."""
_PAGE_SIZE = 100  # campaigns
_MOST_PAGES = 1000  # far more campaigns than a tenant has: a server that never ends is broken


class Voxo:
    """The campaigns of one VOXO, for any number of threads at once.

    Every method raises TokenRejected where VOXO does not accept the token, and Unreachable where
    it gives no usable answer for too long (`pace.Patience` says how long); from then on, every
    call raises the same at once. Leaving the context closes the connections.
    """

    def __init__(self, connection: Connection, *, pace: Pace | None = None) -> None:
        self.base_url = connection.base_url
        self._pace = pace or Pace()
        self._transport = Transport(connection, self._pace)
        self._campaign_paths = _ReadPaths(_PATHS[connection.read])
        self._list_paths = _ReadPaths(_PATHS[connection.read])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def back_off(self, failures: int) -> None:
        """Wait before something is tried again that failed so many times; shares the run's patience."""
        self._pace.sleep(self._pace.backoff(failures))

    def campaign(self, campaign_id: int) -> dict[str, Any]:
        """The whole live campaign, with `numbers` and destinations [L].

        Raises NotFound, Refused, or BadAnswer (unreadable, of another id, or all attempts failed).
        """
        _, answer = self._read(self._campaign_paths, f"/call-campaigns/{campaign_id:d}")
        return answer.campaign(campaign_id)

    def update(self, campaign_id: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send the given keys of a campaign; the whole campaign as VOXO then has it [U].

        Nothing changed where it raises NotFound, Refused or BadAnswer (a redirect, or no
        connection). With OutcomeUnknown it may have: the request is not repeated, so read the
        campaign again.
        """
        path = f"{_ADMIN}/call-campaigns/{campaign_id:d}"
        answer = self._transport.send(Call("PATCH", path, _content(body)))
        if answer.status == HTTPStatus.OK:
            try:
                return answer.campaign(campaign_id)
            except BadAnswer as bad:
                raise OutcomeUnknown(str(bad)) from bad.__cause__
        raise _not_written(answer)

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a campaign, its tenant named in the body; the answer, with the new `id` [C].

        The answer need not hold more of the campaign than its id [L]: read the campaign to know it.

        No campaign was made where it raises Refused, NotFound or BadAnswer (a redirect, or no connection).
        With OutcomeUnknown one may have been, and the request is not repeated.
        """
        answer = self._transport.send(Call("POST", f"{_ADMIN}/call-campaigns/", _content(body)))
        if answer.status in (HTTPStatus.OK, HTTPStatus.CREATED):
            try:
                return answer.new_campaign()
            except BadAnswer as bad:
                raise OutcomeUnknown(str(bad)) from bad.__cause__
        raise _not_written(answer)

    def campaigns(self, tenant_id: int) -> list[dict[str, Any]]:
        """Every campaign of a tenant, without `numbers` and destinations [L].

        Raises NotFound, Refused, or BadAnswer (unreadable, or pages that do not end).
        """
        query = f"/call-campaigns?tenantId={tenant_id:d}"
        prefix, answer = self._read(self._list_paths, query)
        first = answer.page()
        return list((first.records if first.is_all else self._all_pages(prefix + query)).values())

    def _all_pages(self, path: str) -> dict[int, dict[str, Any]]:
        """Page after page from the first, whose default length nobody documents."""
        found: dict[int, dict[str, Any]] = {}
        for number in range(1, _MOST_PAGES + 1):
            call = Call("GET", f"{path}&page={number}&recordsPerPage={_PAGE_SIZE}")
            answer = self._transport.send(call)
            if answer.status != HTTPStatus.OK:
                raise answer.error()
            page = answer.page()
            before = len(found)
            found |= page.records
            if not page.records or (page.total is not None and len(found) >= page.total):
                return found
            if len(found) == before:
                raise BadAnswer(f"{call}: the list does not go on: it repeats earlier campaigns")
        raise BadAnswer(f"GET {path}: the list has no end: {_MOST_PAGES} pages and more")

    def _read(self, paths: _ReadPaths, rest: str) -> tuple[str, Answer]:
        """The first 200 of the paths that may be asked, and the path it came from."""
        denials = []
        for prefix in paths.in_order():
            answer = self._transport.send(Call("GET", prefix + rest))
            if answer.status == HTTPStatus.OK:
                paths.works(prefix)
                return prefix, answer
            if answer.status not in _ELSEWHERE:
                raise answer.error()
            denials.append(answer)
        raise _denied(denials)


class _ReadPaths:
    """The GET paths, in the order to ask them: the first that answers 200 stays the first.

    One for all workers: whichever of them finds out, finds out for all.
    """

    def __init__(self, paths: tuple[str, ...]) -> None:
        self._paths = paths
        self._is_settled = False
        self._lock = Lock()

    def in_order(self) -> tuple[str, ...]:
        return self._paths

    def works(self, path: str) -> None:
        with self._lock:
            if not self._is_settled:
                self._is_settled = True
                self._paths = (path, *(other for other in self._paths if other != path))


def _content(body: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(body), separators=(",", ":"), allow_nan=False).encode()


def _not_written(answer: Answer) -> CampaignError:
    """What an answer to a write means that is no success: a no, or that nobody knows."""
    error = answer.error()
    is_no = answer.status in REDIRECTS or answer.status in _SURE_REFUSALS
    return error if is_no else OutcomeUnknown(str(error))


def _denied(denials: list[Answer]) -> CampaignError:
    """What it means that no path shows it: unknown if one of them says so, else forbidden."""
    if len(denials) == 1:
        return denials[0].error()
    said = "; ".join(f"{answer.request}: VOXO answered {answer.summary()}" for answer in denials)
    if any(answer.status == HTTPStatus.NOT_FOUND for answer in denials):
        return NotFound(f"{said}; check the id, and that the token may see it")
    return Refused(f"{said}; check what the token may see")
