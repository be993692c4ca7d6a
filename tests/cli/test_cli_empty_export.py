"""A CSV file without rows is more likely a failed export than intended, so it does not empty a campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


class TestEmptyExport:
    @pytest.mark.parametrize("arguments", [(), ("--max-numbers-removed", "1")], ids=str)
    def test_does_not_empty_a_campaign(
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
    def test_empties_a_campaign_if_the_flag_permits_it(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("campaigns/list.csv", "number,description\n\n")
        project.spring("numbers: {file: list.csv}")
        assert project.run("apply", "--yes", "--max-numbers-removed", *arguments).status == 0
        assert voxo.sent == [(4711, {"numbers": []})]

    def test_is_also_refused_in_a_saved_plan(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("campaigns/list.csv", "number\n")
        project.spring("numbers: {file: list.csv}")
        project.run("plan", "--out", "saved.json")
        assert project.run("apply", "--yes", "--plan", "saved.json").status == 1
        assert voxo.sent == []

    def test_is_treated_differently_from_an_empty_list_in_yaml(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("numbers: []")
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"numbers": []})]

    def test_is_accepted_for_a_campaign_without_numbers(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(numbers=[])
        project.write("campaigns/list.csv", "number\n")
        project.spring("numbers: {file: list.csv}", "callFrequency: 60")
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"callFrequency": 60})]
