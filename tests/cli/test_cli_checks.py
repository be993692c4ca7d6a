"""Checks through the command line: settings, findings, exceptions, and exit statuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.shown_parts import names_of_formats
from voxosync.report.registry import DRIFT, FORMATS, PLAN, ReportPart

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

LIST = "checks: {doNotCall: {lists: [lists/do-not-call.csv]}}\n"
DROPPING = "checks: {doNotCall: {lists: [lists/do-not-call.csv], onMatch: drop}}\n"


@pytest.fixture
def listed(project: Project) -> Project:
    """A project whose do-not-call list contains one of its two phones, in another notation."""
    project.write("voxosync.yaml", LIST)
    project.write(
        "lists/do-not-call.csv", "number,since,reason\n+1 (601) 555-0124,2026-01-05,wrote\n"
    )
    return project


class TestDoNotCall:
    @pytest.mark.parametrize("command", ["validate", "plan", "apply --yes"])
    def test_listed_number_is_refused_with_its_position_and_nothing_is_sent(
        self, listed: Project, voxo: FakeVoxo, command: str
    ) -> None:
        ran = listed.run(*command.split())
        assert ran.status == 1
        assert (
            "campaigns/spring.yaml:16:14: error: doNotCall: 601•••0124 is on the list" in ran.said
        )
        assert "6015550124" not in ran.said
        assert not voxo.received

    def test_listed_number_in_a_csv_file_is_refused_with_its_position(
        self, listed: Project
    ) -> None:
        listed.spring("numbers: {file: people.csv}")
        listed.write(
            "campaigns/people.csv", "description,number\nAnn,6015550123\nBob,1-601-555-0124\n"
        )
        ran = listed.run("validate")
        assert ran.status == 1
        assert "campaigns/people.csv:3:5: error: doNotCall: 601•••0124 is on the list" in ran.out

    def test_dropped_number_is_not_sent_but_is_counted(
        self, listed: Project, voxo: FakeVoxo
    ) -> None:
        listed.write("voxosync.yaml", DROPPING)
        ran = listed.run("plan", "--format", "json")
        assert ran.status == 0
        (change,) = ran.json["campaigns"][0]["changes"]
        assert (change["removed"], change["after"]) == (["6015550124"], {"count": 1})
        (finding,) = ran.json["checks"]
        assert (finding["rule"], finding["phones"], finding["campaign"]) == ("doNotCall", 1, 4711)
        assert listed.run("apply", "--yes", "--max-numbers-removed", "1").status == 0
        ((_, body),) = voxo.sent
        assert [entry["number"] for entry in body["numbers"]] == ["6015550123"]
        assert listed.run("plan", "--exit-code").status == 0

    @pytest.mark.parametrize("format_name", names_of_formats(PLAN, ReportPart.ALARMS))
    def test_every_plan_format_counts_a_dropped_number(
        self, listed: Project, format_name: str
    ) -> None:
        listed.write("voxosync.yaml", DROPPING)
        output = listed.run("plan", "--format", format_name).out
        assert "1 number is on a do" in output.replace("\\u00a0", " ")

    def test_dropping_removes_a_listed_live_number_that_add_would_keep(
        self, listed: Project, voxo: FakeVoxo
    ) -> None:
        listed.write("voxosync.yaml", DROPPING)
        listed.spring(
            "numbers: [{number: 6015550123, description: Customer 1042}]",
            "voxosync: {manageNumbers: add}",
        )
        assert listed.run("apply", "--yes", "--max-numbers-removed", "1").status == 0
        ((_, body),) = voxo.sent
        assert [entry["number"] for entry in body["numbers"]] == ["6015550123"]

    def test_listed_live_number_that_add_would_keep_is_refused(
        self, listed: Project, voxo: FakeVoxo
    ) -> None:
        listed.spring(
            "numbers: [{number: 6015550123, description: Customer 1042}]",
            "voxosync: {manageNumbers: add}",
        )
        ran = listed.run("apply", "--yes")
        assert ran.status == 1
        assert (
            "VOXO has 1 phone (601•••0124) on a do-not-call list, which this definition does not remove: "
            "remove it in VOXO, or manage all of the numbers"
        ) in ran.said
        assert not voxo.sent

    @pytest.mark.parametrize("settings", ["", "voxosync: {manageNumbers: add}"])
    def test_pull_keeps_a_dropped_number_in_its_file_but_adds_no_listed_one(
        self, listed: Project, voxo: FakeVoxo, settings: str
    ) -> None:
        listed.write("voxosync.yaml", DROPPING)
        listed.write("lists/do-not-call.csv", "number\n6015550124\n6015550126\n")
        listed.spring("numbers: {file: people.csv}", *filter(None, [settings]))
        people = listed.write(
            "campaigns/people.csv", "number,description\n6015550124,Bob\n6015550123,Ann\n"
        )
        voxo.campaigns[4711]["numbers"][0]["description"] = "Ann B."
        voxo.campaigns[4711]["numbers"].append({"number": "6015550126", "description": "Eve"})
        assert listed.run("pull", "--yes").status == 0
        assert people.read_text() == "number,description\n6015550124,Bob\n6015550123,Ann B.\n"

    def test_create_omits_a_dropped_number(self, listed: Project, voxo: FakeVoxo) -> None:
        listed.write("voxosync.yaml", DROPPING)
        listed.spring("-id")
        assert (
            listed.run("create", "campaigns/spring.yaml", "--yes", VOXO_TENANT_ID="17").status == 0
        )
        (body,) = voxo.posted
        assert [entry["number"] for entry in body["numbers"]] == ["6015550123"]

    def test_create_refuses_a_listed_number(self, listed: Project, voxo: FakeVoxo) -> None:
        listed.spring("-id")
        ran = listed.run("create", "campaigns/spring.yaml", "--yes", VOXO_TENANT_ID="17")
        assert (ran.status, voxo.posted) == (1, [])

    def test_drift_first_reports_listed_phones_still_to_be_called_and_exits_with_2(
        self, listed: Project, voxo: FakeVoxo
    ) -> None:
        listed.spring("-numbers")
        ran = listed.run("drift")
        assert ran.status == 2
        assert ran.out.startswith(
            "People who asked not to be called\n  campaigns/spring.yaml:1:5: error: "
        )
        assert "still to call 1 phone (601•••0124)" in ran.out
        voxo.campaigns[4711]["numbers"][1]["disposition"] = "ANSWERED"
        assert listed.run("drift").status == 0

    def test_drift_also_checks_unmanaged_campaigns(self, listed: Project, voxo: FakeVoxo) -> None:
        listed.spring("-numbers")
        voxo.campaigns[4711]["numbers"][1]["disposition"] = "ANSWERED"
        voxo.has(99, name="Old list", state="READY")
        voxo.has(98, name="Ended", dateStart="2020-01-01", dateEnd="2020-01-02")
        ran = listed.run("drift", VOXO_TENANT_ID="17")
        assert ran.status == 2
        assert (
            "voxosync.yaml:1:21: error: doNotCall: campaign 99 Old list: VOXO is still to call"
            in ran.out
        )
        assert "campaign 98" not in ran.out.partition("Unmanaged")[0]

    @pytest.mark.parametrize("format_name", names_of_formats(DRIFT, ReportPart.ALARMS))
    def test_every_drift_format_reports_listed_phones_still_to_be_called(
        self, listed: Project, format_name: str
    ) -> None:
        listed.spring("-numbers")
        ran = listed.run("drift", "--format", format_name)
        assert ran.status == 2
        assert "6015550124" not in ran.out
        assert "doNotCall" in ran.out
        assert "VOXO is still to call 1 phone" in ran.out or not FORMATS[format_name].shows(
            ReportPart.REASONS
        )

    def test_listed_phones_still_to_be_called_are_a_metric(self, listed: Project) -> None:
        listed.spring("-numbers")
        ran = listed.run("drift", "--format", "prometheus")
        assert 'voxosync_check_phones{check="doNotCall",severity="error"} 1.0' in ran.out

    @pytest.mark.parametrize(
        ("content", "position"),
        [
            ("phone\n6015550124\n", "lists/do-not-call.csv:1:1"),
            ("number,when\n6015550124,x\n", "lists/do-not-call.csv:1:8"),
            ("number,since\n6015550124,2026-02-30\n", "lists/do-not-call.csv:2:12"),
            ("reason,number\nx,words\n", "lists/do-not-call.csv:2:3"),
            ("number,reason\n6015550124\n", "lists/do-not-call.csv:2:1"),
            (None, "voxosync.yaml:1:30"),
        ],
    )
    def test_error_in_a_list_has_a_position(
        self, listed: Project, content: str | None, position: str
    ) -> None:
        path = listed.folder / "lists/do-not-call.csv"
        path.unlink() if content is None else path.write_text(content)
        ran = listed.run("validate")
        assert ran.status == 1
        assert f"{position}: error: " in ran.out

    def test_list_outside_the_project_is_not_read(self, listed: Project) -> None:
        listed.write("voxosync.yaml", "checks: {doNotCall: {lists: [../secret.csv]}}\n")
        (listed.folder.parent / "secret.csv").write_text("number\n6015550124\n")
        ran = listed.run("validate")
        assert ran.status == 1
        assert "outside the project folder" in ran.out

    @pytest.mark.parametrize("settings", [LIST, DROPPING])
    def test_listed_live_number_is_refused_if_the_definition_ignores_numbers(
        self, listed: Project, settings: str
    ) -> None:
        """An ignored field is not sent, so the campaign would call the numbers that VOXO has."""
        listed.write("voxosync.yaml", settings)
        listed.spring("voxosync: {ignore: [numbers]}")
        ran = listed.run("plan")
        assert ran.status == 1
        assert "601•••0124" in ran.said

    @pytest.mark.parametrize("settings", [LIST, DROPPING])
    def test_rollback_does_not_restore_a_listed_number(
        self, listed: Project, voxo: FakeVoxo, settings: str
    ) -> None:
        voxo.campaigns[4711]["numbers"].append({"number": "6015550125"})
        listed.write("voxosync.yaml", DROPPING)
        assert listed.run("apply", "--yes").status == 0
        listed.write("voxosync.yaml", settings)
        ran = listed.run("rollback", "latest", "--yes")
        assert ran.status == 3
        assert "1 phone (601•••0124) on a do-not-call list: not put back" in ran.said
        numbers = [entry["number"] for entry in voxo.campaigns[4711]["numbers"]]
        assert numbers == ["6015550123", "6015550125"]

    @pytest.mark.parametrize("settings", [LIST, DROPPING])
    def test_saved_plan_does_not_add_a_number_listed_since_then(
        self, listed: Project, voxo: FakeVoxo, settings: str
    ) -> None:
        listed.write("voxosync.yaml", "checks: {}\n")
        voxo.campaigns[4711]["numbers"].pop()
        assert listed.run("plan", "--out", "plan.json").status == 0
        listed.write("voxosync.yaml", settings)
        ran = listed.run("apply", "--plan", "plan.json", "--yes")
        assert ran.status == 1
        assert "adds 1 phone (601•••0124) on a do-not-call list: plan again" in ran.said
        assert not voxo.sent

    def test_list_is_not_read_if_the_check_is_off(self, listed: Project) -> None:
        listed.write("voxosync.yaml", LIST.replace("lists:", "severity: off, lists:"))
        (listed.folder / "lists/do-not-call.csv").unlink()
        assert listed.run("validate").status == 0


def test_only_the_first_of_many_listed_numbers_are_reported_one_by_one(project: Project) -> None:
    """Finding a position takes time in proportion to the file, so a million positions would take too long."""
    numbers = [f"6015{index:06}" for index in range(20_000)]
    project.spring("numbers: {file: people.csv}")
    project.write("campaigns/people.csv", "number\n" + "\n".join(numbers) + "\n")
    project.write("list.csv", "number\n" + "\n".join(numbers) + "\n")
    project.write(
        "voxosync.yaml", "checks: {doNotCall: {lists: [list.csv]}, calledHours: {severity: off}}\n"
    )
    ran = project.run("validate")
    assert "1 campaign in 1 file: 51 errors, 0 warnings." in ran.out
    assert (
        "campaigns/people.csv:52:1: error: doNotCall: 19950 more numbers are on a do-not-call list"
        in ran.out
    )


class TestListsOutsideGit:
    """A list holds personal data, so it may be kept out of the repository."""

    def test_dropped_number_is_a_change_though_the_base_has_no_list(
        self, listed: Project, voxo: FakeVoxo
    ) -> None:
        listed.write("voxosync.yaml", DROPPING)
        listed.write(".gitignore", "lists/\n")
        listed.git("init", "--quiet", "--initial-branch", "main")
        listed.git("add", ".")
        listed.git("commit", "--quiet", "--message", "One")
        plan = listed.run("plan", "--base", "main", "--format", "json").json
        (change,) = plan["campaigns"][0]["changes"]
        assert (change["kind"], change["removed"]) == ("change", ["6015550124"])
        result = listed.run(
            "apply", "--base", "main", "--kind", "change", "--yes", "--max-numbers-removed", "1"
        )
        assert result.status == 0
        ((_, body),) = voxo.sent
        assert [entry["number"] for entry in body["numbers"]] == ["6015550123"]


class TestAllow:
    @pytest.mark.parametrize(
        "line",
        [
            "  - {number: 6015550124}",
            "numbers:",
            "id: 4711",
        ],
    )
    def test_comment_allows_a_finding_and_is_listed(self, listed: Project, line: str) -> None:
        path = listed.folder / "campaigns/spring.yaml"
        text = path.read_text()
        comment = "# voxosync: allow doNotCall the person called back"
        path.write_text(
            text.replace(
                f"{line}\n",
                f"{line} {comment}\n" if line == "numbers:" else f"{comment}\n{line}\n",
                1,
            )
        )
        ran = listed.run("validate")
        if line.startswith("  -"):
            assert ran.status == 1  # a comment can only allow a whole list, not one entry
            return
        assert (ran.status, "allowed: doNotCall: 601•••0124" in ran.out) == (0, True)
        plan = listed.run("plan", "--format", "json")
        assert plan.status == 0
        assert [entry["reason"] for entry in plan.json["allowed"]] == ["the person called back"]

    def test_unknown_check_in_a_comment_is_reported(self, project: Project) -> None:
        project.write(
            "policies/names.yaml",
            "rules: {names: {message: Say names., schema: {properties: {name: {minLength: 1}}}}}\n",
        )
        path = project.folder / "campaigns/spring.yaml"
        path.write_text(f"# voxosync: allow doNotCal why\n{path.read_text()}")
        assert "did you mean doNotCall?" in project.run("validate").out


class TestUnreachable:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            (("state: READY", "enableVMDetect: 0", "destinations: []", "message: ''", "matchDestinations: []",
              "notMatchDestinations: []"), "no destination and no message"),
            (("notMatchDestinations: []",), "no notMatchDestinations"),
            (("enableVMDetect: 0",), "is off, so matchDestinations and notMatchDestinations are never used"),
        ],
    )  # fmt: skip
    def test_is_reported_by_validate(
        self, project: Project, changes: tuple[str, ...], message: str
    ) -> None:
        project.spring(*changes)
        ran = project.run("validate")
        assert ran.status == 0
        assert "warning: unreachable: " in ran.out
        assert message in ran.out
        project.write("voxosync.yaml", "checks: {unreachable: {severity: error}}\n")
        assert project.run("validate").status == 1
        project.write("voxosync.yaml", "checks: {unreachable: {severity: off}}\n")
        assert project.run("validate").out == "1 campaign in 1 file: 0 errors, 0 warnings.\n"

    def test_plan_uses_live_values_of_unmanaged_fields(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("voxosync.yaml", "checks: {unreachable: {severity: error}}\n")
        project.spring("-notMatchDestinations")
        assert project.run("validate").status == 0  # VOXO may have notMatchDestinations
        requests_before = len(voxo.received)
        assert project.run("plan").status == 0
        voxo.has(notMatchDestinations=[])
        ran = project.run("plan")
        assert (ran.status, "error: unreachable: " in ran.err) == (1, True)
        assert len(voxo.received) - requests_before == 2  # one request for each plan


class TestSharedPhones:
    def test_finding_names_the_number_of_phones_and_the_other_campaign(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4711, state="READY")
        voxo.has(4712, state="READY")
        project.spring("state: READY")
        project.spring("state: READY", name="campaigns/autumn.yaml", number=4712)
        ran = project.run("validate")
        assert (
            "sharedPhones: 2 of 2 phones are also called on the same days by campaign 4711 (2)"
            in ran.out
        )
        plan = project.run("plan", "--format", "json").json
        assert [(finding["campaign"], finding["phones"]) for finding in plan["checks"]] == [
            (4712, 2),
            (4711, 2),
        ]

    @pytest.mark.parametrize("change", ["state: PAUSED", "dateStart: 2096-04-01"])
    def test_campaigns_that_do_not_dial_on_the_same_days_share_no_phones(
        self, project: Project, change: str
    ) -> None:
        project.spring("state: READY")
        changes = (change, "dateEnd: 2096-04-30") if "date" in change else (change,)
        project.spring("state: READY", *changes, name="campaigns/autumn.yaml", number=4712)
        assert "sharedPhones" not in project.run("validate").out

    def test_plan_of_one_campaign_is_compared_with_other_definitions(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4711, state="READY")
        project.spring("state: READY")
        project.spring("state: READY", name="campaigns/autumn.yaml", number=4712)
        plan = project.run("plan", "--only", "4711", "--format", "json").json
        assert [(finding["campaign"], finding["phones"]) for finding in plan["checks"]] == [
            (4711, 2)
        ]


def test_saved_plan_contains_findings(project: Project, voxo: FakeVoxo) -> None:
    project.spring("notMatchDestinations: []")
    saved = project.folder / "plan.json"
    assert project.run("plan", "--out", str(saved)).status == 0
    assert [finding["rule"] for finding in json.loads(saved.read_text())["checks"]] == [
        "unreachable"
    ]
    assert project.run("apply", "--plan", str(saved), "--yes").status == 0
    assert voxo.sent


@pytest.mark.parametrize(
    ("fact", "limit"),
    [("doNotCall", 0), ("samePhones", 0), ("sharedPhones", 1), ("callsPerDay", 1)],
)
def test_policies_can_use_the_counts_of_checks(project: Project, fact: str, limit: int) -> None:
    project.write(
        "voxosync.yaml",
        "checks: {doNotCall: {lists: [list.csv], severity: warning}, sharedPhones: {severity: off}}\n",
    )
    project.write("list.csv", "number\n6015550124\n")
    numbers = "numbers: [{number: 6015550123}, {number: 601-555-0123}, {number: 6015550124}]"
    project.spring("state: READY", numbers)
    project.spring("state: READY", name="campaigns/autumn.yaml", number=4712)
    for maximum, status in ((limit, 1), (3000, 0)):
        schema = f"{{properties: {{facts: {{properties: {{{fact}: {{maximum: {maximum}}}}}}}}}}}"
        project.write(
            "policies/few.yaml", f"rules: {{few: {{message: Too many., schema: {schema}}}}}\n"
        )
        assert project.run("validate").status == status
