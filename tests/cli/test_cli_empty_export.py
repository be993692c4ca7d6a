"""A CSV file without rows is more often an export that failed than a wish: it empties no campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


class TestEmptyExport:
    @pytest.mark.parametrize("arguments", [(), ("--max-numbers-removed", "1")], ids=str)
    def test_empties_no_campaign(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("campaigns/list.csv", "number,description\n")
        project.write("voxosync.yaml", "guards: {maxNumbersRemoved: 100%}\n")
        project.spring("numbers: {file: list.csv}")
        plan = project.run("plan")
        assert plan.status == 0
        assert "campaigns/list.csv has no rows" in plan.out
        ran = project.run("apply", "--yes", *arguments)
        assert ran.status == 1
        assert "2 of 2 numbers of campaign 4711 would be removed" in ran.err
        assert voxo.sent == []

    @pytest.mark.parametrize("arguments", [("2",), ("100%",)], ids=str)
    def test_empties_it_where_somebody_says_so(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("campaigns/list.csv", "number,description\n\n")
        project.spring("numbers: {file: list.csv}")
        assert project.run("apply", "--yes", "--max-numbers-removed", *arguments).status == 0
        assert voxo.sent == [(4711, {"numbers": []})]

    def test_is_refused_in_a_saved_plan_too(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("campaigns/list.csv", "number\n")
        project.spring("numbers: {file: list.csv}")
        project.run("plan", "--out", "saved.json")
        assert project.run("apply", "--yes", "--plan", "saved.json").status == 1
        assert voxo.sent == []

    def test_is_not_what_an_empty_list_in_yaml_is(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("numbers: []")
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"numbers": []})]

    def test_is_nothing_to_a_campaign_without_numbers(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(numbers=[])
        project.write("campaigns/list.csv", "number\n")
        project.spring("numbers: {file: list.csv}", "callFrequency: 60")
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"callFrequency": 60})]
