"""The pre-commit hook, installed by a project that names it in its configuration."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def revision() -> str:
    """The commit of the checkout, or with uncommitted changes a commit of them that is not on any branch."""
    for words in (("stash", "create"), ("rev-parse", "HEAD")):
        process = subprocess.run(
            ["git", "-c", "user.name=Test Author", "-c", "user.email=author@example.com", *words],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        if commit := process.stdout.strip():
            return commit
    raise AssertionError("HEAD is a commit")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_hook_rejects_an_invalid_definition_and_accepts_a_valid_one(tmp_path: Path) -> None:
    """One test with one installation, which takes most of the time."""
    environment = {
        **os.environ,
        "PRE_COMMIT_HOME": str(tmp_path / "cache"),
        "PIP_NO_COMPILE": "1",  # the hook imports few of the modules that it installs
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    project = tmp_path / "project"
    (project / "campaigns").mkdir(parents=True)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=project, env=environment, capture_output=True, text=True, check=False
        )

    def run_hook(definition: str) -> subprocess.CompletedProcess[str]:
        (project / "campaigns" / "spring.yaml").write_text(definition)
        run("git", "add", ".")
        return run(sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose")

    run("git", "init", "--quiet")
    (project / ".pre-commit-config.yaml").write_text(
        f"repos: [{{repo: {ROOT}, rev: {revision()}, hooks: [{{id: voxosync-validate}}]}}]\n"
    )

    invalid = run_hook("id: 4711\nrecording: Yes\n")
    valid = run_hook("id: 4711\nrecording: yes\n")

    assert invalid.returncode == 1, invalid.stdout + invalid.stderr
    assert "campaigns/spring.yaml:2:12: error: recording: 'Yes'" in invalid.stdout
    assert valid.returncode == 0, valid.stdout + valid.stderr
