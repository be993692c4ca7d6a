"""`drift` reports who wrote the value in Git, and which run last sent the field."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import answer
from tests.cli.drift_watch import drift

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


def commit(project: Project, author: str) -> str:
    """Commit everything and return the id of the new commit."""
    project.git("init", "--quiet")
    project.git("add", "--all")
    project.git("commit", "--quiet", "-m", "A change", "--author", f"{author} <a@example.com>")
    return project.git("rev-parse", "HEAD").strip()


def changes(project: Project, *arguments: str) -> dict[str, dict[str, Any]]:
    """The differences of the first campaign, by field."""
    [first, *_] = drift(project, *arguments, status=2)["campaigns"]
    return {change["field"]: change for change in first["changes"]}


def apply(project: Project, *arguments: str, status: int = 0) -> str:
    """Apply everything and return the id of the run."""
    assert project.run("apply", "--yes", "--allow-go-live", *arguments).status == status
    return max(path.stem for path in (project.folder / ".voxosync/runs").glob("*.jsonl"))


class TestWhoWroteTheValue:
    def test_is_the_author_of_the_line(self, project: Project, voxo: FakeVoxo) -> None:
        first = commit(project, "Team A")
        project.spring("message: Other words")
        second = commit(project, "Team B")
        voxo.has(callFrequency=45, message="By hand")
        live_changes = changes(project)
        assert live_changes["callFrequency"]["revision"]["commit"] == first
        assert live_changes["callFrequency"]["revision"]["author"] == "Team A"
        assert live_changes["message"]["revision"]["commit"] == second
        out = project.run("drift").out
        line = rf"      in Git since \d{{4}}-\d\d-\d\d by Team A \({first[:12]}\)\n"
        assert re.search(rf"callFrequency: VOXO 45, Git 30\n{line}", out)
        markdown = project.run("drift", "--format", "markdown").out
        assert re.search(
            rf"VOXO 45, Git 30\n  - in Git since .* by Team A \({first[:12]}\)",
            re.sub(r"</?span>|&#45;", "", markdown),
        )

    def test_is_unknown_outside_of_git_and_for_an_uncommitted_line(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(callFrequency=45)
        assert "revision" not in changes(project)["callFrequency"]
        commit(project, "Team A")
        project.spring("callFrequency: 20")
        assert "revision" not in changes(project)["callFrequency"]

    def test_is_looked_up_for_changes_by_hand_only(self, project: Project, voxo: FakeVoxo) -> None:
        base = commit(project, "Team A")
        project.spring("callFrequency: 20")
        commit(project, "Team B")
        voxo.has(message="By hand")
        live_changes = changes(project, "--base", base)
        assert (live_changes["callFrequency"]["kind"], live_changes["message"]["kind"]) == (
            "change",
            "drift",
        )
        assert "revision" not in live_changes["callFrequency"]
        assert live_changes["message"]["revision"]["author"] == "Team A"

    def test_is_not_looked_up_in_a_clone_that_would_fetch_objects(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        commit(project, "Team A")
        project.git("config", "remote.origin.promisor", "true")
        voxo.has(callFrequency=45)
        assert "revision" not in changes(project)["callFrequency"]

    def test_is_looked_up_in_a_limited_number_of_files(
        self, project: Project, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(1, 4):
            project.spring(name=f"campaigns/{number}.yaml", number=number)
            voxo.has(number, callFrequency=45)
        voxo.has(3, state="READY")
        commit(project, "Team A")
        monkeypatch.setattr("voxosync.app.provenance.MOST_FILES", 1)
        campaigns = drift(project, status=2)["campaigns"]
        ids_with_revision = [
            campaign["id"]
            for campaign in campaigns
            if any("revision" in change for change in campaign["changes"])
        ]
        assert ids_with_revision == [3]  # the campaign that dials comes first

    def test_differing_by_campaign_keeps_the_same_change_in_one_entry(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        for number, author in enumerate(["Team A", "Team A", "Team B"], 1):
            project.spring(name=f"campaigns/{number}.yaml", number=number)
            voxo.has(number, callFrequency=45)
            commit(project, author)
        lines = project.run("drift").out.splitlines()
        assert lines[0].startswith("callFrequency: VOXO 45, Git 30 in 3 campaigns: 1-3")
        assert len([line for line in lines if "in Git since" in line]) == 3  # three commits
        assert re.fullmatch(r"      3: in Git since .* by Team B \(.*\)", lines[3])

    def test_is_escaped(self, project: Project, voxo: FakeVoxo) -> None:
        commit(project, "Team \x1b[2J|<b>*A*")
        voxo.has(callFrequency=45)
        for name in ("text", "markdown"):
            out = project.run("drift", "--format", name).out
            assert "in Git since" in out
            assert "\x1b" not in out
        assert "<b>" not in out


class TestWhichRunSentIt:
    def test_is_the_last_one_that_sent_the_field(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60", "message: First")
        apply(project)
        project.spring("callFrequency: 20", "message: First")
        run = apply(project)
        voxo.has(callFrequency=45, message="By hand")
        live_changes = changes(project)
        assert live_changes["callFrequency"]["lastSent"]["run"] == run
        assert live_changes["message"]["lastSent"]["run"] < run
        line = rf"      last sent {'[0-9-]{10} [0-9:]{5}'} UTC by run {run.partition('.')[0]}\n"
        assert re.search(rf"callFrequency: VOXO 45, Git 20\n{line}", project.run("drift").out)

    def test_is_not_one_that_voxo_refused(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        voxo.say(answer(422, {"message": "no"}), to="PATCH", times=1)
        apply(project, status=3)
        assert "lastSent" not in changes(project)["callFrequency"]

    def test_is_not_the_pause_of_a_quiesce(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(state="READY", numbers=[])
        project.spring("state: READY")
        apply(project, "--quiesce")
        assert len(voxo.sent) == 3
        voxo.has(state="PAUSED", numbers=[])
        live_changes = changes(project)
        assert "lastSent" not in live_changes["state"]
        assert "lastSent" in live_changes["numbers"]

    def test_is_not_one_that_sent_to_another_voxo(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        run = apply(project)
        [journal] = (project.folder / ".voxosync/runs").glob("*.jsonl")
        journal.write_text(journal.read_text().replace(voxo.url, "https://api.example.com", 1))
        voxo.has(callFrequency=45)
        assert "lastSent" not in changes(project)["callFrequency"]
        assert run

    @pytest.mark.parametrize("content", ["", "{", '{"event":"intent","campaign":4711,"x":1}\n' * 2])
    def test_is_not_read_from_a_damaged_journal(
        self, content: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        run = apply(project)
        damaged: Path = project.folder / ".voxosync/runs/20970101T000000.000000Z-000000.jsonl"
        damaged.write_text(content)
        for number, (key, text) in enumerate([("startedAt", "today"), ("baseUrl", "http://[")], 1):
            first_line, *remaining_lines = (
                damaged.with_name(f"{run}.jsonl").read_text().splitlines(keepends=True)
            )
            invalid_journal = json.dumps({**json.loads(first_line), key: text}) + "".join(
                ["\n", *remaining_lines]
            )
            damaged.with_stem(f"20970101T000000.000000Z-00000{number}").write_text(invalid_journal)
        voxo.has(callFrequency=45)
        assert changes(project)["callFrequency"]["lastSent"]["run"] == run
