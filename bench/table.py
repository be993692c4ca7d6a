"""The results as Markdown tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TIMES = "\N{MULTIPLICATION SIGN}"


def tables(results: dict[str, Any]) -> str:
    """The ratios, then times and memory of each process, then how these grow with the size."""
    machine = (
        f"CPython {results['python']}, {results['cpus']} cores, medians of {results['runs']} runs."
    )
    return "\n".join(
        [machine, "", *_ratios(results), "", *_sides(results), "", *_growth(results), ""]
    )


def _ratios(results: dict[str, Any]) -> Iterator[str]:
    rows = []
    for case in results["cases"]:
        for ratio in case["ratios"]:
            target = (
                "" if ratio["target"] is None else f"{ratio['kind']} {ratio['target']:g} {_TIMES}"
            )
            verdict = {True: "yes", False: "**no**", None: ""}[ratio["isMet"]]
            rows.append(
                (case["name"], ratio["against"], f"{ratio['value']:.2f} {_TIMES}", target, verdict)
            )
    return _table(("what", "against", "ratio", "target", "met"), rows)


def _sides(results: dict[str, Any]) -> Iterator[str]:
    rows = [
        (case["name"], name, f"{side['seconds']:.3f} s", f"{side['peakMiB']:.0f} MiB")
        for case in results["cases"]
        for name, side in case["sides"].items()
    ]
    return _table(("what", "process", "time", "peak memory"), rows)


def _growth(results: dict[str, Any]) -> Iterator[str]:
    rows = []
    for curve in results["growth"]:
        for point in curve["points"]:
            count = f"{point['count']:,}"
            rows.append(
                (curve["of"], count, f"{point['seconds']:.3f} s", f"{point['peakMiB']:.0f} MiB")
            )
        growth = f"time grows with the power {curve['exponent']:.2f}, in the last step {curve['lastStep']:.2f}"
        rows.append((curve["of"], "", growth, ""))
    return _table(("`plan`, number of", "count", "time", "peak memory"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for row in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(row)} |"
