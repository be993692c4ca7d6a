"""Moments in the form of documents: in UTC and to the second, such as `2026-03-01T12:00:00Z`."""

from __future__ import annotations

from datetime import UTC, datetime

_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def moment_to(moment: datetime) -> str:
    """A moment as documents hold it, in UTC and to the second."""
    utc = moment.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return f"{utc.isoformat()}Z"  # strftime leaves out the zeros before a year such as 0999


def moment_from(text: str) -> datetime:
    """The moment that a document holds.

    Raises:
        ValueError: the text is not a moment in that form.
    """
    return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
