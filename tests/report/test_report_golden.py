"""One golden file a format and situation, compared exactly."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import samples

from voxosync.model.validation import Validation
from voxosync.report import registry, text_format
from voxosync.report.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from voxosync.model.plan import Plan

PLAN, DRIFT = View(prefix="calls/"), View(command="drift", prefix="calls/")
SUFFIXES = {
    "json": "json",
    "sarif": "sarif",
    "markdown": "md",
    "junit": "xml",
    "prometheus": "prom",
    "html": "html",
}


def name_of(report: str, format_name: str, situation: str = "") -> str:
    """`plan-markdown-base.md`"""
    stem = "-".join(filter(None, (report, format_name, situation)))
    return f"{stem}.{SUFFIXES.get(format_name, 'txt')}"


def cases() -> dict[str, Callable[[], str]]:
    found: dict[str, Callable[[], str]] = {}
    for format_name, plan_as in registry.PLAN.items():
        found[name_of("plan", format_name)] = partial(_told, plan_as, samples.plan, PLAN)
        found[name_of("plan", format_name, "base")] = partial(
            _told, plan_as, samples.three_sided, PLAN
        )
        found[name_of("plan", format_name, "in-sync")] = partial(
            _told, plan_as, samples.in_sync, PLAN
        )
    for format_name, drift_as in registry.DRIFT.items():
        found[name_of("drift", format_name)] = partial(_told, drift_as, samples.drifted, DRIFT)
    for format_name, validation_as in registry.VALIDATION.items():
        make = partial(validation_as, samples.validation(), PLAN)
        found[name_of("validation", format_name)] = make
    loud = View(color=True, show_numbers=True, verbose=True)
    found[name_of("plan", "text", "loud")] = partial(
        _told, text_format.render_plan, samples.plan, loud
    )
    found[name_of("plan", "text", "snapshot")] = partial(
        _told, text_format.render_plan, _aged, PLAN
    )
    found[name_of("apply", "text")] = partial(text_format.render_results, samples.results(), PLAN)
    return found


def _told(format_as: Callable[[Plan, View], str], make: Callable[[], Plan], view: View) -> str:
    return format_as(make(), view)


def _aged() -> Plan:
    return samples.in_sync(live_as_of=samples.NOW - timedelta(hours=3))


@pytest.mark.parametrize("name", sorted(cases()))
def test_golden(name: str, golden: Callable[[str, str], None]) -> None:
    golden(name, cases()[name]())


def test_every_format_of_every_report_has_a_golden_file() -> None:
    formats = {"plan": registry.PLAN, "drift": registry.DRIFT, "validation": registry.VALIDATION}
    folder = Path(__file__).resolve().parent.parent / "golden"
    expected = {name_of(report, each) for report, known in formats.items() for each in known}
    present = {path.name for path in folder.iterdir()}
    assert expected <= present
    assert present == set(cases()), "a golden file that no test reads is nobody's truth"


@pytest.mark.parametrize("format_name", sorted(registry.VALIDATION))
def test_formats_are_written_even_when_there_is_nothing_to_say(format_name: str) -> None:
    assert registry.VALIDATION[format_name](Validation(1, 1, ()), PLAN).endswith("\n")


@pytest.mark.parametrize("view", [PLAN, DRIFT])
def test_a_run_without_differences_says_so_in_one_line(view: View) -> None:
    told = text_format.render_plan(samples.in_sync(), view)
    assert told.count("\n") == 1
    assert "2 campaigns agree with VOXO" in told
