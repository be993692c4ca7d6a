"""`voxosync show` prints the effective values of a definition, and the position of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.cli_project import Project


@pytest.fixture
def with_defaults(project: Project) -> Project:
    """A definition with defaults from two folders, a CSV file and settings."""
    project.write("campaigns/_defaults.yaml", "recording: no\ntimezone: Europe/Berlin\n")
    project.write("campaigns/us/_defaults.yaml", "timezone: America/Denver\n")
    project.write("campaigns/us/list.csv", "number,description\n6015550123,Customer 1042\n")
    project.write(
        "campaigns/us/west.yaml",
        "name: West\n"
        "id: 5\n"
        "tenantId: 17\n"
        "numbers: {file: list.csv}\n"
        "destinations: [{type: QUEUE, id: 12}]\n"
        "voxosync:\n"
        "  ignore: [message]\n"
        "  acknowledge:\n"
        "    - {field: name, until: 2097-01-31, reason: agreed, owner: support team}\n",
    )
    return project


class TestText:
    def test_has_the_position_of_every_value(self, with_defaults: Project) -> None:
        ran = with_defaults.run("show", "5")
        assert ran.status == 0
        headings, *rows = [re.split(" {2,}", line) for line in ran.out.splitlines()]
        assert headings == ["FIELD", "VALUE", "FROM"]
        assert rows == [
            ["id", "5", "campaigns/us/west.yaml:2:5"],
            ["tenantId", "17", "campaigns/us/west.yaml:3:11"],
            ["name", "West", "campaigns/us/west.yaml:1:7"],
            ["timezone", "America/Denver", "campaigns/us/_defaults.yaml:1:11"],
            ["recording", "no", "campaigns/_defaults.yaml:1:12"],
            ["numbers", "1 number: 601•••0123", "campaigns/us/west.yaml:4:10"],
            ["destinations", "[QUEUE 12]", "campaigns/us/west.yaml:5:15"],
            ["voxosync.ignore", "message", "campaigns/us/west.yaml:7:3"],
            [
                "voxosync.acknowledge",
                "name until 2097-01-31 (agreed)",
                "campaigns/us/west.yaml:7:3",
            ],
        ]

    def test_fits_a_narrow_terminal(self, with_defaults: Project) -> None:
        ran = with_defaults.terminal("show", "5", COLUMNS="60", NO_COLOR="1")
        assert [line for line in ran.out.splitlines() if len(line) > 60] == []
        assert " ".join(ran.out.split()) == " ".join(with_defaults.run("show", "5").out.split())

    def test_is_aligned_in_columns(self, with_defaults: Project) -> None:
        lines = with_defaults.run("show", "5").out.splitlines()
        for heading in ("VALUE", "FROM"):
            column = lines[0].index(heading)
            assert all(line[column - 2 : column] == "  " and line[column] != " " for line in lines)

    def test_summarizes_numbers(self, project: Project) -> None:
        numbers = "".join(f"\n  - {{number: 60155501{index:02}}}" for index in range(40))
        project.spring(f"numbers: {numbers}")
        line = next(x for x in project.run("show", "4711").out.splitlines() if x[:7] == "numbers")
        assert " 40 numbers: 601•••0100, 601•••0101, 601•••0102, …  " in line

    def test_has_the_position_of_settings_from_defaults(self, project: Project) -> None:
        project.write("campaigns/_defaults.yaml", "tenantId: 17\nvoxosync: {manageNumbers: add}\n")
        out = project.run("show", "4711").out
        assert re.search(r"^tenantId +17 +campaigns/_defaults.yaml:1:11$", out, re.MULTILINE)
        setting = r"^voxosync.manageNumbers +add +campaigns/_defaults.yaml:2:11$"
        assert re.search(setting, out, re.MULTILINE)

    def test_masks_numbers_without_show_numbers(self, with_defaults: Project) -> None:
        assert "555" not in with_defaults.run("-v", "show", "5").out
        assert "  601•••0123  Customer 1042\n" in with_defaults.run("-v", "show", "5").out
        assert (
            "  6015550123  Customer 1042\n" in with_defaults.run("show", "5", "--show-numbers").out
        )

    def test_escapes_control_characters(self, with_defaults: Project) -> None:
        with_defaults.write("campaigns/odd.yaml", 'id: 6\nname: "a\\e[31mb"\n')
        assert "\x1b" not in with_defaults.run("show", "6").out


class TestJson:
    def test_has_values_and_positions(self, with_defaults: Project) -> None:
        document = with_defaults.run("show", "5", "--format", "json").json
        assert document["id"] == 5
        assert document["tenantId"] == 17
        assert document["fields"]["timezone"] == {
            "value": "America/Denver",
            "position": {"file": "campaigns/us/_defaults.yaml", "line": 1, "column": 11},
        }
        assert document["fields"]["numbers"]["value"] == {"6015550123": "Customer 1042"}
        assert document["fields"]["destinations"]["value"] == [{"type": "QUEUE", "id": 12}]
        assert document["settings"]["acknowledge"][0]["owner"] == "support team"


class TestErrors:
    def test_id_without_a_definition(self, project: Project) -> None:
        ran = project.run("show", "5")
        assert ran.status == 1
        assert "no definition has the id 5" in ran.err

    def test_invalid_definitions(self, project: Project) -> None:
        project.write("campaigns/wrong.yaml", "id: 6\nnam: x\n")
        ran = project.run("show", "4711")
        assert ran.status == 1
        assert "campaigns/wrong.yaml:2:1: error: unknown key 'nam'" in ran.err

    @pytest.mark.parametrize("word", ["spring", "0", "-3", "1.5", "9007199254740992"])
    def test_text_that_is_not_an_id(self, project: Project, word: str) -> None:
        ran = project.run("show", "--", word)
        assert ran.status == 1
        assert f"'{word}': write a whole number above 0, such as 4711" in ran.err
