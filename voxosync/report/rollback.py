"""What a rollback puts back, leaves, and leaves to do."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from voxosync.report import formatting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voxosync.model.journal import Run


def describe_skipped(reasons: Iterable[str]) -> str:
    """How many campaigns have something that is not put back, and why: `6 skipped, changed since`."""
    counts = Counter(reasons)
    return "; ".join(f"{counts[reason]} skipped, {reason}" for reason in sorted(counts))


def explain_nothing_sent(run: Run, reasons: Iterable[str]) -> str:
    """Why a rollback sends nothing.

    Args:
        run: the run that was to be undone.
        reasons: for each campaign that was skipped, why.
    """
    if told := describe_skipped(reasons):
        return f"nothing rolled back: {told}"
    campaigns = len({sent.campaign for sent in run.sent if sent.may_have_happened})
    if not campaigns:
        return f"Nothing to do: run {run.id} changed nothing."
    hold = "already holds" if campaigns == 1 else "already hold"
    return f"Nothing to do: {formatting.count(campaigns, 'campaign')} {hold} the values from before the run."


def warn_definitions_differ(run: Run) -> str:
    """That the definitions still ask for what was undone, and what to do about it."""
    commit = run.actor.get("commit")
    revert = f"git revert {commit[:12]}" if commit else "git revert COMMIT"
    return (
        "The definitions still ask for what was rolled back, and the next apply sends it again: "
        f"undo it in Git ({revert}), or take VOXO's values over (voxosync pull)."
    )
