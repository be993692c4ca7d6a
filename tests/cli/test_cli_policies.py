"""`policies/*.yaml` has the rules of an organization, which every command that reads definitions checks."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes.json_schema import check_document
from voxosync.report.registry import VALIDATION

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "policies"

SLOW_CALLS = """\
rules:
  slowly:
    message: "leave 60 seconds between calls"
    schema: {properties: {callFrequency: {minimum: 60}}}
"""
"""A rule that `spring.yaml` violates on its line 10."""


@pytest.fixture
def with_policy(project: Project) -> Project:
    project.write("policies/house.yaml", SLOW_CALLS)
    return project


def change(project: Project, before: str, after: str) -> None:
    path = project.folder / "campaigns/spring.yaml"
    text = path.read_text()
    assert text.count(before) == 1
    path.write_text(text.replace(before, after))


class TestViolation:
    def test_is_reported_at_the_position_of_the_value(self, with_policy: Project) -> None:
        ran = with_policy.run("validate")
        assert ran.status == 1
        [line, summary] = ran.out.splitlines()
        assert line == (
            "campaigns/spring.yaml:10:16: error: policy slowly: leave 60 seconds between calls "
            "(callFrequency: 30)"
        )
        assert summary == "1 campaign in 1 file: 1 error, 0 warnings."

    @pytest.mark.parametrize(
        ("schema", "values"),
        [
            ("{properties: {numbers: {properties: {count: {maximum: 1}}}}}", " (numbers.count: 2)"),
            ("{properties: {destinations: {items: {properties: {type: {const: IVR}}}}}}",
             " (destinations.type: QUEUE, EXTENSION)"),
            ("{properties: {facts: {properties: {hours: {items: {maximum: 20}}}}}}",
             " (facts.hours: 21, 22)"),
            ("{properties: {facts: {properties: {weekdays: {maxItems: 1}}}}}",
             " (facts.weekdays: [thu, fri, sat, sun, mon, tue, wed])"),
            ("{properties: {name: {maxLength: 3}}}", " (name: Spring renewal)"),
            ("{properties: {message: {maxLength: 3}}}", f" (message: {59 * 'x'}…)"),
            ("{required: [tech]}", ""),
        ],
    )  # fmt: skip
    def test_shows_the_value_that_violates_the_rule(
        self, schema: str, values: str, project: Project
    ) -> None:
        hours = ("callHoursStart: 20:00", "callHoursEnd: 23:00") if "facts" in schema else ()
        project.spring(f"message: {200 * 'x'}", *hours)
        rule = f"rules:\n  odd:\n    message: no\n    schema: {schema}\n"
        project.write("policies/house.yaml", rule)
        lines = project.run("validate").out.splitlines()
        [message] = [line.partition(": error: ")[2] for line in lines if ": error: " in line]
        assert message == f"policy odd: no{values}"

    @pytest.mark.parametrize("command", ["plan", "drift", "apply --yes"])
    def test_is_an_error_of_plan_drift_and_apply(
        self, command: str, with_policy: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(callFrequency=45)
        ran = with_policy.run(*command.split())
        assert ran.status == 1
        assert "policy slowly: leave 60 seconds" in ran.err
        assert voxo.asked == []

    def test_has_the_name_of_the_rule_as_json(self, with_policy: Project) -> None:
        [problem] = with_policy.run("validate", "--format", "json").json["problems"]
        assert problem["rule"] == "policy/slowly"
        assert problem["severity"] == "error"

    def test_is_not_reported_if_the_value_conforms(self, with_policy: Project) -> None:
        with_policy.spring("callFrequency: 60")
        ran = with_policy.run("validate")
        assert (ran.status, ran.out) == (0, "1 campaign in 1 file: 0 errors, 0 warnings.\n")

    def test_of_a_default_is_reported_once_in_the_defaults_file(self, with_policy: Project) -> None:
        with_policy.write("campaigns/_defaults.yaml", "callFrequency: 30\n")
        with_policy.spring("-callFrequency")
        with_policy.spring("-callFrequency", name="campaigns/b.yaml", number=4712)
        lines = with_policy.run("validate").out.splitlines()
        assert len(lines) == 2
        assert lines[0].startswith("campaigns/_defaults.yaml:1:16: error: policy slowly: ")


class TestWarning:
    @pytest.fixture(autouse=True)
    def _policy_with_severity_warning(self, project: Project) -> None:
        project.write("policies/house.yaml", SLOW_CALLS + "    severity: warning\n")

    def test_is_shown_by_validate_and_not_an_error(self, project: Project) -> None:
        ran = project.run("validate")
        assert ran.status == 0
        assert "spring.yaml:10:16: warning: policy slowly: " in ran.out

    def test_is_shown_by_plan_and_not_an_error(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("plan")
        assert ran.status == 0
        assert "spring.yaml:10:16: warning: policy slowly: " in ran.err
        assert voxo.asked != []


class TestAllowComment:
    """`# voxosync: allow RULE reason` allows a violation, which is listed as allowed."""

    REASON = "  # voxosync: allow slowly agreed with support until June"

    @pytest.fixture
    def with_allow_comment(self, with_policy: Project) -> Project:
        change(with_policy, "callFrequency: 30", f"callFrequency: 30{self.REASON}")
        return with_policy

    def test_allows_a_value_on_its_line(self, with_allow_comment: Project) -> None:
        ran = with_allow_comment.run("validate")
        assert ran.status == 0
        assert ran.out == (
            "campaigns/spring.yaml:10:16: allowed: policy slowly: leave 60 seconds between calls "
            "(callFrequency: 30) (agreed with support until June)\n"
            "1 campaign in 1 file: 0 errors, 0 warnings, 1 allowed.\n"
        )

    def test_allows_the_value_below_it(self, with_policy: Project) -> None:
        change(with_policy, "callFrequency: 30", f"{self.REASON}\n\n# again\ncallFrequency: 30")
        assert with_policy.run("validate").status == 0

    def test_above_the_first_key_applies_to_the_whole_definition(
        self, with_policy: Project
    ) -> None:
        change(with_policy, "id: 4711", f"{self.REASON}\nid: 4711")
        assert with_policy.run("validate").status == 0

    def test_on_another_line_allows_nothing(self, with_policy: Project) -> None:
        change(with_policy, "name: Spring renewal", f"name: Spring renewal{self.REASON}")
        ran = with_policy.run("validate")
        assert ran.status == 1
        assert "spring.yaml:10:16: error: policy slowly: " in ran.out
        assert "spring.yaml:2:23: warning: allows nothing: " in ran.out

    def test_allows_a_plan(self, with_allow_comment: Project, voxo: FakeVoxo) -> None:
        assert with_allow_comment.run("plan").status == 0
        assert voxo.asked != []

    def test_is_listed_by_validate_as_json(self, with_allow_comment: Project) -> None:
        document = with_allow_comment.run("validate", "--format", "json").json
        check_document(document, "validation")
        assert document["problems"] == []
        assert document["allowed"] == [
            {
                "file": "campaigns/spring.yaml", "line": 10, "column": 16, "severity": "error",
                "rule": "policy/slowly", "reason": "agreed with support until June",
                "message": "policy slowly: leave 60 seconds between calls (callFrequency: 30)",
            }
        ]  # fmt: skip

    @pytest.mark.parametrize("command", ["plan", "drift"])
    def test_is_listed_by_plan_and_drift_as_json(
        self, command: str, with_allow_comment: Project
    ) -> None:
        document = with_allow_comment.run(command, "--format", "json").json
        check_document(document, "plan")
        of_validate = with_allow_comment.run("validate", "--format", "json").json
        assert document["allowed"] == of_validate["allowed"]

    def test_is_listed_in_reports_for_reviewers(self, with_allow_comment: Project) -> None:
        ran = with_allow_comment.run("plan", "--format", "markdown")
        assert "Allowed problems: 1" in ran.out
        assert "10: policy slowly" in ran.out
        assert "agreed with support until June" in ran.out
        assert "::notice file=campaigns/spring.yaml,line=10," in (
            with_allow_comment.run("plan", "--format", "github").out
        )

    def test_is_listed_only_with_campaigns_of_the_call(self, with_allow_comment: Project) -> None:
        with_allow_comment.spring("-callFrequency", name="campaigns/other.yaml", number=4712)
        ran = with_allow_comment.run("plan", "--only", "4712", "--format", "markdown")
        assert "Allowed" not in ran.out

    def test_is_a_notice_for_github(self, with_allow_comment: Project) -> None:
        first, _ = with_allow_comment.run("validate", "--format", "github").out.splitlines()
        assert first.startswith("::notice file=campaigns/spring.yaml,line=10,col=16,")
        assert "(agreed with support until June)" in first

    def test_is_a_suppression_for_code_scanning(self, with_allow_comment: Project) -> None:
        [run] = with_allow_comment.run("validate", "--format", "sarif").json["runs"]
        [result] = run["results"]
        suppression = {"kind": "inSource", "justification": "agreed with support until June"}
        assert (result["ruleId"], result["suppressions"]) == ("policy/slowly", [suppression])

    @pytest.mark.parametrize(
        ("comment", "message"),
        [("allow slowly", "allow slowly gives no reason"), ("allow", "allow names no rule")],
    )
    def test_needs_a_rule_and_a_reason(
        self, comment: str, message: str, with_policy: Project
    ) -> None:
        change(with_policy, "callFrequency: 30", f"callFrequency: 60  # voxosync: {comment}")
        ran = with_policy.run("validate")
        assert ran.status == 1
        assert f"spring.yaml:10:20: error: {message}: write # voxosync: allow " in ran.out

    def test_with_an_unknown_rule_is_a_warning(self, with_policy: Project) -> None:
        change(
            with_policy, "callFrequency: 30", "callFrequency: 60  # voxosync: allow slowy because"
        )
        ran = with_policy.run("validate")
        assert ran.status == 0
        assert (
            "spring.yaml:10:20: warning: allows nothing: unknown policy rule or check 'slowy': "
            "did you mean slowly?"
        ) in ran.out

    def test_that_is_no_longer_needed_is_a_warning(self, with_policy: Project) -> None:
        change(with_policy, "callFrequency: 30", f"callFrequency: 60{self.REASON}")
        ran = with_policy.run("validate")
        assert ran.status == 0
        assert "warning: allows nothing: nothing here is against the policy slowly" in ran.out


@pytest.mark.parametrize("name", VALIDATION)
def test_text_of_a_policy_or_a_reason_is_escaped(name: str, with_policy: Project) -> None:
    escape = '"\\e[2J\\n::error file=x::gotcha"'
    with_policy.write(
        "policies/house.yaml", SLOW_CALLS.replace('"leave 60 seconds between calls"', escape)
    )
    with_policy.spring(name="campaigns/twin.yaml", number=4712)
    change(
        with_policy,
        "callFrequency: 30",
        "callFrequency: 30 # voxosync: allow slowly \u202e::stop::",
    )
    ran = with_policy.run("validate", "--format", name)
    assert "gotcha" in ran.out
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out
    assert not any(line.startswith("::error file=x") for line in ran.out.splitlines())


class TestPolicyFiles:
    def test_with_errors_are_reported_with_all_positions(self, project: Project) -> None:
        project.write("policies/a.yaml", "rules:\n  Fast: {schema: {minimun: 3}}\n")
        project.write("policies/b.yml", "rule: {}\n")
        ran = project.run("validate")
        assert ran.status == 1
        lines = ran.out.splitlines()
        assert [line.partition(": error: ")[0] for line in lines[:-1]] == [
            "policies/a.yaml:2:3", "policies/a.yaml:2:9", "policies/a.yaml:2:19",
            "policies/b.yml:1:1", "policies/b.yml:1:1",
        ]  # fmt: skip
        assert "did you mean minimum?" in ran.out

    def test_with_errors_are_an_error_of_plan(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("policies/a.yaml", "rules:")
        ran = project.run("plan")
        assert ran.status == 1
        assert "policies/a.yaml:1:7: error: " in ran.err
        assert voxo.asked == []

    def test_are_reported_before_the_definitions(self, with_policy: Project) -> None:
        with_policy.write("policies/wrong.yaml", "rules:")
        first, second, _ = with_policy.run("validate").out.splitlines()
        assert first.startswith("policies/wrong.yaml:")
        assert second.startswith("campaigns/spring.yaml:")

    def test_must_not_have_two_rules_with_one_name(self, with_policy: Project) -> None:
        with_policy.write("policies/more.yaml", SLOW_CALLS)
        assert (
            "policies/more.yaml:2:3: error: the rule slowly is already at policies/house.yaml:2:3"
        ) in with_policy.run("validate").out

    def test_in_a_folder_that_is_a_file_are_an_error(self, project: Project) -> None:
        project.write("policies", "")
        ran = project.run("validate")
        assert ran.status == 1
        assert "policies:1:1: error: cannot read the folder" in ran.out

    def test_do_not_include_hidden_files_and_other_suffixes(self, project: Project) -> None:
        project.write("policies/README.md", "# Why")
        project.write("policies/.hidden.yaml", "not: this")
        assert project.run("validate").status == 0

    def test_are_needed_for_a_warning_about_a_comment(self, project: Project) -> None:
        change(project, "callFrequency: 30", "callFrequency: 30 # voxosync: allow slowly")
        ran = project.run("validate")
        assert (ran.status, ran.out) == (0, "1 campaign in 1 file: 0 errors, 0 warnings.\n")

    def test_are_read_from_the_project_folder(self, with_policy: Project) -> None:
        ran = with_policy.run("-C", "..", "-C", "project", "validate", "campaigns/spring.yaml")
        assert ran.status == 1
        assert "policy slowly" in ran.out


def test_policies_are_not_applied_to_definitions_of_the_base(
    project: Project, voxo: FakeVoxo
) -> None:
    """Otherwise they would count as absent there, and changes by hand would look like changes of this branch."""
    project.git("init", "--quiet", "--initial-branch", "main")
    project.write("policies/house.yaml", SLOW_CALLS)
    project.commit("The base")
    project.git("switch", "--quiet", "--create", "feature")
    project.spring("callFrequency: 60")
    project.commit()
    voxo.has(callFrequency=30, name="By hand")
    ran = project.run("plan", "--base", "main", "--format", "json")
    assert ran.status == 0
    [campaign] = ran.json["campaigns"]
    assert {change["field"]: change["kind"] for change in campaign["changes"]} == {
        "name": "drift",
        "callFrequency": "change",
    }


class TestExamplePolicies:
    """The policies of `examples/policies`, in a project that copies them."""

    WEEK = ("dateStart: 2096-03-05", "dateEnd: 2096-03-09")  # a Monday, and its Friday
    HOURS = ("callHoursStart: 08:00", "callHoursEnd: 21:00")

    @pytest.fixture
    def with_example_policies(self, project: Project) -> Project:
        shutil.copytree(EXAMPLES, project.folder / "policies")
        return project

    def test_accept_a_working_week_of_slow_calls_from_a_known_number(
        self, with_example_policies: Project
    ) -> None:
        with_example_policies.spring(*self.WEEK, *self.HOURS)
        assert (
            with_example_policies.run("validate").out
            == "1 campaign in 1 file: 0 errors, 0 warnings.\n"
        )

    @pytest.mark.parametrize(
        ("file", "changes", "rule"),
        [
            ("spring", ("timezone: America/Denver", "callHoursEnd: 20:00"), None),
            ("spring", ("timezone: America/New_York", "callHoursStart: 08:00"), "us-federal-hours"),
            ("spring", ("dateStart: 2026-12-21", "dateEnd: 2026-12-24"), None),
            ("spring", ("dateStart: 2026-12-21", "dateEnd: 2026-12-25"), "us-holidays"),
            ("ca/spring", ("callHoursStart: 09:00", "callHoursEnd: 21:30"), "calling-hours"),
            ("ca/spring", ("callHoursStart: 08:59", "callHoursEnd: 20:00"), "canada-hours"),
            ("us/fl/spring", ("callHoursEnd: 20:00",), None),
            ("us/fl/spring", ("callHoursEnd: 20:01",), "us-fl-hours"),
            ("us/tx/spring", ("callHoursStart: 08:30",), "us-tx-hours"),
            ("us/tx/spring", ("callHoursStart: 09:00",), None),
        ],
    )
    def test_limit_hours_by_the_time_zones_of_the_phones_and_dates(
        self, file: str, changes: tuple[str, ...], rule: str | None, with_example_policies: Project
    ) -> None:
        (with_example_policies.folder / "campaigns/spring.yaml").unlink()
        with_example_policies.spring(
            *self.WEEK, *self.HOURS, *changes, name=f"campaigns/{file}.yaml"
        )
        output = with_example_policies.run("validate").out
        if rule is None:
            assert "policy us-" not in output
            assert "policy canada-" not in output
        else:
            assert f"policy {rule}: " in output

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            (("callHoursStart: 09:00", "callHoursEnd: 21:30"), 0),
            (("callHoursStart: 09:00", "callHoursEnd: 21:31"), 1),
            (("callHoursStart: 09:00", "callHoursEnd: 20:30", "timezone: America/Denver"), 1),
            (("callHoursStart: 10:00", "callHoursEnd: 18:00", "dateEnd: 2096-03-11"), 0),
            (("callHoursStart: 10:00", "callHoursEnd: 18:30", "dateEnd: 2096-03-11"), 1),
        ],
    )
    def test_limit_hours_in_canada(
        self, changes: tuple[str, ...], status: int, project: Project
    ) -> None:
        """The phone 6015550123 is in Central time, like the campaign unless it sets another time zone."""
        (project.folder / "campaigns/spring.yaml").unlink()
        (project.folder / "policies").mkdir()
        shutil.copy(EXAMPLES / "canada-hours.yaml", project.folder / "policies")
        project.spring(*self.WEEK, *changes, name="campaigns/ca/spring.yaml")
        assert project.run("validate").status == status

    @pytest.mark.parametrize(
        ("changes", "rule", "value"),
        [
            (("callHoursStart: 07:59",), "calling-hours", "07:59"),
            (("callHoursEnd: 21:01",), "calling-hours", "21:01"),
            (("callHoursStart: 20:00", "callHoursEnd: 09:00"), "calling-hours", "09:00"),
            (("-callHoursEnd",), "calling-hours", "08:00"),
            (("-callHoursStart", "-callHoursEnd"), "calling-hours", "4711"),
            (("-timezone",), "calling-hours", "4711"),
            (("voxosync: {ignore: [callHoursEnd]}",), "calling-hours", "08:00"),
            (("dateEnd: 2096-03-10",), "weekdays", "2096-03-10"),
            (("dateStart: 2096-03-04",), "weekdays", "2096-03-04"),
            (("dateEnd: 2096-03-12",), "weekdays", "2096-03-12"),
            (("-dateEnd",), "weekdays", "2096-03-05"),
            (("callFrequency: 29.5",), "call-frequency", "29.5"),
            (("-callFrequency",), "call-frequency", "4711"),
            (("callerId: 6015550199",), "caller-ids", "6015550199"),
            (("-callerId",), "caller-ids", "4711"),
        ],
    )
    def test_refuse_other_values(
        self, changes: tuple[str, ...], rule: str, value: str, with_example_policies: Project
    ) -> None:
        with_example_policies.spring(*self.WEEK, *self.HOURS, *changes)
        ran = with_example_policies.run("validate", "--format", "json")
        assert ran.status == 1
        errors = [problem for problem in ran.json["problems"] if problem["severity"] == "error"]
        by_law = {"policy/us-federal-hours"} if rule == "calling-hours" else set()
        assert {error["rule"] for error in errors} == {f"policy/{rule}"} | by_law
        lines = (with_example_policies.folder / "campaigns/spring.yaml").read_text().splitlines()
        texts = [lines[error["line"] - 1][error["column"] - 1 :] for error in errors]
        assert value in texts

    def test_accept_a_campaign_that_ends_at_midnight_before_a_weekend_day(
        self, with_example_policies: Project
    ) -> None:
        with_example_policies.spring(
            *self.WEEK, *self.HOURS, "dateEnd: 2096-03-10", "timeEnd: 00:00"
        )
        assert with_example_policies.run("validate").status == 0
