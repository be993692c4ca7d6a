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


def find(subjects: Sequence[CheckedCampaign], terms: Terms) -> Iterator[CheckFinding]:
    """At most one finding for each campaign and reason."""
    for subject in filter(lambda subject: subject.is_reported, subjects):
        detection = subject.values.get("enableVMDetect")
        if detection == _ON:
            yield from _person_unanswered(subject, terms)
        else:
            if detection == _OFF:
                yield from _unused_branches(subject, terms)
            yield from _nothing_to_hear(subject, terms, detection)


def _person_unanswered(subject: CheckedCampaign, terms: Terms) -> Iterator[CheckFinding]:
    if subject.values.get("notMatchDestinations"):
        return
    message = (
        "voicemail detection is on, but there are no notMatchDestinations: "
        "a person who answers reaches no one; add some, or turn enableVMDetect off"
    )
    is_sure = subject.is_whole or "notMatchDestinations" in subject.values
    position = subject.position_of("enableVMDetect")
    yield terms.finding(subject, position, message, is_sure=is_sure)


def _unused_branches(subject: CheckedCampaign, terms: Terms) -> Iterator[CheckFinding]:
    names = [name for name in _BRANCHES if subject.values.get(name)]
    if names:
        message = (
            f"voicemail detection is off, so {' and '.join(names)} "
            f"{'are' if len(names) > 1 else 'is'} never used: turn enableVMDetect on, or remove them"
        )
        yield terms.finding(subject, subject.position_of(*names), message)


def _nothing_to_hear(
    subject: CheckedCampaign, terms: Terms, detection: object
) -> Iterator[CheckFinding]:
    """Where detection is unknown, any destination may be the one that answers."""
    answers = ("destinations", "message") if detection == _OFF else _ANSWERS
    present_names = [name for name in answers if name in subject.values]
    is_judged = subject.is_whole or present_names
    if not is_judged or not dials(subject.values.get("state")):
        return
    if any(subject.values.get(name) for name in answers):
        return
    message = "there is no destination and no message: whoever answers reaches no one; add one"
    is_sure = subject.is_whole or len(present_names) == len(answers)
    position = subject.position_of("state", *present_names)
    yield terms.finding(
        subject, position, f"state: {subject.values['state']}, but {message}", is_sure=is_sure
    )


CHECK = Check("unreachable", Severity.WARNING, find)
