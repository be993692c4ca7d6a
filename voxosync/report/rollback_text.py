"""Messages about what a rollback skips, and what remains to be done."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from voxosync.report import formatting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voxosync.model.journal import Run


def describe_skipped(reasons: Iterable[str]) -> str:
    """The number of campaigns that are not fully rolled back, by reason: `6 skipped, changed since`."""
    counts = Counter(reasons)
    return "; ".join(f"{counts[reason]} skipped, {reason}" for reason in sorted(counts))


def explain_nothing_sent(run: Run, reasons: Iterable[str]) -> str:
    """Why a rollback sends nothing.

    Args:
        run: the run to undo.
        reasons: the reason for each skipped campaign.
    """
    if skipped := describe_skipped(reasons):
        return f"nothing rolled back: {skipped}"
    campaigns = len({sent.campaign for sent in run.sent if sent.may_have_happened})
    if not campaigns:
        return f"Nothing to do: run {run.id} changed nothing."
    hold = f"already {formatting.verb(campaigns, 'hold')}"
    return f"Nothing to do: {formatting.count(campaigns, 'campaign')} {hold} the values from before the run."


def warn_definitions_differ(run: Run) -> str:
    """The warning that the definitions still contain what was undone, and what to do about it."""
    commit = run.actor.get("commit")
    if "uncommitted" in run.actor:  # the commit may not have what was sent
        revert = "change them back"
    else:
        revision = formatting.format_commit(commit) if commit else "COMMIT"
        revert = f"revert it in Git (git revert {revision})"
    return (
        "The definitions still contain what was rolled back, and the next apply sends it again: "
        f"{revert}, or write VOXO's values into the definitions (voxosync pull)."
    )
