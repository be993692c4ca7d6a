"""`--shard` divides a run into stable parts, and `merge` combines them into one report."""

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
def many_campaigns(project: Project, voxo: FakeVoxo) -> Project:
    """A project of thirty definitions; the frequency of every third campaign was changed by hand."""
    for number in IDS:
        folder = "campaigns/deep" if number % 2 else "campaigns"
        project.spring(name=f"{folder}/c{number}.yaml", number=number)
        voxo.has(number, callFrequency=30 if number % 3 else 45)
    (project.folder / "campaigns/spring.yaml").unlink()
    return project


def make_all_differ(voxo: FakeVoxo) -> None:
    for number in IDS:
        voxo.has(number, callFrequency=45)


def plan_ids(project: Project, *arguments: str) -> list[int]:
    ran = project.run(*arguments, "--format", "json")
    return [campaign["id"] for campaign in ran.json["campaigns"]]


def write_parts(project: Project, command: str = "drift", *arguments: str) -> None:
    for name in PARTS:
        shard = f"{name.removesuffix('.json')}/3"
        project.write(
            name, project.run(command, "--shard", shard, "--format", "json", *arguments).out
        )


class TestShard:
    @pytest.mark.parametrize("count", [1, 2, 3, 7])
    def test_has_each_campaign_in_exactly_one_part(
        self, many_campaigns: Project, count: int
    ) -> None:
        parts = [
            plan_ids(many_campaigns, "plan", "--shard", f"{part}/{count}")
            for part in range(1, count + 1)
        ]
        assert sorted(campaign for part in parts for campaign in part) == [*IDS]

    def test_has_the_same_campaigns_after_others_are_removed(self, many_campaigns: Project) -> None:
        before = plan_ids(many_campaigns, "plan", "--shard", "2/3")
        (many_campaigns.folder / f"campaigns/c{before[0]}.yaml").unlink(missing_ok=True)
        (many_campaigns.folder / f"campaigns/deep/c{before[0]}.yaml").unlink(missing_ok=True)
        assert plan_ids(many_campaigns, "plan", "--shard", "2/3") == before[1:]

    def test_requests_only_its_own_campaigns(self, many_campaigns: Project, voxo: FakeVoxo) -> None:
        planned_ids = plan_ids(many_campaigns, "plan", "--shard", "1/3")
        requested_ids = {int(path.rpartition("/")[2]) for path in voxo.asked}
        assert requested_ids == set(planned_ids)

    def test_of_apply_sends_only_its_own_campaigns(
        self, many_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        expected_ids = {
            campaign
            for campaign in plan_ids(many_campaigns, "plan", "--shard", "1/3")
            if campaign % 3 == 0
        }
        ran = many_campaigns.run("apply", "--yes", "--shard", "1/3")
        assert ran.status == 0
        assert {campaign for campaign, _ in voxo.sent} == expected_ids

    def test_of_a_snapshot_has_its_part_of_the_tenant(
        self, many_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(9000)
        saved_ids = []
        for part in (1, 2):
            many_campaigns.run(
                "snapshot",
                "--all",
                "--shard",
                f"{part}/2",
                "--out",
                "live.json",
                VOXO_TENANT_ID="17",
            )
            document = json.loads((many_campaigns.folder / "live.json").read_text())
            saved_ids += [campaign["id"] for campaign in document["campaigns"]]
        assert sorted(saved_ids) == [*IDS, 9000]

    def test_reports_unmanaged_campaigns_in_one_part(
        self, many_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(9000)
        reports = [
            unmanaged["id"]
            for part in (1, 2, 3)
            for unmanaged in many_campaigns.run(
                "drift", "--shard", f"{part}/3", "--format", "json", VOXO_TENANT_ID="17"
            ).json.get("unmanaged", [])
        ]
        assert reports == [9000]

    def test_without_campaigns_has_no_drift(self, project: Project) -> None:
        statuses = [project.run("drift", "--shard", f"{part}/5").status for part in range(1, 6)]
        assert statuses == [0] * 5

    @pytest.mark.parametrize("wrong", ["0/3", "4/3", "3", "1/0", "a/b", "1/3/5", ""])
    def test_must_have_a_part_and_a_count(self, project: Project, wrong: str) -> None:
        ran = project.run("plan", "--shard", wrong)
        assert ran.status == 1
        assert "from 1/4 to 4/4" in ran.err

    def test_cannot_be_combined_with_a_saved_plan(self, project: Project) -> None:
        project.run("plan", "--out", "plan.json")
        ran = project.run("apply", "--yes", "--plan", "plan.json", "--shard", "1/2")
        assert ran.status == 1

    @pytest.mark.parametrize("settings", ["{maxCampaigns: 30%}", "{}"], ids=["set", "default"])
    def test_does_not_lift_a_guard(
        self, settings: str, many_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        """All 30 differ; a fifth of them is neither more than 30 % of all nor more than ten."""
        make_all_differ(voxo)
        many_campaigns.write("voxosync.yaml", f"guards: {settings}\n")
        for part in range(1, 6):
            ran = many_campaigns.run("apply", "--yes", "--shard", f"{part}/5")
            assert ran.status == 1
            assert f"campaigns of shard {part}/5 would change, more than 30 %" in ran.err
        assert voxo.sent == []

    def test_has_its_share_of_a_limit(self, many_campaigns: Project, voxo: FakeVoxo) -> None:
        make_all_differ(voxo)
        many_campaigns.write("voxosync.yaml", "guards: {maxCampaigns: 4}\n")
        for part, share in ((1, 2), (2, 1), (3, 1)):
            ran = many_campaigns.run("apply", "--yes", "--shard", f"{part}/3")
            assert ran.status == 1
            assert f"would change, more than {share}, its share of 4" in ran.err
        assert voxo.sent == []

    def test_is_sent_with_the_flag_that_a_refusal_names(
        self, many_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        many_campaigns.write("voxosync.yaml", "guards: {maxCampaigns: 0}\n")
        for part in range(1, 4):
            shard = ("--shard", f"{part}/3")
            flag = (
                many_campaigns.run("apply", "--yes", *shard)
                .err.split("to proceed anyway, pass ")[1]
                .split()
            )
            assert many_campaigns.run("apply", "--yes", *shard, *flag).status == 0
        assert len(voxo.sent) == 10

    def test_is_refused_by_the_guard_with_a_saved_plan(
        self, many_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        make_all_differ(voxo)
        many_campaigns.write("voxosync.yaml", "guards: {maxCampaigns: 4}\n")
        many_campaigns.run("plan", "--shard", "3/3", "--out", "plan.json")
        ran = many_campaigns.run("apply", "--yes", "--plan", "plan.json")
        assert ran.status == 1
        assert "its share of 4" in ran.err
        assert voxo.sent == []


class TestMerge:
    def test_is_the_same_report_as_that_of_one_run(self, many_campaigns: Project) -> None:
        write_parts(many_campaigns)
        complete = many_campaigns.run("drift")
        merged = many_campaigns.run("merge", *PARTS)
        assert merged.out == complete.out
        assert merged.status == complete.status == 2

    def test_of_plans_is_a_plan_that_cannot_be_applied(
        self, many_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        write_parts(many_campaigns, "plan")
        ran = many_campaigns.run(
            "merge", *PARTS, "--format", "json", "--report", "markdown=plan.md"
        )
        assert ran.status == 0
        check_document(ran.json, "plan")
        assert ran.json["command"] == "merge"
        assert "10 to update" in (many_campaigns.folder / "plan.md").read_text()
        many_campaigns.write("merged.json", ran.out)
        refused = many_campaigns.run("apply", "--yes", "--plan", "merged.json")
        assert refused.status == 1
        assert "cannot be applied" in refused.err
        assert voxo.sent == []

    def test_of_plans_reports_differences_with_exit_code(self, many_campaigns: Project) -> None:
        write_parts(many_campaigns, "plan")
        assert many_campaigns.run("merge", *PARTS, "--exit-code").status == 2

    def test_can_be_merged_again(self, many_campaigns: Project) -> None:
        write_parts(many_campaigns)
        many_campaigns.write(
            "all.json", many_campaigns.run("merge", *PARTS, "--format", "json").out
        )
        assert many_campaigns.run("merge", "all.json").out == many_campaigns.run("drift").out

    def test_has_failed_campaigns(self, many_campaigns: Project, voxo: FakeVoxo) -> None:
        del voxo.campaigns[4720]
        write_parts(many_campaigns)
        ran = many_campaigns.run("merge", *PARTS)
        assert ran.status == 3
        assert "4720" in ran.out

    def test_has_unmanaged_campaigns_and_their_effect_on_the_status(
        self, many_campaigns: Project, voxo: FakeVoxo
    ) -> None:
        for number in IDS:
            voxo.has(number, callFrequency=30)
        voxo.has(9000)
        write_parts(many_campaigns, "drift", "--tenant-id", "17", "--unmanaged", "fail")
        ran = many_campaigns.run("merge", *PARTS)
        assert ran.status == 2
        assert "9000" in ran.out

    def test_records_a_history(self, many_campaigns: Project) -> None:
        write_parts(many_campaigns)
        arguments = ("merge", *PARTS, "--history", "drift.sqlite", "--format", "json")
        many_campaigns.run(*arguments)
        ran = many_campaigns.run(*arguments)
        assert [run["update"] for run in ran.json["history"]["runs"]] == [10, 10]
        assert all(c["since"] for campaign in ran.json["campaigns"] for c in campaign["changes"])

    def test_refuses_a_missing_part(self, many_campaigns: Project) -> None:
        write_parts(many_campaigns)
        ran = many_campaigns.run("merge", "1.json", "3.json")
        assert ran.status == 1
        assert "shards are missing: 2/3" in ran.err

    def test_refuses_a_repeated_part(self, many_campaigns: Project) -> None:
        write_parts(many_campaigns)
        ran = many_campaigns.run("merge", *PARTS, "1.json")
        assert ran.status == 1
        assert "is in 1.json and in 1.json" in ran.err

    def test_refuses_plans_and_drift_together(self, many_campaigns: Project) -> None:
        write_parts(many_campaigns)
        many_campaigns.write("plan.json", many_campaigns.run("plan", "--format", "json").out)
        ran = many_campaigns.run("merge", *PARTS, "plan.json")
        assert ran.status == 1
        assert "from plan and from drift" in ran.err

    def test_refuses_parts_of_different_addresses(self, many_campaigns: Project) -> None:
        write_parts(many_campaigns)
        document = json.loads((many_campaigns.folder / "2.json").read_text())
        document["baseUrl"] = "https://api.example.com"
        many_campaigns.write("2.json", json.dumps({**document, "digest": digest(document)}))
        ran = many_campaigns.run("merge", *PARTS)
        assert ran.status == 1
        assert "https://api.example.com" in ran.err

    @pytest.mark.parametrize(
        "text", ["", "[]", "{}", '{"formatVersion": 2}', "not JSON"], ids=repr
    )  # fmt: skip
    def test_refuses_a_file_that_is_not_a_report(self, many_campaigns: Project, text: str) -> None:
        write_parts(many_campaigns)
        many_campaigns.write("2.json", text)
        ran = many_campaigns.run("merge", *PARTS)
        assert ran.status == 1
        assert "2.json" in ran.err

    def test_refuses_a_part_that_was_edited(self, many_campaigns: Project) -> None:
        write_parts(many_campaigns)
        many_campaigns.write(
            "2.json", (many_campaigns.folder / "2.json").read_text().replace("45", "46")
        )
        ran = many_campaigns.run("merge", *PARTS)
        assert ran.status == 1
        assert "2.json was changed since it was saved" in ran.err

    def test_refuses_a_format_of_drift_for_plans(self, many_campaigns: Project) -> None:
        write_parts(many_campaigns, "plan")
        ran = many_campaigns.run("merge", *PARTS, "--format", "junit")
        assert ran.status == 1
        assert "junit is a format for drift reports" in ran.err

    def test_needs_an_existing_file(self, project: Project) -> None:
        assert project.run("merge").status == 1
        assert "cannot read nowhere.json" in project.run("merge", "nowhere.json").err
