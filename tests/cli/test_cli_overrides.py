"""`voxosync: overrides:`: values of one environment, in definitions and in `_defaults.yaml`."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import SHARED_FILE
from tests.cli.cli_voxo import TOKEN

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


def add(project: Project, text: str) -> None:
    """Appends to the definition."""
    path = project.folder / SHARED_FILE
    path.write_text(path.read_text() + text)


def override(project: Project, *lines: str, name: str = "staging") -> None:
    """Appends overrides of one environment to the definition."""
    add(
        project,
        "".join(
            f"{line}\n"
            for line in (
                "voxosync:",
                "  overrides:",
                f"    {name}:",
                *(f"      {x}" for x in lines),
            )
        ),
    )


def fields(project: Project, *arguments: str) -> dict[str, object]:
    """The changes of a plan, by field."""
    [campaign] = project.run(*arguments, "plan", "--format", "json").json["campaigns"]
    return {change["field"]: change.get("after") for change in campaign["changes"]}


class TestAValueOfOneEnvironment:
    def test_is_sent_there_and_nowhere_else(
        self, two: Project, voxo: FakeVoxo, staging: FakeVoxo
    ) -> None:
        two.write("campaigns/contacts/testers.csv", "number\n6015550177\n")
        override(two, "callerId: 6015550199", "numbers: {file: contacts/testers.csv}")
        assert (
            two.run("--env", "staging", "apply", "--yes", "--max-numbers-removed", "2").status == 0
        )
        assert two.run("--env", "prod", "apply", "--yes").status == 0
        [(_, body)] = staging.sent
        assert body["callerId"] == "6015550199"
        assert [entry["number"] for entry in body["numbers"]] == ["6015550177"]
        assert voxo.sent == []

    def test_has_its_own_position(self, two: Project) -> None:
        override(two, "callFrequency: 60")
        line = len((two.folder / SHARED_FILE).read_text().splitlines())
        [campaign] = two.run("--env", "staging", "plan", "--format", "json").json["campaigns"]
        [change] = campaign["changes"]
        assert change["position"] == {"file": SHARED_FILE, "line": line, "column": 22}

    def test_is_shown_with_its_environment(self, two: Project) -> None:
        override(two, "callFrequency: 60")
        line = len((two.folder / SHARED_FILE).read_text().splitlines())
        text = two.run("--env", "staging", "show", "12").out
        assert f"  {SHARED_FILE}:{line}:22 (for staging)\n" in text
        document = two.run("--env", "staging", "show", "12", "--format", "json").json
        assert document["fields"]["callFrequency"]["environment"] == "staging"
        assert "environment" not in document["fields"]["callerId"]
        assert "(for " not in two.run("--env", "prod", "show", "4711").out

    def test_is_not_used_without_an_environment(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("voxosync.yaml", f"environments: {{staging: {{baseUrl: '{voxo.url}'}}}}\n")
        project.spring("voxosync: {overrides: {staging: {callFrequency: 60}}}")
        assert fields(project) == {}
        project.variables = {"VOXO_API_TOKEN": TOKEN}
        assert fields(project, "--env", "staging") == {"callFrequency": 60}

    def test_may_be_a_tenant(self, two: Project) -> None:
        override(two, "tenantId: 18")
        ran = two.run("--env", "staging", "plan")
        assert ran.status == 3
        assert "tenant" in ran.out
        assert two.run("--env", "prod", "plan").status == 0

    def test_is_left_alone_where_the_definition_leaves_its_field_alone(self, two: Project) -> None:
        two.write(
            "campaigns/_defaults.yaml", "voxosync: {overrides: {staging: {message: Hello}}}\n"
        )
        add(two, "voxosync: {unmanaged: [message]}\n")
        assert fields(two, "--env", "staging") == {}

    def test_is_that_of_the_base_too(self, two: Project) -> None:
        override(two, "callFrequency: 60")
        two.git("init", "-q", "-b", "main")
        two.git("add", ".")
        two.git("commit", "-qm", "overrides")
        (two.folder / SHARED_FILE).write_text(
            (two.folder / SHARED_FILE).read_text().replace("callFrequency: 60", "callFrequency: 90")
        )
        ran = two.run("--env", "staging", "plan", "--base", "main", "--format", "json")
        [change] = ran.json["campaigns"][0]["changes"]
        assert (change["base"], change["after"], change["kind"]) == (60, 90, "conflict")


GIVERS = ("own override", "default override", "own value", "default value")


@pytest.mark.parametrize("layers", [g for g in product((True, False), repeat=4) if any(g)], ids=str)
def test_what_is_written_for_the_environment_comes_first_then_what_is_nearest(
    two: Project, layers: tuple[bool, ...]
) -> None:
    values = [101, 102, 103, 104]
    path = two.folder / SHARED_FILE
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
    add(two, f"{own_value}voxosync: {{ignore: [message], overrides: {{staging: {own}}}}}\n")
    two.write(
        "campaigns/_defaults.yaml",
        f"{default_value}voxosync: {{overrides: {{staging: {default}}}}}\n",
    )
    first = next(value for value, is_given in zip(values, layers, strict=True) if is_given)
    assert fields(two, "--env", "staging") == {"callFrequency": first}
    usual = [value for value, is_given in zip(values[2:], layers[2:], strict=True) if is_given]
    assert fields(two, "--env", "prod") == ({"callFrequency": usual[0]} if usual else {})


def test_the_nearest_default_of_the_environment_comes_first(two: Project) -> None:
    two.write("campaigns/_defaults.yaml", "voxosync: {overrides: {staging: {callFrequency: 50}}}\n")
    (two.folder / "campaigns/us").mkdir()
    (two.folder / SHARED_FILE).rename(two.folder / "campaigns/us/both.yaml")
    two.write(
        "campaigns/us/_defaults.yaml", "voxosync: {overrides: {staging: {callFrequency: 70}}}\n"
    )
    assert fields(two, "--env", "staging") == {"callFrequency": 70}


class TestADefault:
    def test_pauses_what_a_definition_has_ready(self, two: Project) -> None:
        path = two.folder / SHARED_FILE
        path.write_text(path.read_text().replace("state: PAUSED", "state: READY"))
        two.write("campaigns/_defaults.yaml", "voxosync: {overrides: {staging: {state: PAUSED}}}\n")
        assert fields(two, "--env", "staging") == {}
        assert fields(two, "--env", "prod") == {"state": "READY"}

    def test_starts_nothing_that_a_definition_has_paused(
        self, two: Project, staging: FakeVoxo
    ) -> None:
        two.write("campaigns/_defaults.yaml", "voxosync: {overrides: {staging: {state: READY}}}\n")
        for arguments in (("validate",), ("--env", "staging", "plan"), ("--env", "prod", "plan")):
            ran = two.run(*arguments)
            assert ran.status == 1
            assert (
                f"{SHARED_FILE}:3:8: error: state: PAUSED here, and READY in staging at "
                in ran.said
            )
        assert staging.asked == []
        override(two, "state: READY")
        assert fields(two, "--env", "staging") == {"state": "READY"}


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
    "no mapping": ("staging: PAUSED", "24:33", "write values, such as {state: PAUSED}"),
    "no date": ("staging: {dateEnd: 2096-02-31}", "24:43", "is not a calendar date"),
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
    "no file": ("staging: {numbers: {file: no.csv}}", "24:50", "no.csv"),
    "a number that is called": (
        "staging: {numbers: [{number: 6015550177}, {number: 60155501ab}]}",
        "24:75",
        "numbers[2].number",
    ),
}


@pytest.mark.parametrize(("values", "position", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_found_offline_in_every_environment(
    two: Project, staging: FakeVoxo, values: str, position: str, message: str
) -> None:
    add(two, f"voxosync: {{overrides: {{{values}}}}}\n")
    for arguments in (("validate",), ("--env", "prod", "plan"), ("--env", "staging", "plan")):
        ran = two.run(*arguments)
        assert ran.status == 1, ran.said
        [line] = [line for line in ran.said.splitlines() if f"{SHARED_FILE}:" in line]
        assert line.startswith(f"{SHARED_FILE}:{position}: error: ")
        if not ("--env staging" in message and arguments[:2] == ("--env", "staging")):
            assert message in line
        assert "6015550177" not in ran.said
        assert "60155501ab" not in ran.said
    assert staging.asked == []


def test_every_problem_of_every_environment_is_told_at_once(two: Project) -> None:
    two.write("campaigns/bad.csv", "number\nabc\n")
    path = two.folder / SHARED_FILE
    path.write_text(path.read_text().replace("dateEnd: 2096-03-31", "dateEnd: 2096-02-30"))
    add(
        two,
        "voxosync:\n  overrides:\n    staging: {callFrequency: 5, numbers: {file: bad.csv}}\n"
        "    prod: {dateStart: 2096-02-31}\n",
    )
    lines = [line for line in two.run("validate").out.splitlines() if ": error: " in line]
    assert [line.split(": error: ")[0].replace("campaigns/", "") for line in lines] == [
        "both.yaml:5:10",
        "both.yaml:26:30",
        "both.yaml:27:23",
        "bad.csv:2:1",
    ]


def test_a_base_that_no_environment_uses_need_not_make_sense(two: Project) -> None:
    path = two.folder / SHARED_FILE
    path.write_text(path.read_text().replace("dateEnd: 2096-03-31", "dateEnd: 2096-02-01"))
    assert two.run("validate").status == 1
    add(
        two,
        "voxosync:\n  overrides:\n    staging: {dateEnd: 2096-03-31}\n"
        "    prod: {dateEnd: 2096-03-31}\n",
    )
    ran = two.run("validate")
    assert (ran.status, ran.out) == (0, "1 campaign in 1 file: 0 errors, 0 warnings.\n")


class TestPolicies:
    SLOWLY = (
        'rules: {slowly: {message: "leave 60 seconds", '
        "schema: {properties: {callFrequency: {minimum: 60}}}}}\n"
    )

    def test_judge_every_environment(self, two: Project) -> None:
        two.write("policies/house.yaml", self.SLOWLY)
        path = two.folder / SHARED_FILE
        path.write_text(path.read_text().replace("callFrequency: 30", "callFrequency: 60"))
        assert two.run("validate").status == 0
        override(two, "callFrequency: 45")
        line = len(path.read_text().splitlines())
        ran = two.run("validate")
        assert ran.out.splitlines()[0].startswith(
            f"{SHARED_FILE}:{line}:22: error: policy slowly: "
        )
        assert ran.status == two.run("--env", "staging", "plan").status == 1
        assert two.run("--env", "prod", "plan").status == 0

    def test_may_be_allowed_for_one_environment(self, two: Project) -> None:
        two.write("policies/house.yaml", self.SLOWLY)
        path = two.folder / SHARED_FILE
        path.write_text(path.read_text().replace("callFrequency: 30", "callFrequency: 60"))
        override(two, "callFrequency: 45  # voxosync: allow slowly testers only")
        ran = two.run("validate", "--format", "json")
        assert ran.status == 0
        assert [entry["reason"] for entry in ran.json["allowed"]] == ["testers only"]


def numbers(*numbers: str) -> list[dict[str, object]]:
    """A list of numbers as VOXO answers it."""
    return [{"number": number, "description": None, "disposition": None} for number in numbers]


LIVE = {
    "callFrequency": 45,
    "state": "READY",
    "message": "Two\nlines: yes",
    "numbers": numbers("6015550123", "6015550188"),
    "destinations": [{"destType": "QUEUE", "id": 13, "order": 0}],
}
"""What somebody changed in staging by hand."""

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
    "of another environment": (
        "voxosync: {overrides: {prod: {}}}",
        f"voxosync: {{overrides: {{prod: {{}}, {_BRACES}}}}}",
    ),
}
"""Settings of a definition, and the same with what is pulled."""


class TestPull:
    @pytest.mark.parametrize("edit", EDITED.values(), ids=EDITED)
    def test_writes_into_the_overrides_of_its_environment(
        self, two: Project, staging: FakeVoxo, edit: str
    ) -> None:
        two.write("campaigns/testers.csv", "number\n6015550177\n")
        add(two, edit)
        before = (two.folder / SHARED_FILE).read_text()
        staging.has(12, **LIVE)
        ran = two.run("--env", "staging", "pull", "--yes")
        assert ran.status == 0, ran.said
        assert "6015550188" not in ran.said
        assert "the value is written for staging alone, below voxosync: overrides" in ran.said
        assert "apply will send the value there too" not in ran.said
        usual = before[: before.index("voxosync:")]
        assert (two.folder / SHARED_FILE).read_text().startswith(usual)
        for name in ("staging", "prod"):
            assert "Nothing to do" in two.run("--env", name, "plan").out

    def test_writes_a_value_without_override_for_all(self, two: Project, staging: FakeVoxo) -> None:
        override(two, "state: PAUSED")
        staging.has(12, callFrequency=45)
        ran = two.run("--env", "staging", "pull", "--yes")
        assert ran.status == 0
        assert "this definition is also of prod: apply will send the value there too" in ran.said
        assert fields(two, "--env", "prod") == {"callFrequency": 45}

    def test_changes_the_override_of_a_default_that_no_other_campaign_takes(
        self, two: Project, staging: FakeVoxo
    ) -> None:
        two.write(
            "campaigns/_defaults.yaml", "voxosync: {overrides: {staging: {callFrequency: 60}}}\n"
        )
        before = (two.folder / SHARED_FILE).read_text()
        staging.has(12, callFrequency=45)
        assert two.run("--env", "staging", "pull", "--yes").status == 0
        defaults = (two.folder / "campaigns/_defaults.yaml").read_text()
        assert defaults == "voxosync: {overrides: {staging: {callFrequency: 45}}}\n"
        assert (two.folder / SHARED_FILE).read_text() == before

    @pytest.mark.parametrize(("settings", "after"), ADDED.values(), ids=ADDED)
    def test_adds_overrides_where_other_campaigns_take_the_default(
        self, two: Project, staging: FakeVoxo, settings: str, after: str
    ) -> None:
        two.write(
            "campaigns/_defaults.yaml",
            "voxosync: {overrides: {staging: {callFrequency: 60, message: Hello, destinations: []}}}\n",
        )
        add(two, settings)
        two.write("campaigns/other.yaml", "id: {staging: 13}\n")
        staging.has(13, callFrequency=60, message="Hello", destinations=[])
        staging.has(
            12,
            callFrequency=45,
            message="Hi",
            destinations=[{"destType": "QUEUE", "id": 13, "order": 0}],
        )
        ran = two.run("--env", "staging", "pull", "--yes")
        assert ran.status == 0, ran.said
        assert (two.folder / SHARED_FILE).read_text().endswith(f"id: 12}}\n{after}")
        for name in ("staging", "prod"):
            assert "Nothing to do" in two.run("--env", name, "plan").out


class TestImport:
    def test_is_in_sync_where_defaults_override(self, two: Project, staging: FakeVoxo) -> None:
        two.write("campaigns/testers.csv", "number\n6015550177\n")
        two.write(
            "campaigns/_defaults.yaml",
            "voxosync:\n  ignore: [name]\n  overrides:\n"
            "    staging: {state: PAUSED, numbers: {file: testers.csv}, destinations: []}\n"
            "    prod: {recording: no}\n",
        )
        (two.folder / SHARED_FILE).unlink()
        staging.has(12, **LIVE)
        ran = two.run("--env", "staging", "import", "--id", "12")
        assert ran.status == 0, ran.said
        assert "Nothing to do" in two.run("--env", "staging", "plan").out
        [path] = (two.folder / "campaigns").glob("*-12.yaml")
        assert "ignore: [name]" in path.read_text()
        assert "prod" not in path.read_text()

    def test_does_not_rewrite_overrides(self, two: Project) -> None:
        path = two.folder / SHARED_FILE
        path.write_text(path.read_text().replace("{staging: 12, prod: 4711}", "{staging: 12}"))
        override(two, "callFrequency: 60")
        before = path.read_text()
        ran = two.run("--env", "staging", "import", "--id", "12", "--overwrite")
        assert ran.status == 1
        assert "has overrides, so it is not rewritten: voxosync pull writes" in ran.err
        assert path.read_text() == before
