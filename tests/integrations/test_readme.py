"""The README shows the actual output of the commands for its campaign."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from voxosync.app import project as project_module
from voxosync.report.registry import DRIFT

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
FILE = "campaigns/appointment-reminder.yaml"
DEFINITION = README.partition("```yaml\n")[2].partition("```")[0]
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def clinic(project: Project, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A branch that changes the campaign of the README: VOXO and `main` have one phone less and a lower call rate."""
    monkeypatch.setattr(project_module, "now", lambda: NOW)
    (project.folder / "campaigns/spring.yaml").unlink()
    before = DEFINITION.replace("callFrequency: 30", "callFrequency: 60")
    before = before.replace("Patient 2063", "Patient 2036")
    before = "".join(line for line in before.splitlines(keepends=True) if "0113" not in line)
    project.write(FILE, before)
    project.git("init", "--quiet", "--initial-branch", "main")
    project.commit()
    project.write(FILE, DEFINITION)
    values = dict(re.findall(r"^(\w+): (.+)$", DEFINITION, re.MULTILINE))
    del values["id"]
    numbers = re.findall(r"number: (\d+), description: ([^}]+)", before)
    voxo.has(
        **{**values, "callFrequency": 60},
        numbers=[
            {"number": number, "description": text, "disposition": "ANSWERED" if first else None}
            for first, (number, text) in zip((True, False, False), numbers, strict=True)
        ],
    )
    return project


def test_plan_of_the_readme_is_that_of_its_campaign(clinic: Project) -> None:
    example = README.partition("$ voxosync plan --only 4711\n")[2].partition("```")[0]
    assert clinic.run("plan", "--only", "4711").out == example


def test_comment_of_the_readme_is_that_of_its_campaign(clinic: Project) -> None:
    """The README quotes the comment without its escape sequences, and GitHub displays the same."""
    comment = clinic.run("plan", "--base", "main", "--format", "markdown").out
    marker, _, text = comment.partition("\n")
    assert marker == "<!-- voxosync:plan -->"
    quotation = re.search(r"\n(> ### voxosync plan\n(?:>.*\n)+)", README)
    assert quotation
    assert rendered_html(re.sub(r"^> ?", "", quotation[1], flags=re.MULTILINE)) == rendered_html(
        text
    )


def test_readme_lists_the_formats_of_drift() -> None:
    [formats] = re.findall(r"- `--format ([a-z|]+)`", README)
    assert sorted(formats.split("|")) == sorted(DRIFT)


def rendered_html(markdown: str) -> str:
    """The HTML of Markdown, without the tags that only separate texts."""
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)
    return re.sub(r"</?span>", "", rendered)
