"""Shell completion: shells accept the printed script, and ids, commands and options are completed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(sys.executable).parent
VOXOSYNC = SCRIPTS / ("voxosync.exe" if os.name == "nt" else "voxosync")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "campaigns"
    folder.mkdir()
    (folder / "spring.yaml").write_text("id: 4711\nname: Spring renewal\n")
    (folder / "autumn.yaml").write_text("id: 4820\nname: Autumn renewal\n")
    return tmp_path


def complete(project: Path, line: str, shell: str = "bash") -> str:
    words = line.split(" ")
    environment = {
        **os.environ,
        "_VOXOSYNC_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1) if shell != "fish" else words[-1],
    }
    process = subprocess.run(
        [VOXOSYNC], cwd=project, env=environment, capture_output=True, text=True, check=True
    )
    return process.stdout


def test_campaign_ids_are_completed_with_their_names(project: Path) -> None:
    ids = complete(project, "voxosync plan --only 4")
    assert ids == "plain,4820\nplain,4711\n"  # in the order of their files
    assert "4711\nSpring renewal" in complete(project, "voxosync plan --only 47", "zsh")
    assert "plain,4711\tSpring renewal" in complete(project, "voxosync plan --only 47", "fish")


def test_ids_are_completed_from_the_folder_of_option_c(project: Path) -> None:
    words = f"voxosync -C {project} drift --only 48"
    assert complete(project.parent, words) == "plain,4820\n"


def test_ids_of_runs_are_completed_with_the_newest_first(project: Path) -> None:
    runs = project / ".voxosync/runs"
    runs.mkdir(parents=True)
    ids = ["20270104T081502.481516Z-3f2a9c", "20280104T081502.481516Z-000000"]
    for run in ids:
        (runs / f"{run}.jsonl").touch()
    assert complete(project, "voxosync rollback ").splitlines() == [
        "plain,latest", f"plain,{ids[1]}", f"plain,{ids[0]}",
    ]  # fmt: skip
    assert complete(project.parent, f"voxosync -C {project} history 2027") == f"plain,{ids[0]}\n"
    runs.rename(project / "elsewhere")
    assert complete(project, "voxosync rollback ").strip() == ""
    assert "latest" in complete(project, "voxosync rollback --journal elsewhere ")


def test_unreadable_project_gives_no_completions(project: Path) -> None:
    nowhere = f"voxosync -C {project / 'nowhere'}"
    assert complete(project, f"{nowhere} plan --only 4").strip() == ""
    assert complete(project, f"{nowhere} history 2").strip() == ""
    assert complete(project.parent, "voxosync plan --only 4").strip() == ""
    (project / "voxosync.yaml").write_text("environments: [prod]\n")
    assert complete(project, "voxosync plan --only 4").strip() == ""


def test_unreadable_runs_give_no_completions(project: Path) -> None:
    (project / ".voxosync").mkdir()
    (project / ".voxosync/runs").touch()
    assert complete(project, "voxosync rollback ").strip() == ""


def test_commands_options_and_paths_are_completed(project: Path) -> None:
    assert complete(project, "voxosync va") == "plain,validate\n"
    assert "plain,--exit-code" in complete(project, "voxosync plan --ex")
    assert "file," in complete(project, "voxosync plan camp")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_is_valid_for_its_shell(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed here")
    environment = {**os.environ, "_VOXOSYNC_COMPLETE": f"{shell}_source"}
    script = subprocess.run([VOXOSYNC], env=environment, capture_output=True, text=True, check=True)
    check = subprocess.run(
        [shell, "-n"], input=script.stdout, capture_output=True, text=True, check=False
    )
    assert "voxosync" in script.stdout
    assert check.returncode == 0, check.stderr
