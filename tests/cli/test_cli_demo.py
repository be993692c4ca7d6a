"""`voxosync demo`: the whole tour, with the real commands against a local VOXO."""

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
    """One tour for the tests that only look at it, in a folder without a project."""
    return Project(tmp_path_factory.mktemp("empty")).process("demo")


@pytest.mark.slow
class TestTour:
    def test_ends_well_without_any_setting(self, tour: Ran) -> None:
        assert tour.status == 0
        assert re.fullmatch(r"Journal: .+ undoes it\n", tour.err)

    def test_shows_each_command_line_as_it_runs_it(self, tour: Ran) -> None:
        assert re.findall(r"^\$ voxosync (.*)$", tour.out, re.MULTILINE) == [
            "validate",
            "plan",
            "apply --yes --allow-go-live",
            "plan --exit-code",
            "drift",
        ]

    def test_goes_from_differences_by_way_of_in_sync_to_drift(self, tour: Ran) -> None:
        steps = ("0 errors", "3 to update", "Apply: 3 applied", "Nothing to do", "Drift: 1 differs")
        places = [tour.out.index(step) for step in steps]
        assert places == sorted(places)

    def test_has_no_colours_in_a_pipe(self, tour: Ran) -> None:
        assert not ANSI.search(tour.out)


@pytest.mark.slow
def test_leaves_what_is_in_the_folder_and_the_samples_alone(
    project: Project, voxo: FakeVoxo
) -> None:
    """The README says only: `voxosync demo`, and it does not matter where, or with which variables."""
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
def test_has_no_colours_where_nobody_wants_them(project: Project) -> None:
    ran = project.terminal("--no-color", "demo")
    assert ran.status == 0
    assert not ANSI.search(ran.out)
