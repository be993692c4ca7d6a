"""`voxosync demo`: the whole tour, which runs real commands against a local VOXO."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import Project
from voxosync.resources import folder

if TYPE_CHECKING:
    from tests.cli.cli_project import Ran
    from tests.cli.cli_voxo import FakeVoxo

pytest.importorskip("starlette", reason="the sandbox is an extra")
pytest.importorskip("uvicorn", reason="the sandbox is an extra")

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One run in a folder without a project, whose output several tests examine."""
    return Project(tmp_path_factory.mktemp("empty")).process("demo")


@pytest.mark.slow
class TestTour:
    def test_succeeds_without_any_settings(self, tour: Ran) -> None:
        assert tour.status == 0
        assert re.fullmatch(r"Journal: .+ undoes it\n", tour.err)

    def test_shows_the_command_lines_that_it_runs(self, tour: Ran) -> None:
        assert re.findall(r"^\$ voxosync (.*)$", tour.out, re.MULTILINE) == [
            "validate",
            "plan",
            "apply --yes --allow-go-live",
            "plan --exit-code",
            "drift",
        ]

    def test_shows_differences_then_sync_then_drift(self, tour: Ran) -> None:
        steps = ("0 errors", "3 to update", "Apply: 3 applied", "Nothing to do", "Drift: 1 differs")
        positions = [tour.out.index(step) for step in steps]
        assert positions == sorted(positions)

    def test_has_no_colors_in_a_pipe(self, tour: Ran) -> None:
        assert not ANSI.search(tour.out)


@pytest.mark.slow
def test_demo_changes_neither_the_folder_nor_the_samples(project: Project, voxo: FakeVoxo) -> None:
    """The README says to run `voxosync demo` anywhere, so an existing project and its variables must not matter."""
    project.write("voxosync.yaml", "guards: [")
    project.write("campaigns/broken.yaml", "id: [")

    def content() -> dict[str, bytes | None]:
        everything = [*folder("campaigns").rglob("*"), *project.folder.rglob("*")]
        return {str(path): path.read_bytes() if path.is_file() else None for path in everything}

    before = content()
    project.folder.chmod(0o555)
    ran = project.process("demo")
    project.folder.chmod(0o755)
    assert ran.status == 0, ran.said
    assert content() == before
    assert voxo.asked == []


@pytest.mark.slow
def test_demo_has_no_colors_with_no_color(project: Project) -> None:
    ran = project.terminal("--no-color", "demo")
    assert ran.status == 0
    assert not ANSI.search(ran.out)
