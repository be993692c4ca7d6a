"""`voxosync history` lists the runs of apply and rollback, and shows one run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import SPRING
from tests.cli.cli_voxo import TOKEN, answer, silence

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


def journals(project: Project) -> list[Path]:
    return sorted((project.folder / ".voxosync/runs").iterdir())


def history_of(project: Project, run: str = "") -> str:
    """What `history` shows of the run with this id, or of the newest run."""
    ran = project.run("history", run or journals(project)[-1].stem)
    assert ran.status == 0
    return ran.out


class TestList:
    def test_is_empty_without_runs_and_makes_no_request(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("history")
        assert (ran.status, ran.out) == (0, "No runs yet.\n")
        assert voxo.asked == []

    def test_has_the_newest_run_first_even_if_runs_follow_each_other_quickly(
        self, project: Project
    ) -> None:
        for frequency in range(31, 39):
            project.spring(f"callFrequency: {frequency}")
            assert project.run("apply", "--yes").status == 0
        ids = [line.split()[0] for line in project.run("history").out.splitlines()[1:]]
        outputs = [history_of(project, run) for run in ids]
        assert [text.partition("→ ")[2].split()[0] for text in outputs] == [
            str(frequency) for frequency in range(38, 30, -1)
        ]

    def test_has_the_start_command_result_and_job_of_a_run(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712)
        project.spring("callFrequency: 60")
        project.spring("callFrequency: 60", name="campaigns/z.yaml", number=4712)
        voxo.say(answer(422, {"message": "no"}), to="PATCH", about="4712", times=1)
        assert project.run("apply", "--yes", CI_JOB_URL="https://ci.test/7").status == 3
        headings, line = project.run("history").out.splitlines()
        names = ["RUN", "STARTED", "ENVIRONMENT", "COMMAND", "COMMIT", "RESULT", "BY"]
        cells = [line[headings.index(name) :].split("  ")[0] for name in names]
        assert journals(project)[0].stem.startswith(cells[0])
        assert re.fullmatch(r"[0-9-]{10} [0-9:]{8} UTC", cells[1])
        assert cells[2:] == ["-", "apply", "-", "1 applied, 1 failed", "https://ci.test/7"]

    def test_has_the_environment_and_the_commit_of_a_run(self, project: Project) -> None:
        project.git("init", "--quiet")
        url = project.variables["VOXO_API_BASE_URL"]
        project.write("voxosync.yaml", f"environments: {{staging: {{baseUrl: '{url}'}}}}\n")
        project.spring("callFrequency: 60")
        commit = project.commit()
        applied = project.run("--env", "staging", "apply", "--yes")
        assert applied.status == 0, applied.err
        [_, line] = project.run("history").out.splitlines()
        assert f"  staging      apply    {commit[:12]}  1 applied  " in line
        assert "env      staging\n" in history_of(project)

    @pytest.mark.parametrize(
        ("name", "content", "uncommitted"),
        [
            ("campaigns/spring.yaml", SPRING.replace("30", "45"), "1 file"),
            ("campaigns/new.yml", "name: Not committed\n", "1 file"),
            ("contacts/new.csv", "number\n6015550123\n", "1 file"),
            ("README.md", "Not a definition\n", None),
        ],
    )
    def test_says_that_files_differed_from_the_commit(
        self, name: str, content: str, uncommitted: str | None, project: Project
    ) -> None:
        project.git("init", "--quiet")
        project.spring("callFrequency: 60")
        commit = project.commit()
        project.write(name, content)
        assert project.run("apply", "--yes").status == 0
        [run] = project.run("history", "--format", "json").json["runs"]
        assert run["actor"].get("uncommitted") == uncommitted
        [_, line] = project.run("history").out.splitlines()
        assert (f" {commit[:12]}+ " in line) == (uncommitted is not None)
        assert ("uncommitted 1 file\n" in history_of(project)) == (uncommitted is not None)

    def test_has_the_commit_even_if_changes_are_unknown(self, project: Project) -> None:
        project.git("init", "--quiet")
        project.spring("callFrequency: 60")
        commit = project.commit()
        project.git("config", "filter.a=b.clean", "cat")  # no option can turn it off
        assert project.run("apply", "--yes").status == 0
        [run] = project.run("history", "--format", "json").json["runs"]
        assert run["actor"]["commit"] == commit
        assert "uncommitted" not in run["actor"]

    def test_has_actor_outcomes_and_requests_as_json(self, project: Project) -> None:
        project.git("init", "--quiet")
        project.spring("callFrequency: 60")
        commit = project.commit()
        assert project.run("apply", "--yes", LOGNAME="deploy").status == 0
        [run] = project.run("history", "--format", "json").json["runs"]
        assert run["id"] == journals(project)[0].stem
        assert (run["command"], run["exitStatus"], run["environment"]) == ("apply", 0, None)
        assert run["actor"] == {"commit": commit, "user": "deploy"}
        assert run["outcomes"] == {"applied": 1}
        details = project.run("history", "latest", "--format", "json").json
        assert details["requests"] == [
            {"method": "PATCH", "campaign": 4711, "fields": ["callFrequency"], "outcome": "accepted",
             "detail": ""},
        ]  # fmt: skip
        assert details["campaigns"][0]["outcome"] == "applied"

    def test_does_not_have_a_run_that_a_guard_refused(self, project: Project) -> None:
        project.spring("state: READY")
        assert project.run("apply", "--yes").status == 1
        assert project.run("history").out == "No runs yet.\n"

    def test_has_the_other_runs_if_one_journal_cannot_be_read(self, project: Project) -> None:
        project.spring("callFrequency: 60")
        assert project.run("apply", "--yes").status == 0
        project.write(".voxosync/runs/19700101T000000.000000Z-000000.jsonl", "")
        ran = project.run("history")
        assert ran.status == 0
        _, newest, oldest = ran.out.splitlines()
        assert "1 applied" in newest
        assert oldest.startswith("19700101T000000  1970-01-01 00:00:00 UTC")
        assert "is not a voxosync journal, or it is damaged" in oldest


class TestRun:
    def test_shows_the_commit_and_the_user(self, project: Project) -> None:
        project.git("init", "--quiet")
        commit = project.commit()
        project.spring("callFrequency: 60")
        assert project.run("apply", "--yes", LOGNAME="deploy").status == 0
        assert f"commit   {commit}\n" in history_of(project)
        assert "user     deploy\n" in history_of(project)

    @pytest.mark.parametrize(
        "variables",
        [
            {
                "GITHUB_SERVER_URL": "https://github.test",
                "GITHUB_REPOSITORY": "team/calls",
                "GITHUB_RUN_ID": "7",
            },
            {"CI_JOB_URL": "https://github.test/team/calls/actions/runs/7"},
        ],
        ids=["GitHub", "GitLab"],
    )
    def test_shows_the_ci_job(self, variables: dict[str, str], project: Project) -> None:
        project.spring("callFrequency: 60")
        assert project.run("apply", "--yes", **variables).status == 0
        assert "job      https://github.test/team/calls/actions/runs/7\n" in history_of(project)

    def test_shows_each_request_and_its_outcome(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60", "numbers: []", "destinations: [{type: IVR, id: 3}]")
        assert project.run("apply", "--yes").status == 0
        history = history_of(project)
        assert f"against  {voxo.url}\n" in history
        assert "ended    with exit status 0\n" in history
        assert "PATCH 4711: accepted\n" in history
        assert "    callFrequency: 30 → 60\n" in history
        assert "    numbers: 2 → 0\n" in history
        assert "    destinations: [QUEUE 12, EXTENSION 101] → [IVR 3]\n" in history
        assert "4711 Spring renewal: applied\n" in history

    def test_shows_each_attempt_of_a_repeated_patch(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        voxo.say(answer(503), to="PATCH", times=1)
        assert project.run("apply", "--yes").status == 0
        history = history_of(project)
        assert history.index("PATCH 4711: unknown") < history.index("PATCH 4711: accepted")

    def test_shows_the_flags_that_lifted_guards(self, project: Project) -> None:
        project.spring("state: READY")
        arguments = ("--allow-go-live", "--during-freeze", "The queue is gone")
        assert project.run("apply", "--yes", *arguments).status == 0
        history = history_of(project)
        assert "override --allow-go-live yes\n" in history
        assert "override --during-freeze The queue is gone\n" in history

    def test_shows_neither_full_phones_nor_the_token(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("numbers: [{number: 6015550125, description: New}]")
        refusal = {"message": f"6015550125 and {TOKEN} are refused"}
        voxo.say(answer(422, refusal), to="PATCH", times=1)
        ran = project.run("apply", "--yes")
        assert ran.status == 3
        documents = [
            project.run("history", *run, "--format", "json").out for run in ([], ["latest"])
        ]
        texts = history_of(project) + project.run("history").out + ran.said + "".join(documents)
        assert "601•••0125" in texts
        for secret in ("6015550123", "6015550124", "6015550125", TOKEN):
            assert secret not in texts

    def test_escapes_text_from_voxo(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60", "-name")
        voxo.has(name="\x1b[2J\n::error::x")
        voxo.say(answer(422, {"message": "\x1b[31m\n::error::x"}), to="PATCH", times=1)
        assert project.run("apply", "--yes").status == 3
        history = history_of(project)
        assert "\x1b" not in history
        assert "\n::error" not in history

    def test_shows_that_the_run_was_killed(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        assert project.run("apply", "--yes").status == 0
        (journal,) = journals(project)
        lines = journal.read_text().splitlines(keepends=True)
        journal.write_text("".join(lines[:2]) + lines[2][:10])
        assert "KILLED after 1 request" in project.run("history").out
        history = history_of(project)
        assert "ended    KILLED" in history
        assert "PATCH 4711: UNKNOWN: the run ended before VOXO responded\n" in history
        assert "remark   line 3 was not written whole\n" in history
        assert voxo.has()["callFrequency"] == 60

    @pytest.mark.usefixtures("impatient")
    def test_shows_that_the_outcome_in_voxo_is_unknown(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        voxo.say(silence, to="PATCH")
        assert project.run("apply", "--yes").status == 3
        history = history_of(project)
        assert "PATCH 4711: unknown\n" in history
        assert "4711 Spring renewal: unknown\n" in history

    @pytest.mark.parametrize("unknown", ["1970", "*"])
    def test_with_an_unknown_id_is_an_error(self, unknown: str, project: Project) -> None:
        ran = project.run("history", unknown)
        assert ran.status == 1
        assert f"no run in .voxosync/runs with an id like '{unknown}'" in ran.err
