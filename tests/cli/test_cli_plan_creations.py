"""Definitions without an id in `validate`, `plan`, `drift` and `apply`: campaigns that `create` would make."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_voxo import answer
from tests.cli.creating import FILE
from tests.cli.creating import NEW_SPRING as WITHOUT_HOURS
from tests.fakes.json_schema import check_document

if TYPE_CHECKING:
    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import FakeVoxo

NEW_SPRING = f"{WITHOUT_HOURS}callHoursStart: 09:00\ncallHoursEnd: 17:00\n"
"""A definition without an id, with which no check finds anything."""


@pytest.fixture
def branch(project: Project) -> Project:
    """A project in sync, and a definition of a campaign that VOXO does not have yet."""
    project.write(FILE, NEW_SPRING)
    project.variables["VOXO_TENANT_ID"] = "17"
    return project


def document(ran: Ran) -> dict[str, object]:
    check_document(ran.json, "plan")
    [new] = [campaign for campaign in ran.json["campaigns"] if campaign["status"] == "create"]
    return new  # type: ignore[no-any-return]  # what is in a JSON document


class TestValidate:
    def test_remarks_on_it_and_is_content(self, branch: Project) -> None:
        ran = branch.run("validate")
        assert ran.status == 0
        assert ran.out == (
            f"{FILE}:1:1: remark: this campaign has no id: voxosync create makes it in VOXO, and writes its id here\n"
            "2 campaigns in 2 files: 0 errors, 0 warnings, 1 remark.\n"
        )

    def test_remarks_in_every_format(self, branch: Project) -> None:
        text = branch.run("validate", "--format", "json")
        check_document(text.json, "validation")
        assert text.json["summary"] == {
            "files": 2, "campaigns": 2, "error": 0, "warning": 0, "remark": 1
        }  # fmt: skip
        assert [problem["severity"] for problem in text.json["problems"]] == ["remark"]
        assert f"::notice file={FILE}," in branch.run("validate", "--format", "github").out
        [result] = branch.run("validate", "--format", "sarif").json["runs"][0]["results"]
        assert (result["ruleId"], result["level"]) == ("new", "note")

    def test_finds_what_is_wrong_with_it(self, branch: Project) -> None:
        branch.write(FILE, NEW_SPRING.replace("dateEnd: 2096-03-31", "dateEnd: 2096-02-30"))
        ran = branch.run("validate")
        assert ran.status == 1
        assert f"{FILE}:4:10: error: dateEnd: 2096-02-30 is not a calendar date" in ran.out

    def test_judges_it_by_policies(self, branch: Project) -> None:
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
    def test_shows_its_values(self, branch: Project) -> None:
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

    def test_counts_as_a_difference(self, branch: Project, voxo: FakeVoxo) -> None:
        assert branch.run("plan", "--exit-code").status == 2
        assert branch.run("plan").status == 0
        assert voxo.sent == []

    def test_is_a_document_with_positions(self, branch: Project) -> None:
        ran = branch.run("plan", "--format", "json")
        new = document(ran)
        assert ran.json["summary"] == {"inSync": 1, "update": 0, "error": 0, "create": 1}
        assert (new["id"], new["name"], new["file"], new["patch"]) == (
            None, "Autumn renewal", FILE, {}
        )  # fmt: skip
        changes = {change["field"]: change for change in new["changes"]}  # type: ignore[attr-defined]
        assert changes["callFrequency"] == {
            "field": "callFrequency", "kind": "change", "before": None, "after": 30,
            "position": {"file": FILE, "line": 9, "column": 16},
        }  # fmt: skip
        assert changes["numbers"]["added"] == ["6015550123", "6015550124"]

    def test_says_what_it_would_dial_first(self, branch: Project) -> None:
        branch.write(FILE, NEW_SPRING.replace("state: PAUSED", "state: READY"))
        ran = branch.run("plan")
        assert ran.out.splitlines()[1].startswith("  ! STARTS DIALING: is created READY; 2 phones ")
        assert "1 to create (1 STARTS DIALING, 2 phones)" in ran.out
        assert document(branch.run("plan", "--format", "json"))["dialing"]["phones"] == 2  # type: ignore[index]

    def test_says_that_it_is_paused_where_it_gives_no_state(self, branch: Project) -> None:
        branch.write(FILE, NEW_SPRING.replace("state: PAUSED\n", ""))
        out = branch.run("plan").out
        assert "    state: PAUSED" in out
        assert "warning: it is created PAUSED, because the definition has no state" in out

    def test_is_in_markdown(self, branch: Project) -> None:
        branch.write(FILE, NEW_SPRING.replace("state: PAUSED", "state: READY"))
        out = branch.run("plan", "--format", "markdown").out
        heading = "Plan: 0 to update, 1 to create (1 STARTS DIALING, 2 phones), 1 in sync"
        assert heading in out
        assert "#### 1 STARTS DIALING, 2 phones" in out
        assert "#### To be created" in out
        assert "- callFrequency&#58; 30" in out
        assert "#### Changes" not in out

    @pytest.mark.parametrize("name", ["github", "sarif"])
    def test_is_one_finding_at_its_line(self, branch: Project, name: str) -> None:
        ran = branch.run("plan", "--format", name)
        message = '(new) Autumn renewal: to be created: name: "Autumn renewal"; state: PAUSED; '
        if name == "github":
            [line, _] = ran.out.splitlines()
            assert line.startswith(f"::notice file={FILE},line=1,col=1,title=voxosync create::")
            assert message in line
        else:
            [result] = ran.json["runs"][0]["results"]
            assert result["message"]["text"].startswith(message)

    def test_takes_a_snapshot_too(self, branch: Project) -> None:
        assert branch.run("snapshot", "--out", "live.json").status == 0
        assert document(branch.run("plan", "--live", "live.json", "--format", "json"))["id"] is None

    @pytest.mark.parametrize(
        ("arguments", "count"),
        [(("--only", "4711"), 0), ((FILE,), 1), (("--shard", "1/2"), 1), (("--shard", "2/2"), 0)],
        ids=str,
    )
    def test_is_listed_once_in_all_parts(
        self, branch: Project, arguments: tuple[str, ...], count: int
    ) -> None:
        ran = branch.run("plan", *arguments, "--format", "json")
        assert ran.json["summary"].get("create", 0) == count

    def test_is_what_a_branch_changes(self, branch: Project) -> None:
        branch.git("init", "-q", "-b", "main")
        branch.git("add", "campaigns/spring.yaml")
        branch.git("commit", "-qm", "spring")
        ran = branch.run("plan", "--base", "main", "--exit-code", "--format", "json")
        assert ran.status == 2
        assert {change["kind"] for change in document(ran)["changes"]} == {"change"}  # type: ignore[attr-defined]

    def test_is_of_each_environment_until_it_has_an_id(
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
        new = document(branch.run("--env", "staging", "plan", "--format", "json"))
        [change] = [c for c in new["changes"] if c["field"] == "callFrequency"]  # type: ignore[attr-defined]
        assert change["after"] == 60
        branch.write(FILE, f"id: {{prod: 4712}}\n{NEW_SPRING}")
        ran = branch.run("--env", "staging", "plan", "--format", "json")
        assert [campaign["status"] for campaign in ran.json["campaigns"]] == ["in-sync"]


class TestGuards:
    def test_look_at_it_in_a_plan(self, branch: Project) -> None:
        branch.write("voxosync.yaml", "guards: {goLive: deny, maxCampaigns: 1}\n")
        branch.write(FILE, NEW_SPRING.replace("state: PAUSED", "state: READY"))
        for name in map(str, range(10)):
            more = NEW_SPRING.replace("Autumn", name)
            branch.write(f"campaigns/more{name}.yaml", more)
        guards = {g["guard"]: g for g in branch.run("plan", "--format", "json").json["guards"]}
        assert guards["goLive"]["message"].endswith("dial more: Autumn renewal")
        assert guards["maxCampaigns"]["message"].startswith("11 of 12 campaigns would change")

    def test_of_changes_do_not_look_at_it_where_apply_leaves_it(
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

    def test_leaves_it_and_says_so(self, branch: Project, voxo: FakeVoxo) -> None:
        ran = branch.run("apply", "--yes")
        assert ran.status == 0
        assert self.UNCREATED in ran.err
        assert "1 to create" in ran.out
        assert voxo.sent == []
        assert not (branch.folder / ".voxosync").exists()

    def test_of_a_saved_plan_sends_the_rest(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.spring("callFrequency: 60")
        assert branch.run("plan", "--out", "plan.json").status == 0
        ran = branch.run("apply", "--plan", "plan.json", "--yes")
        assert ran.status == 0
        assert self.UNCREATED in ran.err
        assert [patch for _, patch in voxo.sent] == [{"callFrequency": 60}]
        again = branch.run("apply", "--plan", "plan.json", "--yes")
        assert again.status == 1
        assert "a saved plan is used once" in again.err


def test_drift_is_about_what_voxo_has(branch: Project) -> None:
    ran = branch.run("drift", "--format", "json")
    assert ran.status == 0
    assert [campaign["id"] for campaign in ran.json["campaigns"]] == [4711]


def test_merged_plans_list_those_of_all_environments(branch: Project) -> None:
    branch.run("plan", FILE, "--format", "json", "--report", "json=a.json")
    branch.run("plan", "--shard", "1/1", "--report", "json=b.json")
    ran = branch.run("merge", "a.json", "b.json", "--format", "text")
    assert ran.status == 0, ran.said
    assert ran.out.count("(new) Autumn renewal") == 2


def test_checks_look_at_it(branch: Project) -> None:
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

    def test_with_nothing_else_to_send(self, branch: Project, voxo: FakeVoxo) -> None:
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

    def test_is_held_by_the_guards(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.write(FILE, NEW_SPRING.replace("state: PAUSED", "state: READY"))
        ran = branch.run("apply", "--create", "--yes")
        assert ran.status == 1
        assert "goLive" in ran.err
        assert set(voxo.campaigns) == {4711}
        assert branch.run("apply", "--create", "--yes", "--allow-go-live").status == 0

    def test_refuses_what_cannot_be_created_before_anything_is_sent(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.spring("callFrequency: 60")
        ran = branch.run("apply", "--create", "--yes", VOXO_TENANT_ID=None)
        assert ran.status == 1
        assert f"{FILE}:1:1: a new campaign belongs to a tenant" in ran.err
        assert voxo.sent == []

    def test_and_a_saved_plan_exclude_each_other(self, branch: Project) -> None:
        assert branch.run("plan", "--out", "plan.json").status == 0
        ran = branch.run("apply", "--plan", "plan.json", "--create", "--yes")
        assert ran.status == 1
        assert "--create cannot be combined with --plan" in ran.err

    def test_leaves_what_the_call_does_not_name(self, branch: Project, voxo: FakeVoxo) -> None:
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


class TestInAFreshCheckout:
    """A CI job has no journal of earlier runs, so VOXO itself is asked what it has."""

    @pytest.fixture(autouse=True)
    def _created_by_an_earlier_job(self, branch: Project) -> None:
        assert branch.run("apply", "--create", "--yes").status == 0
        branch.write(FILE, NEW_SPRING)  # the id was not committed
        shutil.rmtree(branch.folder / ".voxosync")

    def test_no_second_campaign_is_created(self, branch: Project, voxo: FakeVoxo) -> None:
        ran = branch.run("apply", "--create", "--yes")
        assert ran.status == 1
        assert "VOXO already has a campaign 'Autumn renewal', 5001" in ran.err
        assert "write id: 5001 into the definition" in ran.err
        assert len(voxo.posted) == 1

    def test_another_name_is_created(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.write(FILE, NEW_SPRING.replace("Autumn renewal", "Winter renewal"))
        assert branch.run("apply", "--create", "--yes").status == 0
        assert len(voxo.posted) == 2

    def test_a_campaign_that_a_definition_manages_is_another_one(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.write("campaigns/first.yaml", f"id: 5001\n{NEW_SPRING}")
        assert branch.run("apply", "--create", "--yes").status == 0
        assert len(voxo.posted) == 2

    def test_an_id_that_voxo_lists_as_text_is_known_too(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.write("campaigns/first.yaml", f"id: 5001\n{NEW_SPRING}")
        listed = [{"id": "5001", "tenantId": "17", "name": "Autumn renewal"}]
        voxo.say(answer(200, listed), about="tenantId=17")
        assert branch.run("apply", "--create", "--yes").status == 0
        assert len(voxo.posted) == 2

    def test_nothing_is_created_where_voxo_cannot_be_asked(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(answer(403, {"message": "Forbidden"}), about="tenantId=17")
        ran = branch.run("apply", "--create", "--yes")
        assert ran.status == 1
        assert "cannot tell whether VOXO has the new campaigns already" in ran.err
        assert len(voxo.posted) == 1
