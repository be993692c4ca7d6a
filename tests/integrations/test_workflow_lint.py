"""The example workflows and the action pass linters and the rules of this project."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from voxosync.app.new_project import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
EXAMPLES = sorted(
    path for path in (ROOT / "examples").rglob("*.y*ml") if path.parent.name in ("github", "gitlab")
)
PINNED = f"acme/voxosync@{'0' * 40}"
"""Replaces the placeholder of the examples for linters that require a valid and pinned name."""


@pytest.fixture(scope="module")
def workflows(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The example workflows for GitHub in the folder of a repository."""
    folder = tmp_path_factory.mktemp("repository")
    for path in (ROOT / "examples" / "github").glob("*.yml"):
        text = path.read_text(encoding="utf-8").replace(SOURCE, PINNED)
        target = folder / ".github" / "workflows" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return sorted(str(path) for path in (folder / ".github" / "workflows").iterdir())


def test_zizmor_reports_no_problems(workflows: list[str]) -> None:
    """Zizmor checks for injection, permissions, unpinned actions and credentials in artifacts."""
    files = [*workflows, str(ROOT / "action.yml")]
    check = [str(TOOLS / "zizmor"), "--offline", "--no-config", "--quiet", *files]
    process = subprocess.run(check, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout + process.stderr


def test_actionlint_reports_no_problems(workflows: list[str]) -> None:
    """Actionlint checks syntax, expressions and inputs of actions, and runs shellcheck on each script."""
    check = [str(TOOLS / "actionlint"), "-shellcheck", str(TOOLS / "shellcheck"), *workflows]
    process = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (process.returncode, process.stdout) == (0, ""), process.stderr


def keys(content: object) -> Iterator[object]:
    """Every key of every mapping, at all levels."""
    if isinstance(content, dict):
        yield from content
        for value in content.values():
            yield from keys(value)
    elif isinstance(content, list):
        for value in content:
            yield from keys(value)


def scripts() -> Iterator[tuple[str, str]]:
    """The shell scripts of action.yml and of each GitLab job, which actionlint does not read."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    yield "action.yml", "\n".join(step["run"] for step in action["runs"]["steps"] if "run" in step)
    for path in EXAMPLES:
        if path.parent.name == "gitlab":
            pipeline = yaml.safe_load(path.read_text(encoding="utf-8"))
            for name, job in pipeline.items():
                if isinstance(job, dict) and "script" in job:
                    lines = [*pipeline["default"]["before_script"], *job["script"]]
                    yield f"{path.name}:{name}", "\n".join(lines)


@pytest.mark.parametrize(
    ("name", "script"), [*scripts()], ids=lambda value: value.partition("\n")[0][:60]
)
def test_shellcheck_reports_no_problems(name: str, script: str) -> None:
    check = [str(TOOLS / "shellcheck"), "--shell", "bash", "-"]
    process = subprocess.run(check, input=script, capture_output=True, text=True, check=False)
    assert process.returncode == 0, f"{name}: {process.stdout}"


@pytest.mark.parametrize("path", [*EXAMPLES, ROOT / "action.yml"], ids=lambda path: path.name)
class TestExamples:
    def test_uses_voxosync_of_a_placeholder_account_that_cannot_exist(self, path: Path) -> None:
        """Any other name could belong to an account, which would receive the token."""
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?<!<)OWNER(?!>)", text)
        assert set(re.findall(r"[^\s/\"]+/voxosync@\S+?(?=[\s\"]|$)", text)) <= {SOURCE}

    def test_has_no_path_filters(self, path: Path) -> None:
        """A filter could omit an input of a definition, and a required check that does not run blocks merging."""
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        filters = [*keys(content.get(True, {})), *keys(content.get("workflow", {}))]
        if "gitlab" in path.parts:
            filters += [key for key in keys(content) if key == "changes"]
        assert not {"paths", "paths-ignore", "changes"} & set(filters)

    def test_ignores_no_failure_of_voxosync(self, path: Path) -> None:
        """The exit status of a command substitution is lost, unless it is the whole value of an assignment."""
        for line in path.read_text(encoding="utf-8").splitlines():
            if "$(voxosync" in line:
                assert re.match(r"\s*(- )?[a-z]+=\$\(voxosync [^)]*\)( #|$)", line), line

    def test_limits_the_retention_of_artifacts_with_phone_numbers(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        uploads = text.count("actions/upload-artifact@") + len(
            re.findall(r"paths: \[.*(?:json|runs).*\]", text)
        )
        periods = len(re.findall(r"retention-days:|expire_in:", text))
        assert periods >= uploads - text.count("path: drift.html") - text.count(
            "paths: [drift.html]"
        )


@pytest.mark.parametrize(
    "path", [path for path in EXAMPLES if path.parent.name == "github"], ids=lambda path: path.name
)
class TestGitHubWorkflows:
    def jobs(self, path: Path) -> dict[str, dict[str, object]]:
        jobs: dict[str, dict[str, object]] = yaml.safe_load(path.read_text())["jobs"]
        return jobs

    def test_grant_permissions_to_each_job_separately(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert yaml.safe_load(text)["permissions"] == {}
        for name, job in self.jobs(path).items():
            required = {"contents": "write"} if "'command': 'apply'" in str(job) else {}
            permissions = job.get("permissions", {})
            assert isinstance(permissions, dict)
            assert required.items() <= permissions.items(), name
            assert permissions.get("contents") != "write" or required, name

    def test_use_secrets_only_in_environments_and_never_for_pull_requests(self, path: Path) -> None:
        events = yaml.safe_load(path.read_text())[True]  # the key "on" in YAML 1.1
        for name, job in self.jobs(path).items():
            if "secrets." in str(job) or "secrets[" in str(job):
                assert "environment" in job, name
                assert events.keys().isdisjoint(
                    {"pull_request", "pull_request_target", "merge_group"}
                )
                first = job
                while "needs" in first:
                    first = self.jobs(path)[str(first["needs"])]
                assert first["if"] == "github.ref == 'refs/heads/main'", name
