"""What differs in the wording of the two pages, that of a plan and that of a drift report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What differs in the wording of the two pages.

    Attributes:
        moment: the label of the time at which the live campaigns were read.
        definition: the heading of the definitions' values.
        update: the label of a campaign with differences.
        decisions: the heading of what needs a decision.
        reading: what the page compares.
    """

    title: str
    heading: str
    moment: str
    definition: str
    update: str
    decisions: str
    reading: str
    sent_nothing: str


WORDS = {
    "drift": Words(
        "Drift", "Drift report", "Compared", "In Git", "Drifted", "Needs a decision",
        "This page shows what VOXO does now, next to the definitions in Git.",
        "The drift check changed nothing in VOXO.",
    ),
    "plan": Words(
        "Plan", "Plan", "Planned", "After applying", "To be updated", "Needs a review",
        "This page shows what applying the definitions in Git would do to the campaigns in VOXO.",
        "The plan changed nothing in VOXO.",
    ),
}  # fmt: skip
"""By the command that made the page."""
