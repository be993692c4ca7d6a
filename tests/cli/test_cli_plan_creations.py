"""Definitions without an id in `validate`, `plan`, `drift` and `apply`: campaigns that `create` would create."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import answer
from tests.cli.creating import FILE
from tests.cli.creating import NEW_SPRING as WITHOUT_HOURS
from tests.fakes.json_schema import check_document

if TYPE_CHECKING:
    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import FakeVoxo

NEW_SPRING = f"{WITHOUT_HOURS}callHoursStart: 09:00\ncallHoursEnd: 17:00\n"
"""A definition without an id, in which no check finds a problem."""


@pytest.fixture
def branch(project: Project) -> Project:
    """A project in sync, and a definition of a campaign that VOXO does not have yet."""
    project.write(FILE, NEW_SPRING)
    project.variables["VOXO_TENANT_ID"] = "17"
    return project


def new_campaign(ran: Ran) -> dict[str, Any]:
    check_document(ran.json, "plan")
    campaigns: list[dict[str, Any]] = ran.json["campaigns"]
    [new] = [campaign for campaign in campaigns if campaign["status"] == "create"]
    return new


class TestValidate:
    def test_reports_a_new_campaign_as_a_remark(self, branch: Project) -> None:
        ran = branch.run("validate")
        assert ran.status == 0
        assert ran.out == (
            f"{FILE}:1:1: remark: this campaign has no id: voxosync create makes it in VOXO, and writes its id here\n"
            "2 campaigns in 2 files: 0 errors, 0 warnings, 1 remark.\n"
        )

    def test_reports_the_remark_in_every_format(self, branch: Project) -> None:
        text = branch.run("validate", "--format", "json")
        check_document(text.json, "validation")
        assert text.json["summary"] == {
            "files": 2, "campaigns": 2, "error": 0, "warning": 0, "remark": 1
        }  # fmt: skip
        assert [problem["severity"] for problem in text.json["problems"]] == ["remark"]
        assert f"::notice file={FILE}," in branch.run("validate", "--format", "github").out
        [result] = branch.run("validate", "--format", "sarif").json["runs"][0]["results"]
        assert (result["ruleId"], result["level"]) == ("new", "note")

    def test_reports_errors_of_a_new_campaign(self, branch: Project) -> None:
        branch.write(FILE, NEW_SPRING.replace("dateEnd: 2096-03-31", "dateEnd: 2096-02-30"))
        ran = branch.run("validate")
        assert ran.status == 1
        assert f"{FILE}:4:10: error: dateEnd: 2096-02-30 is not a calendar date" in ran.out

    def test_applies_policies_to_a_new_campaign(self, branch: Project) -> None:
        branch.write(
            "policies/house.yaml",
            'rules: {slowly: {message: "leave 60 seconds", '
            "schema: {properties: {callFrequency: {minimum: 60}}}}}\n",
        )
        branch.spring("callFrequency: 60")
        ran = branch.run("plan")
        assert ran.status == 1
        assert f"{FILE}:9:16: error: policy slowly: leave 60 seconds" in ran.err

    def test_needs_a_name_or_an_id(self, branch: Project) -> None:
        branch.write(FILE, "state: PAUSED\n")
        ran = branch.run("validate")
        assert ran.status == 1
        assert f"{FILE}:1:1: error: a campaign that VOXO has needs its id, and a new one" in ran.out


class TestPlan:
    def test_shows_the_values_of_a_new_campaign(self, branch: Project) -> None:
        ran = branch.run("plan")
        assert ran.status == 0
        block, summary = ran.out.split("\n\n")
        assert block.splitlines()[:5] == [
            f"(new) Autumn renewal  {FILE}",
            "  + to be created",
            '    name: "Autumn renewal"',
            "    state: PAUSED",
            "    dateStart: 2096-03-01",
        ]
        assert "    numbers: 2" in block
        assert "6015550123" not in ran.said
        assert summary == "Plan: 0 to update, 1 to create, 1 in sync.\n"

    def test_counts_a_new_campaign_as_a_difference(self, branch: Project, voxo: FakeVoxo) -> None:
        assert branch.run("plan", "--exit-code").status == 2
        assert branch.run("plan").status == 0
        assert voxo.sent == []

    def test_has_positions_of_a_new_campaign_as_json(self, branch: Project) -> None:
        ran = branch.run("plan", "--format", "json")
        new = new_campaign(ran)
        assert ran.json["summary"] == {"inSync": 1, "update": 0, "error": 0, "create": 1}
        assert (new["id"], new["name"], new["file"], new["patch"]) == (
            None, "Autumn renewal", FILE, {}
        )  # fmt: skip
        changes = {change["field"]: change for change in new["changes"]}
        assert changes["callFrequency"] == {
            "field": "callFrequency", "kind": "change", "before": None, "after": 30,
            "position": {"file": FILE, "line": 9, "column": 16},
        }  # fmt: skip
        assert changes["numbers"]["added"] == ["6015550123", "6015550124"]

    def test_shows_the_effect_on_dialing_first(self, branch: Project) -> None:
        branch.write(FILE, NEW_SPRING.replace("state: PAUSED", "state: READY"))
        ran = branch.run("plan")
        assert ran.out.splitlines()[1].startswith("  ! STARTS DIALING: is created READY; 2 phones ")
        assert "1 to create (1 STARTS DIALING, 2 phones)" in ran.out
        assert new_campaign(branch.run("plan", "--format", "json"))["dialing"]["phones"] == 2

    def test_shows_that_a_new_campaign_without_a_state_is_paused(self, branch: Project) -> None:
        branch.write(FILE, NEW_SPRING.replace("state: PAUSED\n", ""))
        out = branch.run("plan").out
        assert "    state: PAUSED" in out
        assert "warning: it is created PAUSED, because the definition has no state" in out

    def test_shows_a_new_campaign_in_markdown(self, branch: Project) -> None:
        branch.write(FILE, NEW_SPRING.replace("state: PAUSED", "state: READY"))
        out = branch.run("plan", "--format", "markdown").out
        heading = "Plan: 0 to update, 1 to create (1 STARTS DIALING, 2 phones), 1 in sync"
        assert heading in out
        assert "#### 1 STARTS DIALING, 2 phones" in out
        assert "#### To be created" in out
        assert "- callFrequency&#58; 30" in out
        assert "#### Changes" not in out

    @pytest.mark.parametrize("name", ["github", "sarif"])
    def test_annotates_the_line_of_a_new_campaign(self, branch: Project, name: str) -> None:
        ran = branch.run("plan", "--format", name)
        message = '(new) Autumn renewal: to be created: name: "Autumn renewal"; state: PAUSED; '
        if name == "github":
            [line, _] = ran.out.splitlines()
            assert line.startswith(f"::notice file={FILE},line=1,col=1,title=voxosync create::")
            assert message in line
        else:
            [result] = ran.json["runs"][0]["results"]
            assert result["message"]["text"].startswith(message)

    def test_of_a_snapshot_has_new_campaigns(self, branch: Project) -> None:
        assert branch.run("snapshot", "--out", "live.json").status == 0
        assert (
            new_campaign(branch.run("plan", "--live", "live.json", "--format", "json"))["id"]
            is None
        )

    @pytest.mark.parametrize(
        ("arguments", "count"),
        [(("--only", "4711"), 0), ((FILE,), 1), (("--shard", "1/2"), 1), (("--shard", "2/2"), 0)],
        ids=str,
    )
    def test_has_a_new_campaign_in_one_shard_only(
        self, branch: Project, arguments: tuple[str, ...], count: int
    ) -> None:
        ran = branch.run("plan", *arguments, "--format", "json")
        assert ran.json["summary"].get("create", 0) == count

    @pytest.mark.parametrize(("command", "managed"), [("plan", 1), ("drift", None)])
    def test_counts_other_campaigns_only_if_new_ones_could_be_created(
        self, branch: Project, command: str, managed: int | None
    ) -> None:
        """To count the managed campaigns outside of the paths, all of their files are read."""
        ran = branch.run(command, FILE, "--format", "json")
        assert ran.json.get("managed") == managed

    def test_of_a_branch_has_a_new_campaign_as_a_change(self, branch: Project) -> None:
        branch.git("init", "-q", "-b", "main")
        branch.git("add", "campaigns/spring.yaml")
        branch.git("commit", "-qm", "spring")
        ran = branch.run("plan", "--base", "main", "--exit-code", "--format", "json")
        assert ran.status == 2
        assert {change["kind"] for change in new_campaign(ran)["changes"]} == {"change"}

    def test_has_a_new_campaign_in_each_environment_until_it_has_an_id(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.write(
            "voxosync.yaml",
            f"environments: {{staging: {{baseUrl: '{voxo.url}', tenantId: 17}}, prod: {{baseUrl: '{voxo.url}'}}}}\n",
        )
        branch.write(
            FILE, f"{NEW_SPRING}voxosync: {{overrides: {{staging: {{callFrequency: 60}}}}}}\n"
        )
        del branch.variables["VOXO_API_BASE_URL"], branch.variables["VOXO_TENANT_ID"]
        new = new_campaign(branch.run("--env", "staging", "plan", "--format", "json"))
        [change] = [c for c in new["changes"] if c["field"] == "callFrequency"]
        assert change["after"] == 60
        branch.write(FILE, f"id: {{prod: 4712}}\n{NEW_SPRING}")
        ran = branch.run("--env", "staging", "plan", "--format", "json")
        assert [campaign["status"] for campaign in ran.json["campaigns"]] == ["in-sync"]


class TestGuards:
    def test_of_a_plan_count_new_campaigns(self, branch: Project) -> None:
        branch.write("voxosync.yaml", "guards: {goLive: deny, maxCampaigns: 1}\n")
        branch.write(FILE, NEW_SPRING.replace("state: PAUSED", "state: READY"))
        for name in map(str, range(10)):
            more = NEW_SPRING.replace("Autumn", name)
            branch.write(f"campaigns/more{name}.yaml", more)
        guards = {g["guard"]: g for g in branch.run("plan", "--format", "json").json["guards"]}
        assert guards["goLive"]["message"].endswith("dial more: Autumn renewal")
        assert guards["maxCampaigns"]["message"].startswith("11 of 12 campaigns would change")

    def test_of_apply_without_create_do_not_count_new_campaigns(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.write("voxosync.yaml", "guards: {goLive: deny}\n")
        branch.write(FILE, NEW_SPRING.replace("state: PAUSED", "state: READY"))
        branch.spring("callFrequency: 60")
        assert branch.run("apply", "--yes").status == 0
        assert [patch for _, patch in voxo.sent] == [{"callFrequency": 60}]


class TestApply:
    UNCREATED = (
        f"not created yet: Autumn renewal ({FILE}): voxosync create, or apply --create, creates"
    )

    def test_reports_that_a_new_campaign_is_not_created(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        ran = branch.run("apply", "--yes")
        assert ran.status == 0
        assert self.UNCREATED in ran.err
        assert "1 to create" in ran.out
        assert voxo.sent == []
        assert not (branch.folder / ".voxosync").exists()

    def test_of_a_saved_plan_sends_only_the_changes(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.spring("callFrequency: 60")
        assert branch.run("plan", "--out", "plan.json").status == 0
        ran = branch.run("apply", "--plan", "plan.json", "--yes")
        assert ran.status == 0
        assert self.UNCREATED in ran.err
        assert [patch for _, patch in voxo.sent] == [{"callFrequency": 60}]
        second = branch.run("apply", "--plan", "plan.json", "--yes")
        assert second.status == 1
        assert "a saved plan is used once" in second.err


def test_drift_does_not_list_new_campaigns(branch: Project) -> None:
    ran = branch.run("drift", "--format", "json")
    assert ran.status == 0
    assert [campaign["id"] for campaign in ran.json["campaigns"]] == [4711]


def test_merged_plans_list_the_new_campaigns_of_each_plan(branch: Project) -> None:
    branch.run("plan", FILE, "--format", "json", "--report", "json=a.json")
    branch.run("plan", "--shard", "1/1", "--report", "json=b.json")
    ran = branch.run("merge", "a.json", "b.json", "--format", "text")
    assert ran.status == 0, ran.said
    assert ran.out.count("(new) Autumn renewal") == 2


def test_checks_apply_to_new_campaigns(branch: Project) -> None:
    branch.write("voxosync.yaml", "checks: {doNotCall: {lists: [never.csv], severity: warning}}\n")
    branch.write("never.csv", "number\n6015550123\n")
    ran = branch.run("plan", FILE, "--format", "json")
    assert ran.status == 0, ran.said
    [finding] = [entry for entry in ran.json["checks"] if entry["rule"] == "doNotCall"]
    assert finding["file"] == FILE


class TestApplyCreate:
    def test_creates_after_the_changes_and_writes_the_id(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.spring("callFrequency: 60")
        ran = branch.run("apply", "--create", "--yes")
        assert ran.status == 0, ran.said
        assert [request.method for request in voxo.received if request.method != "GET"] == [
            "PATCH",
            "POST",
        ]
        number = next(iter(set(voxo.campaigns) - {4711}))
        assert (branch.folder / FILE).read_text() == f"id: {number}\n{NEW_SPRING}"
        assert f"{number} Autumn renewal: created; {FILE} now has its id" in ran.out
        assert "not created yet" not in ran.err
        assert branch.run("plan", "--exit-code").status == 0

    def test_creates_even_without_other_changes(self, branch: Project, voxo: FakeVoxo) -> None:
        assert branch.run("apply", "--create", "--yes").status == 0
        assert len(voxo.campaigns) == 2
        assert branch.run("apply", "--create", "--yes").status == 0
        assert len(voxo.campaigns) == 2

    def test_creates_nothing_after_a_failure(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.spring("callFrequency: 60", name="campaigns/gone.yaml", number=4799)
        before = (branch.folder / FILE).read_text()
        ran = branch.run("apply", "--create", "--yes")
        assert ran.status == 3
        assert "Autumn renewal: not created" in ran.err
        assert "nothing was created, because an earlier step failed" in ran.err
        assert set(voxo.campaigns) == {4711}
        assert (branch.folder / FILE).read_text() == before
        assert branch.run("apply", "--create", "--yes", "--continue-go-live").status == 3
        assert len(voxo.campaigns) == 2

    def test_is_refused_by_guards(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.write(FILE, NEW_SPRING.replace("state: PAUSED", "state: READY"))
        ran = branch.run("apply", "--create", "--yes")
        assert ran.status == 1
        assert "goLive" in ran.err
        assert set(voxo.campaigns) == {4711}
        assert branch.run("apply", "--create", "--yes", "--allow-go-live").status == 0

    def test_is_refused_before_any_write_if_a_campaign_cannot_be_created(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.spring("callFrequency: 60")
        ran = branch.run("apply", "--create", "--yes", VOXO_TENANT_ID=None)
        assert ran.status == 1
        assert f"{FILE}:1:1: a new campaign belongs to a tenant" in ran.err
        assert voxo.sent == []

    def test_cannot_be_combined_with_a_saved_plan(self, branch: Project) -> None:
        assert branch.run("plan", "--out", "plan.json").status == 0
        ran = branch.run("apply", "--plan", "plan.json", "--create", "--yes")
        assert ran.status == 1
        assert "--create cannot be combined with --plan" in ran.err

    def test_creates_only_the_campaigns_of_the_call(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.write("campaigns/other.yaml", NEW_SPRING.replace("Autumn", "Winter"))
        assert branch.run("apply", FILE, "--create", "--yes").status == 0
        assert [c["name"] for c in voxo.campaigns.values() if "Winter" in c["name"]] == []
        assert branch.run("apply", "--create", "--yes", "--only", "4711").status == 0
        assert len(voxo.campaigns) == 2

    def test_writes_the_id_of_its_environment(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.write(
            "voxosync.yaml",
            f"environments: {{staging: {{baseUrl: '{voxo.url}', tenantId: 17}}, prod: {{baseUrl: '{voxo.url}'}}}}\n",
        )
        branch.spring(number=4711)
        del branch.variables["VOXO_API_BASE_URL"], branch.variables["VOXO_TENANT_ID"]
        assert branch.run("--env", "staging", "apply", "--create", "--yes").status == 0
        assert (branch.folder / FILE).read_text().startswith("id: {staging: ")


class TestFreshCheckout:
    """A CI job has no journal of earlier runs, so it looks for the campaign in VOXO."""

    @pytest.fixture(autouse=True)
    def _created_by_an_earlier_job(self, branch: Project) -> None:
        assert branch.run("apply", "--create", "--yes").status == 0
        branch.write(FILE, NEW_SPRING)  # the id was not committed
        shutil.rmtree(branch.folder / ".voxosync")

    def test_does_not_create_a_second_campaign_with_the_same_name(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        ran = branch.run("apply", "--create", "--yes")
        assert ran.status == 1
        assert "VOXO already has a campaign 'Autumn renewal', 5001" in ran.err
        assert "write id: 5001 into the definition" in ran.err
        assert len(voxo.posted) == 1

    def test_creates_a_campaign_with_another_name(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.write(FILE, NEW_SPRING.replace("Autumn renewal", "Winter renewal"))
        assert branch.run("apply", "--create", "--yes").status == 0
        assert len(voxo.posted) == 2

    def test_ignores_a_campaign_of_another_definition(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.write("campaigns/first.yaml", f"id: 5001\n{NEW_SPRING}")
        assert branch.run("apply", "--create", "--yes").status == 0
        assert len(voxo.posted) == 2

    def test_ignores_a_campaign_of_another_definition_listed_with_a_text_id(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.write("campaigns/first.yaml", f"id: 5001\n{NEW_SPRING}")
        listed = [{"id": "5001", "tenantId": "17", "name": "Autumn renewal"}]
        voxo.say(answer(200, listed), about="tenantId=17")
        assert branch.run("apply", "--create", "--yes").status == 0
        assert len(voxo.posted) == 2

    def test_creates_nothing_if_the_live_campaigns_cannot_be_listed(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(answer(403, {"message": "Forbidden"}), about="tenantId=17")
        ran = branch.run("apply", "--create", "--yes")
        assert ran.status == 1
        assert "cannot tell whether VOXO has the new campaigns already" in ran.err
        assert len(voxo.posted) == 1
