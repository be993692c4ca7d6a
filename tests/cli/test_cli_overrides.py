"""Values of one environment, below `voxosync: overrides:` in definitions and in `_defaults.yaml`."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import SHARED_FILE
from tests.cli.cli_voxo import TOKEN

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


def append(project: Project, text: str) -> None:
    """Append text to the definition."""
    path = project.folder / SHARED_FILE
    path.write_text(path.read_text() + text)


def append_overrides(project: Project, *lines: str, name: str = "staging") -> None:
    """Append overrides of one environment to the definition."""
    append(
        project,
        "".join(
            f"{line}\n"
            for line in (
                "voxosync:",
                "  overrides:",
                f"    {name}:",
                *(f"      {value}" for value in lines),
            )
        ),
    )


def fields(project: Project, *arguments: str) -> dict[str, object]:
    """The changes of a plan, by field."""
    [campaign] = project.run(*arguments, "plan", "--format", "json").json["campaigns"]
    return {change["field"]: change.get("after") for change in campaign["changes"]}


class TestOverride:
    def test_is_sent_to_its_environment_alone(
        self, two_environments: Project, voxo: FakeVoxo, staging: FakeVoxo
    ) -> None:
        two_environments.write("campaigns/contacts/testers.csv", "number\n6015550177\n")
        append_overrides(
            two_environments, "callerId: 6015550199", "numbers: {file: contacts/testers.csv}"
        )
        assert (
            two_environments.run(
                "--env", "staging", "apply", "--yes", "--max-numbers-removed", "2"
            ).status
            == 0
        )
        assert two_environments.run("--env", "prod", "apply", "--yes").status == 0
        [(_, body)] = staging.sent
        assert body["callerId"] == "6015550199"
        assert [entry["number"] for entry in body["numbers"]] == ["6015550177"]
        assert voxo.sent == []

    def test_has_its_own_position(self, two_environments: Project) -> None:
        append_overrides(two_environments, "callFrequency: 60")
        line = len((two_environments.folder / SHARED_FILE).read_text().splitlines())
        [campaign] = two_environments.run("--env", "staging", "plan", "--format", "json").json[
            "campaigns"
        ]
        [change] = campaign["changes"]
        assert change["position"] == {"file": SHARED_FILE, "line": line, "column": 22}

    def test_is_shown_with_its_environment(self, two_environments: Project) -> None:
        append_overrides(two_environments, "callFrequency: 60")
        line = len((two_environments.folder / SHARED_FILE).read_text().splitlines())
        text = two_environments.run("--env", "staging", "show", "12").out
        assert f"  {SHARED_FILE}:{line}:22 (for staging)\n" in text
        document = two_environments.run("--env", "staging", "show", "12", "--format", "json").json
        assert document["fields"]["callFrequency"]["environment"] == "staging"
        assert "environment" not in document["fields"]["callerId"]
        assert "(for " not in two_environments.run("--env", "prod", "show", "4711").out

    def test_is_not_used_without_an_environment(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("voxosync.yaml", f"environments: {{staging: {{baseUrl: '{voxo.url}'}}}}\n")
        project.spring("voxosync: {overrides: {staging: {callFrequency: 60}}}")
        assert fields(project) == {}
        project.variables = {"VOXO_API_TOKEN": TOKEN}
        assert fields(project, "--env", "staging") == {"callFrequency": 60}

    def test_can_be_a_tenant_id(self, two_environments: Project) -> None:
        append_overrides(two_environments, "tenantId: 18")
        ran = two_environments.run("--env", "staging", "plan")
        assert ran.status == 3
        assert "tenant" in ran.out
        assert two_environments.run("--env", "prod", "plan").status == 0

    def test_of_an_unmanaged_field_is_ignored(self, two_environments: Project) -> None:
        two_environments.write(
            "campaigns/_defaults.yaml", "voxosync: {overrides: {staging: {message: Hello}}}\n"
        )
        append(two_environments, "voxosync: {unmanaged: [message]}\n")
        assert fields(two_environments, "--env", "staging") == {}

    def test_of_the_base_commit_is_compared(self, two_environments: Project) -> None:
        append_overrides(two_environments, "callFrequency: 60")
        two_environments.git("init", "-q", "-b", "main")
        two_environments.git("add", ".")
        two_environments.git("commit", "-qm", "overrides")
        (two_environments.folder / SHARED_FILE).write_text(
            (two_environments.folder / SHARED_FILE)
            .read_text()
            .replace("callFrequency: 60", "callFrequency: 90")
        )
        ran = two_environments.run("--env", "staging", "plan", "--base", "main", "--format", "json")
        [change] = ran.json["campaigns"][0]["changes"]
        assert (change["base"], change["after"], change["kind"]) == (60, 90, "conflict")


@pytest.mark.parametrize("layers", [x for x in product((True, False), repeat=4) if any(x)], ids=str)
def test_overrides_take_precedence_and_then_the_definition_over_defaults(
    two_environments: Project, layers: tuple[bool, ...]
) -> None:
    values = [101, 102, 103, 104]
    path = two_environments.folder / SHARED_FILE
    path.write_text(path.read_text().replace("callFrequency: 30\n", ""))
    own, own_value, default, default_value = ("{}", "", "{}", "")
    if layers[0]:
        own = f"{{callFrequency: {values[0]}}}"
    if layers[1]:
        default = f"{{callFrequency: {values[1]}}}"
    if layers[2]:
        own_value = f"callFrequency: {values[2]}\n"
    if layers[3]:
        default_value = f"callFrequency: {values[3]}\n"
    append(
        two_environments,
        f"{own_value}voxosync: {{ignore: [message], overrides: {{staging: {own}}}}}\n",
    )
    two_environments.write(
        "campaigns/_defaults.yaml",
        f"{default_value}voxosync: {{overrides: {{staging: {default}}}}}\n",
    )
    first = next(value for value, is_set in zip(values, layers, strict=True) if is_set)
    assert fields(two_environments, "--env", "staging") == {"callFrequency": first}
    usual = [value for value, is_set in zip(values[2:], layers[2:], strict=True) if is_set]
    assert fields(two_environments, "--env", "prod") == (
        {"callFrequency": usual[0]} if usual else {}
    )


def test_override_of_the_nearest_defaults_takes_precedence(two_environments: Project) -> None:
    two_environments.write(
        "campaigns/_defaults.yaml", "voxosync: {overrides: {staging: {callFrequency: 50}}}\n"
    )
    (two_environments.folder / "campaigns/us").mkdir()
    (two_environments.folder / SHARED_FILE).rename(
        two_environments.folder / "campaigns/us/both.yaml"
    )
    two_environments.write(
        "campaigns/us/_defaults.yaml", "voxosync: {overrides: {staging: {callFrequency: 70}}}\n"
    )
    assert fields(two_environments, "--env", "staging") == {"callFrequency": 70}


class TestDefaultOverride:
    def test_can_pause_a_definition_that_is_ready(self, two_environments: Project) -> None:
        path = two_environments.folder / SHARED_FILE
        path.write_text(path.read_text().replace("state: PAUSED", "state: READY"))
        two_environments.write(
            "campaigns/_defaults.yaml", "voxosync: {overrides: {staging: {state: PAUSED}}}\n"
        )
        assert fields(two_environments, "--env", "staging") == {}
        assert fields(two_environments, "--env", "prod") == {"state": "READY"}

    def test_cannot_start_a_definition_that_is_paused(
        self, two_environments: Project, staging: FakeVoxo
    ) -> None:
        two_environments.write(
            "campaigns/_defaults.yaml", "voxosync: {overrides: {staging: {state: READY}}}\n"
        )
        for arguments in (("validate",), ("--env", "staging", "plan"), ("--env", "prod", "plan")):
            ran = two_environments.run(*arguments)
            assert ran.status == 1
            assert (
                f"{SHARED_FILE}:3:8: error: state: PAUSED here, and READY in staging at "
                in ran.said
            )
        assert staging.asked == []
        append_overrides(two_environments, "state: READY")
        assert fields(two_environments, "--env", "staging") == {"state": "READY"}


WRONG = {
    "an unknown environment": (
        "stagin: {state: PAUSED}",
        "24:24",
        "no environment 'stagin': did you mean staging?",
    ),
    "an unknown key": ("staging: {calerId: 1}", "24:34", "unknown key 'calerId': did you mean"),
    "an id": ("staging: {id: 12}", "24:34", "id belongs to one campaign"),
    "settings": ("staging: {voxosync: {}}", "24:34", "voxosync is the same in every environment"),
    "a read-only key": ("staging: {created: x}", "24:34", ""),
    "null": ("staging: {message: }", "24:43", "remove the key to keep the usual value"),
    "a value": ("staging: {callFrequency: 5}", "24:49", "'5' is not accepted: write a number"),
    "not a mapping": ("staging: PAUSED", "24:33", "write values, such as {state: PAUSED}"),
    "not a date": ("staging: {dateEnd: 2096-02-31}", "24:43", "is not a calendar date"),
    "an end before the start": (
        "staging: {dateEnd: 2096-02-01}",
        "24:43",
        "before it starts (2096-03-01 09:00): write a later end",
    ),
    "a start after the end": (
        "staging: {dateStart: 2096-04-01}",
        "5:10",
        "before it starts (2096-04-01 09:00): write a later end (with --env staging)",
    ),
    "a missing file": ("staging: {numbers: {file: no.csv}}", "24:50", "no.csv"),
    "a phone": (
        "staging: {numbers: [{number: 6015550177}, {number: 60155501ab}]}",
        "24:75",
        "numbers[2].number",
    ),
}


@pytest.mark.parametrize(("values", "position", "message"), WRONG.values(), ids=WRONG)
def test_wrong_overrides_are_errors_in_every_environment_without_requests(
    two_environments: Project, staging: FakeVoxo, values: str, position: str, message: str
) -> None:
    append(two_environments, f"voxosync: {{overrides: {{{values}}}}}\n")
    for arguments in (("validate",), ("--env", "prod", "plan"), ("--env", "staging", "plan")):
        ran = two_environments.run(*arguments)
        assert ran.status == 1, ran.said
        [line] = [line for line in ran.said.splitlines() if f"{SHARED_FILE}:" in line]
        assert line.startswith(f"{SHARED_FILE}:{position}: error: ")
        if not ("--env staging" in message and arguments[:2] == ("--env", "staging")):
            assert message in line
        assert "6015550177" not in ran.said
        assert "60155501ab" not in ran.said
    assert staging.asked == []


def test_problems_of_all_environments_are_reported_at_once(two_environments: Project) -> None:
    two_environments.write("campaigns/bad.csv", "number\nabc\n")
    path = two_environments.folder / SHARED_FILE
    path.write_text(path.read_text().replace("dateEnd: 2096-03-31", "dateEnd: 2096-02-30"))
    append(
        two_environments,
        "voxosync:\n  overrides:\n    staging: {callFrequency: 5, numbers: {file: bad.csv}}\n"
        "    prod: {dateStart: 2096-02-31}\n",
    )
    lines = [
        line for line in two_environments.run("validate").out.splitlines() if ": error: " in line
    ]
    assert [line.split(": error: ")[0].replace("campaigns/", "") for line in lines] == [
        "both.yaml:5:10",
        "both.yaml:26:30",
        "both.yaml:27:23",
        "bad.csv:2:1",
    ]


def test_usual_values_that_no_environment_uses_need_not_be_consistent(
    two_environments: Project,
) -> None:
    path = two_environments.folder / SHARED_FILE
    path.write_text(path.read_text().replace("dateEnd: 2096-03-31", "dateEnd: 2096-02-01"))
    assert two_environments.run("validate").status == 1
    append(
        two_environments,
        "voxosync:\n  overrides:\n    staging: {dateEnd: 2096-03-31}\n"
        "    prod: {dateEnd: 2096-03-31}\n",
    )
    ran = two_environments.run("validate")
    assert (ran.status, ran.out) == (0, "1 campaign in 1 file: 0 errors, 0 warnings.\n")


class TestPolicies:
    SLOWLY = (
        'rules: {slowly: {message: "leave 60 seconds", '
        "schema: {properties: {callFrequency: {minimum: 60}}}}}\n"
    )

    def test_apply_to_every_environment(self, two_environments: Project) -> None:
        two_environments.write("policies/house.yaml", self.SLOWLY)
        path = two_environments.folder / SHARED_FILE
        path.write_text(path.read_text().replace("callFrequency: 30", "callFrequency: 60"))
        assert two_environments.run("validate").status == 0
        append_overrides(two_environments, "callFrequency: 45")
        line = len(path.read_text().splitlines())
        ran = two_environments.run("validate")
        assert ran.out.splitlines()[0].startswith(
            f"{SHARED_FILE}:{line}:22: error: policy slowly: "
        )
        assert ran.status == two_environments.run("--env", "staging", "plan").status == 1
        assert two_environments.run("--env", "prod", "plan").status == 0

    def test_can_have_an_exception_for_one_environment(self, two_environments: Project) -> None:
        two_environments.write("policies/house.yaml", self.SLOWLY)
        path = two_environments.folder / SHARED_FILE
        path.write_text(path.read_text().replace("callFrequency: 30", "callFrequency: 60"))
        append_overrides(
            two_environments, "callFrequency: 45  # voxosync: allow slowly testers only"
        )
        ran = two_environments.run("validate", "--format", "json")
        assert ran.status == 0
        assert [entry["reason"] for entry in ran.json["allowed"]] == ["testers only"]


def numbers(*numbers: str) -> list[dict[str, object]]:
    """A list of numbers as VOXO returns it."""
    return [{"number": number, "description": None, "disposition": None} for number in numbers]


LIVE = {
    "callFrequency": 45,
    "state": "READY",
    "message": "Two\nlines: yes",
    "numbers": numbers("6015550123", "6015550188"),
    "destinations": [{"destType": "QUEUE", "id": 13, "order": 0}],
}
"""Values that a person changed in staging by hand."""

EDITED = {
    "in lines": """\
voxosync:
  overrides:
    staging:
      state: PAUSED  # not yet
      callFrequency: 60
      message: Hello
      numbers:
        - {number: 6015550123}
        - {number: 6015550177}
      destinations:
        - {type: QUEUE, id: 12}
  ignore: [name]
""",
    "in braces": """\
voxosync: {overrides: {staging: {state: PAUSED, callFrequency: 60, message: Hello,
  numbers: [{number: 6015550177}], destinations: []}, prod: {}}}
""",
    "in a CSV file": """\
voxosync:
  overrides:
    prod: {name: Spring renewal}
    staging:
      message: "Hello"
      state: PAUSED
      callFrequency: 60
      destinations: []
      numbers: {file: testers.csv}
""",
}


_LINES = """\
  overrides:
    staging:
      callFrequency: 45
      message: Hi
      destinations:
        - {type: QUEUE, id: 13}
"""
_BRACES = "staging: {callFrequency: 45, message: Hi, destinations: [{type: QUEUE, id: 13}]}"
ADDED = {
    "none": ("", f"voxosync:\n{_LINES}"),
    "in lines": ("voxosync:\n  ignore: [name]\n", f"voxosync:\n  ignore: [name]\n{_LINES}"),
    "in braces": (
        "voxosync: {ignore: [name]}\n",
        f"voxosync: {{ignore: [name], overrides: {{{_BRACES}}}}}\n",
    ),
    "for another environment": (
        "voxosync: {overrides: {prod: {}}}",
        f"voxosync: {{overrides: {{prod: {{}}, {_BRACES}}}}}",
    ),
}
"""Settings of a definition, and the same settings after `pull`."""


class TestPull:
    @pytest.mark.parametrize("edit", EDITED.values(), ids=EDITED)
    def test_writes_into_the_overrides_of_its_environment(
        self, two_environments: Project, staging: FakeVoxo, edit: str
    ) -> None:
        two_environments.write("campaigns/testers.csv", "number\n6015550177\n")
        append(two_environments, edit)
        before = (two_environments.folder / SHARED_FILE).read_text()
        staging.has(12, **LIVE)
        ran = two_environments.run("--env", "staging", "pull", "--yes")
        assert ran.status == 0, ran.said
        assert "6015550188" not in ran.said
        assert "the value is written for staging alone, below voxosync: overrides" in ran.said
        assert "apply will send the value there too" not in ran.said
        usual = before[: before.index("voxosync:")]
        assert (two_environments.folder / SHARED_FILE).read_text().startswith(usual)
        for name in ("staging", "prod"):
            assert "Nothing to do" in two_environments.run("--env", name, "plan").out

    def test_writes_a_value_without_override_for_all_environments(
        self, two_environments: Project, staging: FakeVoxo
    ) -> None:
        append_overrides(two_environments, "state: PAUSED")
        staging.has(12, callFrequency=45)
        ran = two_environments.run("--env", "staging", "pull", "--yes")
        assert ran.status == 0
        assert "this definition is also of prod: apply will send the value there too" in ran.said
        assert fields(two_environments, "--env", "prod") == {"callFrequency": 45}

    def test_changes_a_default_override_that_no_other_campaign_uses(
        self, two_environments: Project, staging: FakeVoxo
    ) -> None:
        two_environments.write(
            "campaigns/_defaults.yaml", "voxosync: {overrides: {staging: {callFrequency: 60}}}\n"
        )
        before = (two_environments.folder / SHARED_FILE).read_text()
        staging.has(12, callFrequency=45)
        assert two_environments.run("--env", "staging", "pull", "--yes").status == 0
        defaults = (two_environments.folder / "campaigns/_defaults.yaml").read_text()
        assert defaults == "voxosync: {overrides: {staging: {callFrequency: 45}}}\n"
        assert (two_environments.folder / SHARED_FILE).read_text() == before

    @pytest.mark.parametrize(("settings", "after"), ADDED.values(), ids=ADDED)
    def test_adds_overrides_where_other_campaigns_use_the_default(
        self, two_environments: Project, staging: FakeVoxo, settings: str, after: str
    ) -> None:
        two_environments.write(
            "campaigns/_defaults.yaml",
            "voxosync: {overrides: {staging: {callFrequency: 60, message: Hello, destinations: []}}}\n",
        )
        append(two_environments, settings)
        two_environments.write("campaigns/other.yaml", "id: {staging: 13}\n")
        staging.has(13, callFrequency=60, message="Hello", destinations=[])
        staging.has(
            12,
            callFrequency=45,
            message="Hi",
            destinations=[{"destType": "QUEUE", "id": 13, "order": 0}],
        )
        ran = two_environments.run("--env", "staging", "pull", "--yes")
        assert ran.status == 0, ran.said
        assert (two_environments.folder / SHARED_FILE).read_text().endswith(f"id: 12}}\n{after}")
        for name in ("staging", "prod"):
            assert "Nothing to do" in two_environments.run("--env", name, "plan").out


class TestImport:
    def test_agrees_with_voxo_where_defaults_have_overrides(
        self, two_environments: Project, staging: FakeVoxo
    ) -> None:
        two_environments.write("campaigns/testers.csv", "number\n6015550177\n")
        two_environments.write(
            "campaigns/_defaults.yaml",
            "voxosync:\n  ignore: [name]\n  overrides:\n"
            "    staging: {state: PAUSED, numbers: {file: testers.csv}, destinations: []}\n"
            "    prod: {recording: no}\n",
        )
        (two_environments.folder / SHARED_FILE).unlink()
        staging.has(12, **LIVE)
        ran = two_environments.run("--env", "staging", "import", "--id", "12")
        assert ran.status == 0, ran.said
        assert "Nothing to do" in two_environments.run("--env", "staging", "plan").out
        [path] = (two_environments.folder / "campaigns").glob("*-12.yaml")
        assert "ignore: [name]" in path.read_text()
        assert "prod" not in path.read_text()

    def test_does_not_rewrite_overrides(self, two_environments: Project) -> None:
        path = two_environments.folder / SHARED_FILE
        path.write_text(path.read_text().replace("{staging: 12, prod: 4711}", "{staging: 12}"))
        append_overrides(two_environments, "callFrequency: 60")
        before = path.read_text()
        ran = two_environments.run("--env", "staging", "import", "--id", "12", "--overwrite")
        assert ran.status == 1
        assert "has overrides, so it is not rewritten: voxosync pull writes" in ran.err
        assert path.read_text() == before
