"""The exit status depends only on the result: it is the same for every command and format.

| 0 | success; nothing differs (`plan` without `--exit-code`: the plan was made) |
| 1 | the call, the settings or a definition is invalid, or a guard refused: nothing was sent |
| 2 | there are differences (`drift`, and `plan --exit-code`), and no errors |
| 3 | a campaign could not be planned or applied |
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_voxo import answer, html
from voxosync.report.registry import DRIFT, FORMATS, PLAN, VALIDATION, ReportPart

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

PLANS = [("plan", "--format", name) for name in PLAN]
CHECKING_PLANS = [(*command_line, "--exit-code") for command_line in PLANS]
DRIFTS = [("drift", "--format", name) for name in DRIFT]
VALIDATIONS = [("validate", "--format", name) for name in VALIDATION]
SNAPSHOT = ("snapshot", "--out", "live.json")
APPLY = ("apply", "--yes")
COMPARING = [*PLANS, *CHECKING_PLANS, *DRIFTS, APPLY]
ONLINE = [*COMPARING, SNAPSHOT]
OFFLINE = [*VALIDATIONS, ("schema",)]


def command_line(arguments: tuple[str, ...]) -> str:
    return " ".join(arguments)


@pytest.mark.parametrize("arguments", [*ONLINE, *OFFLINE], ids=command_line)
def test_exits_with_0_if_nothing_differs(arguments: tuple[str, ...], project: Project) -> None:
    assert project.run(*arguments).status == 0


class TestDifferences:
    @pytest.fixture(autouse=True)
    def _differs(self, voxo: FakeVoxo) -> None:
        voxo.has(callFrequency=45)

    @pytest.mark.parametrize("arguments", [*CHECKING_PLANS, *DRIFTS], ids=command_line)
    def test_exit_with_2_if_the_command_looks_for_differences(
        self, arguments: tuple[str, ...], project: Project
    ) -> None:
        assert project.run(*arguments).status == 2

    @pytest.mark.parametrize("arguments", [*PLANS, APPLY, SNAPSHOT], ids=command_line)
    def test_exit_with_0_if_the_command_does_not_look_for_differences(
        self, arguments: tuple[str, ...], project: Project
    ) -> None:
        assert project.run(*arguments).status == 0

    @pytest.mark.parametrize("arguments", COMPARING, ids=command_line)
    def test_exit_with_3_together_with_a_failure(
        self, arguments: tuple[str, ...], project: Project
    ) -> None:
        project.spring(name="campaigns/unknown.yaml", number=9999)
        assert project.run(*arguments).status == 3

    @pytest.mark.parametrize("arguments", [*CHECKING_PLANS, *DRIFTS], ids=command_line)
    def test_exit_with_0_if_the_definition_ignores_them(
        self, arguments: tuple[str, ...], project: Project
    ) -> None:
        project.spring("voxosync: {ignore: [callFrequency]}")
        assert project.run(*arguments).status == 0


class TestInvalidDefinition:
    @pytest.mark.parametrize("arguments", [*ONLINE, *VALIDATIONS], ids=command_line)
    def test_exits_with_1_and_sends_no_request(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 5")
        assert project.run(*arguments).status == 1
        assert voxo.asked == []

    @pytest.mark.parametrize("arguments", [*ONLINE, *VALIDATIONS], ids=command_line)
    def test_a_warning_alone_exits_with_0(
        self, arguments: tuple[str, ...], project: Project
    ) -> None:
        project.spring("-matchDestinations")
        assert project.run(*arguments).status == 0


class TestUnavailableCampaign:
    @pytest.mark.parametrize("arguments", ONLINE, ids=command_line)
    def test_that_is_missing_is_named_and_exits_with_3(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.campaigns.clear()
        ran = project.run(*arguments)
        assert ran.status == 3
        assert "4711" in ran.said

    @pytest.mark.parametrize("arguments", COMPARING, ids=command_line)
    def test_of_another_tenant_exits_with_3(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("tenantId: 18", "callFrequency: 60")
        ran = project.run(*arguments)
        assert ran.status == 3
        assert "4711" in ran.said
        formats = FORMATS.keys() & {*arguments}
        assert "tenant" in ran.said or not all(
            FORMATS[name].shows(ReportPart.REASONS) for name in formats
        )
        assert voxo.sent == []

    @pytest.mark.parametrize("arguments", ONLINE, ids=command_line)
    def test_with_an_unreadable_response_exits_with_3(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(html())
        assert project.run(*arguments).status == 3

    def test_does_not_stop_other_campaigns(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        project.spring(name="campaigns/unknown.yaml", number=9999)
        ran = project.run("apply", "--yes")
        assert ran.status == 3
        assert voxo.sent == [(4711, {"callFrequency": 60})]
        assert "9999" in ran.out


class TestFatalErrors:
    @pytest.mark.parametrize("arguments", ONLINE, ids=command_line)
    def test_rejected_token_exits_with_3_and_only_one_message(
        self, arguments: tuple[str, ...], project: Project
    ) -> None:
        for number in range(5000, 5010):
            project.spring(name=f"campaigns/{number}.yaml", number=number)
        ran = project.run(*arguments, VOXO_API_TOKEN="of-somebody-else")
        assert ran.status == 3
        assert ran.out == ""
        assert ran.err.count("\n") == 1
        assert ran.err.startswith("error: ")
        assert "401" in ran.err

    @pytest.mark.parametrize("arguments", ONLINE, ids=command_line)
    def test_unreachable_server_exits_with_3(
        self, arguments: tuple[str, ...], project: Project
    ) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))  # and does not listen
            url = f"http://127.0.0.1:{closed.getsockname()[1]}"
            ran = project.run(*arguments, VOXO_API_BASE_URL=url)
        assert ran.status == 3
        assert ran.out == ""
        assert "cannot be reached" in ran.err


class TestUsageErrors:
    @pytest.mark.parametrize(
        "arguments",
        [
            ("no-such-command",),
            ("--no-such-option",),
            ("plan", "--no-such-option"),
            ("plan", "--format", "no-such-format"),
            ("plan", "--only", "none"),
            ("plan", "--only", "0"),
            ("plan", "--only", "9007199254740992"),
            ("plan", "--concurrency", "0"),
            ("plan", "--out"),
            ("plan", "--yes"),
            ("apply", "--exit-code"),
            ("apply", "--yes", "--live", "x"),
            ("drift", "--yes"),
            ("drift", "--kind", "change"),
            ("snapshot",),
            ("snapshot", "--out", "x", "--all", "--only", "4711"),
            ("schema", "no-such-schema"),
            ("sandbox", "--port", "65536"),
            ("sandbox", "--fault", "no-such-fault"),
            ("demo", "extra"),
            ("apply", "--yes", "--plan", "x", "campaigns"),
            ("apply", "--yes", "--plan", "x", "--only", "4711"),
            ("apply", "--yes", "--plan", "x", "--base", "main"),
            ("apply", "--yes", "--plan", "x", "--kind", "change"),
            ("plan", "--fail-on", "change"),
            ("drift", "--fail-on", "drift"),
            ("plan", "--kind", "change"),
            ("apply", "--yes", "--kind", "change"),
            ("plan", "--base", "main", "--fail-on", "no-such-kind"),
        ],
        ids=command_line,
    )
    def test_exit_with_1_and_send_no_request(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run(*arguments)
        assert ran.status == 1
        assert ran.out == ""
        assert "Error: " in ran.err or "error: " in ran.err
        assert voxo.asked == []

    def test_exit_with_1_as_a_process(self, project: Project) -> None:
        assert project.process("plan", "--no-such-option").status == 1

    def test_call_without_a_command_shows_the_help(self, project: Project) -> None:
        ran = project.run()
        assert ran.status in (0, 1)  # click before 8.2 does not treat it as an error
        assert "validate" in ran.said

    @pytest.mark.parametrize("arguments", [*ONLINE, *VALIDATIONS], ids=command_line)
    def test_missing_path_exits_with_1(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run(*arguments, "campaigns/missing.yaml")
        assert ran.status == 1
        assert "campaigns/missing.yaml" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize("arguments", ONLINE, ids=command_line)
    def test_id_without_a_definition_exits_with_1(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run(*arguments, "--only", "9999")
        assert ran.status == 1
        assert "9999" in ran.err
        assert voxo.asked == []


class TestApplyWithoutTerminal:
    """Sending requires explicit confirmation: `--yes` or a positive answer to the prompt."""

    def test_refuses_without_any_request(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        ran = project.process("apply", stdin="y\n")
        assert ran.status == 1
        assert "--yes" in ran.err
        assert voxo.asked == []

    def test_refuses_a_saved_plan(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.received.clear()
        assert project.process("apply", "--plan", "saved.json", stdin="y\n").status == 1
        assert voxo.asked == []

    def test_sends_with_yes(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        assert project.process("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"callFrequency": 60})]


class TestNoDifferences:
    @pytest.mark.parametrize("arguments", [("plan",), ("drift",), APPLY], ids=command_line)
    def test_are_reported_in_one_line(self, arguments: tuple[str, ...], project: Project) -> None:
        ran = project.run(*arguments)
        assert ran.status == 0
        assert ran.out.count("\n") == 1
        assert "1 campaign agrees with VOXO" in ran.out
        assert ran.err == ""

    def test_are_reported_in_github_annotations(self, project: Project) -> None:
        assert "1 campaign agrees with VOXO" in project.run("plan", "--format", "github").out


@pytest.mark.parametrize("status", [400, 403, 409, 422, 500])
def test_refused_write_exits_with_3_and_shows_the_reason(
    status: int, project: Project, voxo: FakeVoxo
) -> None:
    project.spring("callFrequency: 60")
    voxo.say(answer(status, {"message": ["callFrequency is too high"]}), to="PATCH")
    ran = project.run("apply", "--yes")
    assert ran.status == 3
    assert "callFrequency is too high" in ran.out
    assert "Apply: 0 applied" not in ran.out
