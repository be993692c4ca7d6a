"""Who made a difference. A module of its own: options name the kinds, and a plan takes long to import."""

from __future__ import annotations

from enum import StrEnum


class ChangeKind(StrEnum):
    """Who made the difference: a change of the definitions, a change by hand in VOXO, or both."""

    CHANGE = "change"
    DRIFT = "drift"
    CONFLICT = "conflict"
