"""How plans are put into words that several formats share. Not escaped: where text lands, it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voxosync.model.kind import ChangeKind
from voxosync.model.plan import (
    Acknowledged,
    CampaignPlan,
    Change,
    FieldChange,
    GoesLive,
    NumbersChange,
    Plan,
)
from voxosync.report import plural

if TYPE_CHECKING:
    from voxosync.model.drift import Unmanaged
    from voxosync.model.plan import Single
    from voxosync.report.view import View


def value(value: Single) -> str:
    """A canonical value as people read it; in quotes where its ends would not be seen."""
    if value is None:
        return "(none)"
    if isinstance(value, tuple):
        return f"[{', '.join(f'{place.type} {place.id}' for place in value)}]"
    text = str(value)
    if text and " " not in text and text.isascii() and text.isprintable():
        return text
    return json.dumps(text, ensure_ascii=False)


def change(change: Change) -> str:
    """One difference in a line: `callFrequency: 30 → 60`, `numbers: 4 → 5 (2 added, 1 removed)`."""
    if isinstance(change, NumbersChange):
        parts = (("added", change.added), ("removed", change.removed), ("changed", change.changed))
        told = ", ".join(f"{len(numbers)} {verb}" for verb, numbers in parts if numbers)
        return f"numbers: {change.before} → {change.after} ({told})"
    return f"{change.field}: {value(change.before)} → {value(change.after)}"


def kind(change: Change) -> str:
    """Who made a difference, for a plan with three sides: `drift`, `conflict: was 45`."""
    if change.kind is ChangeKind.CONFLICT and isinstance(change, FieldChange):
        return f"conflict: was {value(change.base)}"
    return change.kind.value


def moment(moment: datetime) -> str:
    """`2026-11-01 08:00 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def about(change: Change, *, three_sides: bool) -> str:
    """What is known of a difference beside its values: `drift, since 2026-11-01 08:00 UTC`, or nothing."""
    told = [kind(change)] if three_sides else []
    told += [f"since {moment(change.since)}"] if change.since is not None else []
    return ", ".join(told)


def acknowledged(known: Acknowledged, view: View) -> str:
    """Why a difference does not count, and, where changes are sent, that it is not."""
    since = about(known.change, three_sides=False)
    left = "" if view.command == "drift" else "left alone"
    return "; ".join(filter(None, (since, left, str(known.by))))


def failure(campaign: CampaignPlan) -> str:
    """Why a campaign could not be compared; of one that VOXO does not have, also what to do."""
    told = campaign.error or ""
    return f"{told}; if the campaign is gone, remove its definition" if campaign.missing else told


def unmanaged(found: Unmanaged) -> str:
    """`4720 Autumn pilot (READY)`."""
    name = "" if found.name is None else f" {found.name}"
    return f"{found.id}{name} ({found.state or 'state unknown'})"


def goes_live(live: GoesLive) -> str:
    """What a campaign then dials: `becomes READY: dials 4 numbers from 2027-01-04 09:00 (Etc/UTC)`."""
    start = f"from {live.start}" if live.start else "with no start date"
    zone = live.timezone or "no time zone known"
    return (
        f"{'; '.join(live.reasons)}: dials {plural.count(live.numbers, 'number')} {start} ({zone})"
    )


def age(plan: Plan) -> str | None:
    """How old the live state is that a plan was made with, where it is a snapshot's."""
    if plan.live_as_of is None:
        return None
    minutes = max(0, int((plan.created_at - plan.live_as_of).total_seconds()) // 60)
    days, hours = minutes // 1440, minutes // 60
    told = (
        plural.count(days, "day")
        if days
        else plural.count(hours, "hour")
        if hours
        else plural.count(minutes, "minute")
    )
    return f"VOXO as of {plan.live_as_of:%Y-%m-%d %H:%M} UTC, {told} ago"


def remarks(plan: Plan) -> list[str]:
    """What one has to know to read a plan as a whole."""
    told = [] if (old := age(plan)) is None else [old]
    if plan.history is not None and plan.history.since is not None:
        since = moment(plan.history.since)
        told.append(f"differences first seen before {since} are left out")
    return told


def numbers(change: NumbersChange, view: View, most: int) -> list[tuple[str, str]]:
    """(mark, text) of the entries of a list that differ: at most so many of each sort, then a count."""
    told: list[tuple[str, str]] = []
    for mark, found in (("+", change.added), ("-", change.removed), ("~", change.changed)):
        told += [(mark, view.number(number)) for number in found[:most]]
        if len(found) > most:
            told.append((mark, f"… {len(found) - most} more"))
    return told
