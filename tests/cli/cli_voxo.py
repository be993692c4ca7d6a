"""A fake VOXO to run the command line against, which follows VOXO's API reference and shares no code with the sandbox.

It responds in the shapes of the reference, records every request, and misbehaves where a rule says so.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.fakes.http_server import (
    Handler,
    HttpServer,
    ReceivedRequest,
    Reply,
    answer,
    dropped,
    raw,
    silence,
)

__all__ = [
    "ALL",
    "CAMPAIGN_PATH",
    "FIRST_NEW",
    "NEW",
    "SPRING",
    "TENANT",
    "TOKEN",
    "FakeVoxo",
    "Handler",
    "ReceivedRequest",
    "Reply",
    "answer",
    "applied_then",
    "dropped",
    "echoed_token",
    "html",
    "silence",
    "truncated",
]  # fmt: skip

TOKEN = "marked-token-0123456789"
TENANT = 17
CAMPAIGN_PATH = re.compile(r"/v2(?:/admin)?/call-campaigns/([0-9]+)")
NEW = "/v2/admin/call-campaigns/"
FIRST_NEW = 5001
ALL = re.compile(r"/v2(?:/admin)?/call-campaigns\?tenantId=([0-9]+)")

SPRING: dict[str, Any] = {
    "id": 4711,
    "tenantId": TENANT,
    "name": "Spring renewal",
    "type": "SCHEDULED",
    "tech": "VOICE",
    "state": "PAUSED",
    "dateStart": "2096-03-01",
    "dateEnd": "2096-03-31",
    "timeStart": "09:00",
    "timeEnd": "18:30",
    "callHoursStart": "08:00",
    "callHoursEnd": "20:00",
    "timezone": "America/Chicago",
    "callerId": "6015550100",
    "callFrequency": 30,
    "recording": "yes",
    "enableVMDetect": 1,
    "message": "Time to renew",
    "numbers": [
        {"number": "6015550123", "description": "Customer 1042", "disposition": "ANSWERED"},
        {"number": "6015550124", "description": None, "disposition": None},
    ],
    "destinations": [
        {"typeSrc": "CALLCAMPAIGN", "destType": "EXTENSION", "id": 101, "order": 2},
        {"typeSrc": "CALLCAMPAIGN", "destType": "QUEUE", "id": 12, "order": 1},
    ],
    "matchDestinations": [{"typeSrc": "MATCH", "destType": "RECORDING", "id": 7, "order": 1}],
    "notMatchDestinations": [{"typeSrc": "NOT", "destType": "QUEUE", "id": 12, "order": 1}],
    "callDelay": 1000,
    "dialtimeout": 30,
    "lastrun": None,
}
"""A campaign as VOXO responds with it; `cli_project.SPRING` is its definition."""


@dataclass
class Rule:
    reply: Reply
    method: str
    about: str
    times: int | None


class FakeVoxo(HttpServer):
    """Holds campaigns, and responds like VOXO unless a rule says otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.campaigns: dict[int, dict[str, Any]] = {}
        self.status_of_new = 201
        self._rules: list[Rule] = []

    @property
    def posted(self) -> list[Any]:
        """The body of each POST, in the order of arrival."""
        return [request.json for request in self.received if request.method == "POST"]

    @property
    def sent(self) -> list[tuple[int, Any]]:
        """The (id, body) of each PATCH, in the order of arrival."""
        return [
            (int(request.path.rpartition("/")[2]), request.json)
            for request in self.received
            if request.method == "PATCH"
        ]

    def has(self, campaign_id: int = 4711, /, **values: Any) -> dict[str, Any]:
        """Set values of a campaign, which begins as a copy of SPRING if VOXO does not have it."""
        campaign = self.campaigns.setdefault(campaign_id, deepcopy(SPRING) | {"id": campaign_id})
        campaign.update(values)
        return campaign

    def say(self, reply: Reply, *, to: str = "", about: str = "", times: int | None = None) -> None:
        """Give this reply to requests with method `to` whose path contains `about`; `times` limits how often."""
        self._rules.append(Rule(reply, to, about, times))

    def reply_to(self, received: ReceivedRequest) -> Reply:
        with self._lock:
            self.received.append(received)
            for rule in self._rules:
                matches = rule.method in ("", received.method) and rule.about in received.path
                if matches and rule.times != 0:
                    rule.times = None if rule.times is None else rule.times - 1
                    return rule.reply
            return self.well_behaved(received)

    def well_behaved(self, received: ReceivedRequest) -> Reply:
        if received.headers["Authorization"] != f"Bearer {TOKEN}":
            return answer(401, {"message": "Unauthorized"})
        if (listed := ALL.match(received.path)) and received.method == "GET":
            arrays = {key for key, value in SPRING.items() if isinstance(value, list)}
            campaigns = [
                campaign
                for campaign in self.campaigns.values()
                if str(campaign["tenantId"]) == listed[1]
            ]
            return answer(
                200,
                [{k: v for k, v in campaign.items() if k not in arrays} for campaign in campaigns],
            )
        if (received.method, received.path) == ("POST", NEW):
            return answer(self.status_of_new, self._create(received.json))
        match = CAMPAIGN_PATH.fullmatch(received.path)
        campaign = self.campaigns.get(int(match[1])) if match else None
        if campaign is None:
            return answer(404, {"message": "Not found"})
        if received.method == "PATCH":
            campaign.update({k: _as_answered(k, v) for k, v in received.json.items()})
        return answer(200, deepcopy(campaign))

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        """Create a campaign with the next free id. Source: *Create Campaign*, body and response."""
        campaign: dict[str, Any] = {
            key: [] if isinstance(value, list) else None for key, value in SPRING.items()
        }
        campaign |= {key: _as_answered(key, value) for key, value in body.items()}
        campaign |= {"id": max([FIRST_NEW - 1, *self.campaigns]) + 1, "type": "SCHEDULED"}
        self.campaigns[campaign["id"]] = campaign
        return deepcopy(campaign)


def _as_answered(key: str, value: Any) -> Any:
    """Return a value of a PATCH body as a later GET returns it. Source: *Update Campaign*."""
    if key == "numbers":
        keys = ("number", "description", "disposition")
        return [{name: entry.get(name) for name in keys} for entry in value]
    if key.lower().endswith("destinations"):
        entries = [
            {
                "typeSrc": "CALLCAMPAIGN",
                "destType": entry["type"],
                "id": entry["id"],
                "order": order,
            }
            for order, entry in enumerate(value, start=1)
        ]
        return entries[::-1]
    return int(value) if key == "enableVMDetect" else value


def html(status: int = 200) -> Reply:
    """An HTML page instead of JSON, as a login page or a proxy responds."""
    return answer(status, b"<html><body>Please log in</body></html>", Content_Type="text/html")


truncated = raw(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"id": 4711, ')
"""Half a response, then the end of the connection."""


def applied_then(reply: Reply) -> Reply:
    """A reply to a request that takes effect, with another response than VOXO's."""

    def handle(handler: Handler) -> None:
        voxo = handler.server
        assert isinstance(voxo, FakeVoxo)
        voxo.well_behaved(voxo.received[-1])
        reply(handler)

    return handle


def echoed_token(status: int) -> Reply:
    """A reply whose error text repeats the token of the request, like a careless debug page."""

    def reply(handler: Handler) -> None:
        text = f"refused: Authorization: {handler.headers['Authorization']}"
        answer(status, {"message": text, "error": [text]})(handler)

    return reply
