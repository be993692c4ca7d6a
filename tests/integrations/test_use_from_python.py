"""docs/how-to/use-from-python.md is correct: its Python code plans, reports and applies with the sandbox."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from voxosync.app import project as project_module
from voxosync.app.guard_overrides import GuardOverrides
from voxosync.app.listener import Listener
from voxosync.app.options import ConnectionOptions, PlanOptions
from voxosync.app.project import Project
from voxosync.definitions import load, project_settings
from voxosync.errors import DefinitionsError, GuardError, SettingsError, UsageError
from voxosync.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().parents[2] / "docs/how-to/use-from-python.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
TOKEN = "sandbox-token"

DEFINITION = """\
id: 4711
name: Spring renewal
state: PAUSED
dateStart: 2096-03-01
callFrequency: 60
"""
LIVE = {"name": "Spring renewal", "state": "PAUSED", "dateStart": "2096-03-01", "callFrequency": 30}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(token=TOKEN, tenant_id=17) as server:
        server.store.put(4711, LIVE)
        yield server


@pytest.fixture
def folder(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the name and environment of the page, and one difference from VOXO."""
    calls = tmp_path / "calls"
    (calls / "campaigns").mkdir(parents=True)
    (calls / "campaigns/spring.yaml").write_text(DEFINITION)
    (calls / "voxosync.yaml").write_text(
        f"environments: {{prod: {{baseUrl: '{sandbox.base_url}'}}}}"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOXO_API_TOKEN", TOKEN)
    monkeypatch.delenv("VOXO_API_BASE_URL", raising=False)
    monkeypatch.delenv("VOXO_TENANT_ID", raising=False)
    return calls


class TestPage:
    def test_plans_and_reports_in_ten_lines(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert len([line for line in BLOCKS[0].splitlines() if line]) <= 10
        exec(BLOCKS[0], {})  # noqa: S102  # our own page
        report = capsys.readouterr().out
        assert "30 → 60" in report
        assert report.endswith("4711 update ['callFrequency']\n")
        assert not (folder / ".voxosync").exists()

    def test_applies(
        self, folder: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        exec(BLOCKS[1], {"Project": Project})  # noqa: S102  # our own page
        assert sandbox.store.get(4711)["callFrequency"] == 60
        (run,) = Project.open(folder).history()
        assert capsys.readouterr().out.startswith(f"{run.id} [(4711, ")

    def test_names_methods_that_exist(self) -> None:
        table = PAGE.read_text("utf-8").partition("| method |")[2]
        names = re.findall(r"`(\w+)\(", "".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)))
        assert len(names) > 10
        assert [name for name in names if not callable(getattr(Project, name, None))] == []


class TestOneReading:
    """The settings, the clock and the definitions are read once."""

    @pytest.mark.parametrize("operation", ["plan", "drift", "pull", "snapshot", "validate"])
    def test_is_shared_by_the_parts_of_each_operation(self, operation: str, folder: Path) -> None:
        with (
            mock.patch.object(project_module, "now", wraps=project_module.now) as clock,
            mock.patch.object(
                project_module, "read_settings", wraps=project_settings.read_settings
            ) as reading,
            mock.patch.object(project_module, "load", wraps=load.load) as loading,
            Project.open(folder, environment="prod") as project,
        ):
            getattr(project, operation)()
            assert (clock.call_count, reading.call_count, loading.call_count) == (1, 1, 1)

    def test_of_definitions_is_shared_by_all_operations_of_a_project(self, folder: Path) -> None:
        with (
            mock.patch.object(project_module, "load", wraps=load.load) as loading,
            Project.open(folder, environment="prod") as project,
        ):
            project.plan()
            project.drift()
            project.show(4711)
        assert loading.call_count == 1


class TestErrors:
    def test_of_settings_are_raised_when_a_project_is_opened(self, folder: Path) -> None:
        (folder / "voxosync.yaml").write_text("environments: 5")
        with pytest.raises(SettingsError, match=r"voxosync\.yaml:1:15"):
            Project.open(folder)

    def test_of_an_unknown_environment_are_raised_when_a_project_is_opened(
        self, folder: Path
    ) -> None:
        with pytest.raises(UsageError, match="unknown environment 'test'"):
            Project.open(folder, environment="test")

    def test_of_definitions_contain_every_problem(self, folder: Path) -> None:
        (folder / "campaigns/spring.yaml").write_text("id: 4711\nstate: MAYBE\n")
        with Project.open(folder, environment="prod") as project:
            assert project.validate().exit_status == 1
            with pytest.raises(DefinitionsError) as failure:
                project.plan()
        assert [problem.position.line for problem in failure.value.problems] == [2]


class _FixedAnswer(Listener):
    """A person who gives the same answer to every prompt."""

    def __init__(self, *, answer: bool) -> None:
        self.answer, self.questions = answer, list[str]()

    @property
    def is_interactive(self) -> bool:
        return True

    def confirm(self, question: str) -> bool:
        self.questions.append(question)
        return self.answer


class TestGuards:
    """The API enforces guards in the same way as the command line."""

    @pytest.fixture(autouse=True)
    def _goes_live(self, folder: Path) -> None:
        (folder / "campaigns/spring.yaml").write_text(
            f"{DEFINITION.replace('PAUSED', 'READY')}numbers: [{{number: 6015550123}}]\n"
        )

    def test_prevent_sending_without_an_override(self, folder: Path, sandbox: Sandbox) -> None:
        with Project.open(folder, environment="prod") as project:
            plan = project.plan()
            with pytest.raises(GuardError, match="goLive"):
                project.apply(plan)
            with pytest.raises(GuardError, match="goLive"):
                project.approve(plan, yes=True)
        assert sandbox.store.get(4711)["state"] == "PAUSED"
        assert not (folder / ".voxosync").exists()

    def test_are_lifted_by_an_override(self, folder: Path, sandbox: Sandbox) -> None:
        overrides = GuardOverrides(allow_go_live=True)
        with Project.open(folder, environment="prod") as project:
            run = project.apply(project.plan(overrides=overrides), overrides=overrides)
        assert run.exit_status == 0
        assert sandbox.store.get(4711)["state"] == "READY"

    def test_are_lifted_by_the_answer_yes(self, folder: Path, sandbox: Sandbox) -> None:
        listener = _FixedAnswer(answer=True)
        with Project.open(folder, environment="prod", listener=listener) as project:
            project.apply(project.approve(project.plan()))
        assert [question.partition(":")[0] for question in listener.questions] == [
            "Campaigns would start dialing or dial more",
            "Send to VOXO prod (127.0.0.1",
        ]
        assert sandbox.store.get(4711)["state"] == "READY"

    def test_are_not_lifted_by_the_answer_no(self, folder: Path, sandbox: Sandbox) -> None:
        listener = _FixedAnswer(answer=False)
        with (
            Project.open(folder, environment="prod", listener=listener) as project,
            pytest.raises(UsageError, match="not confirmed"),
        ):
            project.approve(project.plan())
        assert sandbox.store.get(4711)["state"] == "PAUSED"

    def test_of_a_protected_environment_apply_to_its_address_as_well(
        self, folder: Path, sandbox: Sandbox
    ) -> None:
        text = f"environments: {{prod: {{baseUrl: '{sandbox.base_url}', protected: true}}}}"
        (folder / "voxosync.yaml").write_text(text)
        overrides = GuardOverrides(allow_go_live=True)
        connection = ConnectionOptions(base_url=sandbox.base_url)
        with Project.open(folder, connection=connection) as project:
            plan = project.plan(PlanOptions(), overrides=overrides)
            with pytest.raises(UsageError, match="which is protected"):
                project.apply(plan, overrides=overrides)
        assert sandbox.store.get(4711)["state"] == "PAUSED"
