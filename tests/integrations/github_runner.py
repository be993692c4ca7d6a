"""A small substitute for GitHub Actions that runs the jobs of a workflow file, with a bare repository as the remote.

Scripts run in bash; the action of this project runs its own `run.py`, with voxosync in this process.
Checkouts and artifacts are folders. The workflows of examples/github need nothing else from GitHub.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.cli.cli_project import Project
from tests.fakes.processes import inherited_variables
from tests.integrations.action_step import run_step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).resolve().parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[A-Za-z_][\w.-]*|&&|\|\||==|!=|!|[()])")
OPERATORS = {"&&": " and ", "||": " or ", "!": " not "}


def evaluate(expression: str, context: Mapping[str, Any]) -> Any:
    """The value of an expression of a workflow; a missing value is an empty string."""
    parts = []
    position = 0
    while match := TOKEN.match(expression, position):
        token, position = match[1], match.end()
        if token.startswith("'"):
            parts.append(repr(token[1:-1].replace("''", "'")))
        elif token == "always":
            parts.append("(lambda: True)")
        elif token[0].isalpha():
            parts.append(f"look_up({token!r})")
        else:
            parts.append(OPERATORS.get(token, token))
    assert not expression[position:].strip(), expression

    def look_up(path: str) -> Any:
        value: Any = context
        for key in path.split("."):
            value = value.get(key, "") if isinstance(value, dict) else ""
        return value

    return eval("".join(parts), {"look_up": look_up})  # noqa: S307  # consists only of the tokens above


def fill_in(value: Any, context: Mapping[str, Any]) -> Any:
    """A text, or a mapping of texts, in which expressions are replaced by their values."""
    if isinstance(value, dict):
        return {key: fill_in(part, context) for key, part in value.items()}
    if isinstance(value, bool):
        return str(value).lower()
    return EXPRESSION.sub(
        lambda match: {True: "true", False: "false"}.get(
            result := evaluate(match[1], context), str(result)
        ),
        str(value),
    )


@dataclass
class Run:
    """One run of a workflow.

    Attributes:
        jobs: the conclusion of each job by its name.
        log: the output of voxosync and of the scripts.
    """

    commit: str
    jobs: dict[str, str] = field(default_factory=dict)
    artifacts: dict[str, Path] = field(default_factory=dict)
    log: str = ""


class StepFailed(Exception):
    """A step ended with a status that is not 0."""


@dataclass
class GitHubRunner:
    """Runs workflows of examples/github.

    Attributes:
        remote: the bare repository.
        folder: the folder of jobs, artifacts and events.
        secrets: the secrets of each GitHub environment.
        programs: a folder with replacements for programs, which is the first in PATH.
    """

    remote: Path
    folder: Path
    base_url: str
    secrets: dict[str, dict[str, str]]
    programs: Path | None = None

    def run(
        self,
        workflow: str,
        commit: str,
        *,
        event: str = "push",
        ref: str = "refs/heads/main",
        payload: Mapping[str, Any] | None = None,
        approve: Callable[[Run], bool] = lambda _: True,
    ) -> Run:
        """Runs all jobs of a workflow.

        Args:
            workflow: the name of the file, such as `apply.yml`.
            commit: the commit that is checked out.
            event: the event that starts the workflow.
            ref: the ref of the event.
            payload: the content of the event.
            approve: the decision of the reviewers of `production`; it can also act while the run waits for them.
        """
        path = ROOT / "examples" / "github" / workflow
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert event in content[True], f"{workflow} does not start for {event}"
        run = Run(commit)
        outputs: dict[str, Any] = {}
        for name, job in content["jobs"].items():
            github = {
                "ref": ref, "event_name": event, "event": dict(payload or {}), "repository": "acme/calls",
                "action_path": str(ROOT), "token": "job-token",
            }  # fmt: skip
            needs = [job["needs"]] if "needs" in job else []
            context = {"github": github, "needs": {need: outputs[need] for need in needs}}
            succeeded = all(run.jobs[need] == "success" for need in needs)
            if not succeeded or not evaluate(str(job.get("if", "always()")), context):
                run.jobs[name], outputs[name] = "skipped", {}
                continue
            if job.get("environment") == "production" and not approve(run):
                run.jobs[name], outputs[name] = "rejected", {}
                continue
            temp = self.folder / f"job-{len(list(self.folder.iterdir()))}"
            temp.mkdir(parents=True)
            context |= {
                "runner": {"temp": str(temp)},
                "secrets": self.secrets.get(job.get("environment", ""), {}),
                "vars": {"VOXO_TENANT_ID": "17"},
            }
            job_run = _Job(self, run, temp, context)
            run.jobs[name] = job_run.run_steps(job["steps"])
            outputs[name] = {"outputs": fill_in(job.get("outputs", {}), job_run.context)}
        return run


class _Job:
    """One job: its workspace, and the outputs of its steps."""

    def __init__(self, runner: GitHubRunner, run: Run, temp: Path, context: dict[str, Any]) -> None:
        self.runner, self.run, self.temp = runner, run, temp
        self.context = {**context, "steps": {}}
        self.workspace = temp / "workspace"

    def run_steps(self, steps: list[dict[str, Any]]) -> str:
        failed = False
        for step in steps:
            condition = str(step.get("if", "true == true"))
            if failed and "always()" not in condition:
                continue
            if not evaluate(condition.replace("true == true", "always()"), self.context):
                continue
            try:
                self.step(step)
            except StepFailed:
                failed = failed or not step.get("continue-on-error")
        return "failure" if failed else "success"

    def step(self, step: dict[str, Any]) -> None:
        options = fill_in(step.get("with", {}), self.context)
        uses = step.get("uses", "")
        if uses.startswith("actions/checkout@"):
            self.checkout(options)
        elif uses.startswith("actions/upload-artifact@"):
            self.upload(options)
        elif uses.startswith("actions/download-artifact@"):
            shutil.copytree(self.run.artifacts[options["name"]], options["path"])
        elif uses.startswith("<OWNER>/voxosync@"):
            self.action(step, options)
        elif "run" in step and "pip install" not in step["run"]:
            self.script(step)

    def checkout(self, options: dict[str, str]) -> None:
        depth = [] if options.get("fetch-depth") == "0" else ["--depth=1"]
        clone = Project(self.temp)
        clone.git("clone", "--quiet", *depth, self.runner.remote.as_uri(), "workspace")
        Project(self.workspace).git("checkout", "--quiet", "--detach", self.run.commit)

    def upload(self, options: dict[str, str]) -> None:
        target = self.runner.folder / f"artifact-{len(self.run.artifacts)}-{options['name']}"
        if target.exists():
            shutil.rmtree(target)
        target.mkdir()
        source = Path(options["path"])
        for file in source.iterdir() if source.is_dir() else [source]:
            shutil.copy(file, target / file.name)
        self.run.artifacts[options["name"]] = target

    def action(self, step: dict[str, Any], options: dict[str, str]) -> None:
        """Runs the steps of action.yml, except for those that install something."""
        defaults = {key: value.get("default", "") for key, value in ACTION["inputs"].items()}
        inputs = {**fill_in(defaults, self.context), **options}
        action_context: dict[str, Any] = {**self.context, "inputs": inputs, "steps": {}}
        failure = None
        for part in ACTION["runs"]["steps"]:
            if part.get("id") == "run":
                variables = fill_in({**step.get("env", {}), **part["env"]}, action_context)
                status, outputs = self.python(variables)
                action_context["steps"]["run"] = {"outputs": outputs}
                failure = StepFailed() if status else None
            elif "upload-artifact" in part.get("uses", "") and evaluate(part["if"], action_context):
                self.upload(fill_in(part["with"], action_context))
        if "id" in step:
            outputs = {
                key: fill_in(value["value"], action_context)
                for key, value in ACTION["outputs"].items()
            }
            self.context["steps"][step["id"]] = {"outputs": outputs}
        if failure is not None:
            raise failure

    def python(self, variables: dict[str, str]) -> tuple[int, dict[str, str]]:
        """Runs action/run.py and returns its status and outputs."""
        files = {
            name: self.temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
        }
        files["GITHUB_OUTPUT"].unlink(missing_ok=True)
        variables = {**variables, **self.variables(), "VOXO_API_BASE_URL": self.runner.base_url}
        variables |= {name: str(path) for name, path in files.items()}
        ran = run_step(self.workspace, variables)
        self.run.log += ran.said
        lines = files["GITHUB_OUTPUT"].read_text().splitlines()
        return ran.status, dict(line.split("=", 1) for line in lines)

    def script(self, step: dict[str, Any]) -> None:
        """Runs a script in the same way as GitHub."""
        output = self.temp / "output"
        output.write_text("")
        programs = [str(self.runner.programs)] if self.runner.programs else []
        path = os.pathsep.join([*programs, str(Path(sys.executable).parent), os.environ["PATH"]])
        variables = {**fill_in(step.get("env", {}), self.context), **self.variables()}
        process = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env={**variables, "PATH": path, "GITHUB_OUTPUT": str(output)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.run.log += process.stdout + process.stderr
        if "id" in step:
            lines = output.read_text().splitlines()
            self.context["steps"][step["id"]] = {
                "outputs": dict(line.split("=", 1) for line in lines)
            }
        if process.returncode:
            raise StepFailed

    def variables(self) -> dict[str, str]:
        """The variables that GitHub sets for each step."""
        event = self.temp / "event.json"
        event.write_text(json.dumps(self.context["github"]["event"]))
        return {
            **inherited_variables(),
            "HOME": str(self.temp),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_REPOSITORY": "acme/calls",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_BASE_REF": "main" if "pull_request" in self.context["github"]["event"] else "",
        }
