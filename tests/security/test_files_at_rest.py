"""What stays on the disk holds people's numbers: it is for its owner alone, whatever the umask."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_voxo import FakeVoxo, answer
from tests.security.marked import MARKED, campaign
from tests.security.test_token_leaks import CALLS
from voxosync.report.registry import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.cli.cli_project import Project
    from voxosync.sandbox.server import Sandbox

pytestmark = pytest.mark.skipif(os.name != "posix", reason="only POSIX has such modes")


@pytest.fixture
def _generous() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def files(project: Project) -> set[Path]:
    return {path for path in project.folder.rglob("*") if path.is_file()}


LEAVE_NOTHING_PRIVATE = ("history", "rollback", "pull", "import", "create")
"""They leave nothing, or need more than a first run, or write definitions, which Git's readers may read."""


@pytest.mark.parametrize("command", [name for name in CALLS if name not in LEAVE_NOTHING_PRIVATE])
@pytest.mark.usefixtures("_generous")
def test_every_file_that_a_command_leaves_is_for_its_owner_alone(
    command: str, project: Project, misbehaving: Callable[..., AbstractContextManager[Sandbox]]
) -> None:
    before = files(project)
    with misbehaving():
        assert project.run(*CALLS[command]).status in (0, 2)
    readable = {
        f"report.{name}" for name, entry in FORMATS.items() if entry.is_world_readable
    }  # they hold no number
    left = {path for path in files(project) - before if path.name not in readable}
    assert left
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in left} == {"0o600"}
    temporary = {path for path in left if path.name.startswith(".")}
    assert {path.name for path in temporary} <= {".gitignore"}


def test_git_takes_no_journal_along(
    project: Project, misbehaving: Callable[..., AbstractContextManager[Sandbox]]
) -> None:
    """Whatever the project's own .gitignore says, or if it has none."""
    subprocess.run(["git", "init", "--quiet"], cwd=project.folder, check=True)
    with misbehaving():
        assert project.run(*CALLS["apply"]).status == 0
    status = ["git", "status", "--porcelain", "--untracked-files=all"]
    told = subprocess.run(status, cwd=project.folder, check=True, capture_output=True, text=True)
    assert ".voxosync" not in told.stdout
    assert "campaigns/" in told.stdout


def test_the_numbers_are_in_json_only(
    project: Project, misbehaving: Callable[..., AbstractContextManager[Sandbox]]
) -> None:
    with misbehaving():
        ran = project.run(*CALLS["plan"])
    assert "6015550124" not in ran.said
    holders = {
        path.name
        for path in files(project)
        if "campaigns" not in path.parts and "6015550124" in path.read_text(encoding="utf-8")
    }
    assert holders == {"saved.json", "report.json"}


def test_voxos_own_words_are_shown_without_the_numbers_in_them(
    project: Project, server: FakeVoxo
) -> None:
    """A refusal of a write may name one; the journal, which holds numbers anyway, has it in full."""
    server.say(answer(200, campaign()), to="GET")
    server.say(answer(400, {"message": "6015550123 is no number"}), to="PATCH")
    ran = project.run("apply", "--yes", VOXO_API_BASE_URL=server.url)
    assert ran.status == 3
    assert "601•••0123 is no number" in ran.out
    assert "6015550123" not in ran.said + project.run("history", "2").said
    (journal,) = (project.folder / ".voxosync/runs").iterdir()
    assert "6015550123 is no number" in journal.read_text()
    assert MARKED not in journal.read_text()


def test_what_holds_numbers_is_ignored_by_git_here() -> None:
    root = Path(__file__).parents[2]
    assert {".voxosync/", "*.plan.json"} <= set((root / ".gitignore").read_text().split())
