"""`doNotCall`: phones of people who asked not to be called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.checks.check import Check
from voxosync.model.dialing.clock import minute_of
from voxosync.model.dialing.schedule import Schedule, dialing_of
from voxosync.model.numbers import NUMBERS_FIELD, numbers_of
from voxosync.model.phone import masked
from voxosync.model.problem import Severity
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from voxosync.model.campaign import ListEntry
    from voxosync.model.checks.check import CheckedCampaign, CheckFinding, CheckSettings, Terms
    from voxosync.model.values import Value

NAME = "doNotCall"
_EXAMPLES = 3


def drops(settings: CheckSettings) -> bool:
    """Whether listed phones are left out of the desired numbers instead of being refused."""
    return settings.severity is not None and settings.options.get("onMatch") == "drop"


def forbids(settings: CheckSettings) -> bool:
    """Whether no run may add a listed phone: it is dropped, or its finding is an error."""
    return drops(settings) or settings.severity is Severity.ERROR


def find(campaigns: Sequence[CheckedCampaign], terms: Terms) -> Iterator[CheckFinding]:
    """Findings about phones that VOXO is still to call come first, then those about the definitions' own lists.

    Each entry that has to be removed from a definition is reported at its line, up to a limit.
    """
    if not terms.do_not_call:
        return
    reported = [campaign for campaign in campaigns if campaign.is_reported]
    for campaign in reported:
        yield from _live(campaign, terms)
    for campaign in reported:
        yield from _remaining(campaign, terms)
        yield from _dropped(campaign, terms)
        if not drops(terms.settings):
            yield from _own_entries(campaign, terms)


def _live(campaign: CheckedCampaign, terms: Terms) -> Iterator[CheckFinding]:
    """Listed phones that VOXO has and has not called, in a campaign that has not ended."""
    phones = _listed(campaign, campaign.live, terms)
    if phones and not is_over(campaign.values, terms.now):
        state = f" ({campaign.live_state})" if campaign.live_state else ""
        owner = f"{campaign.name}: " if campaign.name else ""
        pronoun = _pronoun(phones)
        advice = f"remove {pronoun} in VOXO"
        if not campaign.name:
            advice += f", or take {pronoun} out of the definition and apply"
        message = f"{owner}VOXO is still to call {phones_shown(phones)} on a do-not-call list{state}: {advice}"
        yield terms.finding(
            campaign, campaign.position_of(NUMBERS_FIELD), message, phones=len(phones)
        )


def _remaining(campaign: CheckedCampaign, terms: Terms) -> Iterator[CheckFinding]:
    """Listed phones that would stay although the definition does not list them: VOXO has them."""
    own_phones = (
        set[str]()  # they are left out, so those that remain are VOXO's
        if drops(terms.settings)
        else {entry.phone for entry in campaign.list_remarks.listed}
    )
    phones = _listed(campaign, numbers_of(campaign.values) or (), terms)
    phones = [phone for phone in phones if phone not in own_phones]
    if phones and not campaign.live and not is_over(campaign.values, terms.now):
        message = (
            f"VOXO has {phones_shown(phones)} on a do-not-call list, which this definition does not remove: "
            f"remove {_pronoun(phones)} in VOXO, or manage all of the numbers"
        )
        yield terms.finding(
            campaign, campaign.position_of(NUMBERS_FIELD), message, phones=len(phones)
        )


def _pronoun(phones: Sequence[str]) -> str:
    return "it" if len(phones) == 1 else "them"


def _dropped(campaign: CheckedCampaign, terms: Terms) -> Iterator[CheckFinding]:
    if count := len(campaign.list_remarks.dropped):
        verb = "number is" if count == 1 else "numbers are"
        message = f"{count} {verb} on a do-not-call list and left out"
        position = campaign.position_of(NUMBERS_FIELD)
        yield terms.finding(campaign, position, message, phones=count, is_sure=False)


def _own_entries(campaign: CheckedCampaign, terms: Terms) -> Iterator[CheckFinding]:
    def message(entry: ListEntry) -> str:
        file = terms.do_not_call[entry.phone]
        return f"{masked(entry.phone)} is on the list {file}: remove the number"

    remainder = "numbers are on a do-not-call list: remove them"
    yield from terms.entry_findings(campaign, campaign.list_remarks.listed, message, remainder)


def _listed(campaign: CheckedCampaign, phones: Collection[str], terms: Terms) -> list[str]:
    """Those of some phones that are listed and have no call result."""
    return [
        phone for phone in phones if phone in terms.do_not_call and phone not in campaign.called
    ]


def phones_shown(phones: Sequence[str]) -> str:
    """How many phones, with some of them, masked: `1 phone (601•••0123)`."""
    examples = ", ".join(map(masked, phones[:_EXAMPLES]))
    more = ", …" if len(phones) > _EXAMPLES else ""
    return f"{len(phones)} {'phone' if len(phones) == 1 else 'phones'} ({examples}{more})"


def is_over(values: Mapping[str, Value], now: datetime) -> bool:
    """Whether a campaign with these canonical values has surely ended."""
    schedule = Schedule.of(values)
    zone = zone_of(schedule.timezone or "")
    if zone is None:
        return False
    end = dialing_of(schedule, zone).end
    return end is not None and end <= minute_of(now)


CHECK = Check(NAME, Severity.ERROR, find)
