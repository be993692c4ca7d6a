"""What Windows has not, voxosync does without: shown here by taking it away, for want of a Windows."""

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

TAKEN_AWAY = """\
import selectors, sys  # Python chose its own ways around it when it was built
import select
for name in ("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"):
    sys.modules[name] = None
for name in ("poll", "epoll", "kqueue"):
    vars(select).pop(name, None)
import warnings  # filelock takes msvcrt on Windows, which cannot be had here
warnings.filterwarnings("ignore", message="only soft file lock")
"""

IMPORT_ALL = """\
import importlib, json, pkgutil, voxosync
found = [each.name for each in pkgutil.walk_packages(voxosync.__path__, "voxosync.")]
for name in found:
    if name != "voxosync.__main__":
        importlib.import_module(name)
print(json.dumps(found))
"""

RUN = """\
import runpy
runpy.run_module("voxosync", run_name="__main__", alter_sys=True)
"""


def without(code: str, project: Project, *arguments: str) -> tuple[int, str, str]:
    """Runs code where Windows might, as somebody whom no variable names."""
    process = subprocess.run(
        [sys.executable, "-c", TAKEN_AWAY + code, *arguments],
        cwd=project.folder,
        env=project.environment({}),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    return process.returncode, process.stdout, process.stderr


def test_every_module_is_imported(project: Project) -> None:
    status, out, err = without(IMPORT_ALL, project)
    assert (status, err) == (0, "")
    assert len(json.loads(out)) > 100


def test_a_change_is_sent_and_put_back(project: Project, voxo: FakeVoxo) -> None:
    project.spring("callFrequency: 60", "message: Renew today")
    status, out, err = without(RUN, project, "apply", "--yes", "--concurrency", "1")
    assert status == 0, out + err
    (journal,) = (project.folder / ".voxosync" / "runs").glob("*.jsonl")
    assert "user" not in json.loads(journal.read_bytes().splitlines()[0])["actor"]
    status, out, err = without(RUN, project, "rollback", journal.stem, "--yes")
    assert status == 0, out + err
    assert [body for _, body in voxo.sent] == [
        {"callFrequency": 60, "message": "Renew today"},
        {"callFrequency": 30, "message": "Time to renew"},
    ]
    status, out, err = without(RUN, project, "pull", "--yes")
    assert status == 0, out + err
    status, out, err = without(RUN, project, "drift", "--history", "drift.sqlite")
    assert status == 0, out + err


def test_no_file_has_a_name_that_windows_refuses(project: Project) -> None:
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

    def test_is_shown_by_its_name(self) -> None:
        folder = PureWindowsPath("C:/calls")
        home = project_layout.ProjectLayout(folder, folder / "campaigns")  # type: ignore[arg-type]  # Windows alone makes such a Path
        monday = PureWindowsPath("D:/other/monday.yaml")
        assert home.display_path(monday) == "D:/other/monday.yaml"  # type: ignore[arg-type]  # as above

    def test_is_no_place_for_definitions(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def on_another_drive(*_: object) -> str:
            return ntpath.relpath("D:/other", "C:/calls")

        monkeypatch.setattr(os.path, "relpath", on_another_drive)
        ran = project.run("import", "--id", "4711", "--into", "other")
        assert ran.status == 1
        assert "--into other: " in ran.err
