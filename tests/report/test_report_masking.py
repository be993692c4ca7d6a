"""Called numbers are personal data and masked everywhere except in JSON; caller IDs are not masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report import samples
from voxosync.model.change import NumbersChange
from voxosync.model.numbers import Digest
from voxosync.model.plan import CampaignPlan, Plan
from voxosync.report.registry import DRIFT, FORMATS, PLAN, ReportPart
from voxosync.report.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

REPORTS = [*((name, "plan") for name in PLAN), *((name, "drift") for name in DRIFT)]
MASKED_REPORTS = [pair for pair in REPORTS if not FORMATS[pair[0]].shows_phones]


def render(name: str, report: str, plan: Plan, **options: Any) -> str:
    formats = PLAN if report == "plan" else DRIFT
    return formats[name](plan, View(command=report, **options))


def test_only_json_shows_phones() -> None:
    assert [name for name, entry in FORMATS.items() if entry.shows_phones] == ["json"]


@pytest.mark.parametrize(("name", "report"), REPORTS)
@pytest.mark.parametrize("make", [samples.plan, samples.three_sided_plan, samples.drift_plan])
def test_numbers_are_masked_except_in_formats_that_show_phones(
    name: str, report: str, make: Callable[[], Plan]
) -> None:
    text = render(name, report, make())
    for number in samples.CALLED[:3]:
        assert (number in text) == FORMATS[name].shows_phones


@pytest.mark.parametrize(
    ("name", "report"), [pair for pair in REPORTS if FORMATS[pair[0]].shows(ReportPart.VALUES)]
)
def test_caller_ids_are_not_masked_in_formats_that_show_values(name: str, report: str) -> None:
    assert samples.CALLER in render(name, report, samples.plan())


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_numbers_are_shown_if_requested(name: str) -> None:
    text = render(name, "plan", samples.plan(), show_numbers=True)
    assert all(number in text for number in samples.CALLED[:3])


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_masked_phones_can_still_be_distinguished(name: str) -> None:
    text = render(name, "plan", samples.plan())
    assert all(f"601•••{number[-4:]}" in text for number in samples.CALLED[:3])


@given(
    digits=st.from_regex(r"\A\+?[1-9][0-9]{6,14}\Z"), spaces=st.sampled_from(["", " ", "-", "."])
)
def test_every_spelling_of_a_number_is_masked(digits: str, spaces: str) -> None:
    number = spaces.join((digits[:3], digits[3:6], digits[6:]))
    change = NumbersChange(1, 1, (number,), (number + "0",), (number + "1",), Digest("sha256:0"))
    plan = Plan(samples.NOW, "", [CampaignPlan(1, None, "x.yaml", (change,))])
    for name, report in MASKED_REPORTS:
        text = render(name, report, plan, verbose=True)
        assert number not in text
        assert digits not in text


def test_samples_are_short_and_state_how_many_more_there_are() -> None:
    numbers = tuple(f"60155501{n:02}" for n in range(30))
    plan = Plan(
        samples.NOW,
        "",
        [
            CampaignPlan(
                1, None, "x.yaml", (NumbersChange(0, 30, numbers, (), (), Digest("sha256:0")),)
            )
        ],
    )
    assert "… 25 more" in render("text", "plan", plan)
    assert "… 20 more" in render("markdown", "plan", plan)
    assert "more" not in render("text", "plan", plan, verbose=True)


@pytest.mark.parametrize(("name", "report"), MASKED_REPORTS)
def test_numbers_in_errors_of_voxo_are_masked(name: str, report: str) -> None:
    number = samples.CALLED[0]
    error = f"VOXO answered 422: {number} is not a number"
    campaign = CampaignPlan(1, None, "x.yaml", error=error)
    assert number not in render(name, report, Plan(samples.NOW, "", [campaign], unlisted=error))
