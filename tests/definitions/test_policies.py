"""Policies: the input and the scope of a rule, comments that allow findings, and schemas that are refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.definitions.definition_folder import NOW, problem_text
from voxosync.definitions.load import LoadedDefinitions, load
from voxosync.definitions.policies.facts import document
from voxosync.definitions.project_layout import ProjectLayout
from voxosync.model.campaign import Definition
from voxosync.model.dialing.clock import WEEKDAYS
from voxosync.model.fields import WRITABLE
from voxosync.model.numbers import Numbers
from voxosync.model.problem import Position
from voxosync.model.values import Destination
from voxosync.resources import folder, schema_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.definitions.definition_folder import DefinitionFolder
    from voxosync.model.values import Value

ROOT = Path(__file__).resolve().parents[2]
READY_MADE = sorted((ROOT / "examples" / "policies").glob("*.yaml"))


def rule(schema: str, extra: str = "") -> str:
    return f"rules: {{r: {{message: no, schema: {schema}{extra}}}}}\n"


def load_with_policy(
    project: DefinitionFolder, policy: str, environment: str | None = None
) -> LoadedDefinitions:
    """Load every definition of a project with one policy file."""
    policies = project.folder / "policies"
    policies.mkdir(exist_ok=True)
    (policies / "p.yaml").write_text(policy)
    layout = ProjectLayout(
        project.folder,
        project.campaigns,
        environment=environment,
        environments=("prod", "test"),
    )
    return load(layout, [], NOW, needs_ids=False, policies=policies)


def findings(project: DefinitionFolder, policy: str, definition: str) -> list[str]:
    """The findings of a policy in a definition, as `line:column: rule`."""
    project.write("one.yaml", definition)
    problems = load_with_policy(project, policy).problems
    return [problem_text(problem).removeprefix("campaigns/one.yaml:") for problem in problems]


def definition(**values: Value) -> Definition:
    return Definition(4711, Position("one.yaml"), values)


def facts(values: Mapping[str, Value]) -> dict[str, Any]:
    policy_facts: dict[str, Any] = document(definition(**values), NOW)["facts"]
    return policy_facts


class TestInputOfARule:
    def test_is_the_canonical_definition_with_the_count_of_numbers(self) -> None:
        policy_facts = document(
            Definition(
                4711,
                Position("one.yaml"),
                {
                    "callFrequency": 30,
                    "enableVMDetect": "1",
                    "message": "Hello",
                    "numbers": Numbers({"6015550123": "a", "6015550124": ""}),
                    "destinations": (Destination("QUEUE", 12),),
                },
                tenant_id=17,
                ignore=frozenset(["message"]),
            ),
            NOW,
        )
        del policy_facts["facts"]
        assert policy_facts == {
            "id": 4711,
            "tenantId": 17,
            "callFrequency": 30,
            "enableVMDetect": "1",
            "numbers": {"count": 2},
            "destinations": [{"type": "QUEUE", "id": 12}],
        }

    @given(start=st.integers(0, 1439), end=st.integers(0, 1439))
    def test_hours_contain_every_minute_in_which_the_campaign_dials(
        self, start: int, end: int
    ) -> None:
        length = (end - start) % 1440 or 1440  # equal times mean all day, which dials more
        expected = dict.fromkeys((start + n) % 1440 // 60 for n in range(length))
        clock = {
            name: f"{minute // 60:02}:{minute % 60:02}"
            for name, minute in (("callHoursStart", start), ("callHoursEnd", end))
        }
        assert facts(clock)["hours"] == [*expected]

    @given(
        first=st.dates(date(2000, 1, 1), date(9999, 12, 1)),
        days=st.integers(1, 25),
        at_midnight=st.booleans(),
    )
    def test_weekdays_contain_the_weekday_of_every_date(
        self, first: date, days: int, *, at_midnight: bool
    ) -> None:
        last = first + timedelta(days=days)
        dialing_days = [first + timedelta(days=n) for n in range(days + (not at_midnight))]
        values = {
            "dateStart": first.isoformat(),
            "dateEnd": last.isoformat(),
            "timeEnd": "00:00" if at_midnight else "00:01",
        }
        expected = dict.fromkeys(WEEKDAYS[day.weekday()] for day in dialing_days)
        assert facts(values)["weekdays"] == [*expected]

    @pytest.mark.parametrize(
        ("phones", "own_zones", "ignore", "expected"),
        [
            (("6015550123",), {}, (), range(9, 19)),
            (("6015550123", "2135550123"), {}, (), range(7, 19)),
            (("6015550123", "2135550123"), {"2135550123": "America/Denver"}, (), range(8, 19)),
            (("6715550123",), {}, (), range(1, 11)),
            (("6015550123",), {"6015550123": "Europe/London"}, (), (*range(15, 24), 0)),
            (("8005550123",), {}, (), range(9, 19)),
            (("2135550123",), {}, ("numbers",), range(9, 19)),
            (("2135550123",), {}, ("timezone",), range(24)),
            ((), {}, (), ()),
        ],
    )
    def test_called_hours_are_in_the_time_zones_of_the_phones(
        self,
        phones: tuple[str, ...],
        own_zones: dict[str, str],
        ignore: tuple[str, ...],
        expected: Iterable[int],
    ) -> None:
        values: dict[str, Value] = {
            "timezone": "America/Chicago",
            "callHoursStart": "09:00",
            "callHoursEnd": "18:30",
            "dateStart": "2026-12-01",
            "dateEnd": "2026-12-20",
            "numbers": Numbers(dict.fromkeys(phones, "")),
        }
        position = Position("campaigns/a.yaml", 1)
        definition = Definition(
            1, position, values, number_zones=own_zones, ignore=frozenset(ignore)
        )
        assert document(definition, NOW)["facts"]["calledHours"] == [*expected]

    @pytest.mark.parametrize(
        "values",
        [
            {},
            {"callHoursStart": "09:00", "dateStart": "2026-03-02"},
            {"callHoursEnd": "09:00", "dateEnd": "2026-03-02"},
            {"callHoursEnd": "09:00", "dateStart": "2026-02-01", "dateEnd": "2026-02-30"},
        ],
    )
    def test_period_without_an_end_contains_all_hours_and_weekdays(
        self, values: dict[str, str]
    ) -> None:
        policy_facts = facts(values)
        assert {name: policy_facts[name] for name in ("hours", "weekdays", "calledHours")} == {
            "hours": [*range(24)],
            "weekdays": [*WEEKDAYS],
            "calledHours": [*range(24)],
        }

    @pytest.mark.parametrize(
        ("values", "first", "last", "count"),
        [
            ({"dateStart": "2026-12-24", "dateEnd": "2026-12-26"}, "2026-12-24", "2026-12-26", 3),
            ({"dateStart": "2026-12-24", "dateEnd": "2026-12-26", "timeEnd": "00:00"},
             "2026-12-24", "2026-12-25", 2),
            ({"dateStart": "2026-12-24", "dateEnd": "2026-12-26", "timeStart": "18:00", "timeEnd": "08:00",
              "callHoursStart": "09:00", "callHoursEnd": "17:00"}, "2026-12-25", "2026-12-25", 1),
            ({"dateStart": "2026-12-24"}, "2026-12-24", "2036-12-24", 3654),
            ({"dateEnd": "2026-06-02"}, "2026-06-01", "2026-06-02", 2),
            ({}, "2026-06-01", "2036-06-01", 3654),
        ],
    )  # fmt: skip
    def test_dates_are_the_days_on_which_the_campaign_dials(
        self, values: dict[str, str], first: str, last: str, count: int
    ) -> None:
        dates = facts(values)["dates"]
        assert (dates[0], dates[-1], len(dates)) == (first, last, count)

    def test_dates_are_empty_if_the_campaign_never_dials(self) -> None:
        values = {"dateStart": "2026-12-24", "dateEnd": "2026-12-24", "timeStart": "18:00",
                  "callHoursStart": "09:00", "callHoursEnd": "17:00"}  # fmt: skip
        assert facts(values)["dates"] == []

    def test_forecast_assumes_that_no_phone_was_called(self) -> None:
        values: dict[str, Value] = {
            "dateStart": "2026-12-24", "dateEnd": "2026-12-31", "timezone": "UTC", "callFrequency": 3600,
            "callHoursStart": "09:00", "callHoursEnd": "11:00",
            "numbers": Numbers(dict.fromkeys(["6015550123", "6015550124", "6015550125"], "")),
        }  # fmt: skip
        policy_facts = facts(values)
        assert (policy_facts["callsPerDay"], policy_facts["lastCall"]) == (2, "2026-12-25 09:00")
        del values["callFrequency"]
        assert not {"callsPerDay", "lastCall"} & facts(values).keys()


class TestScopeOfARule:
    SLOW = "id: 1\ncallFrequency: 20\n"
    POLICY = "{properties: {callFrequency: {minimum: 30}}}"

    @pytest.mark.parametrize(
        ("pattern", "files"),
        [
            ("campaigns/**", {"a", "us/b", "us/ca/c"}),
            ("**", {"a", "us/b", "us/ca/c"}),
            ("campaigns/us/**", {"us/b", "us/ca/c"}),
            ("campaigns/*", {"a"}),
            ("campaigns/*/*.yaml", {"us/b"}),
            ("**/c.yaml", {"us/ca/c"}),
            ("campaigns/**/?.yaml", {"a", "us/b", "us/ca/c"}),
            ("campaigns/a.yaml", {"a"}),
            ("campaigns/a?yaml", {"a"}),
            ("campaigns/a+yaml", set()),
            ("us/**", set()),
        ],
    )
    def test_is_limited_by_paths(
        self, pattern: str, files: set[str], project: DefinitionFolder
    ) -> None:
        for number, name in enumerate(("a", "us/b", "us/ca/c"), 1):
            project.write(f"{name}.yaml", self.SLOW.replace("1", str(number)))
        loaded = load_with_policy(
            project, rule(self.POLICY, f", paths: ['nowhere/**', '{pattern}']")
        )
        problem_files = {problem.position.file for problem in loaded.problems}
        assert problem_files == {f"campaigns/{name}.yaml" for name in files}

    @pytest.mark.parametrize(
        ("extra_lines", "expected"),
        [
            ("", []),
            ("numbers: []\n", ["2:10: policy/r"]),
            ("voxosync: {ignore: [numbers]}\nnumbers: []\n", []),
        ],
    )
    def test_is_limited_to_definitions_that_manage_one_of_its_fields(
        self, extra_lines: str, expected: list[str], project: DefinitionFolder
    ) -> None:
        policy = rule("{required: [callFrequency]}", ", fields: [state, numbers]")
        assert findings(project, policy, f"id: 1\n{extra_lines}") == expected

    def test_includes_a_file_with_an_unusual_name(self, project: DefinitionFolder) -> None:
        project.write("a\nb.yaml", self.SLOW)
        assert load_with_policy(project, rule(self.POLICY, ", paths: ['campaigns/**']")).failed

    def test_campaign_with_an_id_for_each_environment_has_no_id(
        self, project: DefinitionFolder
    ) -> None:
        policy = rule("{properties: {id: {minimum: 5}}}")
        assert findings(project, policy, "id: {prod: 1, test: 2}\n") == []
        assert findings(project, policy, "id: 1\n") == ["1:5: policy/r"]

    def test_excludes_definitions_with_errors(self, project: DefinitionFolder) -> None:
        assert findings(project, rule(self.POLICY), self.SLOW + "state: ready\n") == ["3:8: value"]


class TestQuotesDoNotMatter:
    @pytest.mark.parametrize("number", ["6015550100", '"6015550100"'])
    @pytest.mark.parametrize(
        "schema", ["{const: NUMBER}", "{enum: [NUMBER]}", "{not: {not: {enum: [NUMBER]}}}"]
    )
    def test_in_a_text(self, number: str, schema: str, project: DefinitionFolder) -> None:
        policy = rule(f"{{allOf: [{{properties: {{callerId: {schema}}}}}]}}").replace(
            "NUMBER", number
        )
        assert findings(project, policy, "id: 1\ncallerId: 6015550100\n") == []
        assert findings(project, policy, "id: 1\ncallerId: 6015550101\n") == ["2:11: policy/r"]

    def test_in_a_flag_and_a_boolean_of_yaml(self, project: DefinitionFolder) -> None:
        policy = rule("{properties: {enableVMDetect: {const: 0}, recording: {const: yes}}}")
        assert findings(project, policy, "id: 1\nenableVMDetect: 0\nrecording: yes\n") == []

    def test_in_a_number(self, project: DefinitionFolder) -> None:
        no_numbers = "numbers: {properties: {count: {const: 0}}}"
        policy = rule(f"{{properties: {{callFrequency: {{enum: [30, 60]}}, {no_numbers}}}}}")
        assert findings(project, policy, 'id: 1\ncallFrequency: "30.0"\nnumbers: []\n') == []


class TestRefusedSchema:
    """A misspelled rule would otherwise allow everything."""

    @pytest.mark.parametrize(
        "schema",
        [
            "@{}",
            "@true",
            "{@minimun: 3}",
            "{@callFrequency: {minimum: 30}}",
            "{@$ref: 'http://127.0.0.1:9/x'}",
            "{@$schema: 'http://127.0.0.1:9/x'}",
            "{@$defs: {}}",
            "{@format: date}",
            "{@minimum: 3}",
            "{properties: {@callFreqency: {}}}",
            "{properties: {numbers: {properties: {@size: {}}}}}",
            "{properties: {facts: {required: [@hour]}}}",
            "{required: [state, @callFreqency]}",
            "{allOf: [{if: {required: [@callFreqency]}}]}",
            "{dependentRequired: {state: [@nam]}}",
            "{dependentSchemas: {@stat: {}}}",
            "{dependentSchemas: {state: {required: [@nam]}}}",
            "{properties: {callerId: {@minimum: 3}}}",
            "{properties: {callFrequency: {@pattern: x}}}",
            "{properties: {numbers: {@maxItems: 3}}}",
            "{properties: {callerId: {enum: @3}}}",
            "{properties: {callerId: {pattern: @601}}}",
            "{properties: {callerId: {pattern: @'('}}}",
            "{properties: {callFrequency: {minimum: @'30'}}}",
            "{patternProperties: {@'(': {}}}",
            "{properties: @[]}",
            "{properties: {callerId: @3}}",
            "{allOf: @[]}",
            "{not: @3}",
            "{required: @state}",
        ],
    )
    def test_is_reported_at_the_position_of_the_mistake(
        self, schema: str, project: DefinitionFolder
    ) -> None:
        project.write("one.yaml", "id: 1\n")
        marked = rule(schema)
        [problem] = load_with_policy(project, marked.replace("@", "")).problems
        assert problem.is_error
        assert problem.position == Position("policies/p.yaml", 1, marked.index("@") + 1)

    @pytest.mark.parametrize(
        "content",
        ["", "rules: {}", "- r", "rules: {r: }", "rules: {r: {}}\n---\nrules: {}", "rules: ["],
    )
    def test_includes_a_file_without_rules(self, content: str, project: DefinitionFolder) -> None:
        project.write("one.yaml", "id: 1\n")
        loaded = load_with_policy(project, content)
        assert loaded.failed
        assert {problem.position.file for problem in loaded.problems} == {"policies/p.yaml"}


class TestAllowComment:
    POLICY = rule("{properties: {callFrequency: {minimum: 30}, state: {const: PAUSED}}}")

    @pytest.mark.parametrize(
        "content",
        [
            "id: 1\ncallFrequency: 20 # voxosync: allow r because\n",
            "id: 1\ncallFrequency: 20\t#voxosync: allow\tr \tbecause",
            "id: 1\r\ncallFrequency: 20 # voxosync: allow r because\r\n",
            "\ufeffid: 1\ncallFrequency: 20 # voxosync: allow r because\n",
            "id: 1\ncallFrequency:\n  20 # voxosync: allow r because\n",
            "id: 1\ncallFrequency: # voxosync: allow r because\n  20\n",
            "id: 1\n# voxosync: allow r because\n\n# more\ncallFrequency: 20\n",
            "id: 1\n   # voxosync: allow r because\ncallFrequency: 20\n",
            "# voxosync: allow r because\nid: 1\ncallFrequency: 20\n",
            "# voxosync: allow r because\n{id: 1, callFrequency: 20}\n",
            "{id: 1, callFrequency: 20} # voxosync: allow r because\n",
            "name: One\n# voxosync: allow r because\ncallFrequency: 20\nid: 1\n",
            "id: 1\nmessage: 'a # voxosync: allow x y'\ncallFrequency: 20 # voxosync: allow r because\n",
            "id: 1\nmessage: |\n  # voxosync: allow x y\n\n# voxosync: allow r because\ncallFrequency: 20\n",
            "id: 1\nname: 'it''s' # é \ncallFrequency: '20' # voxosync: allow r because\n",
        ],
    )
    def test_allows_the_finding(self, content: str, project: DefinitionFolder) -> None:
        project.write("one.yaml", content.encode())
        loaded = load_with_policy(project, self.POLICY)
        assert loaded.problems == []
        [allowed] = loaded.allowed
        assert allowed.reason == "because"

    @pytest.mark.parametrize(
        "line",
        [
            'message: "x # voxosync: allow r because"',
            "message: 'x\n  # voxosync: allow r because'",
            "message: |\n  x # voxosync: allow r because",
            "message: >-\n  x\n\n  # voxosync: allow r because",
            "message: x  # see voxosync: allow r because",
            "message: x  # not so: # voxosync: allow r because",
            "message: x # voxosync: allows r because",
            "message: x # voxosync:allow r because",
        ],
    )
    def test_inside_a_value_or_misspelled_allows_nothing(
        self, line: str, project: DefinitionFolder
    ) -> None:
        problems = findings(project, self.POLICY, f"id: 1\n{line}\ncallFrequency: 20\n")
        assert [re.sub(r"^\d+:", "", line) for line in problems] == ["16: policy/r"]

    @pytest.mark.parametrize(
        "comment", ["see voxosync: allow r because", "a: # voxosync: allow r because"]
    )
    def test_that_may_belong_to_the_text_is_a_warning_and_allows_nothing(
        self, comment: str, project: DefinitionFolder
    ) -> None:
        content = f"id: 1\nmessage: x # {comment}\ncallFrequency: 20\n"
        problems = findings(project, self.POLICY, content)
        assert problems == ["2:10: cut-text", "3:16: policy/r"]

    @pytest.mark.parametrize(
        ("content", "position"),
        [
            ("id: 1\ncallFrequency: 20\n# voxosync: allow r because\n", "3:1"),
            ("id: 1\n# voxosync: allow r because\nname: One\ncallFrequency: 20\n", "2:1"),
            (
                "id: 1\ncallFrequency: 20\nmessage: |\n  One\n  Two\n# voxosync: allow r because\n",
                "6:1",
            ),
            ("# voxosync: allow r because\n---\nid: 1\ncallFrequency: 20\n", "1:1"),
            ("id: 1 # voxosync: allow r because\ncallFrequency: 20\n", "1:7"),
        ],
    )
    def test_elsewhere_allows_nothing_and_is_reported(
        self, content: str, position: str, project: DefinitionFolder
    ) -> None:
        problems = findings(project, self.POLICY, content)
        assert sorted(line.split(": ")[1] for line in problems) == ["allow", "policy/r"]
        assert f"{position}: allow" in problems

    def test_applies_to_one_value_only(self, project: DefinitionFolder) -> None:
        content = "id: 1\ncallFrequency: 20 # voxosync: allow r because\nstate: READY\n"
        assert findings(project, self.POLICY, content) == ["3:8: policy/r"]

    def test_above_the_first_key_applies_to_that_document_only(
        self, project: DefinitionFolder
    ) -> None:
        slow = "callFrequency: 20\nstate: READY\n"
        content = f"# voxosync: allow r because\nid: 1\n{slow}---\nid: 2\n{slow}"
        assert findings(project, self.POLICY, content) == ["7:16: policy/r", "8:8: policy/r"]

    def test_in_defaults_applies_to_every_definition_with_the_value(
        self, project: DefinitionFolder
    ) -> None:
        project.write("_defaults.yaml", "callFrequency: 20 # voxosync: allow r because\n")
        project.write("one.yaml", "id: 1\n")
        project.write("two.yaml", "id: 2\n")
        loaded = load_with_policy(project, self.POLICY)
        assert loaded.problems == []
        assert [problem_text(entry.problem) for entry in loaded.allowed] == [
            "campaigns/_defaults.yaml:1:16: policy/r"
        ]

    @pytest.mark.parametrize("environment", [None, "prod", "test"])
    def test_applies_to_a_campaign_with_an_id_for_each_environment(
        self, environment: str | None, project: DefinitionFolder
    ) -> None:
        ids = "id:\n  prod: 1\n  test: 2\n"
        project.write("one.yaml", f"# voxosync: allow r because\n{ids}callFrequency: 20\n")
        loaded = load_with_policy(project, self.POLICY, environment)
        assert loaded.problems == []
        assert len(loaded.allowed) == 1

    @pytest.mark.parametrize("environment", [None, "prod", "test"])
    def test_may_be_on_the_line_of_ids_for_environments(
        self, environment: str | None, project: DefinitionFolder
    ) -> None:
        project.write("one.yaml", "id: # voxosync: allow r because\n  prod: 1\n  test: 2\n")
        loaded = load_with_policy(project, rule("{required: [state]}"), environment)
        assert loaded.problems == []
        assert len(loaded.allowed) == 1

    def test_applies_to_a_campaign_without_an_id_and_to_no_other(
        self, project: DefinitionFolder
    ) -> None:
        slow = "name: New\ncallFrequency: 20\n"
        content = f"# voxosync: allow r because\n{slow}---\n{slow}"
        path = project.write("new.yaml", content)
        policies = project.folder / "policies"
        policies.mkdir()
        (policies / "p.yaml").write_text(self.POLICY)
        layout = ProjectLayout(project.folder, project.campaigns)
        loaded = load(layout, [path], NOW, creating=True, policies=policies)
        assert [problem_text(entry) for entry in loaded.problems] == [
            "campaigns/new.yaml:6:16: policy/r"
        ]
        assert len(loaded.allowed) == 1

    def test_may_follow_the_mark_of_a_block(self, project: DefinitionFolder) -> None:
        content = "id: 1\nmessage: | # voxosync: allow r because\n  Hello\n"
        assert findings(project, rule("{properties: {message: {const: Hi}}}"), content) == []

    def test_in_a_definition_with_errors_is_not_reported_as_unused(
        self, project: DefinitionFolder
    ) -> None:
        content = "id: 1\ncallFrequency: 20 # voxosync: allow r because\nstate: ready\n"
        assert findings(project, self.POLICY, content) == ["3:8: value"]

    def test_for_a_rule_with_errors_is_not_reported_as_unused(
        self, project: DefinitionFolder
    ) -> None:
        project.write("one.yaml", "id: 1\ncallFrequency: 20 # voxosync: allow r because\n")
        loaded = load_with_policy(project, rule("{minimun: 3}"))
        assert {problem.rule for problem in loaded.problems} == {"policy"}


class TestPolicySchema:
    SCHEMA = json.loads(schema_text("policy.schema.json"))

    def test_is_valid_json_schema(self) -> None:
        Draft202012Validator.check_schema(self.SCHEMA)

    def test_contains_every_field(self) -> None:
        properties = self.SCHEMA["properties"]["rules"]["additionalProperties"]["properties"]
        assert properties["fields"]["items"]["enum"] == list(WRITABLE)
        for key in properties.values():
            assert key["title"]
            assert key["description"]
            assert key["errorMessage"]

    def test_accepts_the_ready_made_policies_in_another_validator(self) -> None:
        schema = folder("schemas") / "policy.schema.json"
        command_line: list[str | Path] = [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--schemafile",
            schema,
            *READY_MADE,
        ]
        process = subprocess.run(command_line, capture_output=True, text=True, check=False)
        assert process.returncode == 0, process.stdout


@pytest.mark.parametrize("path", READY_MADE, ids=lambda path: path.name)
def test_docs_page_shows_each_ready_made_policy_unchanged(path: Path) -> None:
    page = (ROOT / "docs" / "policies.md").read_text()
    _, _, example = path.read_text().partition("\n")
    assert f"```yaml\n{example}```" in page
