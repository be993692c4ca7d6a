"""voxosync works without the Unix modules that Windows lacks; the tests remove them instead of running on Windows."""

from __future__ import annotations

import json
import ntpath
import os
import subprocess
import sys
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import PATIENCE
from voxosync.definitions import project_layout

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

REMOVE_MISSING_MODULES = """\
import selectors, sys  # imported first, because it depends on what is removed
import select
for name in ("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"):
    sys.modules[name] = None
for name in ("poll", "epoll", "kqueue"):
    vars(select).pop(name, None)
import warnings  # filelock uses msvcrt on Windows, which does not exist here
warnings.filterwarnings("ignore", message="only soft file lock")
"""

IMPORT_ALL = """\
import importlib, json, pkgutil, voxosync
names = [module.name for module in pkgutil.walk_packages(voxosync.__path__, "voxosync.")]
for name in names:
    if name != "voxosync.__main__":
        importlib.import_module(name)
print(json.dumps(names))
"""

RUN_VOXOSYNC = """\
import runpy
runpy.run_module("voxosync", run_name="__main__", alter_sys=True)
"""


def run_as_on_windows(code: str, project: Project, *arguments: str) -> tuple[int, str, str]:
    """Runs code without the modules that Windows lacks, and without a variable that names the user."""
    process = subprocess.run(
        [sys.executable, "-c", REMOVE_MISSING_MODULES + code, *arguments],
        cwd=project.folder,
        env=project.environment({}),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    return process.returncode, process.stdout, process.stderr


def test_every_module_can_be_imported_without_unix_modules(project: Project) -> None:
    status, out, err = run_as_on_windows(IMPORT_ALL, project)
    assert (status, err) == (0, "")
    assert len(json.loads(out)) > 100


def test_change_is_applied_and_rolled_back_without_unix_modules(
    project: Project, voxo: FakeVoxo
) -> None:
    project.spring("callFrequency: 60", "message: Renew today")
    status, out, err = run_as_on_windows(
        RUN_VOXOSYNC, project, "apply", "--yes", "--concurrency", "1"
    )
    assert status == 0, out + err
    (journal,) = (project.folder / ".voxosync" / "runs").glob("*.jsonl")
    assert "user" not in json.loads(journal.read_bytes().splitlines()[0])["actor"]
    status, out, err = run_as_on_windows(RUN_VOXOSYNC, project, "rollback", journal.stem, "--yes")
    assert status == 0, out + err
    assert [body for _, body in voxo.sent] == [
        {"callFrequency": 60, "message": "Renew today"},
        {"callFrequency": 30, "message": "Time to renew"},
    ]
    status, out, err = run_as_on_windows(RUN_VOXOSYNC, project, "pull", "--yes")
    assert status == 0, out + err
    status, out, err = run_as_on_windows(
        RUN_VOXOSYNC, project, "drift", "--history", "drift.sqlite"
    )
    assert status == 0, out + err


def test_written_files_have_names_that_windows_accepts(project: Project) -> None:
    project.spring("callFrequency: 60")
    assert project.run("apply", "--yes").status == 0
    assert project.run("drift", "--history", "drift.sqlite").status == 0
    names = [path.name for path in project.folder.rglob("*")]
    assert len(names) > 4
    assert not any(set(name) & set('<>:"\\|?*') or name.endswith((".", " ")) for name in names)


class TestAnotherDrive:
    @pytest.fixture(autouse=True)
    def _windows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os.path, "relpath", ntpath.relpath)

    def test_is_shown_with_its_letter(self) -> None:
        folder = PureWindowsPath("C:/calls")
        layout = project_layout.ProjectLayout(folder, folder / "campaigns")  # type: ignore[arg-type]  # such a Path exists only on Windows
        file = PureWindowsPath("D:/other/monday.yaml")
        assert layout.display_path(file) == "D:/other/monday.yaml"  # type: ignore[arg-type]  # such a Path exists only on Windows

    def test_cannot_contain_definitions(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def on_another_drive(*_: object) -> str:
            return ntpath.relpath("D:/other", "C:/calls")

        monkeypatch.setattr(os.path, "relpath", on_another_drive)
        ran = project.run("import", "--id", "4711", "--into", "other")
        assert ran.status == 1
        assert "--into other: " in ran.err
