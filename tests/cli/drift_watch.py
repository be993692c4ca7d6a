"""What the tests of `voxosync drift` share: a clock that they set, and its JSON document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.fakes.json_schema import check_document

if TYPE_CHECKING:
    from tests.cli.cli_project import Project

NOON = datetime(2096, 2, 10, 12, tzinfo=UTC)
"""The current time of a test until it sets another."""


@dataclass
class Clock:
    """The current time, for calls in this process."""

    moment: datetime = NOON

    def at(self, day: int, hour: int = 12) -> None:
        """Set it to a day of February 2096 and an hour in UTC."""
        self.moment = datetime(2096, 2, day, hour, tzinfo=UTC)


def drift(
    project: Project, *arguments: str, status: int, **variables: str | None
) -> dict[str, Any]:
    """Run drift, which must end with this status, and return its JSON document, checked against the schema."""
    ran = project.run("drift", "--format", "json", *arguments, **variables)
    assert ran.status == status, ran.said
    document: dict[str, Any] = ran.json
    check_document(document, "plan")
    return document


def changed_fields(document: dict[str, Any], index: int = 0) -> list[str]:
    """The fields of a campaign that are reported as different."""
    return [change["field"] for change in document["campaigns"][index]["changes"]]


def acknowledged_fields(document: dict[str, Any], index: int = 0) -> list[str]:
    """The fields of a campaign that are acknowledged."""
    return [change["field"] for change in document["campaigns"][index].get("acknowledged", [])]
