"""One golden file for each format and situation, compared exactly."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.report import samples
from voxosync.model.validation import Validation
from voxosync.report import registry, results_text, text_format
from voxosync.report.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from voxosync.model.plan import Plan

PLAN, DRIFT = View(prefix="calls/"), View(command="drift", prefix="calls/")


def name_of(report: str, format_name: str, situation: str = "") -> str:
    """The name of a golden file, such as `plan-markdown-base.md`."""
    stem = "-".join(filter(None, (report, format_name, situation)))
    return f"{stem}.{registry.FORMATS[format_name].suffix}"


def cases() -> dict[str, Callable[[], str]]:
    renderers: dict[str, Callable[[], str]] = {}
    for format_name, render_plan in registry.PLAN.items():
        renderers[name_of("plan", format_name)] = partial(_render, render_plan, samples.plan, PLAN)
        renderers[name_of("plan", format_name, "base")] = partial(
            _render, render_plan, samples.three_sided_plan, PLAN
        )
        renderers[name_of("plan", format_name, "in-sync")] = partial(
            _render, render_plan, samples.in_sync_plan, PLAN
        )
    for format_name, render_drift in registry.DRIFT.items():
        renderers[name_of("drift", format_name)] = partial(
            _render, render_drift, partial(samples.drift_plan, findings=samples.findings()), DRIFT
        )
    for format_name, render_validation in registry.VALIDATION.items():
        make = partial(render_validation, samples.validation(), PLAN)
        renderers[name_of("validation", format_name)] = make
    detailed_view = View(color=True, show_numbers=True, verbose=True)
    renderers[name_of("plan", "text", "loud")] = partial(
        _render, text_format.render_plan, samples.plan, detailed_view
    )
    renderers[name_of("plan", "text", "snapshot")] = partial(
        _render, text_format.render_plan, _snapshot_plan, PLAN
    )
    renderers[name_of("apply", "text")] = partial(
        results_text.render_results, samples.results(), PLAN
    )
    return renderers


def _render(formatter: Callable[[Plan, View], str], make: Callable[[], Plan], view: View) -> str:
    return formatter(make(), view)


def _snapshot_plan() -> Plan:
    return samples.in_sync_plan(live_as_of=samples.NOW - timedelta(hours=3))


@pytest.mark.parametrize("name", sorted(cases()))
def test_report_is_exactly_its_golden_file(name: str, golden: Callable[[str, str], None]) -> None:
    text = cases()[name]()
    golden(name, without_assets(text) if name.endswith(".html") else text)


def without_assets(page: str) -> str:
    """The page without its style sheet, script and their hashes, which have tests of their own."""
    page = re.sub(r"(<(style|script)>).*?(</\2>)", r"\1…\3", page, flags=re.DOTALL)
    return re.sub(r"sha256-[\w+/=]+", "sha256-…", page)


def test_every_format_of_every_report_has_a_golden_file() -> None:
    formats: dict[str, Iterable[str]] = {
        "plan": registry.PLAN,
        "drift": registry.DRIFT,
        "validation": registry.VALIDATION,
    }
    folder = Path(__file__).resolve().parent.parent / "golden"
    expected = {
        name_of(report, format_name)
        for report, formatters in formats.items()
        for format_name in formatters
    }
    existing = {path.name for path in folder.iterdir()}
    assert expected <= existing
    assert existing == set(cases()), "a golden file that no test reads"


@pytest.mark.parametrize("format_name", sorted(registry.VALIDATION))
def test_formats_are_not_empty_for_a_validation_without_problems(format_name: str) -> None:
    assert registry.VALIDATION[format_name](Validation(1, 1, ()), PLAN).endswith("\n")


@pytest.mark.parametrize("view", [PLAN, DRIFT])
def test_report_without_differences_is_one_line(view: View) -> None:
    text = text_format.render_plan(samples.in_sync_plan(), view)
    assert text.count("\n") == 1
    assert "2 campaigns agree with VOXO" in text
