"""The warnings of a plan: what is irregular in VOXO, what sending may lose, and what is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.campaign import STATES
from voxosync.model.dialing.schedule import dials
from voxosync.model.numbers import NUMBERS_FIELD, Numbers, numbers_of
from voxosync.model.phone import appearance
from voxosync.model.plan import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from voxosync.model.campaign import Definition, LiveCampaign
    from voxosync.model.change import Change
    from voxosync.model.numbers import LiveNumbers
    from voxosync.model.plan import LeftAloneChange
    from voxosync.model.values import Value

_ODD_SHOWN = 3
"""How many entries that are not phone numbers a warning shows."""


def plan_warnings(  # noqa: PLR0913  # each is one input of a plan
    definition: Definition,
    live: LiveCampaign,
    sent: Mapping[str, Value],
    changes: Sequence[Change],
    left_alone: Iterable[LeftAloneChange],
    *,
    today: date,
    quiesce: bool,
) -> Iterator[str]:
    """The warnings of a campaign.

    Args:
        definition: the definition.
        live: the campaign in VOXO.
        sent: the canonical values that are sent.
        changes: the differences that are sent.
        left_alone: those that are not.
        today: the day of the plan, in UTC.
        quiesce: whether dialing campaigns will be paused while their numbers change.
    """
    if interrupted := _interrupted_quiesce(live, sent):
        yield interrupted
    if live.state is not None and live.state not in STATES:
        yield f"VOXO says that the state is {live.state or 'an empty text'}"
    if NUMBERS_FIELD in definition.values:
        yield from _odd_entries(live.listed)
    numbers = numbers_of(sent)
    if numbers is not None:
        if dials(live.state) and not quiesce:
            yield (
                f"numbers change while {live.state}: a call made at that moment may lose its result; "
                "apply --quiesce pauses the campaign meanwhile"
            )
        yield from _lost_fields(definition, live, numbers, changes)
    yield from dict.fromkeys(map(_why_left, left_alone))
    yield from _expired(definition, changes, today)


def _interrupted_quiesce(live: LiveCampaign, sent: Mapping[str, Value]) -> str | None:
    """What to say about a campaign with the mark of a quiesce; None: it has no mark."""
    if live.is_quiesced:
        after = "it is set READY again, and dials" if "state" in sent else "it stays PAUSED"
        return f"an apply --quiesce that did not end, or still runs, has paused it: {after}"
    if live.unmarked() is not live:
        return "its name has the mark of an apply --quiesce that did not end: it is taken out"
    return None


def _lost_fields(
    definition: Definition, live: LiveCampaign, numbers: Numbers, changes: Iterable[Change]
) -> Iterator[str]:
    """Numbers that stay and whose `field1` … `field9` are neither shown by VOXO nor in the definition."""
    staying = len(live.numbers)
    staying -= sum(len(change.removed) for change in changes)
    staying -= sum(
        number in live.numbers and number in numbers for number in definition.number_fields
    )
    if staying:
        count_text = "1 number that stays" if staying == 1 else f"{staying} numbers that stay"
        yield (
            f"sending numbers may clear field1 … field9 of {count_text}: "
            "VOXO does not show them, and the definition gives none"
        )


def _odd_entries(listed: LiveNumbers) -> Iterator[str]:
    """Irregular entries in VOXO's own list; none prevents the campaign from being planned."""
    if listed.repeated:
        count_text = "1 number" if listed.repeated == 1 else f"{listed.repeated} numbers"
        yield f"VOXO's list repeats {count_text}, which may be called more than once"
    if odd := listed.not_phones:
        count_text = (
            "1 entry that is not a phone number"
            if len(odd) == 1
            else (f"{len(odd)} entries that are not phone numbers")
        )
        examples = ", ".join(appearance(text) for text in odd[:_ODD_SHOWN])
        yield f"VOXO's list holds {count_text}: {examples}{', …' if len(odd) > _ODD_SHOWN else ''}"


def _why_left(difference: LeftAloneChange) -> str:
    change = difference.change
    if difference.reason is Reason.IGNORE:
        return f"{change.field} differs, and is ignored as the definition says"
    return f"{change.field} differs ({change.kind}), and is left alone as --kind says"


def _expired(definition: Definition, changes: Iterable[Change], today: date) -> Iterator[str]:
    """Acknowledgements of differences that count again."""
    differs = {change.field for change in changes}
    for acknowledgement in definition.acknowledge:
        if acknowledgement.field in differs and not acknowledgement.holds(today):
            period = f"until {acknowledgement.until} ({acknowledgement.reason})"
            yield f"{acknowledgement.field} was acknowledged {period}: it counts again"
