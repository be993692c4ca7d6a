"""The routes: every operation of the OpenAPI file, behind a bearer token."""

from __future__ import annotations

import hmac
import json
from collections import defaultdict
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from voxosync.sandbox.operations import InvalidRequestError, Operation, operations
from voxosync.sandbox.store import Store, UnknownCampaignError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

Values = dict[str, Any]
Work = Callable[[Values, Any], Response]
"""What an operation does with its parameters and its decoded body."""

_RECORDS_PER_PAGE = 50


class JsonResponse(Response):
    """An answer in JSON, as UTF-8."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """The bytes of the answer."""
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        # Half a surrogate pair, which JSON may hold and UTF-8 may not, becomes JSON's escape again.
        return text.encode("utf-8", "backslashreplace")


def refusal(
    status: int, message: str | list[str], headers: dict[str, str] | None = None
) -> JsonResponse:
    """A refusal in a plausible format: the reference documents none."""
    phrase = HTTPStatus(status).phrase
    content = {"statusCode": status, "message": message, "error": phrase}
    return JsonResponse(content, status, headers)


def create_app(store: Store, token: str) -> Starlette:
    """The application that serves a store to whoever holds the token."""
    app = Starlette(
        routes=_routes(Campaigns(store)),
        middleware=[Middleware(BearerToken, token=token)],
        exception_handlers={
            InvalidRequestError: _on_invalid,
            UnknownCampaignError: _on_unknown_campaign,
            HTTPException: _on_http_exception,
        },
    )
    app.router.redirect_slashes = False  # a path is served as documented, or not at all
    return app


class BearerToken:
    """Lets only requests with the token through."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._authorization = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request without the token 401."""
        authorization = dict(scope["headers"]).get(b"authorization", b"")
        if hmac.compare_digest(authorization, self._authorization):
            await self._app(scope, receive, send)
        else:
            answer = refusal(401, "Unauthorized", {"WWW-Authenticate": "Bearer"})
            await answer(scope, receive, send)


class Campaigns:
    """What each operation does with the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def work(self) -> dict[str, Work]:
        """The handler of each operation."""
        return {
            "getCampaign": self._get,
            "getCampaignAsAdmin": self._get,
            "listCampaigns": self._list,
            "listCampaignsAsAdmin": self._list,
            "updateCampaign": self._update,
            "createCampaign": self._create,
        }

    def _get(self, values: Values, _body: None) -> Response:
        return JsonResponse(self._store.get(values["campaignId"]))

    def _list(self, values: Values, _body: None) -> Response:
        campaigns = self._store.summaries(values["tenantId"])
        if values["page"] is None and values["recordsPerPage"] is None:
            return JsonResponse(campaigns)
        page, size = values["page"] or 1, values["recordsPerPage"] or _RECORDS_PER_PAGE
        records = campaigns[(page - 1) * size : page * size]
        return JsonResponse({"records": records, "page": page, "totalRecords": len(campaigns)})

    def _update(self, values: Values, body: Any) -> Response:
        return JsonResponse(self._store.patch(values["campaignId"], body))

    def _create(self, _values: Values, body: Any) -> Response:
        return JsonResponse(self._store.create(body), HTTPStatus.CREATED)


def _routes(campaigns: Campaigns) -> list[Route]:
    """One route a path, so that a method which it does not have is answered with those it has."""
    work = campaigns.work()
    paths: defaultdict[str, dict[str, Operation]] = defaultdict(dict)
    for operation in operations().values():
        paths[operation.path][operation.method] = operation
    return [
        Route(path, _endpoint(methods, work), methods=list(methods))
        for path, methods in paths.items()
    ]


def _endpoint(
    methods: dict[str, Operation], work: dict[str, Work]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        operation = methods["GET" if request.method == "HEAD" else request.method]
        query = {name: request.query_params.getlist(name) for name in request.query_params}
        values = operation.read_parameters(request.path_params, query)
        body = None if operation.body is None else await _json(request)
        return work[operation.id](values, body)

    return endpoint


async def _json(request: Request) -> object:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise HTTPException(415, "The body must be application/json")
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"The body is not JSON: {error}") from error


def _on_invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, InvalidRequestError)  # noqa: S101 - Starlette types every handler for Exception
    return refusal(400, error.problems)


def _on_unknown_campaign(_request: Request, error: Exception) -> Response:
    return refusal(404, str(error))


def _on_http_exception(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette types every handler for Exception
    return refusal(error.status_code, error.detail, dict(error.headers or {}))
