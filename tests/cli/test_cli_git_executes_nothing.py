"""No program of a checkout runs, although many Git settings name programs and a pull request can contain some."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import Project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_voxo import FakeVoxo

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")

COMMANDS = (
    ("plan", "--base", "main"),
    ("drift", "--base", "main"),
    ("drift", "--base", "@applied"),  # reads the record from the remote
    ("drift",),  # looks up who wrote the acknowledgement and the values
    ("apply", "--yes", "--base", "main", "--kind", "change"),  # records the commit in the journal
)

HOOKS = (
    "post-index-change",
    "post-checkout",
    "reference-transaction",
    "pre-auto-gc",
    "pre-push",
    "fsmonitor-watchman",
)

SETTINGS = """\
[core]
    repositoryformatversion = 0
    fsmonitor = {program}
    hooksPath = {hooks}
    pager = {program}
    editor = {program}
    askPass = {program}
    sshCommand = {program}
    gitProxy = {program}
    alternateRefsCommand = {program}
[filter "evil"]
    clean = {program}
    smudge = {program}
    process = {program}
    required = true
[diff]
    external = {program}
[diff "evil"]
    textconv = {program}
    command = {program}
[merge "evil"]
    driver = {program}
[gpg]
    program = {program}
[log]
    showSignature = true
[pager]
    blame = {program}
    config = {program}
    ls-tree = {program}
[protocol "ext"]
    allow = always
[uploadpack]
    packObjectsHook = {program}
[index]
    version = 4
"""

ACKNOWLEDGED = (
    "voxosync: {acknowledge: [{field: name, until: 2096-01-01, reason: as agreed}]}",
    "name: Autumn",
    "callFrequency: 60",
)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that leaves a trace whenever Git runs it."""
    path = tmp_path / "program"
    path.write_text(f'#!/bin/sh\necho "$0 $*" >> "{tmp_path}/trace"\ncat 2>/dev/null\n')
    path.chmod(0o755)
    return path


def trace(program: Path) -> str:
    path = program.with_name("trace")
    return path.read_text() if path.exists() else ""


def malicious_settings(program: Path) -> str:
    hooks = program.with_name("hooks")
    hooks.mkdir(exist_ok=True)
    for name in HOOKS:
        shutil.copy(program, hooks / name)
    return SETTINGS.format(program=program, hooks=hooks)


def create_repository(project: Project, root: Path) -> None:
    Project(root).git("init", "--quiet", "--initial-branch", "main")
    project.commit("The base")
    remote = root.with_name("remote.git")
    project.git("init", "--quiet", "--bare", str(remote))
    project.git("remote", "add", "origin", str(remote))
    project.git("push", "--quiet", "origin", "main:refs/voxosync/applied/default")
    project.git("switch", "--quiet", "--create", "feature")
    project.spring(*ACKNOWLEDGED)
    project.commit()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_programs_configured_for_committed_files_are_not_run(
    command: tuple[str, ...], project: Project, program: Path, voxo: FakeVoxo
) -> None:
    project.write(".gitattributes", "* filter=evil diff=evil merge=evil\n")
    create_repository(project, project.folder)
    config = project.folder / ".git/config"
    config.write_text(f"{config.read_text()}{malicious_settings(program)}")
    # Git would convert this uncommitted change.
    project.spring(*ACKNOWLEDGED, "message: Not committed")
    assert project.run(*command).status in (0, 2)
    assert trace(program) == ""
    assert voxo.asked


def test_programs_configured_for_fetching_and_pushing_are_not_run(
    project: Project, program: Path, voxo: FakeVoxo
) -> None:
    project.write(".gitattributes", "* filter=evil diff=evil merge=evil\n")
    create_repository(project, project.folder)
    evil = f'[remote "origin"]\n    uploadpack = {program}\n    receivepack = {program}\n'
    evil += f"[push]\n    gpgSign = if-asked\n    recurseSubmodules = only\n{malicious_settings(program)}"
    config = project.folder / ".git/config"
    config.write_text(config.read_text() + evil)
    ran = project.run("apply", "--yes", "--base", "@applied")
    assert (ran.status, "Recorded:" in ran.err) == (0, True), ran.said
    assert project.run("applied", "--set", "main").status == 0
    assert trace(program) == ""
    assert voxo.sent


@pytest.mark.parametrize("worktree", ["worktree = .", "bare = true"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_repository_that_is_committed_as_content_is_not_used(
    command: tuple[str, ...], worktree: str, tmp_path: Path, project: Project, program: Path
) -> None:
    """The project folder is laid out as a bare repository, in a subfolder of the real one."""
    folder = tmp_path / "repo/calls"
    folder.parent.mkdir()
    project = Project(project.folder.rename(folder), project.variables)
    project.spring(*ACKNOWLEDGED)
    create_repository(project, folder.parent)
    shutil.copytree(folder.parent / ".git", folder, dirs_exist_ok=True)
    config = malicious_settings(program).replace("[core]\n", f"[core]\n    {worktree}\n", 1)
    project.write("config", config)
    project.write(".gitattributes", "* filter=evil diff=evil\n")
    shutil.copytree(program.with_name("hooks"), folder / "hooks", dirs_exist_ok=True)
    ran = project.run(*command)
    assert trace(program) == ""
    if "--base" in command:
        assert ran.status == 1
        assert "laid out as a Git repository" in ran.err


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("path_prefix", ["", ".", "bin"])
def test_program_of_the_project_called_git_is_not_run(
    path_prefix: str, command: tuple[str, ...], project: Project, program: Path
) -> None:
    create_repository(project, project.folder)
    for name in ("git", "bin/git"):
        shutil.copy(program, project.write(name, ""))
    ran = project.run(*command, PATH=os.pathsep.join([path_prefix, os.environ["PATH"]]))
    assert ran.status in (0, 2)
    assert trace(program) == ""


@pytest.mark.parametrize(
    "command", [*COMMANDS, ("apply", "--yes", "--base", "@applied")], ids=" ".join
)
def test_git_receives_only_named_environment_variables(
    command: tuple[str, ...], project: Project, tmp_path: Path
) -> None:
    create_repository(project, project.folder)
    git = shutil.which("git")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/git"
    program.write_text(f'#!/bin/sh\nenv >> "{tmp_path}/environment"\nexec {git} "$@"\n')
    program.chmod(0o755)
    evil = {
        "GIT_EXEC_PATH": str(tmp_path),
        "GIT_EXTERNAL_DIFF": "evil",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": "evil",
        "GIT_SSH_COMMAND": "evil",
        "GIT_DIR": str(tmp_path / "elsewhere"),
        "SSH_ASKPASS": "evil",
        "LD_PRELOAD": "",
        "MY_OTHER_SECRET": "evil",
    }
    ran = project.run(*command, PATH=f"{tmp_path}/bin:{os.environ['PATH']}", **evil)
    assert ran.status in (0, 2), ran.said
    inherited = (tmp_path / "environment").read_text()
    assert "HOME=" in inherited
    assert "evil" not in inherited
    assert str(tmp_path / "elsewhere") not in inherited
    assert project.variables["VOXO_API_TOKEN"] not in inherited
    names = {line.partition("=")[0] for line in inherited.splitlines()}
    shell_variables = {"PWD", "OLDPWD", "SHLVL", "_"}
    assert names - shell_variables <= {
        "HOME", "PATH", "LC_ALL", "GIT_TERMINAL_PROMPT", "GIT_OPTIONAL_LOCKS",
    }  # fmt: skip
