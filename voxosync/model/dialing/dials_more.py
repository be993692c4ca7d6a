"""Whether a campaign dials more than before: how far it may dial, which is its reach, and what widens that.

What cannot be compared counts as wider: an unknown state, an invalid date or time, an unknown zone, a live value that
could not be read, another `tech`, phones of which only a fingerprint is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, TypeGuard

from voxosync.model.dialing.clock import DAY, without, years
from voxosync.model.dialing.schedule import (
    Dialing,
    DialingPeriod,
    Schedule,
    dialing_of,
    dials,
    earliest,
    latest,
    unclear_fields,
)
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.model.zone import is_same_zone, zone_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from voxosync.model.values import Scalar, Value

_LIMITS = {
    "start": ("dateStart", "timeStart"),
    "end": ("dateEnd", "timeEnd"),
    "hours": ("callHoursStart", "callHoursEnd"),
}
_COMPARED = range(date(2000, 1, 1).toordinal() * DAY, date(2100, 1, 1).toordinal() * DAY)
"""The period in which two zones are compared, which differ from year to year; anything beyond it counts as wider."""
_TIMES = ("timezone", *(name for names in _LIMITS.values() for name in names))
DIALING_SCALARS = ("state", "tech", *_TIMES, "callFrequency")
DIALING_FIELDS = frozenset((*DIALING_SCALARS, NUMBERS_FIELD))
"""The fields that say whether, when, how fast and whom a campaign dials."""

Unreadable: TypeAlias = Literal[False]
"""Stands for a value of VOXO that cannot be read."""


class Widening(NamedTuple):
    """One way in which a campaign may dial more than before: by which fields, and in words."""

    fields: tuple[str, ...]
    words: str


class Phones:
    """The phones of a list, without their descriptions: their count and a fingerprint.

    The fingerprint is computed on demand, because that takes longer than a comparison of two lists.

    Attributes:
        count: the number of phones.
    """

    __slots__ = ("_digest", "_phones", "count")

    def __init__(self, phones: Collection[str]) -> None:
        """Takes a list; `saved` is for a list that is not available."""
        self._phones: Collection[str] | None = phones
        self._digest: str | None = None
        self.count = len(phones)

    @classmethod
    def saved(cls, count: int, digest: str) -> Phones:
        """Phones of a document, which holds only their count and fingerprint."""
        phones = cls(())
        phones._phones, phones._digest, phones.count = None, digest, count  # its own
        return phones

    @property
    def digest(self) -> str:
        """The fingerprint, whatever the order of the phones."""
        if self._digest is None:
            text = "\n".join(sorted(self._phones or ()))
            self._digest = f"sha256:{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
        return self._digest

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Phones):
            return NotImplemented
        return self.count == other.count and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def beyond(self, known_phones: Phones) -> int | None:
        """How many of them are not among known phones; None: a list is not available, so the count is unknown."""
        if self._phones is None or known_phones._phones is None:
            return 0 if not self.count or self == known_phones else None
        if self._phones is known_phones._phones:
            return 0
        return len(set(self._phones).difference(known_phones._phones))


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a campaign may dial: whether, when, how fast, and whom.

    Attributes:
        values: each of the fields that say so except `numbers`, canonical; False: VOXO's value cannot be read.
        phones: whom it calls; None: its list cannot be read, or it calls no one.
    """

    values: Mapping[str, Scalar | Unreadable]
    phones: Phones | None

    @classmethod
    def of(cls, values: Mapping[str, Value], unreadable: Collection[str] = ()) -> Reach:
        """The reach of a campaign with these canonical values, and others that could not be read."""
        numbers = values.get(NUMBERS_FIELD)
        dialed = isinstance(numbers, Mapping) and dials(values.get("state")) is not False
        return cls(
            {
                name: False if name in unreadable else _scalar(values.get(name))
                for name in DIALING_SCALARS
            },
            Phones(numbers) if dialed and isinstance(numbers, Mapping) else None,
        )

    def beyond(self, planned: Reach) -> tuple[Widening, ...]:
        """The ways in which this reaches further than another one; empty if it certainly does not."""
        now, before = dials(self.values["state"]), dials(planned.values["state"])
        if now is False:
            return ()
        if before is False or (now and before is None):
            words = f"becomes {self.values['state']}" if now else "may begin to dial"
            return (Widening(("state",), words),)
        return (
            *_beyond_times(self, planned),
            *_beyond_pace(self, planned),
            *_beyond_phones(self, planned),
        )


def _beyond_times(new: Reach, old: Reach) -> Iterator[Widening]:
    changed = _changed(new, old, _TIMES)
    if not changed:
        return
    after, before = schedule_of(new), schedule_of(old)
    unclear = {*_unclear(new, after), *_unclear(old, before)}
    if "timezone" not in (*changed, *unclear):
        for names in _LIMITS.values():
            if unclear.intersection(names) and not set(names).intersection(changed):
                # whatever they mean, they limit both in the same way
                unclear.difference_update(names)
                unset = dict.fromkeys(names)
                after, before = replace(after, **unset), replace(before, **unset)
    if unclear:
        yield Widening(changed, f"{' and '.join(changed)} may widen")
        return
    readings = {tuple(_dialing(side, fold) for side in (before, after)) for fold in (0, 1)}
    wider = {limit for pair in readings for limit in _wider_limits(*pair)}
    reasons = (_reason(limit, changed, after, before) for limit in _LIMITS if limit in wider)
    yield from dict.fromkeys(reasons)


def _wider_limits(before: Dialing, after: Dialing) -> Iterator[str]:
    """Which limits let a campaign dial at a minute at which it did not before: `start`, `end`, `hours`.

    Hours are judged where both dial by their dates, so that each such minute has just one reason.
    """
    if before.start is not None and after.meets(None, before.start):
        yield "start"
    if before.end is not None and after.meets(before.end, None):
        yield "end"
    first, last = latest(before.start, after.start), earliest(before.end, after.end)
    if is_same_zone(before.zone.key, after.zone.key):
        if after.meets(first, last, without(after.window, before.window)):
            yield "hours"
    elif (first is None or last is None or first < last) and _differs(before, after, first, last):
        yield "hours"


def _differs(before: Dialing, after: Dialing, first: int | None, last: int | None) -> bool:
    """Whether the second dials between two moments when the first does not, by clocks of two zones."""
    first = _COMPARED.start if first is None else first
    last = _COMPARED.stop if last is None else last
    if first < _COMPARED.start or last > _COMPARED.stop:
        return True
    return any(
        DialingPeriod(start, end, without(new.bands, old.bands)).has_a_minute
        for year in years(first, last)
        for old in before.runs(*year)
        for new in after.runs(*year)
        if (start := max(old.start, new.start)) < (end := min(old.end, new.end))
    )


def _dialing(schedule: Schedule, fold: int) -> Dialing:
    zone = zone_of(schedule.timezone or "")
    assert zone  # noqa: S101  # no field is unclear
    return dialing_of(schedule, zone, fold)


def _reason(limit: str, changed: Collection[str], new: Schedule, old: Schedule) -> Widening:
    names = tuple(name for name in _LIMITS[limit] if name in changed)
    if "timezone" in changed:
        return Widening(("timezone", *names), f"timezone {new.timezone} instead of {old.timezone}")
    verb, text = _WORDS[limit]
    return Widening(names, f"{verb} {text(new)} instead of {text(old)}")


def _start(schedule: Schedule) -> str:
    return _moment(schedule.dateStart, schedule.timeStart) or "at once"


def _end(schedule: Schedule) -> str:
    return _moment(schedule.dateEnd, schedule.timeEnd) or "never"


def _moment(day: str | None, clock: str | None) -> str | None:
    return f"{day} {clock}" if day and clock else day


def _hours(schedule: Schedule) -> str:
    if not schedule.callHoursStart and not schedule.callHoursEnd:
        return "all day"
    return f"{schedule.callHoursStart or '00:00'}-{schedule.callHoursEnd or '24:00'}"


_WORDS: Mapping[str, tuple[str, Callable[[Schedule], str]]] = {
    "start": ("starts", _start),
    "end": ("ends", _end),
    "hours": ("calls", _hours),
}


def _beyond_pace(new: Reach, old: Reach) -> Iterator[Widening]:
    if _changed(new, old, ("tech",)):
        yield Widening(("tech",), "tech changes")
    if _changed(new, old, ("callFrequency",)):
        after, before = new.values["callFrequency"], old.values["callFrequency"]
        if not _is_number(after) or not _is_number(before) or after < before:
            paces = f"{_pace(after)} instead of {_pace(before)}"
            yield Widening(("callFrequency",), f"calls {paces.replace('of every', 'of')}")


def _pace(value: Scalar | Unreadable) -> str:
    """`every 20 s`; 20.0 is 20."""
    return f"every {str(value).removesuffix('.0')} s" if _is_number(value) else "at an unknown pace"


def _beyond_phones(new: Reach, old: Reach) -> Iterator[Widening]:
    if new.phones is None and old.phones is None:
        return
    more = None if new.phones is None or old.phones is None else new.phones.beyond(old.phones)
    if more is None:
        yield Widening((NUMBERS_FIELD,), "may get other phones")
    elif more:
        yield Widening((NUMBERS_FIELD,), f"+{more} phone{'' if more == 1 else 's'}")


def _changed(new: Reach, old: Reach, names: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if not _is_same(name, new.values[name], old.values[name]))


def _is_same(name: str, new: Scalar | Unreadable, old: Scalar | Unreadable) -> bool:
    if name == "timezone" and isinstance(new, str) and isinstance(old, str):
        return is_same_zone(new, old)
    return new == old


def schedule_of(reach: Reach) -> Schedule:
    """When a campaign of this reach dials; what cannot be read counts as not set."""
    texts = ((name, reach.values[name]) for name in _TIMES)
    return Schedule(**{name: text for name, text in texts if isinstance(text, str)})


def _unclear(reach: Reach, schedule: Schedule) -> Iterator[str]:
    yield from unclear_fields(schedule)
    yield from (name for name in _TIMES if reach.values[name] is False)


def _is_number(value: Scalar | Unreadable) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and value is not False


def _scalar(value: Value) -> Scalar:
    """A value of one of the fields above; an empty text counts as null."""
    return value if isinstance(value, str | int | float) and value != "" else None
