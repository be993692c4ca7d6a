"""`--shard` cuts a run into parts that stay the same, and `merge` makes one report of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.fakes.json_schema import check_document
from voxosync.model.document import digest

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

IDS = range(4711, 4741)
PARTS = ("1.json", "2.json", "3.json")


@pytest.fixture
def many(project: Project, voxo: FakeVoxo) -> Project:
    """Thirty definitions; of every third campaign somebody has changed the frequency."""
    for number in IDS:
        folder = "campaigns/deep" if number % 2 else "campaigns"
        project.spring(name=f"{folder}/c{number}.yaml", number=number)
        voxo.has(number, callFrequency=30 if number % 3 else 45)
    (project.folder / "campaigns/spring.yaml").unlink()
    return project


def all_differ(voxo: FakeVoxo) -> None:
    for number in IDS:
        voxo.has(number, callFrequency=45)


def planned(project: Project, *arguments: str) -> list[int]:
    ran = project.run(*arguments, "--format", "json")
    return [campaign["id"] for campaign in ran.json["campaigns"]]


def cut(project: Project, command: str = "drift", *arguments: str) -> None:
    for name in PARTS:
        shard = f"{name.removesuffix('.json')}/3"
        project.write(
            name, project.run(command, "--shard", shard, "--format", "json", *arguments).out
        )


class TestShard:
    @pytest.mark.parametrize("count", [1, 2, 3, 7])
    def test_every_campaign_is_in_just_one(self, many: Project, count: int) -> None:
        parts = [
            planned(many, "plan", "--shard", f"{part}/{count}") for part in range(1, count + 1)
        ]
        assert sorted(campaign for part in parts for campaign in part) == [*IDS]

    def test_a_campaign_stays_in_its_part_when_others_go(self, many: Project) -> None:
        before = planned(many, "plan", "--shard", "2/3")
        (many.folder / f"campaigns/c{before[0]}.yaml").unlink(missing_ok=True)
        (many.folder / f"campaigns/deep/c{before[0]}.yaml").unlink(missing_ok=True)
        assert planned(many, "plan", "--shard", "2/3") == before[1:]

    def test_only_its_campaigns_are_asked_for(self, many: Project, voxo: FakeVoxo) -> None:
        planned_ids = planned(many, "plan", "--shard", "1/3")
        requested_ids = {int(path.rpartition("/")[2]) for path in voxo.asked}
        assert requested_ids == set(planned_ids)

    def test_apply_sends_only_its_own(self, many: Project, voxo: FakeVoxo) -> None:
        mine = {
            campaign for campaign in planned(many, "plan", "--shard", "1/3") if campaign % 3 == 0
        }
        ran = many.run("apply", "--yes", "--shard", "1/3")
        assert ran.status == 0
        assert {campaign for campaign, _ in voxo.sent} == mine

    def test_snapshot_saves_its_own_of_the_whole_tenant(
        self, many: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(9000)
        saved = []
        for part in (1, 2):
            many.run(
                "snapshot",
                "--all",
                "--shard",
                f"{part}/2",
                "--out",
                "live.json",
                VOXO_TENANT_ID="17",
            )
            document = json.loads((many.folder / "live.json").read_text())
            saved += [campaign["id"] for campaign in document["campaigns"]]
        assert sorted(saved) == [*IDS, 9000]

    def test_unmanaged_campaigns_are_reported_by_one(self, many: Project, voxo: FakeVoxo) -> None:
        voxo.has(9000)
        reports = [
            unmanaged["id"]
            for part in (1, 2, 3)
            for unmanaged in many.run(
                "drift", "--shard", f"{part}/3", "--format", "json", VOXO_TENANT_ID="17"
            ).json.get("unmanaged", [])
        ]
        assert reports == [9000]

    def test_an_empty_part_agrees(self, project: Project) -> None:
        statuses = [project.run("drift", "--shard", f"{part}/5").status for part in range(1, 6)]
        assert statuses == [0] * 5

    @pytest.mark.parametrize("wrong", ["0/3", "4/3", "3", "1/0", "a/b", "1/3/5", ""])
    def test_must_be_a_part_of_so_many(self, project: Project, wrong: str) -> None:
        ran = project.run("plan", "--shard", wrong)
        assert ran.status == 1
        assert "from 1/4 to 4/4" in ran.err

    def test_a_saved_plan_is_whole(self, project: Project) -> None:
        project.run("plan", "--out", "plan.json")
        ran = project.run("apply", "--yes", "--plan", "plan.json", "--shard", "1/2")
        assert ran.status == 1

    @pytest.mark.parametrize("settings", ["{maxCampaigns: 30%}", "{}"], ids=["set", "default"])
    def test_cutting_a_run_does_not_lift_a_guard(
        self, settings: str, many: Project, voxo: FakeVoxo
    ) -> None:
        """All 30 differ; a fifth of them is not more than 30 %, nor more than ten."""
        all_differ(voxo)
        many.write("voxosync.yaml", f"guards: {settings}\n")
        for part in range(1, 6):
            ran = many.run("apply", "--yes", "--shard", f"{part}/5")
            assert ran.status == 1
            assert f"campaigns of shard {part}/5 would change, more than 30 %" in ran.err
        assert voxo.sent == []

    def test_shards_share_a_count(self, many: Project, voxo: FakeVoxo) -> None:
        all_differ(voxo)
        many.write("voxosync.yaml", "guards: {maxCampaigns: 4}\n")
        for part, share in ((1, 2), (2, 1), (3, 1)):
            ran = many.run("apply", "--yes", "--shard", f"{part}/3")
            assert ran.status == 1
            assert f"would change, more than {share}, its share of 4" in ran.err
        assert voxo.sent == []

    def test_the_flag_that_a_refusal_names_lifts_it(self, many: Project, voxo: FakeVoxo) -> None:
        many.write("voxosync.yaml", "guards: {maxCampaigns: 0}\n")
        for part in range(1, 4):
            shard = ("--shard", f"{part}/3")
            flag = (
                many.run("apply", "--yes", *shard).err.split("to proceed anyway, pass ")[1].split()
            )
            assert many.run("apply", "--yes", *shard, *flag).status == 0
        assert len(voxo.sent) == 10

    def test_a_saved_part_runs_into_the_same_guard(self, many: Project, voxo: FakeVoxo) -> None:
        all_differ(voxo)
        many.write("voxosync.yaml", "guards: {maxCampaigns: 4}\n")
        many.run("plan", "--shard", "3/3", "--out", "plan.json")
        ran = many.run("apply", "--yes", "--plan", "plan.json")
        assert ran.status == 1
        assert "its share of 4" in ran.err
        assert voxo.sent == []


class TestMerge:
    def test_is_what_one_run_would_have_said(self, many: Project) -> None:
        cut(many)
        complete = many.run("drift")
        merged = many.run("merge", *PARTS)
        assert merged.out == complete.out
        assert merged.status == complete.status == 2

    def test_of_plans_is_a_plan_that_cannot_be_applied(self, many: Project, voxo: FakeVoxo) -> None:
        cut(many, "plan")
        ran = many.run("merge", *PARTS, "--format", "json", "--report", "markdown=plan.md")
        assert ran.status == 0
        check_document(ran.json, "plan")
        assert ran.json["command"] == "merge"
        assert "10 to update" in (many.folder / "plan.md").read_text()
        many.write("merged.json", ran.out)
        refused = many.run("apply", "--yes", "--plan", "merged.json")
        assert refused.status == 1
        assert "cannot be applied" in refused.err
        assert voxo.sent == []

    def test_of_plans_counts_differences_when_asked_to(self, many: Project) -> None:
        cut(many, "plan")
        assert many.run("merge", *PARTS, "--exit-code").status == 2

    def test_can_be_merged_again(self, many: Project) -> None:
        cut(many)
        many.write("all.json", many.run("merge", *PARTS, "--format", "json").out)
        assert many.run("merge", "all.json").out == many.run("drift").out

    def test_keeps_what_failed(self, many: Project, voxo: FakeVoxo) -> None:
        del voxo.campaigns[4720]
        cut(many)
        ran = many.run("merge", *PARTS)
        assert ran.status == 3
        assert "4720" in ran.out

    def test_keeps_unmanaged_campaigns_and_that_they_count(
        self, many: Project, voxo: FakeVoxo
    ) -> None:
        for number in IDS:
            voxo.has(number, callFrequency=30)
        voxo.has(9000)
        cut(many, "drift", "--tenant-id", "17", "--unmanaged", "fail")
        ran = many.run("merge", *PARTS)
        assert ran.status == 2
        assert "9000" in ran.out

    def test_keeps_a_history(self, many: Project) -> None:
        cut(many)
        arguments = ("merge", *PARTS, "--history", "drift.sqlite", "--format", "json")
        many.run(*arguments)
        ran = many.run(*arguments)
        assert [run["update"] for run in ran.json["history"]["runs"]] == [10, 10]
        assert all(c["since"] for campaign in ran.json["campaigns"] for c in campaign["changes"])

    def test_refuses_where_a_part_is_missing(self, many: Project) -> None:
        cut(many)
        ran = many.run("merge", "1.json", "3.json")
        assert ran.status == 1
        assert "shards are missing: 2/3" in ran.err

    def test_refuses_a_part_twice(self, many: Project) -> None:
        cut(many)
        ran = many.run("merge", *PARTS, "1.json")
        assert ran.status == 1
        assert "is in 1.json and in 1.json" in ran.err

    def test_refuses_plans_and_drift_together(self, many: Project) -> None:
        cut(many)
        many.write("plan.json", many.run("plan", "--format", "json").out)
        ran = many.run("merge", *PARTS, "plan.json")
        assert ran.status == 1
        assert "from plan and from drift" in ran.err

    def test_refuses_different_voxos(self, many: Project) -> None:
        cut(many)
        document = json.loads((many.folder / "2.json").read_text())
        document["baseUrl"] = "https://api.example.com"
        many.write("2.json", json.dumps({**document, "digest": digest(document)}))
        ran = many.run("merge", *PARTS)
        assert ran.status == 1
        assert "https://api.example.com" in ran.err

    @pytest.mark.parametrize(
        "spoilt", ["", "[]", "{}", '{"formatVersion": 2}', "not JSON"], ids=repr
    )  # fmt: skip
    def test_refuses_what_is_no_document(self, many: Project, spoilt: str) -> None:
        cut(many)
        many.write("2.json", spoilt)
        ran = many.run("merge", *PARTS)
        assert ran.status == 1
        assert "2.json" in ran.err

    def test_refuses_a_document_that_was_changed(self, many: Project) -> None:
        cut(many)
        many.write("2.json", (many.folder / "2.json").read_text().replace("45", "46"))
        ran = many.run("merge", *PARTS)
        assert ran.status == 1
        assert "2.json was changed since it was saved" in ran.err

    def test_refuses_a_format_of_drift_for_plans(self, many: Project) -> None:
        cut(many, "plan")
        ran = many.run("merge", *PARTS, "--format", "junit")
        assert ran.status == 1
        assert "junit is a format for drift reports" in ran.err

    def test_needs_a_file_that_is_there(self, project: Project) -> None:
        assert project.run("merge").status == 1
        assert "cannot read nowhere.json" in project.run("merge", "nowhere.json").err
