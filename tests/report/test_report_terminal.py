"""Text for a terminal or a job's log: whatever a campaign is called, it does nothing there."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given

from tests.report import samples
from tests.report.hostile import (
    PLACES,
    benign,
    chosen,
    drifted,
    is_seen,
    plan,
    results,
    texts,
    unlisted,
    validation,
)
from voxosync.model.change import FieldChange
from voxosync.model.plan import CampaignPlan, Plan
from voxosync.report import problem_text, results_text, text_format
from voxosync.report.escape import terminal, visible
from voxosync.report.view import View

VIEW = View()
OURS = re.compile(r"\x1b\[(?:3[0-9]|0|1)m")


def reports(texts_by_place: dict[str, str], view: View = VIEW) -> list[str]:
    """All that is printed as text."""
    text_of = texts_by_place.__getitem__
    return [
        text_format.render_plan(plan(text_of), view),
        text_format.render_plan(drifted(text_of), view),
        text_format.render_plan(unlisted(text_of), view),
        problem_text.render_validation(validation(text_of), view),
        results_text.render_results(results(text_of), view),
    ]


def lines(output: str) -> list[str]:
    assert output.endswith("\n")
    return output[:-1].split("\n")


@given(hostile_texts=chosen)
def test_nothing_can_move_color_or_hide(hostile_texts: dict[str, str]) -> None:
    for output in reports(hostile_texts):
        assert all(is_seen(character) for character in output.replace("\n", ""))
        assert len(output.splitlines()) == output.count("\n")


@given(hostile_texts=chosen)
def test_our_own_colors_are_the_only_ones(hostile_texts: dict[str, str]) -> None:
    for output in reports(hostile_texts, View(color=True, show_numbers=True, verbose=True)):
        assert all(is_seen(character) for character in OURS.sub("", output).replace("\n", ""))


@given(hostile_texts=chosen)
@example(hostile_texts={**dict.fromkeys(PLACES, ""), "detail": "    "})
@example(hostile_texts={**dict.fromkeys(PLACES, ""), "detail": "  \u2192 applied"})
def test_one_line_stays_one_line(hostile_texts: dict[str, str]) -> None:
    """Only a long value may stand in lines of its own, and then both sides do."""
    calm = reports({place: benign(place) for place in hostile_texts})
    for output, expected in zip(reports(hostile_texts), calm, strict=True):
        own = [line for line in lines(output) if re.match(r" {6}(  |→ )", line)]
        paired = len(own) - len([line for line in lines(expected) if line.startswith("      → ")])
        values = sum(line.startswith("      → ") for line in own)
        assert paired == values * 2
        assert len(lines(output)) == len(lines(expected)) + paired


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("command", ["plan", "drift"])
def test_a_terminal_breaks_no_word_and_loses_none(width: int, command: str) -> None:
    many = [
        CampaignPlan(n, "A", "a.yaml", (FieldChange("callFrequency", 30, 20),), ("slow",) * (n % 2))
        for n in range(1001, 1201, 2)
    ]
    for sample in (samples.drifted(), samples.three_sided(), Plan(samples.NOW, "", many)):
        wide = text_format.render_plan(sample, View(command=command))
        narrow = text_format.render_plan(sample, View(command=command, width=width))
        assert narrow.split() == wide.split()
        *blocks, _ = narrow.split("\n\n")  # the summary is of any length
        lines = [line for block in blocks for line in block.split("\n")]
        assert [line for line in lines if len(line) > width] == []
        painted = text_format.render_plan(sample, View(command=command, width=width, color=True))
        assert OURS.sub("", painted) == narrow


@given(hostile_texts=chosen)
def test_no_line_is_a_workflow_command(hostile_texts: dict[str, str]) -> None:
    for output in reports(hostile_texts):
        assert not any(line.lstrip().startswith("::") for line in lines(output))
        assert "##[" not in output
        assert "##vso[" not in output


@given(text=texts)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert terminal(terminal(text)) == terminal(text)
    if all(is_seen(character) for character in text):
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
def test_what_is_shown_instead(text: str, expected: str) -> None:
    assert terminal(text) == expected


def test_long_values_stand_one_above_the_other() -> None:
    changes = (FieldChange("message", "a" * 50, "b" * 50),)
    sample = Plan(plan(benign).created_at, "", [CampaignPlan(1, None, "x.yaml", changes)])
    assert lines(text_format.render_plan(sample, VIEW))[1:4] == [
        "  ~ message:",
        "        " + "a" * 50,
        "      → " + "b" * 50,
    ]


def test_a_very_long_text_is_one_line() -> None:
    output = text_format.render_plan(plan(lambda place: place + "\n" * 100_000), VIEW)
    assert max(map(len, lines(output))) > 100_000
    assert len(lines(output)) < 40
