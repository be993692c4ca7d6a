"""`unreachable`: calls that reach no one, because nothing is played and no one answers.

`destinations` answer a call while voicemail detection is off; with it on, `matchDestinations` take the calls that reach
a voicemail and `notMatchDestinations` those that reach a person. Source: the legacy reference, *Update Campaign*, body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.checks.check import Check
from voxosync.model.dialing.schedule import dials
from voxosync.model.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.checks.check import CheckedCampaign, CheckFinding, Terms

_ON, _OFF = "1", "0"
_BRANCHES = ("matchDestinations", "notMatchDestinations")
_ANSWERS = ("destinations", *_BRANCHES, "message")
"""The fields of which one must have a value so that a call has a purpose."""


def find(campaigns: Sequence[CheckedCampaign], terms: Terms) -> Iterator[CheckFinding]:
    """At most one finding for each campaign and reason."""
    for campaign in filter(lambda campaign: campaign.is_reported, campaigns):
        detection = campaign.values.get("enableVMDetect")
        if detection == _ON:
            yield from _person_unanswered(campaign, terms)
        else:
            if detection == _OFF:
                yield from _unused_branches(campaign, terms)
            yield from _nothing_to_hear(campaign, terms, detection)


def _person_unanswered(campaign: CheckedCampaign, terms: Terms) -> Iterator[CheckFinding]:
    if campaign.values.get("notMatchDestinations"):
        return
    message = (
        "voicemail detection is on, but there are no notMatchDestinations: "
        "a person who answers reaches no one; add some, or turn enableVMDetect off"
    )
    is_sure = campaign.is_whole or "notMatchDestinations" in campaign.values
    position = campaign.position_of("enableVMDetect")
    yield terms.finding(campaign, position, message, is_sure=is_sure)


def _unused_branches(campaign: CheckedCampaign, terms: Terms) -> Iterator[CheckFinding]:
    names = [name for name in _BRANCHES if campaign.values.get(name)]
    if names:
        message = (
            f"voicemail detection is off, so {' and '.join(names)} "
            f"{'are' if len(names) > 1 else 'is'} never used: turn enableVMDetect on, or remove them"
        )
        yield terms.finding(campaign, campaign.position_of(*names), message)


def _nothing_to_hear(
    campaign: CheckedCampaign, terms: Terms, detection: object
) -> Iterator[CheckFinding]:
    """Where detection is unknown, any destination may be the one that answers."""
    answers = ("destinations", "message") if detection == _OFF else _ANSWERS
    present_names = [name for name in answers if name in campaign.values]
    is_judged = campaign.is_whole or present_names
    if not is_judged or not dials(campaign.values.get("state")):
        return
    if any(campaign.values.get(name) for name in answers):
        return
    message = "there is no destination and no message: whoever answers reaches no one; add one"
    is_sure = campaign.is_whole or len(present_names) == len(answers)
    position = campaign.position_of("state", *present_names)
    yield terms.finding(
        campaign, position, f"state: {campaign.values['state']}, but {message}", is_sure=is_sure
    )


CHECK = Check("unreachable", Severity.WARNING, find)
