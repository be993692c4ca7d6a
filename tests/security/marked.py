"""A token that is easy to find, and the live campaign of its tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

TENANT = 17
MARKED = "marked-Token_0123456789"
"""The token of every command here, which must not appear anywhere."""

LIVE: dict[str, Any] = {
    "name": "Spring renewal",
    "state": "PAUSED",
    "dateStart": "2096-03-01",
    "timezone": "America/Chicago",
    "timeStart": "09:00",
    "callFrequency": 30,
    "message": "Time to renew",
    "numbers": [{"number": "6015550123", "description": "Customer 1042"}],
    "destinations": [{"type": "QUEUE", "id": 12}],
}

SETTINGS = """\
environments:
  prod: {tokenEnv: VOXO_PROD_TOKEN}
guards: {maxCampaigns: 100%}
"""


def campaign(**values: Any) -> dict[str, Any]:
    """The live campaign as a response, with other values."""
    destinations = ("destinations", "matchDestinations", "notMatchDestinations")
    return {"id": 4711, "tenantId": TENANT, **LIVE, **{key: [] for key in destinations}, **values}


def commands(group: click.Group) -> Iterator[click.Command]:
    """A group of commands and all commands in it."""
    yield group
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield command
