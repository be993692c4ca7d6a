"""Which formats of reports show a part of a report, according to the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.report.registry import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voxosync.report.registry import ReportPart


def names_of_formats(names: Iterable[str], *parts: ReportPart) -> list[str]:
    """The formats among `names` that show each of these parts of a report, according to the registry."""
    return [name for name in names if all(map(FORMATS[name].shows, parts))]
