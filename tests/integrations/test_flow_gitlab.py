"""The jobs of examples/gitlab, run with bash, Git and a small GitLab server: notes, issues, artifacts, the record."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.cli.cli_project import Project, Ran
from tests.cli.cli_voxo import TOKEN
from tests.cli.git_remote import APPLIED, push_to_new_remote
from tests.fakes.processes import inherited_variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.cli_voxo import FakeVoxo

ROOT = Path(__file__).resolve().parents[2]
OWN_USER_ID = 501
"""The id of the user of REPORT_TOKEN."""


class GitLab(ThreadingHTTPServer):
    """The part of the GitLab API that the jobs use."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.notes: list[dict[str, Any]] = []
        self.issues: list[dict[str, Any]] = []
        self.snapshot = b""
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def has_note(self, body: str, author: int = OWN_USER_ID) -> dict[str, Any]:
        self.notes.append({"id": len(self.notes) + 1, "body": body, "author": {"id": author}})
        return self.notes[-1]

    def answer(self, method: str, path: str, body: bytes) -> Any:
        path, _, query = path.removeprefix("/api/v4").partition("?")
        if path == "/user":
            return {"id": OWN_USER_ID}
        if path == "/projects/7/jobs/artifacts/main/raw/snapshot.json":
            assert query == "job=snapshot"
            return self.snapshot
        resource, _, number = path.removeprefix("/projects/7/").partition("/")
        if resource == "merge_requests":
            return self._notes(method, number.removeprefix("3/notes").strip("/"), query, body)
        return self._issues(method, number, body)

    def _notes(self, method: str, number: str, query: str, body: bytes) -> Any:
        if method == "GET":
            page = int(query.rpartition("=")[2])
            return self.notes[(page - 1) * 100 : page * 100]
        text = json.loads(body)["body"]
        if method == "POST":
            return self.has_note(text)
        self.notes[int(number) - 1]["body"] = text
        return {}

    def _issues(self, method: str, number: str, body: bytes) -> Any:
        if method == "GET":
            return [issue for issue in self.issues if issue["state"] == "opened"]
        if method == "POST":
            self.issues.append({**json.loads(body), "state": "opened", "iid": len(self.issues) + 1})
            return {}
        closes = body == b"state_event=close"
        self.issues[int(number) - 1].update({"state": "closed"} if closes else json.loads(body))
        return {}


class _Handler(BaseHTTPRequestHandler):
    server: GitLab

    def handle_one(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        assert self.headers["PRIVATE-TOKEN"] == "report-token"
        reply = self.server.answer(self.command, self.path, body)
        content = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = handle_one  # noqa: N815  # names of http.server

    def log_message(self, *_: object) -> None:
        """Suppresses the log of requests."""


@dataclass
class Pipelines:
    """A project on GitLab whose main agrees with VOXO."""

    folder: Path
    clone: Project
    remote: Project
    gitlab: GitLab
    voxo: FakeVoxo
    file: str = ".gitlab-ci.yml"
    variables: dict[str, str] = field(default_factory=dict)

    def merge(self, *changes: str) -> str:
        self.clone.spring(*changes)
        commit = self.clone.commit()
        self.clone.git("push", "--quiet", "origin", "HEAD:main")
        return commit

    def recorded_commit(self, environment: str = "default") -> str:
        return self.remote.git("rev-parse", f"{APPLIED}/{environment}")

    def job(self, name: str, commit: str, **variables: str) -> Ran:
        """Runs one job in a new checkout, with the artifacts of the jobs of the same commit that it needs."""
        pipeline = yaml.safe_load((ROOT / "examples" / "gitlab" / self.file).read_text())
        job = pipeline[name]
        workspace = self.folder / f"{commit}-{name}"
        shutil.rmtree(workspace, ignore_errors=True)
        source = self.remote.folder.as_uri()
        Project(self.folder).git("clone", "--quiet", source, workspace.name)
        Project(workspace).git("checkout", "--quiet", "--detach", commit)
        for needed in job.get("needs", []):
            for artifact in (self.folder / f"{commit}-{needed}").glob("*.plan.json"):
                shutil.copy(artifact, workspace)
        before = [line for line in pipeline["default"]["before_script"] if line.startswith("git ")]
        process = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join([*before, *job["script"]])],
            cwd=workspace,
            env={
                **inherited_variables(),
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
                "HOME": str(self.folder),
                "VOXO_API_BASE_URL": self.voxo.url,
                "VOXO_TENANT_ID": "17",
                "RECORD_TOKEN": "record-token",
                "REPORT_TOKEN": "report-token",
                "CI_API_V4_URL": f"http://127.0.0.1:{self.gitlab.server_port}/api/v4",
                "PROJECT_URL": f"http://127.0.0.1:{self.gitlab.server_port}/api/v4/projects/7",
                "CI_SERVER_FQDN": "gitlab.example",
                "CI_PROJECT_PATH": "acme/calls",
                "CI_PROJECT_URL": "https://gitlab.example/acme/calls",
                "CI_COMMIT_SHA": commit,
                "CI_DEFAULT_BRANCH": "main",
                **self.variables,
                **variables,
            },
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "record-token" not in process.stdout + process.stderr
        return Ran(process.returncode, process.stdout, process.stderr)


@pytest.fixture
def pipelines(tmp_path: Path, voxo: FakeVoxo) -> Iterator[Pipelines]:
    clone = Project(tmp_path / "clone")
    clone.folder.mkdir()
    clone.spring()
    clone.write(".gitignore", ".voxosync/\n*.plan.json\n")
    remote = push_to_new_remote(clone, f"{APPLIED}/default")
    (tmp_path / ".gitconfig").write_text(
        f'[url "{remote.folder.as_uri()}"]\n'
        "insteadOf = https://voxosync:record-token@gitlab.example/acme/calls.git\n"
    )
    gitlab = GitLab()
    yield Pipelines(tmp_path, clone, remote, gitlab, voxo)
    gitlab.shutdown()
    gitlab.server_close()


class TestMergeRequest:
    @pytest.fixture(autouse=True)
    def _snapshot(self, pipelines: Pipelines) -> None:
        main = pipelines.clone.git("rev-parse", "HEAD")
        ran = pipelines.job("snapshot", main, VOXO_API_TOKEN=TOKEN)
        assert ran.status == 0, ran.err
        saved = pipelines.folder / f"{main}-snapshot" / "snapshot.json"
        pipelines.gitlab.snapshot = saved.read_bytes()
        pipelines.clone.git("switch", "--quiet", "--create", "faster")
        pipelines.voxo.received.clear()

    def plan(self, pipelines: Pipelines, *changes: str) -> Ran:
        pipelines.clone.spring(*changes)
        commit = pipelines.clone.commit()
        pipelines.clone.git("push", "--quiet", "origin", "HEAD")
        target = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_MERGE_REQUEST_IID": "3"}
        return pipelines.job("plan", commit, **target)

    def test_gets_one_note_without_a_voxo_token_and_keeps_notes_of_others(
        self, pipelines: Pipelines
    ) -> None:
        forged = pipelines.gitlab.has_note("<!-- voxosync:plan -->\nAll is well", author=99)
        for _ in range(105):
            pipelines.gitlab.has_note("+1", author=99)

        first = self.plan(pipelines, "callFrequency: 20")
        second = self.plan(pipelines, "callFrequency: 25")

        assert (first.status, second.status) == (0, 0), first.err + second.err
        assert forged["body"].endswith("All is well")
        (own,) = (note for note in pipelines.gitlab.notes if note["author"]["id"] == OWN_USER_ID)
        assert "25" in own["body"]
        assert pipelines.voxo.received == []

    def test_fails_if_the_plan_fails(self, pipelines: Pipelines) -> None:
        assert self.plan(pipelines, "callFrequency: many").status == 1
        assert pipelines.gitlab.notes == []


class TestApply:
    def test_is_only_possible_in_the_newest_pipeline_and_sends_everything(
        self, pipelines: Pipelines
    ) -> None:
        secret = {"VOXO_API_TOKEN": TOKEN}
        old = pipelines.merge("callFrequency: 60")
        assert pipelines.job("plan-main", old, **secret).status == 0
        new = pipelines.merge("callFrequency: 60", "timeEnd: 17:30")
        assert pipelines.job("plan-main", new, **secret).status == 0

        ran = pipelines.job("apply", new, **secret)

        assert ran.status == 0, ran.err
        live = pipelines.voxo.has()
        assert (live["callFrequency"], live["timeEnd"], pipelines.recorded_commit()) == (
            60,
            "17:30",
            new,
        )
        assert [*(pipelines.folder / f"{new}-apply" / ".voxosync" / "runs").glob("*.jsonl")]

        late = pipelines.job("apply", old, **secret)
        assert (late.status, "the plan is outdated" in late.err) == (1, True)
        assert pipelines.job("plan-main", old, **secret).status == 1, "a repeated pipeline"
        assert (pipelines.voxo.has()["timeEnd"], pipelines.recorded_commit()) == ("17:30", new)


def test_drift_updates_one_issue_and_closes_it(pipelines: Pipelines) -> None:
    main = pipelines.clone.git("rev-parse", "HEAD")
    pipelines.voxo.has(callFrequency=45)
    assert pipelines.job("drift", main, VOXO_API_TOKEN=TOKEN).status == 2
    pipelines.voxo.has(callFrequency=50)
    assert pipelines.job("drift", main, VOXO_API_TOKEN=TOKEN).status == 2
    (issue,) = pipelines.gitlab.issues
    assert (issue["state"], "50" in issue["description"]) == ("opened", True)

    pipelines.voxo.has(callFrequency=30)
    assert pipelines.job("drift", main, VOXO_API_TOKEN=TOKEN).status == 0
    assert issue["state"] == "closed"


def test_staging_is_applied_on_merge_and_prod_by_a_manual_job(pipelines: Pipelines) -> None:
    pipelines.file = "promote.gitlab-ci.yml"
    pipelines.variables = {"VOXO_STAGING_TOKEN": TOKEN, "VOXO_PROD_TOKEN": TOKEN}
    pipelines.voxo.has(12)
    environments = "".join(
        f"  {name}: {{baseUrl: {pipelines.voxo.url}, tenantId: 17, tokenEnv: VOXO_{name.upper()}_TOKEN}}\n"
        for name in ("staging", "prod")
    )
    pipelines.clone.write("voxosync.yaml", f"environments:\n{environments}")
    ids = "id: {staging: 12, prod: 4711}"
    first = pipelines.merge(ids)
    for name in ("staging", "prod"):
        pipelines.clone.git("push", "--quiet", "origin", f"{first}:{APPLIED}/{name}")
    commit = pipelines.merge(ids, "callFrequency: 60")

    for name in ("staging", "plan-prod"):
        ran = pipelines.job(name, commit)
        assert ran.status == 0, ran.err
    assert pipelines.voxo.has(12)["callFrequency"] == 60
    assert pipelines.voxo.has()["callFrequency"] == 30
    assert (pipelines.recorded_commit("staging"), pipelines.recorded_commit("prod")) == (
        commit,
        first,
    )

    ran = pipelines.job("prod", commit)
    assert ran.status == 0, ran.err
    assert pipelines.voxo.has()["callFrequency"] == 60
    assert pipelines.recorded_commit("prod") == commit
