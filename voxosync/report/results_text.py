"""The results of apply as text for a terminal or a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.outcome import Outcome, Result
from voxosync.model.phone import masked_in
from voxosync.report import phrases
from voxosync.report.escape import terminal
from voxosync.report.groups import without_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voxosync.report.view import View


def render_results(results: Sequence[Result], view: View) -> str:
    """The results of apply: one line per campaign, then a summary line."""
    lines = [
        line
        for result, earlier in zip(results, _repeated_details(results), strict=True)
        for line in _result(result, view, earlier)
    ]
    counts = {outcome: sum(result.outcome is outcome for result in results) for outcome in Outcome}
    parts = [f"{number} {outcome.value}" for outcome, number in counts.items() if number]
    return "\n".join([*lines, f"Apply: {', '.join(parts) or 'nothing to do'}."]) + "\n"


def describe_journal(
    path: Path, run_id: str, view: View, folder: Path | None = None, *, has_sent: bool
) -> str:
    """Where the journal of a run is, and the command that undoes the run.

    Args:
        path: the journal.
        run_id: the run.
        view: names the environment.
        folder: the folder of the journals; None: the usual one.
        has_sent: whether the run may have changed anything.
    """
    if not has_sent:
        return f"Journal: {path}"
    journal = () if folder is None else ("--journal", str(folder))
    return f"Journal: {path}; {view.command_line('rollback', run_id, *journal)} undoes it"


def _repeated_details(results: Sequence[Result]) -> Iterator[int | None]:
    """For each result of apply, the campaign whose result has the same detail and comes first, where one has."""
    first: dict[tuple[str, str], int] = {}
    for result in results:
        key = result.outcome.value, without_id(result.detail, result.id)
        earlier = first.setdefault(key, result.id)
        yield earlier if result.detail and earlier != result.id else None


def _result(result: Result, view: View, earlier: int | None) -> Iterator[str]:
    title = terminal(phrases.campaign_title(result.id, result.name))
    outcome = view.paint(result.outcome.value, "green" if result.outcome.is_good else "red")
    sent = f" (sent: {', '.join(result.sent)})" if result.sent else ""
    same = f", as {earlier}" if earlier is not None else ""
    yield f"{title}: {outcome}{sent}{same}"
    if result.detail and earlier is None:
        detail = result.detail if view.show_numbers else masked_in(result.detail)
        yield f"    {terminal(detail.strip())}"  # leading blanks would make it look like a nested line
