"""Who made a difference. A module of its own: options name the kinds, and a plan takes long to import."""

from __future__ import annotations

from enum import StrEnum


class ChangeKind(StrEnum):
    """Who made the difference: a change of the definitions, a change by hand in VOXO, or both.

    A pending difference is a change of the definitions too: committed after the applied record, not yet applied.
    """

    CHANGE = "change"
    PENDING = "pending"
    DRIFT = "drift"
    CONFLICT = "conflict"


SENT_FROM_RECORD = (ChangeKind.CHANGE, ChangeKind.PENDING)
"""What `apply --base @applied` sends."""
