"""Text for a terminal or the log of a job: hostile text has no effect there."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given

from tests.report import samples
from tests.report.hostile import (
    PLACES,
    drift_plan,
    harmless_text,
    is_visible,
    plan,
    results,
    texts,
    texts_for_places,
    unlisted_plan,
    validation,
)
from voxosync.model.change import FieldChange
from voxosync.model.plan import CampaignPlan, Plan
from voxosync.report import problem_text, results_text, text_format
from voxosync.report.escape import terminal, visible
from voxosync.report.view import View

VIEW = View()
OWN_COLORS = re.compile(r"\x1b\[(?:3[0-9]|0|1)m")


def reports(texts_by_place: dict[str, str], view: View = VIEW) -> list[str]:
    """Every report that is printed as text."""
    text_of = texts_by_place.__getitem__
    return [
        text_format.render_plan(plan(text_of), view),
        text_format.render_plan(drift_plan(text_of), view),
        text_format.render_plan(unlisted_plan(text_of), view),
        problem_text.render_validation(validation(text_of), view),
        results_text.render_results(results(text_of), view),
    ]


def lines(output: str) -> list[str]:
    assert output.endswith("\n")
    return output[:-1].split("\n")


@given(hostile_texts=texts_for_places)
def test_hostile_text_is_printed_without_control_characters(hostile_texts: dict[str, str]) -> None:
    for output in reports(hostile_texts):
        assert all(is_visible(character) for character in output.replace("\n", ""))
        assert len(output.splitlines()) == output.count("\n")


@given(hostile_texts=texts_for_places)
def test_only_colors_of_voxosync_are_in_colored_output(hostile_texts: dict[str, str]) -> None:
    for output in reports(hostile_texts, View(color=True, show_numbers=True, verbose=True)):
        assert all(
            is_visible(character) for character in OWN_COLORS.sub("", output).replace("\n", "")
        )


@given(hostile_texts=texts_for_places)
@example(hostile_texts={**dict.fromkeys(PLACES, ""), "detail": "    "})
@example(hostile_texts={**dict.fromkeys(PLACES, ""), "detail": "  \u2192 applied"})
def test_hostile_text_adds_no_lines(hostile_texts: dict[str, str]) -> None:
    """Only long values may have lines of their own, and then both sides of a change have one."""
    harmless = reports({place: harmless_text(place) for place in hostile_texts})
    for output, expected in zip(reports(hostile_texts), harmless, strict=True):
        value_lines = [line for line in lines(output) if re.match(r" {6}(  |→ )", line)]
        paired = len(value_lines) - len(
            [line for line in lines(expected) if line.startswith("      → ")]
        )
        values = sum(line.startswith("      → ") for line in value_lines)
        assert paired == values * 2
        assert len(lines(output)) == len(lines(expected)) + paired


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("command", ["plan", "drift"])
def test_lines_are_wrapped_to_the_width_without_breaking_or_losing_words(
    width: int, command: str
) -> None:
    many_campaigns = [
        CampaignPlan(n, "A", "a.yaml", (FieldChange("callFrequency", 30, 20),), ("slow",) * (n % 2))
        for n in range(1001, 1201, 2)
    ]
    for sample in (
        samples.drift_plan(),
        samples.three_sided_plan(),
        Plan(samples.NOW, "", many_campaigns),
    ):
        wide = text_format.render_plan(sample, View(command=command))
        narrow = text_format.render_plan(sample, View(command=command, width=width))
        assert narrow.split() == wide.split()
        *blocks, _ = narrow.split("\n\n")  # the summary may have any length
        lines = [line for block in blocks for line in block.split("\n")]
        assert [line for line in lines if len(line) > width] == []
        colored = text_format.render_plan(sample, View(command=command, width=width, color=True))
        assert OWN_COLORS.sub("", colored) == narrow


@given(hostile_texts=texts_for_places)
def test_hostile_text_is_not_a_workflow_command(hostile_texts: dict[str, str]) -> None:
    for output in reports(hostile_texts):
        assert not any(line.lstrip().startswith("::") for line in lines(output))
        assert "##[" not in output
        assert "##vso[" not in output


@given(text=texts)
def test_escaping_does_not_change_printable_text(text: str) -> None:
    assert terminal(terminal(text)) == terminal(text)
    if all(is_visible(character) for character in text):
        assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Spring → Frühling 春 ☎", "Spring → Frühling 春 ☎"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\u202eabc", r"\u202eabc"),
        ("\ud800", r"\ud800"),
        ("\0", r"\x00"),
        ("  ::error::x", r"  \x3a:error::x"),
        ("a::b", "a::b"),
        ("##[error]x", r"#\x23[error]x"),
        ("# [x]", "# [x]"),
    ],
)
def test_characters_with_an_effect_are_escaped(text: str, expected: str) -> None:
    assert terminal(text) == expected


def test_long_values_are_on_lines_of_their_own() -> None:
    changes = (FieldChange("message", "a" * 50, "b" * 50),)
    sample = Plan(plan(harmless_text).created_at, "", [CampaignPlan(1, None, "x.yaml", changes)])
    assert lines(text_format.render_plan(sample, VIEW))[1:4] == [
        "  ~ message:",
        "        " + "a" * 50,
        "      → " + "b" * 50,
    ]


def test_very_long_text_is_one_line() -> None:
    output = text_format.render_plan(plan(lambda place: place + "\n" * 100_000), VIEW)
    assert max(map(len, lines(output))) > 100_000
    assert len(lines(output)) < 40
