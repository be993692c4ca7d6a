"""Who made a difference. A module of its own, because options of commands need it, and importing plans is slow."""

from __future__ import annotations

from enum import StrEnum


class ChangeKind(StrEnum):
    """Who made the difference: a change of the definitions, a change by hand in VOXO, or both.

    A pending difference is a change of the definitions that was committed after the applied record and is not applied
    yet.
    """

    CHANGE = "change"
    PENDING = "pending"
    DRIFT = "drift"
    CONFLICT = "conflict"


SENT_FROM_RECORD = (ChangeKind.CHANGE, ChangeKind.PENDING)
"""What `apply --base @applied` sends."""
