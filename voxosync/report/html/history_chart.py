"""Drift over time: a small picture of earlier runs, and the same as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.report import formatting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voxosync.model.drift import DriftRun, History

WIDTH, HEIGHT = 480, 96
_POINTS = 240
"""How many runs are drawn; of more, the worst of each stretch."""
_ROWS = 45


@dataclass(frozen=True, slots=True)
class Chart:
    """What the page shows of earlier runs.

    Attributes:
        drifted: the outline of campaigns that drifted, as an SVG path.
        failed: the same of campaigns that could not be compared.
        most: the number at the upper edge.
        told: the picture in a sentence.
        rows: the latest runs, newest first.
        earlier: how many more there are.
    """

    drifted: str
    failed: str
    most: int
    first: DriftRun
    last: DriftRun
    told: str
    rows: Sequence[DriftRun]
    earlier: int


def chart(history: History | None) -> Chart | None:
    """The picture, where there are two runs or more to compare."""
    if history is None or len(history.runs) < 2:  # noqa: PLR2004  # one run is no course
        return None
    runs = history.runs
    worst = max(runs, key=lambda run: run.drifted)
    most = max(1, worst.drifted, *(run.failed for run in runs))
    first, last = runs[0], runs[-1]
    told = (
        f"{formatting.count(len(runs), 'run')}: {first.drifted} drifted on {first.at:%Y-%m-%d}, "
        f"{last.drifted} on {last.at:%Y-%m-%d}; at most {worst.drifted}, on {worst.at:%Y-%m-%d}"
    )
    return Chart(
        drifted=_outline(_thinned(runs, lambda run: run.drifted), lambda run: run.drifted, most),
        failed=_outline(_thinned(runs, lambda run: run.failed), lambda run: run.failed, most),
        most=most,
        first=first,
        last=last,
        told=told,
        rows=runs[: -_ROWS - 1 : -1],
        earlier=max(0, len(runs) - _ROWS),
    )


def _thinned(runs: Sequence[DriftRun], value: Callable[[DriftRun], int]) -> list[DriftRun]:
    """At most so many runs as can be told apart: of each stretch the one with the largest value."""
    stretch = -(-len(runs) // _POINTS)
    kept = [max(runs[at : at + stretch], key=value) for at in range(0, len(runs), stretch)]
    return [runs[0], *kept, runs[-1]]


def _outline(runs: Sequence[DriftRun], value: Callable[[DriftRun], int], most: int) -> str:
    """The area under steps: what a run found holds until the next one, and the last as long as others."""
    begin, end = runs[0].at, runs[-1].at
    whole = (end - begin).total_seconds() * len(runs) / (len(runs) - 1) or 1.0
    steps = [f"M0 {HEIGHT}"]
    for run in runs:
        x = round((run.at - begin).total_seconds() / whole * WIDTH, 1)
        y = round(HEIGHT - value(run) / most * HEIGHT, 1)
        steps.append(f"H{x:g}V{y:g}")
    return f"{''.join(steps)}H{WIDTH}V{HEIGHT}Z"
