"""Text for a terminal or a job's log: whatever a campaign is called, it does nothing there."""

from __future__ import annotations

import re

import pytest
from hostile import benign, chosen, drifted, is_seen, plan, results, texts, unlisted, validation
from hypothesis import given

from voxosync.model.plan import CampaignPlan, FieldChange, Plan
from voxosync.report import text_format, validation_text
from voxosync.report.escape import terminal, visible
from voxosync.report.registry import DRIFT, PLAN, VALIDATION
from voxosync.report.view import View

VIEW = View()
OURS = re.compile(r"\x1b\[(?:3[0-9]|0|1)m")


def reports(texts_by_place: dict[str, str], view: View = VIEW) -> list[str]:
    """All that is printed as text."""
    find = texts_by_place.__getitem__
    return [
        text_format.render_plan(plan(find), view),
        text_format.render_plan(drifted(find), view),
        text_format.render_plan(unlisted(find), view),
        validation_text.render_validation(validation(find), view),
        text_format.render_results(results(find), view),
    ]


def lines(told: str) -> list[str]:
    assert told.endswith("\n")
    return told[:-1].split("\n")


@given(found=chosen)
def test_nothing_can_move_colour_or_hide(found: dict[str, str]) -> None:
    for told in reports(found):
        assert all(is_seen(character) for character in told.replace("\n", ""))
        assert len(told.splitlines()) == told.count("\n")


@given(found=chosen)
def test_our_own_colours_are_the_only_ones(found: dict[str, str]) -> None:
    for told in reports(found, View(color=True, show_numbers=True, verbose=True)):
        assert all(is_seen(character) for character in OURS.sub("", told).replace("\n", ""))


@given(found=chosen)
def test_one_line_stays_one_line(found: dict[str, str]) -> None:
    """Only a long value may stand in lines of its own, and then both sides do."""
    calm = reports({place: benign(place) for place in found})
    for told, expected in zip(reports(found), calm, strict=True):
        own = [line for line in lines(told) if re.match(r" {6}(  |→ )", line)]
        paired = len(own) - len([line for line in lines(expected) if line.startswith("      → ")])
        values = sum(line.startswith("      → ") for line in own)
        assert paired == values * 2
        assert len(lines(told)) == len(lines(expected)) + paired


@given(found=chosen)
def test_no_line_is_a_workflow_command(found: dict[str, str]) -> None:
    for told in reports(found):
        assert not any(line.lstrip().startswith("::") for line in lines(told))
        assert "##[" not in told
        assert "##vso[" not in told


@given(found=chosen)
def test_no_other_format_holds_one_either(found: dict[str, str]) -> None:
    """`github` is for commands of our own; there a line that is one is taken whole."""
    find = found.__getitem__
    told = [PLAN[name](plan(find), VIEW) for name in PLAN if name != "github"]
    told += [DRIFT[name](drifted(find), VIEW) for name in DRIFT if name != "github"]
    told += [VALIDATION[name](validation(find), VIEW) for name in VALIDATION if name != "github"]
    for each in told:
        assert "##[" not in each
        assert not any(line.lstrip().startswith("::") for line in each.splitlines())


@given(found=texts)
def test_plain_text_stays_as_it_is(found: str) -> None:
    assert terminal(terminal(found)) == terminal(found)
    if all(is_seen(character) for character in found):
        assert visible(found) == found


@pytest.mark.parametrize(
    ("found", "shown"),
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
def test_what_is_shown_instead(found: str, shown: str) -> None:
    assert terminal(found) == shown


def test_long_values_stand_one_above_the_other() -> None:
    changes = (FieldChange("message", "a" * 50, "b" * 50),)
    found = Plan(plan(benign).created_at, "", [CampaignPlan(1, None, "x.yaml", changes)])
    assert lines(text_format.render_plan(found, VIEW))[1:4] == [
        "  ~ message:",
        "        " + "a" * 50,
        "      → " + "b" * 50,
    ]


def test_a_very_long_text_is_one_line() -> None:
    told = text_format.render_plan(plan(lambda place: place + "\n" * 100_000), VIEW)
    assert max(map(len, lines(told))) > 100_000
    assert len(lines(told)) < 40
