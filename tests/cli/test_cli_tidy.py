"""`voxosync tidy` moves shared values into `_defaults.yaml` without changing the effective values of definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.cli_project import Project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Ran

DEFAULTS = "campaigns/_defaults.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Project:
    """A project of three definitions, two of them in a subfolder."""
    project = Project(tmp_path, {"VOXO_API_TOKEN": "unused"})
    project.write("campaigns/a.yaml", definition(1, "timezone: America/Chicago", "recording: yes"))
    project.write("campaigns/b/c.yaml", definition(2, 'timezone: "America/Chicago"', QUEUE))
    project.write("campaigns/b/d.yaml", definition(3, "timezone: America/Chicago", FLOW_QUEUE))
    return project


QUEUE = "destinations:\n  - {type: QUEUE, id: 12}"
FLOW_QUEUE = "destinations: [{id: 12, type: QUEUE}]"


def definition(number: int, *lines: str) -> str:
    return "\n".join([f"id: {number}", f"name: Campaign {number}", "state: PAUSED", *lines, ""])


def effective_values(project: Project) -> list[object]:
    """The effective values of each definition."""
    documents = [project.run("show", str(number), "--format", "json").json for number in (1, 2, 3)]
    return [
        {name: field["value"] for name, field in document["fields"].items()}
        for document in documents
    ]


def text(project: Project, name: str) -> str:
    return (project.folder / name).read_text()


def tidy(project: Project, *arguments: str) -> Ran:
    ran = project.run("tidy", "--yes", *arguments)
    assert ran.status == 0, ran.said
    return ran


def test_shared_value_moves_to_the_outermost_folder(folder: Project) -> None:
    before = effective_values(folder)
    ran = tidy(folder)
    assert "Tidy: 2 values in 5 files." in ran.out
    assert text(folder, DEFAULTS) == "timezone: America/Chicago\n"
    assert text(folder, "campaigns/b/_defaults.yaml") == QUEUE + "\n"
    assert text(folder, "campaigns/a.yaml") == definition(1, "recording: yes")
    assert text(folder, "campaigns/b/c.yaml") == definition(2)
    assert effective_values(folder) == before
    assert "Nothing to move" in tidy(folder).out


def test_value_that_repeats_a_default_is_removed(folder: Project) -> None:
    folder.write(DEFAULTS, "# ours\ntimezone: America/Chicago\n")
    tidy(folder)
    assert text(folder, DEFAULTS) == "# ours\ntimezone: America/Chicago\n"
    assert "timezone" not in text(folder, "campaigns/a.yaml")


def test_value_that_differs_from_the_default_stays(folder: Project) -> None:
    folder.write(DEFAULTS, "timezone: America/Denver\n")
    before = text(folder, "campaigns/a.yaml")
    tidy(folder, "campaigns")
    assert text(folder, DEFAULTS) == "timezone: America/Denver\n"
    assert text(folder, "campaigns/a.yaml") == before


def test_value_that_overrides_nearer_defaults_stays(folder: Project) -> None:
    folder.write("campaigns/b/_defaults.yaml", "timezone: America/Denver\n")
    before = effective_values(folder)
    tidy(folder)
    assert effective_values(folder) == before
    assert not (folder.folder / DEFAULTS).exists()


def test_only_the_given_folder_is_tidied(folder: Project) -> None:
    tidy(folder, "campaigns/b")
    assert not (folder.folder / DEFAULTS).exists()
    defaults = text(folder, "campaigns/b/_defaults.yaml")
    assert "timezone: America/Chicago" in defaults
    assert "timezone" in text(folder, "campaigns/a.yaml")


@pytest.mark.parametrize(
    "line", ["timezone: America/Chicago # as agreed", "# as agreed\ntimezone: America/Chicago"]
)
def test_value_with_a_comment_stays(folder: Project, line: str) -> None:
    folder.write("campaigns/a.yaml", definition(1, line, "recording: yes"))
    tidy(folder)
    assert line in text(folder, "campaigns/a.yaml")
    assert not (folder.folder / DEFAULTS).exists()


def test_name_state_and_numbers_stay(folder: Project) -> None:
    for name, number in (("a", 1), ("b/c", 2), ("b/d", 3)):
        lines = f"id: {number}\nname: All alike\nstate: READY\nnumbers: []\n"
        folder.write(f"campaigns/{name}.yaml", lines)
    assert "Nothing to move" in tidy(folder).out


def test_dry_run_writes_nothing(folder: Project) -> None:
    ran = folder.run("tidy", "--dry-run")
    assert ran.status == 2
    assert "+timezone: America/Chicago" in ran.out
    assert not (folder.folder / DEFAULTS).exists()


def test_tidy_needs_yes_without_a_terminal(folder: Project) -> None:
    ran = folder.run("tidy")
    assert ran.status == 1
    assert "pass --yes" in ran.err


def test_file_in_place_of_a_folder_is_refused(folder: Project) -> None:
    ran = folder.run("tidy", "--yes", "campaigns/a.yaml")
    assert ran.status == 1
    assert "campaigns/a.yaml is a file: name a folder" in ran.err
    assert "folder not found: nope" in folder.run("tidy", "--yes", "nope").err


VALUES = st.sampled_from(["timezone: America/Chicago", "timezone: America/Denver", ""])
MESSAGES = st.sampled_from(["message: |\n  Hello\n  there", 'message: "Hello\\nthere\\n"', ""])
DESTINATIONS = st.sampled_from([QUEUE, FLOW_QUEUE, "destinations: []", "recording: no"])
DEFAULT_FILES = st.sampled_from(["", "timezone: America/Chicago\n", "recording: yes\n"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bodies=st.lists(st.tuples(VALUES, MESSAGES, DESTINATIONS), min_size=3, max_size=3),
    defaults=st.lists(DEFAULT_FILES, min_size=2, max_size=2),
)
def test_effective_values_stay_the_same_for_any_definitions(
    folder: Project, bodies: list[tuple[str, str, str]], defaults: list[str]
) -> None:
    for name, text_of_file in zip((DEFAULTS, "campaigns/b/_defaults.yaml"), defaults, strict=True):
        (folder.folder / name).unlink(missing_ok=True)
        if text_of_file:
            folder.write(name, text_of_file)
    for (name, number), lines in zip((("a", 1), ("b/c", 2), ("b/d", 3)), bodies, strict=True):
        folder.write(f"campaigns/{name}.yaml", definition(number, *filter(None, lines)))
    before = effective_values(folder)
    tidy(folder)
    assert effective_values(folder) == before
