"""`voxosync acknowledge` writes an entry into a definition and changes nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import FakeVoxo

FILE = "campaigns/spring.yaml"
ENTRY = "{field: callFrequency, until: 2096-01-31, reason: agreed trial}"


def acknowledge(project: Project, *arguments: str, until: str = "2096-01-31") -> Ran:
    return project.run(
        "acknowledge", "4711", *arguments, "--until", until, "--reason", "agreed trial"
    )


def text(project: Project) -> str:
    return (project.folder / FILE).read_text()


def test_acknowledged_difference_is_listed_separately_and_is_not_drift(
    project: Project, voxo: FakeVoxo
) -> None:
    voxo.has(callFrequency=45)
    assert project.run("drift").status == 2
    ran = acknowledge(project, "callFrequency")
    assert ran.status == 0, ran.said
    assert f"+    - {ENTRY}" in ran.out
    drift = project.run("drift")
    assert drift.status == 0
    assert "acknowledged until 2096-01-31" in drift.out


BLOCK = "voxosync:\n  acknowledge:\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"{BLOCK}    - {ENTRY}\n"),
        ("voxosync:\n  ignore: [message]\n", "  ignore: [message]\n  acknowledge:\n    - " + ENTRY),
        ("voxosync: {ignore: [message]}\n", f"{{ignore: [message], acknowledge: [{ENTRY}]}}"),
        ("voxosync: {acknowledge: []}\n", f"voxosync: {{acknowledge: [{ENTRY}]}}"),
        (
            f"{BLOCK}    - field: message # why\n      until: 2096-02-01\n      reason: x\n",
            f"      reason: x\n    - {ENTRY}\n",
        ),
        (
            f"{BLOCK}  - {{field: callFrequency, until: 2095-01-01, reason: old}} # renew\n",
            f"{BLOCK}  - {ENTRY} # renew\n",
        ),
    ],
)
def test_entry_is_added_to_existing_settings_in_the_same_style(
    project: Project, before: str, after: str
) -> None:
    project.write(FILE, text(project) + before)
    ran = acknowledge(project, "callFrequency")
    assert ran.status == 0, ran.said
    assert after in text(project)
    assert project.run("validate").status == 0


def test_definition_in_flow_style_stays_in_flow_style(project: Project) -> None:
    project.write(FILE, "{id: 4711, callFrequency: 30}  # one line\n")
    assert acknowledge(project, "callFrequency").status == 0
    acknowledged = f"voxosync: {{acknowledge: [{ENTRY}]}}"
    assert text(project) == f"{{id: 4711, callFrequency: 30, {acknowledged}}}  # one line\n"


def test_empty_settings_mapping_is_not_edited(project: Project) -> None:
    project.write(FILE, text(project) + "voxosync: {}\n")
    before = text(project)
    ran = acknowledge(project, "callFrequency")
    assert ran.status == 1
    assert "takes no further entry: write it by hand" in ran.err
    assert text(project) == before


def test_several_fields_are_acknowledged_with_an_owner(project: Project) -> None:
    ran = acknowledge(project, "callFrequency", "message", "--owner", "team: support")
    assert ran.status == 0, ran.said
    assert text(project).count('owner: "team: support"') == 2


def test_windows_line_endings_are_kept(project: Project) -> None:
    project.write(FILE, text(project).replace("\n", "\r\n").encode())
    assert acknowledge(project, "callFrequency").status == 0
    content = (project.folder / FILE).read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["timeZone"], "does not manage timeZone"),
        (["callFreq"], "does not manage callFreq: did you mean callFrequency?"),
        (["xyz"], "does not manage xyz: it manages "),
        (["matchDestinations", "timeZone"], "does not manage timeZone"),
        (["message", "--owner", ""], "--owner has no text: write a person or a team"),
    ],
)
def test_invalid_field_or_owner_is_refused(
    project: Project, arguments: list[str], message: str
) -> None:
    before = text(project)
    ran = acknowledge(project, *arguments)
    assert ran.status == 1
    assert message in ran.err
    assert text(project) == before


@pytest.mark.parametrize("reason", ["", " "])
def test_reason_without_text_is_refused(project: Project, reason: str) -> None:
    before = text(project)
    arguments = ("4711", "message", "--until", "2096-01-31", "--reason", reason)
    ran = project.run("acknowledge", *arguments)
    assert ran.status == 1
    assert "--reason has no text: write why the difference is left alone" in ran.err
    assert text(project) == before


def test_date_in_the_past_is_refused(project: Project) -> None:
    ran = acknowledge(project, "message", until="2020-01-01")
    assert ran.status == 1
    assert "--until 2020-01-01 is not in the future" in ran.err


def test_entry_that_would_override_default_settings_is_refused(project: Project) -> None:
    project.write("campaigns/_defaults.yaml", "voxosync: {manageNumbers: add}\n")
    before = text(project)
    ran = acknowledge(project, "callFrequency")
    assert ran.status == 1
    assert "write the entry by hand" in ran.err
    assert "manageNumbers" in ran.err
    assert text(project) == before
