"""Different spellings of a phone are the same phone: it is called once, and a spelling is not a difference."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import SPRING

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

SPELLINGS = ("601-555-0123", "16015550123", "+1 (601) 555-0123", "1.601.555.0123")
ANSWERED = {"number": "6015550123", "description": "Customer 1042", "disposition": "ANSWERED"}


def hold_numbers(voxo: FakeVoxo, *entries: dict[str, Any]) -> None:
    """Make VOXO hold these numbers."""
    voxo.campaigns[4711] = {**deepcopy(SPRING), "numbers": list(entries)}


def numbers(*entries: str) -> str:
    return f"numbers: [{', '.join(entries)}]"


class TestSpelling:
    @pytest.mark.parametrize("spelling", SPELLINGS)
    def test_is_not_a_difference(self, spelling: str, project: Project, voxo: FakeVoxo) -> None:
        project.spring(
            numbers(f"{{number: '{spelling}', description: Customer 1042}}", "{number: 6015550124}")
        )
        assert project.run("apply", "--yes").status == 0
        assert project.run("drift").status == 0
        assert voxo.sent == []

    @pytest.mark.parametrize("spelling", SPELLINGS)
    def test_of_voxo_is_sent_with_the_disposition(
        self, spelling: str, project: Project, voxo: FakeVoxo
    ) -> None:
        hold_numbers(voxo, {**ANSWERED, "number": spelling})
        project.spring(
            numbers(
                "{number: 6015550123, description: Customer 1042, field1: Gold}",
                "{number: (601) 555-0125}",
            )
        )
        plan = project.run("plan", "--format", "json").json
        (change,) = plan["campaigns"][0]["changes"]
        assert (change["added"], change["removed"], change["changed"]) == (
            ["(601) 555-0125"],
            [],
            [],
        )
        assert project.run("apply", "--yes").status == 0
        entry = {**ANSWERED, "number": spelling, "field1": "Gold"}
        assert voxo.sent == [
            (4711, {"numbers": [entry, {"number": "(601) 555-0125", "description": ""}]})
        ]
        assert project.run("plan", "--exit-code").status == 0

    def test_that_changes_in_voxo_after_the_plan_is_not_stale(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(numbers("{number: 6015550123, description: Customer 1042}"))
        assert project.run("plan", "--out", "saved.json").status == 0
        hold_numbers(voxo, {**ANSWERED, "number": "1-601-555-0123"}, {"number": "601 555 0124"})
        assert project.run("apply", "--yes", "--plan", "saved.json").status == 0
        assert voxo.sent == [(4711, {"numbers": [{**ANSWERED, "number": "1-601-555-0123"}]})]

    def test_is_kept_by_pull(self, project: Project, voxo: FakeVoxo) -> None:
        hold_numbers(voxo, ANSWERED, {"number": "6015550125", "description": "New"})
        project.write("campaigns/list.csv", "number,description\n601-555-0123,\n601-555-0124,\n")
        project.spring("numbers: {file: list.csv}")
        assert project.run("pull", "--yes").status == 0
        text = (project.folder / "campaigns/list.csv").read_text()
        assert text == "number,description\n601-555-0123,Customer 1042\n6015550125,New\n"
        assert project.run("plan", "--exit-code").status == 0

    def test_with_add_does_not_add_a_person_again(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring(numbers("{number: 601-555-0124}"), "voxosync: {manageNumbers: add}")
        assert project.run("plan", "--exit-code").status == 0
        project.spring(
            numbers("{number: 601-555-0124, description: New}"), "voxosync: {manageNumbers: add}"
        )
        assert project.run("apply", "--yes").status == 0
        new = {"number": "6015550124", "description": "New"}
        assert voxo.sent == [(4711, {"numbers": [ANSWERED, new]})]

    def test_is_restored_with_its_disposition_by_rollback(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        hold_numbers(voxo, {**ANSWERED, "number": "601-555-0123"}, {"number": "6015550124"})
        project.spring(numbers("{number: 6015550124}"))
        assert project.run("apply", "--yes", "--max-numbers-removed", "1").status == 0
        assert project.run("rollback", "latest", "--yes").status == 0
        _, body = voxo.sent[-1]
        assert {**ANSWERED, "number": "601-555-0123"} in body["numbers"]


class TestRepeatedPhone:
    def test_is_a_warning_with_both_lines_and_is_sent_once(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("campaigns/list.csv", "number,description\n6015550123,Ann\n16015550123,Bob\n")
        project.spring("numbers: {file: list.csv}")
        ran = project.run("validate")
        assert ran.status == 0
        assert (
            "campaigns/list.csv:3:1: warning: samePhone: the phone 601•••0123 is already on line 2"
            in ran.said
        )
        hold_numbers(voxo)
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"numbers": [{"number": "6015550123", "description": "Ann"}]})]

    def test_with_the_same_spelling_is_an_error(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("numbers:\n  - {number: 601-555-0123}\n  - {number: 601-555-0123}")
        ran = project.run("validate")
        assert ran.status == 1
        assert "is already on line" in ran.said
        assert voxo.asked == []

    @pytest.mark.parametrize("spelling", ["6015550123", *SPELLINGS])
    @pytest.mark.parametrize("disposition", ["", None])
    def test_in_voxo_keeps_the_disposition(
        self, spelling: str, disposition: str | None, project: Project, voxo: FakeVoxo
    ) -> None:
        repeated = {"number": spelling, "description": "Customer 1042", "disposition": disposition}
        hold_numbers(voxo, ANSWERED, repeated, {"number": "6015550124"})
        project.spring(numbers("{number: 6015550123, description: Customer 1042}"))
        plan = project.run("plan")
        assert "VOXO's list repeats 1 number" in plan.out
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"numbers": [ANSWERED]})]


def test_plan_reports_live_entries_that_are_not_phones(project: Project, voxo: FakeVoxo) -> None:
    hold_numbers(voxo, ANSWERED, {"number": "NaN"}, {"number": None}, {"number": "6015550124"})
    project.spring()
    ran = project.run("plan", "--exit-code")
    assert ran.status == 2
    assert "VOXO's list holds 2 entries that are not phone numbers" in ran.out
    assert project.run("apply", "--yes").status == 0
    (body,) = (body for _, body in voxo.sent)
    assert [entry["number"] for entry in body["numbers"]] == ["6015550123", "6015550124"]
