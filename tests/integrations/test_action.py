"""The steps of action.yml, and `action/run.py` with a local server in place of GitHub."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.cli.cli_project import Ran
from tests.fakes.processes import inherited_variables
from tests.integrations.action_step import run_step
from voxosync.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
DEFINITION = "id: 4711\nname: Spring renewal\nstate: PAUSED\ncallFrequency: {seconds}\n"
JOB_TOKEN = "job-token"


@dataclass
class GitHub:
    """The part of the GitHub API that reads and writes comments."""

    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    status: int = 200
    foreign: set[int] = field(default_factory=set)
    """Ids of comments that the token of the job may not change."""

    def answer(self, method: str, path: str, body: dict[str, Any]) -> Any:
        self.calls.append(f"{method} {path}")
        if method == "GET":
            page = int(path.rpartition("=")[2])
            return self.comments[(page - 1) * 100 : page * 100]
        if method == "POST":
            comment = {"id": len(self.comments) + 1, "user": {"type": "Bot"}, "body": body["body"]}
            self.comments.append(comment)
            return comment
        comment = next(c for c in self.comments if c["id"] == int(path.rpartition("/")[2]))
        comment["body"] = body["body"]
        return comment


@pytest.fixture
def github() -> Iterator[GitHub]:
    state = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            assert self.headers["Authorization"] == f"Bearer {JOB_TOKEN}"
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length) or "{}")
            is_foreign = (
                self.command == "PATCH" and int(self.path.rpartition("/")[2]) in state.foreign
            )
            answer = b"{}"
            if not is_foreign:
                answer = json.dumps(state.answer(self.command, self.path, body)).encode()
            self.send_response(403 if is_foreign else state.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PATCH = handle_one  # noqa: N815  # names of http.server

        def log_message(self, *_: object) -> None:
            """Suppresses the log of requests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        state.url = f"http://127.0.0.1:{server.server_port}"
        yield state
        server.shutdown()
        thread.join()


@pytest.fixture
def voxo() -> Iterator[Sandbox]:
    with Sandbox(token="voxo-token", tenant_id=17) as server:
        server.store.put(4711, {"name": "Spring renewal", "state": "PAUSED", "callFrequency": 30})
        yield server


@dataclass
class Job:
    """One job on a runner: a repository, an event, and the files through which steps communicate."""

    folder: Path
    github: GitHub
    voxo: Sandbox

    @property
    def repository(self) -> Path:
        return self.folder / "repository"

    def git(self, *words: str) -> None:
        environment = {
            **os.environ,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }
        author = ["-c", "user.name=Test Author", "-c", "user.email=author@example.com"]
        subprocess.run(
            ["git", *author, *words],
            cwd=self.repository,
            env=environment,
            check=True,
            capture_output=True,
        )

    def commit(self, definition: str) -> None:
        (self.repository / "campaigns").mkdir(parents=True, exist_ok=True)
        (self.repository / "campaigns" / "spring.yaml").write_text(definition)
        if not (self.repository / ".git").exists():
            self.git("init", "--initial-branch", "main")
        self.git("add", ".")
        self.git("commit", "--message", "a change")

    def run(self, command: str, *, event: dict[str, Any] | None = None, **inputs: str) -> Ran:
        """Run the step in this process."""
        ran = run_step(self.repository, self.variables(command, event, inputs))
        assert "Traceback" not in ran.err
        return ran

    def process(self, command: str, **inputs: str) -> Ran:
        """Run the step in a separate process, with voxosync in another one, as the runner does."""
        process = subprocess.run(
            [sys.executable, str(ROOT / "action" / "run.py")],
            cwd=self.repository,
            env=self.variables(command, None, inputs),
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in process.stderr
        return Ran(process.returncode, process.stdout, process.stderr)

    def variables(
        self, command: str, event: dict[str, Any] | None, inputs: dict[str, str]
    ) -> dict[str, str]:
        """All environment variables of the step."""
        runner = self.folder / "runner"
        runner.mkdir(exist_ok=True)
        (runner / "event.json").write_text(json.dumps(event or {"pull_request": {"number": 7}}))
        return {
            **inherited_variables(),
            "RUNNER_TEMP": str(runner),
            "GITHUB_API_URL": self.github.url,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_REPOSITORY": "acme/calls",
            "GITHUB_SHA": "cafe" * 10,
            "GITHUB_EVENT_PATH": str(runner / "event.json"),
            "GITHUB_STEP_SUMMARY": str(runner / "summary.md"),
            "GITHUB_OUTPUT": str(runner / "output"),
            "INPUT_COMMAND": command,
            "INPUT_TOKEN": "voxo-token",
            "INPUT_BASE_URL": self.voxo.base_url,
            "INPUT_TENANT_ID": "17",
            "INPUT_COMMENT": "true",
            "INPUT_GITHUB_TOKEN": JOB_TOKEN,
            **{f"INPUT_{name.upper()}": value for name, value in inputs.items()},
        }

    def plan_a_difference(self, **inputs: str) -> Ran:
        """The step of a plan with one difference."""
        self.voxo.store.patch(4711, {"callFrequency": 45})
        return self.run("plan", event=None, base="none", **inputs)

    def read(self, name: str) -> str:
        path = self.folder / "runner" / name
        return path.read_text() if path.exists() else ""


@pytest.fixture
def job(tmp_path: Path, github: GitHub, voxo: Sandbox) -> Job:
    new_job = Job(tmp_path, github, voxo)
    new_job.commit(DEFINITION.format(seconds=30))
    return new_job


def test_plan_writes_annotations_a_summary_and_one_comment_that_is_updated(job: Job) -> None:
    job.git("switch", "--create", "faster")
    job.commit(DEFINITION.format(seconds=20))

    step = job.process("plan", base="main")

    assert step.status == 0
    assert "::notice file=campaigns/spring.yaml,line=4,col=16" in step.out
    (comment,) = job.github.comments
    assert comment["body"].startswith("<!-- voxosync:plan -->")
    assert "Changes of this pull request" in comment["body"]
    assert job.read("summary.md").startswith("<!-- voxosync:plan -->")
    assert "exit-status=0" in job.read("output")

    job.commit(DEFINITION.format(seconds=40))
    job.process("plan", base="main")

    (comment,) = job.github.comments
    assert "40" in comment["body"]
    assert job.github.calls[-1] == "PATCH /repos/acme/calls/issues/comments/1"


def test_comment_of_another_user_with_the_same_marker_is_not_changed(job: Job) -> None:
    forged: dict[str, Any] = {
        "id": 1,
        "user": {"type": "User"},
        "body": "<!-- voxosync:plan -->\nAll is well",
    }
    job.github.comments.append(forged)

    job.plan_a_difference()

    assert forged["body"].endswith("All is well")
    assert len(job.github.comments) == 2


def test_comment_is_found_after_a_hundred_others(job: Job) -> None:
    chat = [{"id": n, "user": {"type": "User"}, "body": "+1"} for n in range(1, 121)]
    own: dict[str, Any] = {
        "id": 121,
        "user": {"type": "Bot"},
        "body": "<!-- voxosync:plan -->\nold",
    }
    job.github.comments = [*chat, own]

    job.plan_a_difference()

    assert "old" not in own["body"]
    assert len(job.github.comments) == 121


def test_token_without_permission_to_comment_causes_a_warning(job: Job) -> None:
    job.github.status = 403

    step = job.plan_a_difference()

    assert step.status == 0
    assert "::warning::the plan could not be written as a comment (403)" in step.out


@pytest.mark.parametrize(
    "comment",
    [
        {"user": None, "body": None},
        {"user": {"type": "Bot"}, "body": None},
        {"user": None, "body": "<!-- voxosync:plan -->"},
        {},
    ],
)
def test_comment_without_author_or_text_is_ignored(job: Job, comment: dict[str, Any]) -> None:
    """Such comments remain after an account was deleted."""
    job.github.comments.append({"id": 1, **comment})

    step = job.plan_a_difference()

    assert step.status == 0
    assert "::warning" not in step.out
    assert len(job.github.comments) == 2


def test_invalid_list_of_comments_causes_a_warning(job: Job) -> None:
    job.github.comments.append("a text")  # type: ignore[arg-type]  # invalid on purpose

    step = job.plan_a_difference()

    assert step.status == 0
    assert "::warning::the plan could not be written as a comment" in step.out


def test_outputs_are_written_before_github_is_requested(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs: list[str] = []
    answer = job.github.answer

    def record_outputs_and_answer(*words: Any) -> Any:
        outputs.append(job.read("output"))
        return answer(*words)

    monkeypatch.setattr(job.github, "answer", record_outputs_and_answer)
    job.plan_a_difference()

    for name in ("exit-status=0", "report-file=", "plan-file="):
        assert name in outputs[0]


def test_no_comment_is_written_outside_of_a_pull_request(job: Job) -> None:
    job.run("plan", event={"ref": "refs/heads/main"}, base="none")

    assert job.github.calls == []


def test_saved_plan_is_applied_unchanged(job: Job) -> None:
    job.commit(DEFINITION.format(seconds=20))
    saved = job.folder / "reviewed.json"
    job.run("plan", base="none", plan_file=str(saved))
    job.commit(DEFINITION.format(seconds=99))

    step = job.run("apply", plan_file=str(saved))

    assert step.status == 0
    assert job.voxo.store.get(4711)["callFrequency"] == 20
    assert "applied (sent: callFrequency)" in job.read("summary.md")


def test_apply_uses_the_base_and_keeps_manual_changes(job: Job) -> None:
    job.git("switch", "--create", "faster")
    job.commit(DEFINITION.format(seconds=20))
    job.voxo.store.patch(4711, {"name": "By hand"})

    step = job.run("apply", base="main", args="--kind change --allow-go-live")

    assert step.status == 0
    live = job.voxo.store.get(4711)
    assert (live["callFrequency"], live["name"]) == (20, "By hand")


@pytest.mark.parametrize(
    ("command", "variables", "base"),
    [
        ("plan", {"GITHUB_BASE_REF": "main"}, "origin/main"),
        ("drift", {"GITHUB_BASE_REF": "main"}, "origin/main"),
        ("drift", {"GITHUB_BASE_REF": "main", "INPUT_BASE": "none"}, None),
        ("plan", {"INPUT_BASE": "HEAD^"}, "HEAD^"),
        ("apply", {"INPUT_BASE": "HEAD^"}, "HEAD^"),
        ("apply", {"INPUT_BASE": "HEAD^", "INPUT_PLAN_FILE": "reviewed.json"}, None),
        ("apply", {"GITHUB_BASE_REF": "main"}, None),
        ("apply", {"INPUT_BASE": "none"}, None),
        ("validate", {"INPUT_BASE": "main", "GITHUB_BASE_REF": "main"}, None),
        ("plan", {"GITHUB_EVENT_PATH": "merge_group.json"}, "0123456789abcdef"),
        ("apply", {"GITHUB_EVENT_PATH": "merge_group.json"}, None),
        ("plan", {"GITHUB_EVENT_PATH": "push.json"}, None),
        ("apply", {"INPUT_BASE": "@applied"}, "@applied"),
    ],
)
def test_base_is_passed_to_every_command_that_accepts_one(
    command: str,
    variables: dict[str, str],
    base: str | None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("merge_group.json").write_text('{"merge_group": {"base_sha": "0123456789abcdef"}}')
    Path("push.json").write_text('{"ref": "refs/heads/main", "before": "0123456789abcdef"}')
    for name in ("INPUT_BASE", "INPUT_PLAN_FILE", "GITHUB_BASE_REF", "GITHUB_EVENT_PATH"):
        monkeypatch.setenv(name, variables.get(name, ""))
    action = runpy.run_path(str(ROOT / "action/run.py"))
    files = action["Files"](Path("report.md"), Path("plan.json"), Path("journal"))
    words = action["arguments"](command, files)
    assert ("--base" in words) == (base is not None)
    assert base is None or words[words.index("--base") + 1] == base


def test_output_of_apply_cannot_end_its_code_block_in_the_summary(job: Job) -> None:
    hostile = "name: 'A ````` \\n # heading'\n"
    job.commit(DEFINITION.format(seconds=20).replace("name: Spring renewal\n", hostile))

    job.run("apply")

    fence = job.read("summary.md").splitlines()[2].removesuffix("text")
    assert len(fence) == 6


def test_drift_fails_the_step_with_its_status_and_names_its_report(job: Job) -> None:
    job.voxo.store.patch(4711, {"callFrequency": 45})

    step = job.run("drift")

    assert step.status == 2
    assert "exit-status=2" in job.read("output")
    assert "report-file=" in job.read("output")
    assert job.github.comments == []


def test_validate_writes_annotations_without_a_token(job: Job) -> None:
    job.commit("id: 4711\nrecording: Yes\n")

    step = job.run("validate", token="")

    assert step.status == 1
    assert "::error file=campaigns/spring.yaml,line=2,col=12" in step.out


def test_tokens_are_not_shown_or_written(job: Job) -> None:
    steps = [
        job.process(command, base="none") for command in ("validate", "plan", "drift", "apply")
    ]

    texts = [step.said for step in steps]
    texts += [job.read("summary.md"), job.read("output"), json.dumps(job.github.comments)]
    for token in ("voxo-token", JOB_TOKEN):
        assert not any(token in text for text in texts)


def test_every_input_is_passed_as_a_variable_and_not_within_a_script() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    (run_step,) = (step for step in action["runs"]["steps"] if step.get("id") == "run")
    input_expressions = {f"${{{{ inputs.{name} }}}}" for name in action["inputs"]}
    assert input_expressions == {v for v in run_step["env"].values() if "inputs." in v}
    assert not any("${{" in step.get("run", "") for step in action["runs"]["steps"])


def test_python_is_the_installed_one_and_always_isolated_from_the_checkout() -> None:
    steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert all(step["shell"] == "bash" for step in steps if "run" in step)
    calls = [
        line.strip() for text in scripts for line in text.splitlines() if "python" in line.lower()
    ]
    for call in (line for line in calls if line.startswith('"$')):
        assert call.split()[1] == "-I", call
    assert not any(call.startswith("python") and "=" not in call for call in calls)


@pytest.mark.parametrize("name", ["yaml.py", "voxosync.py", "encodings.py", "sitecustomize.py"])
def test_module_of_the_checkout_is_not_imported(name: str, job: Job) -> None:
    (job.repository / name).write_text("raise SystemExit('imported from the checkout')\n")
    step = job.process("plan", base="none")
    assert (step.status, "imported" in step.err) == (0, False)


@pytest.mark.parametrize(
    ("seconds", "args", "changes", "status"),
    [
        (30, "", "false", 0),
        (20, "", "true", 0),
        (20, "--exit-code", "true", 2),
        (20, "--fail-on change", "true", 2),
    ],
)
def test_plan_outputs_whether_there_are_changes_to_apply(
    seconds: int, args: str, changes: str, status: int, job: Job
) -> None:
    job.git("switch", "--create", "faster")
    job.commit(DEFINITION.format(seconds=seconds) + "# the same\n")

    step = job.run("plan", base="main", args=args)

    assert step.status == status
    assert f"changes={changes}\n" in job.read("output")
    assert f"exit-status={status}\n" in job.read("output")


def test_failed_plan_has_no_changes_to_apply(job: Job) -> None:
    job.commit(DEFINITION.replace("4711", "4712").format(seconds=20))
    assert job.run("plan", base="none").status == 3
    assert "changes=false\n" in job.read("output")


def test_two_projects_in_one_repository_have_separate_comments(job: Job) -> None:
    for folder in ("north", "south"):
        (job.repository / folder / "campaigns").mkdir(parents=True)
        definition = job.repository / folder / "campaigns" / "spring.yaml"
        definition.write_text(DEFINITION.format(seconds=30))
        job.plan_a_difference(directory=folder)
        job.plan_a_difference(directory=folder)

    assert [comment["body"].partition("\n")[0] for comment in job.github.comments] == [
        "<!-- voxosync:plan::north -->",
        "<!-- voxosync:plan::south -->",
    ]


def test_comment_of_another_bot_that_cannot_be_updated_is_ignored(job: Job) -> None:
    quoted = "<!-- voxosync:plan -->\nquoted"
    comment: dict[str, Any] = {"id": 1, "user": {"type": "Bot"}, "body": quoted}
    job.github.comments.append(comment)
    job.github.foreign = {1}

    step = job.plan_a_difference()
    second_step = job.plan_a_difference()

    assert "::warning" not in step.out + second_step.out
    assert comment["body"].endswith("quoted")
    assert len(job.github.comments) == 2


def test_plan_without_changes_writes_no_comment_but_updates_an_old_one(
    job: Job,
) -> None:
    job.run("plan", base="none")
    assert job.github.comments == []

    job.plan_a_difference()
    job.voxo.store.patch(4711, {"callFrequency": 30})
    job.run("plan", base="none")
    (comment,) = job.github.comments
    assert "Nothing to do" in comment["body"]


@pytest.mark.parametrize(
    ("document", "has_more_to_report"),
    [
        ({"summary": {"inSync": 3, "update": 0, "error": 0}}, False),
        ({"summary": {"inSync": 3, "update": 0, "error": 0, "create": 1}}, True),
        ({"summary": {"inSync": 3}, "abandoned": [{"id": 4711}]}, True),
        ({"summary": {"inSync": 3}, "guards": [{"guard": "frozen"}]}, True),
    ],
)
def test_plan_without_changes_may_still_report_something_else(
    document: dict[str, Any], *, has_more_to_report: bool, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(document))
    reports_more = runpy.run_path(str(ROOT / "action/run.py"))["reports_more"]
    assert reports_more(plan) is has_more_to_report


def test_pull_request_that_removes_a_definition_gets_a_comment(job: Job) -> None:
    job.git("switch", "--create", "without")
    (job.repository / "campaigns" / "spring.yaml").unlink()
    job.voxo.store.put(4712, {"name": "Another", "state": "PAUSED", "callFrequency": 30})
    job.commit(
        DEFINITION.replace("4711", "4712").replace("Spring renewal", "Another").format(seconds=30)
    )
    job.run("plan", base="main")
    (comment,) = job.github.comments
    assert "4711" in comment["body"]


def journal_of(job: Job) -> tuple[Path, str]:
    """The folder that the action uploads, and the name of the artifact."""
    outputs = dict(line.split("=", 1) for line in job.read("output").splitlines())
    return Path(outputs["journal"]), outputs["journal-artifact"]


def test_apply_can_be_rolled_back_with_its_uploaded_journal(job: Job) -> None:
    job.commit(DEFINITION.format(seconds=20))
    job.process("apply", journal_retention_days="7")
    assert job.voxo.store.get(4711)["callFrequency"] == 20

    folder, artifact = journal_of(job)
    run_id = artifact.removeprefix("voxosync-journal-")
    assert "It holds phone numbers" in job.read("summary.md")
    process = subprocess.run(
        [sys.executable, "-m", "voxosync", "rollback", run_id, "--yes", "--journal", str(folder)],
        cwd=job.repository,
        env={
            **inherited_variables(),
            "VOXO_API_TOKEN": "voxo-token",
            "VOXO_API_BASE_URL": job.voxo.base_url,
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.returncode == 0, process.stderr
    assert job.voxo.store.get(4711)["callFrequency"] == 30


@pytest.mark.parametrize(
    ("seconds", "days"), [(20, "0"), (30, "7")], ids=["not requested", "nothing sent"]
)
def test_no_journal_is_uploaded_if_not_requested_or_if_nothing_was_sent(
    seconds: int, days: str, job: Job
) -> None:
    job.commit(DEFINITION.format(seconds=seconds) + "# the same\n")
    assert job.run("apply", journal_retention_days=days).status == 0
    assert "journal" not in job.read("output")
    assert "phone numbers" not in job.read("summary.md")
