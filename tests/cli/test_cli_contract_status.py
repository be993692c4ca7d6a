"""The exit status: the same for every command and in every format, computed from the result.

| 0 | done; nothing differs (`plan` without `--exit-code`: planned) |
| 1 | the call, the settings or a definition is wrong, or a guard refused: nothing was sent |
| 2 | there are differences (`drift`, and `plan --exit-code`), and nothing else is wrong |
| 3 | a campaign could not be planned or applied |
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_voxo import answer, html
from voxosync.report.registry import DRIFT, PLAN, VALIDATION

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

PLANS = [("plan", "--format", name) for name in PLAN]
CHECKING_PLANS = [(*call, "--exit-code") for call in PLANS]
DRIFTS = [("drift", "--format", name) for name in DRIFT]
VALIDATIONS = [("validate", "--format", name) for name in VALIDATION]
SNAPSHOT = ("snapshot", "--out", "live.json")
APPLY = ("apply", "--yes")
COMPARING = [*PLANS, *CHECKING_PLANS, *DRIFTS, APPLY]
ONLINE = [*COMPARING, SNAPSHOT]
OFFLINE = [*VALIDATIONS, ("schema",)]


def call(arguments: tuple[str, ...]) -> str:
    return " ".join(arguments)


@pytest.mark.parametrize("arguments", [*ONLINE, *OFFLINE], ids=call)
def test_nothing_differs_is_0(arguments: tuple[str, ...], project: Project) -> None:
    assert project.run(*arguments).status == 0


class TestDifferences:
    @pytest.fixture(autouse=True)
    def _differs(self, voxo: FakeVoxo) -> None:
        voxo.has(callFrequency=45)

    @pytest.mark.parametrize("arguments", [*CHECKING_PLANS, *DRIFTS], ids=call)
    def test_are_2_where_they_are_what_was_asked(
        self, arguments: tuple[str, ...], project: Project
    ) -> None:
        assert project.run(*arguments).status == 2

    @pytest.mark.parametrize("arguments", [*PLANS, APPLY, SNAPSHOT], ids=call)
    def test_are_0_where_they_are_not(self, arguments: tuple[str, ...], project: Project) -> None:
        assert project.run(*arguments).status == 0

    @pytest.mark.parametrize("arguments", COMPARING, ids=call)
    def test_together_with_a_failure_are_3(
        self, arguments: tuple[str, ...], project: Project
    ) -> None:
        project.spring(name="campaigns/unknown.yaml", number=9999)
        assert project.run(*arguments).status == 3

    @pytest.mark.parametrize("arguments", [*CHECKING_PLANS, *DRIFTS], ids=call)
    def test_that_a_definition_ignores_are_0(
        self, arguments: tuple[str, ...], project: Project
    ) -> None:
        project.spring("voxosync: {ignore: [callFrequency]}")
        assert project.run(*arguments).status == 0


class TestAWrongDefinition:
    @pytest.mark.parametrize("arguments", [*ONLINE, *VALIDATIONS], ids=call)
    def test_is_1_and_nothing_is_asked(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 5")
        assert project.run(*arguments).status == 1
        assert voxo.asked == []

    @pytest.mark.parametrize("arguments", [*ONLINE, *VALIDATIONS], ids=call)
    def test_is_no_wrong_definition_where_there_is_only_a_doubt(
        self, arguments: tuple[str, ...], project: Project
    ) -> None:
        project.spring("-matchDestinations")
        assert project.run(*arguments).status == 0


class TestACampaignThatCannotBeHad:
    @pytest.mark.parametrize("arguments", ONLINE, ids=call)
    def test_missing_is_3_and_named(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.campaigns.clear()
        ran = project.run(*arguments)
        assert ran.status == 3
        assert "4711" in ran.said

    @pytest.mark.parametrize("arguments", COMPARING, ids=call)
    def test_of_another_tenant_is_3(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("tenantId: 18", "callFrequency: 60")
        ran = project.run(*arguments)
        assert ran.status == 3
        assert (
            "4711" if "prometheus" in arguments else "tenant"
        ) in ran.said  # metrics name no reasons
        assert voxo.sent == []

    @pytest.mark.parametrize("arguments", ONLINE, ids=call)
    def test_unreadable_is_3(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(html())
        assert project.run(*arguments).status == 3

    def test_others_go_on(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        project.spring(name="campaigns/unknown.yaml", number=9999)
        ran = project.run("apply", "--yes")
        assert ran.status == 3
        assert voxo.sent == [(4711, {"callFrequency": 60})]
        assert "9999" in ran.out


class TestARunThatEnds:
    @pytest.mark.parametrize("arguments", ONLINE, ids=call)
    def test_token_rejected_is_3_with_one_message_and_nothing_else(
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

    @pytest.mark.parametrize("arguments", ONLINE, ids=call)
    def test_unreachable_is_3(self, arguments: tuple[str, ...], project: Project) -> None:
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
        ids=call,
    )
    def test_are_1_and_nothing_is_asked(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run(*arguments)
        assert ran.status == 1
        assert ran.out == ""
        assert "Error: " in ran.err or "error: " in ran.err
        assert voxo.asked == []

    def test_are_1_as_a_process_too(self, project: Project) -> None:
        assert project.process("plan", "--no-such-option").status == 1

    def test_no_command_shows_the_help(self, project: Project) -> None:
        ran = project.run()
        assert ran.status in (0, 1)  # to click before 8.2 it is no error
        assert "validate" in ran.said

    @pytest.mark.parametrize("arguments", [*ONLINE, *VALIDATIONS], ids=call)
    def test_a_path_that_is_not_there_is_one(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run(*arguments, "campaigns/missing.yaml")
        assert ran.status == 1
        assert "campaigns/missing.yaml" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize("arguments", ONLINE, ids=call)
    def test_an_id_without_a_definition_is_one(
        self, arguments: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run(*arguments, "--only", "9999")
        assert ran.status == 1
        assert "9999" in ran.err
        assert voxo.asked == []


class TestApplyWithoutTerminal:
    """Sending needs one positive authority: `--yes`, or an answered prompt."""

    def test_refuses_before_it_asks_voxo_anything(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        ran = project.process("apply", stdin="y\n")
        assert ran.status == 1
        assert "--yes" in ran.err
        assert voxo.asked == []

    def test_refuses_a_saved_plan_too(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.received.clear()
        assert project.process("apply", "--plan", "saved.json", stdin="y\n").status == 1
        assert voxo.asked == []

    def test_with_yes_sends(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        assert project.process("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"callFrequency": 60})]


class TestSaysSoInOneLine:
    @pytest.mark.parametrize("arguments", [("plan",), ("drift",), APPLY], ids=call)
    def test_nothing_differs(self, arguments: tuple[str, ...], project: Project) -> None:
        ran = project.run(*arguments)
        assert ran.status == 0
        assert ran.out.count("\n") == 1
        assert "1 campaign agrees with VOXO" in ran.out
        assert ran.err == ""

    def test_nothing_differs_for_annotations(self, project: Project) -> None:
        assert "1 campaign agrees with VOXO" in project.run("plan", "--format", "github").out


@pytest.mark.parametrize("status", [400, 403, 409, 422, 500])
def test_a_write_that_is_refused_is_3_and_says_what_was_not_sent(
    status: int, project: Project, voxo: FakeVoxo
) -> None:
    project.spring("callFrequency: 60")
    voxo.say(answer(status, {"message": ["callFrequency is too high"]}), to="PATCH")
    ran = project.run("apply", "--yes")
    assert ran.status == 3
    assert "callFrequency is too high" in ran.out
    assert "Apply: 0 applied" not in ran.out
