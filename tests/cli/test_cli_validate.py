"""`voxosync validate` checks definitions offline, and reports every problem of every file in one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.json_schema import check_document
from voxosync import __version__
from voxosync.report.registry import VALIDATION

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


@pytest.mark.parametrize("name", VALIDATION)
def test_validate_makes_no_request_and_needs_no_token(
    name: str, project: Project, voxo: FakeVoxo
) -> None:
    ran = project.run("validate", "--format", name, VOXO_API_TOKEN=None)
    assert ran.status == 0
    assert voxo.asked == []


class TestProblems:
    @pytest.fixture(autouse=True)
    def _invalid_definitions(self, project: Project) -> None:
        project.write("campaigns/a.yaml", "id: 1\ncallFrequency: 5\ncolour: red\n")
        project.write("campaigns/b.yaml", "id: 2\nrecording: true\n")
        project.write("campaigns/c.yaml", "id: 3\nenableVMDetect: 1\n")

    @pytest.mark.parametrize("name", VALIDATION)
    def test_are_all_on_stdout(self, name: str, project: Project) -> None:
        ran = project.run("validate", "--format", name)
        assert ran.status == 1
        for word in ("callFrequency", "colour", "recording", "voicemail"):
            assert word in ran.out
        assert ran.err == ""

    def test_have_position_severity_and_message(self, project: Project) -> None:
        lines = project.run("validate").out.splitlines()
        assert lines[0].startswith("campaigns/a.yaml:2:16: error: callFrequency: '5' ")
        assert lines[1].startswith("campaigns/a.yaml:3:1: error: unknown key 'colour'")
        assert lines[2].startswith("campaigns/b.yaml:2:12: error: recording: 'true' ")
        assert lines[3].startswith("campaigns/c.yaml:2:17: warning: ")
        assert lines[4].endswith(" in 4 files: 3 errors, 1 warning.")

    def test_are_json_with_positions_and_a_summary(self, project: Project) -> None:
        document = project.run("validate", "--format", "json").json
        check_document(document, "validation")
        assert document["formatVersion"] == 1
        assert document["voxosyncVersion"] == __version__
        assert document["summary"]["files"] == 4
        assert document["summary"]["error"] == 3
        assert document["summary"]["warning"] == 1
        first = document["problems"][0]
        assert (first["file"], first["line"], first["column"]) == ("campaigns/a.yaml", 2, 16)
        assert first["severity"] == "error"
        assert first["rule"]
        assert "callFrequency" in first["message"]

    def test_are_annotations_for_github(self, project: Project) -> None:
        out = project.run("validate", "--format", "github").out
        assert "::error file=campaigns/a.yaml,line=2,col=16," in out
        assert "::warning file=campaigns/c.yaml,line=2,col=17," in out

    def test_are_results_for_code_scanning(self, project: Project) -> None:
        [run] = project.run("validate", "--format", "sarif").json["runs"]
        location = run["results"][0]["locations"][0]["physicalLocation"]
        assert location["artifactLocation"]["uri"] == "campaigns/a.yaml"
        assert location["region"] == {"startLine": 2, "startColumn": 16}

    def test_are_those_of_the_given_files_only(self, project: Project) -> None:
        ran = project.run("validate", "campaigns/c.yaml", "campaigns/spring.yaml")
        assert ran.status == 0
        assert "campaigns/a.yaml" not in ran.out
        assert ran.out.endswith("2 campaigns in 2 files: 0 errors, 1 warning.\n")


class TestValues:
    @pytest.mark.parametrize(
        "line",
        [
            "timeEnd: 18:30",
            "timeStart: 09:00",
            "recording: yes",
            "recording: no",
            "dateStart: 2096-03-01",
            'callFrequency: "30"',
            "callFrequency: 30.0",
            "callerId: 6015550100",
            "name: 12345",
            "message: yes",
            "enableVMDetect: 1",
            'enableVMDetect: "1"',
            "numbers: []",
        ],
    )
    def test_are_accepted(self, line: str, project: Project) -> None:
        project.spring(line)
        assert project.run("validate").status == 0

    @pytest.mark.parametrize(
        ("line", "hint"),
        [
            ("recording: true", "yes"),
            ("recording: Yes", "yes"),
            ("recording: on", "yes"),
            ("enableVMDetect: true", "1"),
            ("enableVMDetect: yes", "1"),
            ("callFrequency: 0x1e", "number"),
            ("timeEnd: 9:00", "HH:MM"),
            ("dateEnd:", "remove the key"),
            ("dateEnd: null", "remove the key"),
            ("dateEnd: 2096-02-30", "calendar"),
            ("dateEnd: 2096-02-28", "before"),
            ("timezone: Chicago", "America/Chicago"),
            ("lastrun: 2096-01-01", "read-only"),
            ("numbers: [{number: 6015550123, disposition: BUSY}]", "read-only"),
        ],
    )
    def test_are_refused_with_what_to_write_instead(
        self, line: str, hint: str, project: Project
    ) -> None:
        project.spring(line)
        ran = project.run("validate")
        assert ran.status == 1
        assert hint in ran.out

    def test_with_a_repeated_number_are_refused_with_both_lines(self, project: Project) -> None:
        project.spring(
            "numbers: [\n  {number: 6015550123},\n  {number: 6015550123, description: Again}]"
        )
        ran = project.run("validate")
        assert ran.status == 1
        [problem] = [line for line in ran.out.splitlines() if "error: " in line]
        line = int(problem.split(":")[1])
        assert f"line {line - 1}" in problem

    def test_with_a_repeated_id_are_refused_with_both_positions(self, project: Project) -> None:
        project.spring(name="campaigns/twin.yaml")
        ran = project.run("validate")
        assert ran.status == 1
        assert "campaigns/twin.yaml:1:5: error: " in ran.out
        assert "campaigns/spring.yaml:1:5" in ran.out


class TestDefaults:
    def test_have_problems_at_their_own_lines(self, project: Project) -> None:
        project.write("campaigns/_defaults.yaml", "tech: VOICE\ncallFrequency: 5\n")
        project.spring("-callFrequency")
        ran = project.run("validate")
        assert ran.status == 1
        assert "campaigns/_defaults.yaml:2:16: error: " in ran.out
        assert "campaigns/spring.yaml" not in ran.out

    def test_cannot_have_an_id(self, project: Project) -> None:
        project.write("campaigns/_defaults.yaml", "id: 4712\n")
        ran = project.run("validate")
        assert ran.status == 1
        assert "campaigns/_defaults.yaml:1:1: error: " in ran.out


class TestPlanAndDriftWithInvalidDefinitions:
    """Problems go to stderr without a report, or to stdout as annotations in the formats `github` and `sarif`."""

    @pytest.fixture(autouse=True)
    def _invalid_definitions(self, project: Project) -> None:
        project.spring("callFrequency: 5")

    @pytest.mark.parametrize("command", ["plan", "drift"])
    @pytest.mark.parametrize("name", ["text", "json", "markdown"])
    def test_problems_replace_the_report(self, command: str, name: str, project: Project) -> None:
        ran = project.run(command, "--format", name)
        assert ran.status == 1
        assert ran.out == ""
        assert "campaigns/spring.yaml:" in ran.err
        assert "error: callFrequency" in ran.err

    @pytest.mark.parametrize("command", ["plan", "drift"])
    def test_problems_are_annotations(self, command: str, project: Project) -> None:
        assert (
            "::error file=campaigns/spring.yaml,line="
            in project.run(command, "--format", "github").out
        )
        [run] = project.run(command, "--format", "sarif").json["runs"]
        assert run["results"][0]["level"] == "error"

    def test_problems_are_reported_by_apply(self, project: Project) -> None:
        ran = project.run("apply", "--yes")
        assert ran.out == ""
        assert "error: callFrequency" in ran.err
