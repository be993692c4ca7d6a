"""Which changes make phones ring that did not ring before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from typing import TYPE_CHECKING

from voxosync.model.plan import Change, FieldChange, GoesLive, NumbersChange

if TYPE_CHECKING:
    from voxosync.model.campaign import LiveCampaign
    from voxosync.model.values import Value

_EARLIER_IS_WIDER = ("dateStart", "timeStart")
_LATER_IS_WIDER = ("dateEnd", "timeEnd")
_HOURS = ("callHoursStart", "callHoursEnd")
_DAY = 24 * 60


def goes_live(
    live: LiveCampaign, desired: Mapping[str, Value], changes: Sequence[Change]
) -> GoesLive | None:
    """What an update lets a campaign dial, or None where it dials nobody new and at no new time."""
    after = {**live.values, **desired}
    state = after.get("state")
    if not isinstance(state, str) or state == "PAUSED":
        return None
    reasons = tuple(_reasons(live, after, changes))
    if not reasons:
        return None
    numbers = after.get("numbers")
    day, clock, zone = (_text(after.get(name)) for name in ("dateStart", "timeStart", "timezone"))
    return GoesLive(
        reasons=reasons,
        numbers=len(numbers) if isinstance(numbers, Mapping) else 0,
        start=f"{day} {clock}" if day and clock else day,
        timezone=zone,
    )


def _reasons(
    live: LiveCampaign, after: Mapping[str, Value], changes: Sequence[Change]
) -> Iterator[str]:
    state = live.state or "its state is empty"
    for change in changes:
        if isinstance(change, NumbersChange):
            if live.dials and change.added:
                added = len(change.added)
                yield f"gets {added} number{'' if added == 1 else 's'} while {state}"
        elif change.field == "state":
            if not live.dials:
                yield "becomes READY"
        elif live.dials and _widens(change):
            yield f"{change.field} widens while {state}"
    if live.dials and _minutes(after) - _minutes(live.values):
        yield f"calling hours widen while {state}"


def _widens(change: FieldChange) -> bool:
    """Whether a campaign that dials may then call at a time at which it did not call before."""
    before, after = change.before, change.after
    if change.field == "timezone":
        return True
    if change.field == "callFrequency":
        return before is None or float(after) < float(before)  # type: ignore[arg-type]  # numbers, by the catalogue
    if change.field in _EARLIER_IS_WIDER:  # without a start a campaign may call at once already
        return before is not None and str(after) < str(before)
    if change.field in _LATER_IS_WIDER:  # without an end it may call for ever already
        return before is not None and str(after) > str(before)
    return False


def _minutes(values: Mapping[str, Value]) -> set[int]:
    """The minutes of a day within calling hours, which may run past midnight; all where none are set."""
    start, end = (_minute(_text(values.get(name))) for name in _HOURS)
    first, last = start or 0, _DAY if end is None else end
    if first < last:
        return set(range(first, last))
    return set(range(first, _DAY)) | set(range(last))


def _minute(clock: str | None) -> int | None:
    """The minute of the day, or None for what is no time, which limits nothing."""
    try:
        found = time.fromisoformat(clock or "")
    except ValueError:
        return None
    return found.hour * 60 + found.minute


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
