"""An unquoted text that YAML ends at ` #` causes a warning; an ordinary comment does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


@pytest.mark.parametrize(
    ("change", "column", "value", "remainder"),
    [
        ("name: Press #1", "7", "Press", "#1"),
        ("name: Press # 1", "7", "Press", "# 1"),
        ("name: Press\t#1", "7", "Press", "#1"),
        ("name: &n Press #1", "7", "Press", "#1"),
        ("name: Press   #1", "7", "Press", "#1"),
        ("message: Call us\n  for offer #2 now", "10", "Call us for offer", "#2 now"),
        ("numbers: [{number: 6015550123, description: Ann #3\n  }]", "45", "Ann", "#3"),
        ("numbers:\n  - number: 6015550123\n    field1: Gate #4", "13", "Gate", "#4"),
        (
            "voxosync:\n  acknowledge:\n    - field: name\n      until: 2096-01-01\n      reason: See #5",
            "15",
            "See",
            "#5",
        ),
        ("name: Ask 6015550123 #6015550124", "7", "Ask 601•••0123", "#601•••0124"),
    ],
)
def test_truncated_text_causes_a_warning_with_its_position(
    change: str, column: str, value: str, remainder: str, project: Project
) -> None:
    project.spring(change)
    ran = project.run("validate")
    assert ran.status == 0, ran.out
    lines = [line for line in ran.out.splitlines() if "as a comment" in line]
    assert len(lines) == 1
    assert lines[0].split(":")[2] == column
    assert f"is {value!r}, because YAML reads {remainder!r} as a comment" in lines[0]


def test_plan_warns_about_truncated_text_in_defaults(project: Project, voxo: FakeVoxo) -> None:
    project.spring("-message")
    project.write("campaigns/_defaults.yaml", "message: Press #1\n")
    voxo.has(message="Press")
    ran = project.run("plan")
    assert ran.status == 0
    assert "campaigns/_defaults.yaml:1:10: warning: message is 'Press'" in ran.err


@pytest.mark.parametrize(
    "change",
    [
        "name: Spring  # a comment",
        "name: Spring\t# a comment",
        "name: Spring  #",
        "name: 'Press #1'",
        'name: "Press #1"',
        "message: |\n  Press #1",
        "message: >-\n  Press #1\n",
        "name: Press#1",
        "# name: Press #1",
        "callFrequency: 30 # seconds",
        "state: PAUSED #for now",
        "name: Spring # voxosync: allow house as agreed",
        "numbers: # all of them\n  - {number: 6015550123}",
    ],
)
def test_ordinary_comments_cause_no_warning(change: str, project: Project) -> None:
    project.spring(change)
    assert "as a comment" not in project.run("validate").out
