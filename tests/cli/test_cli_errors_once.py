"""The same error in several places is shown once, with a count, the first places, and what to change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_voxo import answer

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

MANY = 34
FOLDER = "campaigns/retention/of/the/eastern/states"
PROBLEM = re.compile(r"[^ :]+:[0-9]+:[0-9]+: (error|warning|remark): .+")
"""The pattern by which editors and CI systems find problems in a log."""


@pytest.fixture
def many_campaigns(project: Project) -> Project:
    """34 definitions of campaigns that VOXO does not have."""
    (project.folder / "campaigns/spring.yaml").unlink()
    for number in range(MANY):
        project.spring(name=f"{FOLDER}/c{number:02}.yaml", number=4800 + number)
    return project


@pytest.fixture
def environments(project: Project) -> Project:
    """34 definitions with an id for each of two environments."""
    project.write("voxosync.yaml", "environments:\n  staging: {}\n  production: {}\n")
    (project.folder / "campaigns/spring.yaml").unlink()
    for number in range(MANY):
        ids = f"id: {{staging: {number + 1}, production: {number + 101}}}"
        project.spring(ids, name=f"{FOLDER}/c{number:02}.yaml")
    return project


class TestProblems:
    @pytest.mark.parametrize("command", ["plan", "drift", "apply --yes"])
    def test_missing_env_option_is_reported_once_for_all_files(
        self, command: str, environments: Project
    ) -> None:
        ran = environments.run(*command.split())
        assert ran.status == 1
        problem, more, summary = ran.err.splitlines()
        assert problem == (
            f"{FOLDER}/c00.yaml:23:5: error: this campaign has an id for each environment: "
            "choose one with --env staging or --env production"
        )
        positions = ", ".join(f"{FOLDER}/c{number:02}.yaml:23:5" for number in (1, 2, 3))
        assert more == f"    the same in 33 more places: {positions} and 30 more"
        assert summary == "error: 34 errors in the definitions"

    def test_errors_with_different_values_are_all_shown(self, project: Project) -> None:
        for number in range(4):
            project.spring(
                f"recording: no{number}", name=f"campaigns/{number}.yaml", number=number + 1
            )
        lines = project.run("validate").out.splitlines()
        assert len(lines) == 5
        assert all(PROBLEM.fullmatch(line) for line in lines[:4])

    @pytest.mark.parametrize(("count", "lines"), [(2, 2), (3, 1)])
    def test_only_three_or_more_equal_errors_are_combined(
        self, count: int, lines: int, project: Project
    ) -> None:
        for number in range(count):
            project.spring("recording: Yes", name=f"campaigns/{number}.yaml", number=number + 1)
        out = project.run("validate").out
        assert out.count("error: recording: 'Yes'") == lines
        assert f"{count} errors" in out

    def test_verbose_shows_every_error(self, many_campaigns: Project) -> None:
        for path in (many_campaigns.folder / FOLDER).iterdir():
            path.write_text(path.read_text().replace("recording: yes", "recording: Yes"))
        assert many_campaigns.run("validate").out.count("error: recording") == 1
        lines = many_campaigns.run("-v", "validate").out.splitlines()
        assert len([line for line in lines if PROBLEM.fullmatch(line)]) == MANY

    def test_json_and_github_annotations_list_every_error(self, many_campaigns: Project) -> None:
        for path in (many_campaigns.folder / FOLDER).iterdir():
            path.write_text(path.read_text().replace("recording: yes", "recording: Yes"))
        assert len(many_campaigns.run("validate", "--format", "json").json["problems"]) == MANY
        assert (
            many_campaigns.run("validate", "--format", "github").out.count("::error file=") == MANY
        )

    def test_copied_id_says_what_to_change(self, project: Project) -> None:
        project.spring(name="campaigns/twin.yaml")
        out = project.run("validate").out
        assert "keep one of the two, or remove the id of a copy and run voxosync create" in out


class TestCampaigns:
    def test_missing_in_voxo_are_reported_in_one_entry(self, many_campaigns: Project) -> None:
        ran = many_campaigns.run("plan")
        assert ran.status == 3
        assert ran.out.count("VOXO answered 404") == 2  # once for each of the two paths
        assert len(ran.out.splitlines()) == 9
        assert ran.out.startswith("34 campaigns missing\n  ! missing: GET ")
        assert (
            "if the definition is a copy for a new campaign, remove its id and run voxosync create"
            in ran.out
        )
        assert (
            "this is so for every campaign: check --env NAME, VOXO_TENANT_ID, and baseUrl"
            in ran.out
        )
        assert f"    4800 Spring renewal  {FOLDER}/c00.yaml\n" in ran.out
        assert "    and 31 more: 4803, 4804, " in ran.out
        for number in range(MANY):
            assert ran.out.count(str(4800 + number)) == 1
        assert "34 missing" in ran.out

    def test_missing_in_voxo_are_listed_with_their_files_by_verbose(
        self, many_campaigns: Project
    ) -> None:
        out = many_campaigns.run("-v", "plan").out
        for number in range(MANY):
            assert f"{4800 + number} Spring renewal  {FOLDER}/c{number:02}.yaml\n" in out

    def test_of_another_tenant_are_reported_in_one_entry(
        self, many_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        for number in range(MANY):
            voxo.has(4800 + number)
        ran = many_campaigns.run("plan", VOXO_TENANT_ID="18")
        assert ran.status == 3
        assert ran.out.count("of tenant 17, but tenant 18 is expected") == 1
        assert "choose another environment with --env, or correct VOXO_TENANT_ID" in ran.out
        assert (
            "this is so for every campaign" not in ran.out
        )  # the reason already says what to change

    def test_hidden_from_the_token_are_reported_in_one_entry(
        self, many_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(answer(403, {"message": "no"}))
        ran = many_campaigns.run("drift")
        assert ran.status == 3
        assert ran.out.count("check what the token may see") == 1

    def test_do_not_blame_the_settings_if_only_some_fail(
        self, many_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4833)
        out = many_campaigns.run("plan").out
        assert "33 campaigns missing" in out
        assert "this is so for every campaign" not in out

    def test_each_have_their_reason_in_json(self, many_campaigns: Project) -> None:
        campaigns = many_campaigns.run("plan", "--format", "json").json["campaigns"]
        assert len({campaign["error"] for campaign in campaigns}) == MANY

    def test_failed_in_apply_are_all_listed_but_the_reason_is_shown_once(
        self, many_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        for number in range(MANY):
            voxo.has(4800 + number, callFrequency=60)
        voxo.say(answer(422, {"message": "slower"}), to="PATCH")
        ran = many_campaigns.run("apply", "--yes", "--max-campaigns", "100%")
        assert ran.status == 3
        assert ran.out.count("VOXO answered 422 (slower)") == 1
        lines = [line for line in ran.out.splitlines() if ": failed" in line]
        assert len(lines) == MANY
        first = lines[0].split()[0]
        assert all(line.endswith(f": failed, as {first}") for line in lines[1:])


class TestOnATerminal:
    def test_long_lines_are_wrapped_and_their_beginning_is_unchanged(
        self, project: Project
    ) -> None:
        project.spring("timezone: Chicago")
        ran = project.terminal("validate", COLUMNS="60", NO_COLOR="1")
        problem, *continuations, _ = ran.out.splitlines()
        assert PROBLEM.fullmatch(problem)
        assert continuations
        assert all(line.startswith("    ") and len(line) <= 60 for line in continuations)
        unwrapped = project.run("validate").out.splitlines()[0]
        assert " ".join([problem, *map(str.strip, continuations)]) == unwrapped

    def test_long_list_is_grouped_under_the_paths_of_its_files(self, project: Project) -> None:
        project.write(f"{FOLDER}/a.yaml", "id: 1\n" + "".join(f"key{n}: 1\n" for n in range(6)))
        project.write(f"{FOLDER}/b.yaml", "id: 2\n" + "".join(f"other{n}: 1\n" for n in range(6)))
        lines = project.terminal("validate", COLUMNS="400", NO_COLOR="1").out.splitlines()
        assert lines[0] == f"{FOLDER}/a.yaml"
        assert lines[1].startswith("  2:1: error: unknown key 'key0'")
        assert lines[7] == f"{FOLDER}/b.yaml"
        assert len(lines) == 15
        assert all(
            PROBLEM.fullmatch(line) for line in project.run("validate").out.splitlines()[:12]
        )
