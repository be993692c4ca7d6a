"""`voxosync drift` reports differences between VOXO and the definitions, and sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.json_schema import check_document
from voxosync.report.registry import DRIFT

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


@pytest.fixture(autouse=True)
def _manual_change(voxo: FakeVoxo) -> None:
    voxo.has(callFrequency=45)


@pytest.mark.parametrize("name", DRIFT)
def test_drift_only_reads(name: str, project: Project, voxo: FakeVoxo) -> None:
    assert project.run("drift", "--format", name).status == 2
    assert voxo.asked == ["GET /v2/admin/call-campaigns/4711"]


def test_text_shows_the_differences(project: Project) -> None:
    out = project.run("drift").out
    assert "4711 Spring renewal  campaigns/spring.yaml" in out
    assert "~ callFrequency: VOXO 45, Git 30" in out
    assert "Drift: 1 differs, 0 in sync." in out


class TestDocument:
    def test_has_the_schema_of_plans_and_its_own_command(self, project: Project) -> None:
        document = project.run("drift", "--format", "json").json
        check_document(document, "plan")
        assert document["command"] == "drift"
        [change] = document["campaigns"][0]["changes"]
        assert change["field"] == "callFrequency"
        assert change["before"] == 45
        assert change["after"] == 30

    def test_contains_full_numbers_unlike_text(self, project: Project) -> None:
        project.spring("numbers: []")
        assert "6015550123" in project.run("drift", "--format", "json").out
        assert "6015550123" not in project.run("drift").out


class TestOutput:
    @pytest.mark.parametrize("name", DRIFT)
    def test_receives_the_report_instead_of_stdout(self, name: str, project: Project) -> None:
        ran = project.run("drift", "--format", name, "--output", "report.txt")
        assert ran.status == 2
        assert ran.out == ""
        assert "callFrequency" in (project.folder / "report.txt").read_text()

    @pytest.mark.parametrize("name", DRIFT)
    def test_is_also_written_if_nothing_differs(
        self, name: str, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(callFrequency=30)
        assert project.run("drift", "--format", name, "--output", "report.txt").status == 0
        assert (project.folder / "report.txt").read_text()

    def test_has_no_colors_even_if_run_on_a_terminal(self, project: Project) -> None:
        assert project.terminal("drift", "--output", "report.txt").status == 2
        assert "\x1b" not in (project.folder / "report.txt").read_text()

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--output", "missing/report.txt"),
            ("--report", "html=missing/report.txt"),
            ("--report", "html=campaigns"),
            ("--report", "html=campaigns/spring.yaml/report.txt"),
        ],
    )
    def test_to_an_unwritable_path_exits_with_1_before_any_request(
        self, arguments: tuple[str, str], project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("drift", *arguments)
        assert ran.status == 1
        assert f"cannot write {arguments[1].removeprefix('html=')}: " in ran.err
        assert ran.out == ""
        assert voxo.asked == []
        assert not [path.name for path in project.folder.iterdir() if "report" in path.name]


class TestWithSnapshot:
    @pytest.fixture(autouse=True)
    def _save_snapshot(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("snapshot", "--out", "live.json").status == 0
        voxo.received.clear()

    @pytest.mark.parametrize("name", DRIFT)
    def test_needs_no_token_and_no_network(
        self, name: str, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("drift", "--live", "live.json", "--format", name, VOXO_API_TOKEN=None)
        assert ran.status == 2
        assert voxo.asked == []

    def test_shows_its_age(self, project: Project) -> None:
        out = project.run("drift", "--live", "live.json").out
        assert "0 minutes ago" in out
