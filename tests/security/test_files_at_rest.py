"""Files with people's numbers are readable only for their owner, whatever the umask."""

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
def _without_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def files(project: Project) -> set[Path]:
    return {path for path in project.folder.rglob("*") if path.is_file()}


LEAVE_NOTHING_PRIVATE = ("history", "rollback", "pull", "import", "create")
"""Commands that leave no file, need an earlier run, or write definitions, which are readable in Git anyway."""


@pytest.mark.parametrize("command", [name for name in CALLS if name not in LEAVE_NOTHING_PRIVATE])
@pytest.mark.usefixtures("_without_umask")
def test_files_that_a_command_writes_are_readable_only_for_the_owner(
    command: str,
    project: Project,
    sandbox_with_faults: Callable[..., AbstractContextManager[Sandbox]],
) -> None:
    before = files(project)
    with sandbox_with_faults():
        assert project.run(*CALLS[command]).status in (0, 2)
    # These reports have no numbers.
    world_readable = {
        f"report.{name}" for name, entry in FORMATS.items() if entry.is_world_readable
    }
    new_files = {path for path in files(project) - before if path.name not in world_readable}
    assert new_files
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in new_files} == {"0o600"}
    temporary = {path for path in new_files if path.name.startswith(".")}
    assert {path.name for path in temporary} <= {".gitignore"}


def test_git_ignores_the_journal(
    project: Project, sandbox_with_faults: Callable[..., AbstractContextManager[Sandbox]]
) -> None:
    """The journal is ignored even if the project has no .gitignore of its own."""
    subprocess.run(["git", "init", "--quiet"], cwd=project.folder, check=True)
    with sandbox_with_faults():
        assert project.run(*CALLS["apply"]).status == 0
    status = ["git", "status", "--porcelain", "--untracked-files=all"]
    status_process = subprocess.run(
        status, cwd=project.folder, check=True, capture_output=True, text=True
    )
    assert ".voxosync" not in status_process.stdout
    assert "campaigns/" in status_process.stdout


def test_numbers_are_only_in_json(
    project: Project, sandbox_with_faults: Callable[..., AbstractContextManager[Sandbox]]
) -> None:
    with sandbox_with_faults():
        ran = project.run(*CALLS["plan"])
    assert "6015550124" not in ran.said
    files_with_numbers = {
        path.name
        for path in files(project)
        if "campaigns" not in path.parts and "6015550124" in path.read_text(encoding="utf-8")
    }
    assert files_with_numbers == {"saved.json", "report.json"}


def test_messages_of_voxo_are_shown_with_masked_numbers(project: Project, server: FakeVoxo) -> None:
    """A refusal may contain a number; the journal, which contains numbers anyway, has it in full."""
    server.say(answer(200, campaign()), to="GET")
    server.say(answer(400, {"message": "6015550123 is no number"}), to="PATCH")
    ran = project.run("apply", "--yes", VOXO_API_BASE_URL=server.url)
    assert ran.status == 3
    assert "601•••0123 is no number" in ran.out
    assert "6015550123" not in ran.said + project.run("history", "2").said
    (journal,) = (project.folder / ".voxosync/runs").iterdir()
    assert "6015550123 is no number" in journal.read_text()
    assert MARKED not in journal.read_text()


def test_git_ignores_files_with_numbers_in_this_repository() -> None:
    root = Path(__file__).parents[2]
    assert {".voxosync/", "*.plan.json"} <= set((root / ".gitignore").read_text().split())
