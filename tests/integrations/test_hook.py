"""The pre-commit hook, as a project that names it in its configuration has it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def revision() -> str:
    """The commit of the checkout; with uncommitted changes, one that git makes of them and keeps on no branch."""
    for words in (("stash", "create"), ("rev-parse", "HEAD")):
        process = subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@localhost", *words],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        if commit := process.stdout.strip():
            return commit
    raise AssertionError("HEAD is a commit")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_hook_refuses_a_wrong_definition_and_accepts_a_right_one(tmp_path: Path) -> None:
    """Both with one installation, which takes nearly all of the time."""
    environment = {
        **os.environ,
        "PRE_COMMIT_HOME": str(tmp_path / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    project = tmp_path / "project"
    (project / "campaigns").mkdir(parents=True)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=project, env=environment, capture_output=True, text=True, check=False
        )

    def hook(definition: str) -> subprocess.CompletedProcess[str]:
        (project / "campaigns" / "spring.yaml").write_text(definition)
        run("git", "add", ".")
        return run(sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose")

    run("git", "init", "--quiet")
    (project / ".pre-commit-config.yaml").write_text(
        f"repos: [{{repo: {ROOT}, rev: {revision()}, hooks: [{{id: voxosync-validate}}]}}]\n"
    )

    wrong = hook("id: 4711\nrecording: Yes\n")
    right = hook("id: 4711\nrecording: yes\n")

    assert wrong.returncode == 1, wrong.stdout + wrong.stderr
    assert "campaigns/spring.yaml:2:12: error: recording: 'Yes'" in wrong.stdout
    assert right.returncode == 0, right.stdout + right.stderr
