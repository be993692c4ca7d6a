"""Drift over time: a small chart of earlier runs, and the same data as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.report import formatting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voxosync.model.drift import DriftRun, History

WIDTH, HEIGHT = 480, 96
_MAX_POINTS = 240
"""The maximum number of runs drawn; of a longer history, the worst run of each interval is drawn."""
_MAX_ROWS = 45


@dataclass(frozen=True, slots=True)
class HistoryChart:
    """The chart of earlier runs.

    Attributes:
        drifted: the area of the number of drifted campaigns, as an SVG path.
        failed: the same for campaigns that could not be compared.
        maximum: the number at the upper edge.
        description: the text alternative.
        rows: the latest runs, newest first.
        earlier: the number of runs before those.
    """

    drifted: str
    failed: str
    maximum: int
    first: DriftRun
    last: DriftRun
    description: str
    rows: Sequence[DriftRun]
    earlier: int


def history_chart(history: History | None) -> HistoryChart | None:
    """The chart, if there are at least two runs."""
    if history is None or len(history.runs) < 2:  # noqa: PLR2004  # a single run is not a trend
        return None
    runs = history.runs
    worst = max(runs, key=lambda run: run.drifted)
    maximum = max(1, worst.drifted, *(run.failed for run in runs))
    first, last = runs[0], runs[-1]
    description = (
        f"{formatting.count(len(runs), 'run')}: {first.drifted} drifted on {first.at:%Y-%m-%d}, "
        f"{last.drifted} on {last.at:%Y-%m-%d}; at most {worst.drifted}, on {worst.at:%Y-%m-%d}"
    )
    return HistoryChart(
        drifted=_outline(
            _worst_runs(runs, lambda run: run.drifted), lambda run: run.drifted, maximum
        ),
        failed=_outline(_worst_runs(runs, lambda run: run.failed), lambda run: run.failed, maximum),
        maximum=maximum,
        first=first,
        last=last,
        description=description,
        rows=runs[: -_MAX_ROWS - 1 : -1],
        earlier=max(0, len(runs) - _MAX_ROWS),
    )


def _worst_runs(runs: Sequence[DriftRun], value: Callable[[DriftRun], int]) -> list[DriftRun]:
    """The run with the largest value of each interval; as many intervals as the chart can display."""
    size = -(-len(runs) // _MAX_POINTS)
    worst = [max(runs[start : start + size], key=value) for start in range(0, len(runs), size)]
    return [runs[0], *worst, runs[-1]]


def _outline(runs: Sequence[DriftRun], value: Callable[[DriftRun], int], maximum: int) -> str:
    """A step chart as an area: a value holds until the next run; the last one is as wide as an average step."""
    begin, end = runs[0].at, runs[-1].at
    duration = (end - begin).total_seconds() * len(runs) / (len(runs) - 1) or 1.0
    steps = [f"M0 {HEIGHT}"]
    for run in runs:
        x = round((run.at - begin).total_seconds() / duration * WIDTH, 1)
        y = round(HEIGHT - value(run) / maximum * HEIGHT, 1)
        steps.append(f"H{x:g}V{y:g}")
    return f"{''.join(steps)}H{WIDTH}V{HEIGHT}Z"
