"""`drift` beyond the definitions' fields: campaigns without a definition, campaigns that are gone, known drift."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.cli.cli_voxo import TENANT, TOKEN, FakeVoxo, answer
from tests.cli.drift_watch import acknowledged_fields, changed, drift
from voxosync.report.registry import DRIFT

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import Handler
    from tests.cli.drift_watch import Clock

ACKNOWLEDGED = (
    "voxosync: {acknowledge: [{field: callFrequency, until: 2096-02-11, reason: agreed trial}]}"
)
OWNED = ACKNOWLEDGED.replace("}]}", ", owner: support team}]}")
LIST = "call-campaigns?tenantId="


def unmanaged(document: dict[str, Any]) -> list[int]:
    return [campaign["id"] for campaign in document.get("unmanaged", [])]


class TestUnmanaged:
    @pytest.fixture(autouse=True)
    def _unmanaged(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(4720, name="Autumn pilot", state="READY")
        voxo.has(4713, name=None, state=None)
        project.variables["VOXO_TENANT_ID"] = str(TENANT)

    @pytest.mark.parametrize(
        ("arguments", "status", "listed"),
        [
            ([], 0, [4713, 4720]),
            (["--unmanaged", "report"], 0, [4713, 4720]),
            (["--unmanaged", "fail"], 2, [4713, 4720]),
            (["--unmanaged", "ignore"], 0, []),
        ],
    )
    def test_campaigns_are_listed_as_somebody_asks(
        self, project: Project, arguments: list[str], status: int, listed: list[int]
    ) -> None:
        document = drift(project, *arguments, status=status)
        assert unmanaged(document) == listed
        assert document.get("unmanagedCounts", False) is (status == 2)

    def test_campaigns_have_the_name_and_state_that_voxo_tells(self, project: Project) -> None:
        assert drift(project, status=0)["unmanaged"] == [
            {"id": 4713, "name": None, "state": None},
            {"id": 4720, "name": "Autumn pilot", "state": "READY"},
        ]

    def test_a_campaign_counts_unless_it_is_of_another_tenant_for_sure(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        """VOXO was asked for those of one tenant: an entry without a tenant, or with an odd one, is one of them."""
        tenants = {4713: None, 4720: "seventeen", 4721: 18}
        listed = [{"id": campaign, "tenantId": tenant} for campaign, tenant in tenants.items()]
        voxo.say(answer(200, listed), about=LIST)
        assert unmanaged(drift(project, status=0)) == [4713, 4720]

    def test_campaigns_are_not_asked_for_where_they_are_ignored(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        drift(project, "--unmanaged", "ignore", status=0)
        assert not any(LIST in path for path in voxo.asked)

    def test_the_tenant_may_come_from_a_flag(self, project: Project) -> None:
        document = drift(project, "--tenant-id", str(TENANT), status=0, VOXO_TENANT_ID=None)
        assert unmanaged(document) == [4713, 4720]

    def test_the_tenant_may_come_from_an_environment(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        prod = f"{{baseUrl: {voxo.url}, tenantId: {TENANT}, tokenEnv: PROD_TOKEN}}"
        project.write("voxosync.yaml", f"environments: {{prod: {prod}}}\n")
        project.variables = {"PROD_TOKEN": TOKEN}
        ran = project.run("--env", "prod", "drift", "--unmanaged", "fail", "--format", "json")
        assert ran.status == 2
        assert unmanaged(ran.json) == [4713, 4720]

    def test_without_a_tenant_nothing_is_listed_and_nothing_said(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("drift", VOXO_TENANT_ID=None)
        assert ran.status == 0
        assert "nmanaged" not in ran.said
        assert voxo.asked == ["GET /v2/admin/call-campaigns/4711"]

    @pytest.mark.parametrize("choice", ["report", "fail"])
    def test_without_a_tenant_somebody_who_asks_is_told(
        self, project: Project, voxo: FakeVoxo, choice: str
    ) -> None:
        ran = project.run("drift", "--unmanaged", choice, VOXO_TENANT_ID=None)
        assert ran.status == 1
        assert "set VOXO_TENANT_ID, or pass --tenant-id" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize("part", [["campaigns/spring.yaml"], ["--only", "4711"]])
    def test_of_a_part_of_the_definitions_nothing_is_listed(
        self, project: Project, voxo: FakeVoxo, part: list[str]
    ) -> None:
        assert unmanaged(drift(project, *part, status=0)) == []
        ran = project.run("drift", "--unmanaged", "report", *part)
        assert ran.status == 1
        assert "--unmanaged cannot be combined with PATH or --only" in ran.err
        assert voxo.asked == ["GET /v2/admin/call-campaigns/4711"]

    def test_ignore_needs_neither_a_tenant_nor_all_definitions(self, project: Project) -> None:
        part = ["--unmanaged", "ignore", "--only", "4711"]
        assert project.run("drift", *part, VOXO_TENANT_ID=None).status == 0

    def test_a_wrong_word_is_a_usage_error(self, project: Project) -> None:
        assert project.run("drift", "--unmanaged", "all").status == 1

    def test_they_are_no_drift_of_the_campaigns_with_a_definition(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(callFrequency=45)
        document = drift(project, status=2)
        assert document["summary"] == {"inSync": 0, "update": 1, "error": 0}
        assert unmanaged(document) == [4713, 4720]

    @pytest.mark.parametrize("status", [403, 404])
    def test_a_refused_list_is_a_remark_to_who_did_not_ask(
        self, project: Project, voxo: FakeVoxo, status: int
    ) -> None:
        voxo.say(answer(status, {"message": "not for you"}), about=LIST)
        voxo.has(callFrequency=45)
        ran = project.run("drift", "--format", "json")
        assert ran.status == 2
        assert changed(ran.json) == ["callFrequency"]
        assert "unlisted" not in ran.json
        assert "warning: unmanaged campaigns cannot be listed" in ran.err
        assert "not for you" in ran.err
        assert project.run("-q", "drift").err == ""

    @pytest.mark.parametrize("status", [403, 404])
    @pytest.mark.parametrize("choice", ["report", "fail"])
    def test_a_refused_list_is_3_to_who_asked_and_the_rest_is_reported(
        self, project: Project, voxo: FakeVoxo, status: int, choice: str
    ) -> None:
        voxo.say(answer(status, {"message": "not for you"}), about=LIST)
        voxo.has(callFrequency=45)
        document = drift(project, "--unmanaged", choice, status=3)
        assert "not for you" in document["unlisted"]
        assert changed(document) == ["callFrequency"]
        assert "not for you" in project.run("drift", "--unmanaged", choice).out

    def test_a_list_that_is_no_list_is_3_to_who_asked(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(answer(200, {"oops": []}), about=LIST)
        assert "unlisted" in drift(project, "--unmanaged", "report", status=3)
        assert "unlisted" not in drift(project, status=0)

    def test_all_pages_of_a_list_count(self, project: Project, voxo: FakeVoxo) -> None:
        everything = [{"id": number, "name": f"Campaign {number}"} for number in range(4711, 4961)]

        def page(handler: Handler) -> None:
            query = parse_qs(urlsplit(handler.path).query)
            number, size = (int(query.get(key, [text])[0]) for key, text in DEFAULTS)
            records = everything[(number - 1) * size : number * size]
            body = {"records": records, "page": number, "totalRecords": len(everything)}
            answer(200, body)(handler)

        voxo.say(page, about=LIST)
        assert unmanaged(drift(project, status=0)) == list(range(4712, 4961))

    def test_campaigns_of_other_tenants_in_the_list_are_not_ours(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        """A careless server ignores the query."""
        spelled = {1: TENANT, 2: str(TENANT), 3: float(TENANT), 4: None, 5: 18, 6: "18"}
        records = [{"id": number, "tenantId": tenant} for number, tenant in spelled.items()]
        voxo.say(answer(200, records), about=LIST)
        assert unmanaged(drift(project, status=0)) == [1, 2, 3, 4]

    def test_what_the_list_says_is_shown_harmless(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(4720, name="\x1b[2J<b>", state=["no", "state"])
        out = project.run("drift").out
        assert "4720 \\x1b[2J<b>" in out
        assert "\x1b" not in out

    def test_text_names_them(self, project: Project) -> None:
        out = project.run("drift").out
        assert "4720 Autumn pilot" in out
        assert "No drift: 1 campaign agrees with VOXO, 2 unmanaged." in out

    @pytest.mark.parametrize(("choice", "status"), [("report", 0), ("fail", 2), ("ignore", 0)])
    def test_a_snapshot_of_all_campaigns_tells_them_too(
        self, project: Project, voxo: FakeVoxo, choice: str, status: int
    ) -> None:
        assert project.run("snapshot", "--all", "--out", "live.json").status == 0
        voxo.received.clear()
        arguments = ["--live", "live.json", "--unmanaged", choice]
        document = drift(project, *arguments, status=status, VOXO_API_TOKEN=None)
        assert unmanaged(document) == ([] if choice == "ignore" else [4713, 4720])
        assert voxo.asked == []


DEFAULTS = (("page", "1"), ("recordsPerPage", "20"))
"""What a paged list takes where the query does not say."""


class TestMissing:
    @pytest.fixture(autouse=True)
    def _missing(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring(name="campaigns/gone.yaml", number=4700)
        voxo.has(callFrequency=45)

    def test_a_campaign_that_is_gone_is_3_and_the_others_are_reported(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        document = drift(project, status=3)
        missing, present = document["campaigns"]
        assert (missing["id"], missing["status"], missing["missing"]) == (4700, "error", True)
        assert "404" in missing["error"]
        assert changed(document, 1) == ["callFrequency"]
        assert "missing" not in present
        assert "GET /v2/call-campaigns/4700" in voxo.asked, "both ways to read it were asked"

    def test_a_campaign_that_is_refused_is_not_missing(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(answer(403, {"message": "no"}), about="/4700")
        assert "missing" not in drift(project, status=3)["campaigns"][0]

    def test_a_campaign_that_a_snapshot_does_not_hold_is_missing(self, project: Project) -> None:
        assert project.run("snapshot", "--out", "live.json").status == 3
        document = drift(project, "--live", "live.json", status=3)
        assert document["campaigns"][0]["missing"] is True
        assert changed(document, 1) == ["callFrequency"]

    def test_text_tells_missing_from_failed(self, project: Project, voxo: FakeVoxo) -> None:
        out = project.run("drift").out
        assert "! missing: " in out
        assert "1 missing" in out
        voxo.say(answer(500), about="/4700")
        assert "! failed: " in project.run("drift").out


class TestAcknowledged:
    @pytest.fixture(autouse=True)
    def _by_hand(self, voxo: FakeVoxo, clock: Clock) -> None:
        clock.at(10)
        voxo.has(callFrequency=45)

    def test_drift_is_listed_apart_and_makes_no_status_2(self, project: Project) -> None:
        project.spring(OWNED)
        document = drift(project, status=0)
        assert changed(document) == []
        [campaign] = document["campaigns"]
        assert (campaign["status"], campaign["patch"]) == ("left-alone", {})
        [acknowledged] = campaign["acknowledged"]
        assert (acknowledged["before"], acknowledged["after"]) == (45, 30)
        assert (acknowledged["until"], acknowledged["reason"]) == ("2096-02-11", "agreed trial")
        assert acknowledged["owner"] == "support team"
        position = acknowledged["acknowledgedAt"]
        assert position["file"] == "campaigns/spring.yaml"
        line = (project.folder / position["file"]).read_text().splitlines()[position["line"] - 1]
        assert line[position["column"] - 1 :].startswith("callFrequency")

    def test_text_says_who_until_when_and_why(self, project: Project) -> None:
        project.spring(OWNED)
        out = project.run("drift").out
        assert "≈ callFrequency: VOXO 45, Git 30" in out
        assert "acknowledged until 2096-02-11 by support team: agreed trial" in out

    def test_what_a_reason_says_is_shown_harmless(self, project: Project) -> None:
        project.spring(
            OWNED.replace("agreed trial", '"\\e[2J"').replace("support team", '"\\e[8m"')
        )
        out = project.run("drift").out
        assert r"by \x1b[8m: \x1b[2J" in out
        assert "\x1b" not in out

    @pytest.mark.parametrize(
        ("day", "hour", "status"), [(10, 0, 0), (10, 23, 0), (11, 0, 2), (12, 0, 2)]
    )
    def test_drift_counts_from_the_day_on_which_it_expires(
        self, project: Project, clock: Clock, day: int, hour: int, status: int
    ) -> None:
        project.spring(OWNED)
        clock.at(day, hour)
        document = drift(project, status=status)
        is_known = status == 0
        assert acknowledged_fields(document) == (["callFrequency"] if is_known else [])
        assert changed(document) == ([] if is_known else ["callFrequency"])
        remark = "callFrequency was acknowledged until 2096-02-11 (agreed trial): it counts again"
        assert (remark in document["campaigns"][0]["warnings"]) is not is_known
        assert (remark in project.run("drift").out) is not is_known

    def test_an_expired_one_says_nothing_where_nothing_differs(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        project.spring(OWNED)
        clock.at(20)
        voxo.has(callFrequency=30)
        assert drift(project, status=0)["campaigns"][0]["warnings"] == []

    def test_the_other_fields_still_count(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring(OWNED)
        voxo.has(message="By hand")
        document = drift(project, status=2)
        assert changed(document) == ["message"]
        assert acknowledged_fields(document) == ["callFrequency"]

    def test_apply_sends_the_other_fields_only_and_says_so(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(OWNED)
        voxo.has(message="By hand")
        ran = project.run("apply", "--yes")
        assert ran.status == 0
        assert voxo.sent == [(4711, {"message": "Time to renew"})]
        assert "left alone" in ran.out
        assert "acknowledged until 2096-02-11 by support team: agreed trial" in ran.out

    def test_apply_of_nothing_else_sends_nothing_and_says_so(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(OWNED)
        ran = project.run("apply", "--yes")
        assert (ran.status, voxo.sent) == (0, [])
        assert "left alone" in ran.out
        assert "acknowledged until 2096-02-11" in ran.out

    def test_apply_sends_the_field_once_it_has_expired(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        project.spring(OWNED)
        clock.at(11)
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"callFrequency": 30})]

    def test_a_saved_plan_leaves_it_alone_even_after_it_has_expired(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        """It sends what somebody has reviewed, and no more."""
        project.spring(OWNED)
        voxo.has(message="By hand")
        assert project.run("plan", "--out", "plan.json").status == 0
        assert acknowledged_fields(json.loads((project.folder / "plan.json").read_text())) == [
            "callFrequency"
        ]
        clock.at(20)
        ran = project.run("apply", "--plan", "plan.json", "--yes")
        assert ran.status == 0
        assert voxo.sent == [(4711, {"message": "Time to renew"})]
        assert "left alone" in ran.out

    @pytest.mark.parametrize("manage", ["exact", "add"])
    def test_apply_never_sends_acknowledged_numbers(
        self, project: Project, voxo: FakeVoxo, manage: str
    ) -> None:
        entry = "{field: numbers, until: 2096-03-01, reason: called by hand, owner: sales}"
        settings = f"voxosync: {{manageNumbers: {manage}, acknowledge: [{entry}]}}"
        project.spring(settings, "numbers: [{number: 6015550177}]")
        document = drift(project, status=2)
        assert acknowledged_fields(document) == ["numbers"]
        assert changed(document) == ["callFrequency"]
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"callFrequency": 30})]
        out = project.run("drift").out
        assert "called by hand" in out
        assert "6015550177" not in out, "acknowledged numbers are masked as others are"

    def test_with_a_base_every_kind_of_the_field_is_acknowledged(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.git("init", "--quiet", "--initial-branch", "main")
        project.commit()
        project.git("checkout", "--quiet", "-b", "branch")
        entries = ", ".join(
            f"{{field: {field}, until: 2096-03-01, reason: a trial, owner: sales}}"
            for field in ("numbers", "message", "callFrequency")
        )
        changes = ["numbers: [{number: 6015550123}, {number: 6015550177}]", "message: New words"]
        project.spring(f"voxosync: {{acknowledge: [{entries}]}}", *changes)
        project.commit()
        voxo.has(recording="no")
        document = drift(project, "--base", "main", status=2)
        assert changed(document) == ["recording"]
        kinds = {
            (difference["field"], difference["kind"])
            for difference in document["campaigns"][0]["acknowledged"]
        }
        assert kinds == {
            ("callFrequency", "drift"),
            ("message", "change"),
            ("numbers", "change"),
        }
        assert project.run("apply", "--yes", "--base", "main").status == 0
        assert voxo.sent == [(4711, {"recording": "yes"})]

    def test_a_field_left_alone_by_kind_is_not_said_to_be_twice(self, project: Project) -> None:
        project.git("init", "--quiet", "--initial-branch", "main")
        project.commit()
        project.spring(OWNED)
        ran = project.run("plan", "--base", "main", "--kind", "change", "--format", "json")
        assert acknowledged_fields(ran.json) == ["callFrequency"]
        assert ran.json["campaigns"][0]["warnings"] == []

    def test_ignore_beats_acknowledge(self, project: Project) -> None:
        project.spring(OWNED.replace("{acknowledge", "{ignore: [callFrequency], acknowledge"))
        document = drift(project, status=0)
        assert (changed(document), acknowledged_fields(document)) == ([], [])
        assert document["campaigns"][0]["warnings"] == [
            "callFrequency differs, and is ignored as the definition says"
        ]

    def test_a_field_that_is_not_managed_is_not_listed(self, project: Project) -> None:
        project.spring(OWNED, "-callFrequency")
        assert acknowledged_fields(drift(project, status=0)) == []

    def test_a_snapshot_is_judged_by_today(self, project: Project, clock: Clock) -> None:
        project.spring(OWNED)
        assert project.run("snapshot", "--out", "live.json").status == 0
        assert acknowledged_fields(drift(project, "--live", "live.json", status=0)) == [
            "callFrequency"
        ]
        clock.at(11)
        assert changed(drift(project, "--live", "live.json", status=2)) == ["callFrequency"]


class TestOwner:
    @pytest.fixture(autouse=True)
    def _by_hand(self, project: Project, voxo: FakeVoxo, clock: Clock) -> None:
        clock.at(10)
        voxo.has(callFrequency=45)
        project.spring(ACKNOWLEDGED)

    def owner(self, project: Project, index: int = 0) -> str | None:
        [acknowledged] = drift(project, status=0)["campaigns"][index]["acknowledged"]
        owner: str | None = acknowledged["owner"]
        return owner

    def commit_as(self, project: Project, author: str) -> None:
        project.git("init", "--quiet")
        project.git("add", "--all")
        project.git("commit", "--quiet", "-m", "A change", "--author", f"{author} <a@example.com>")

    def test_is_whoever_wrote_the_line(self, project: Project) -> None:
        project.spring()
        self.commit_as(project, "Team A")
        project.spring(ACKNOWLEDGED)
        self.commit_as(project, "Team B")
        project.spring(ACKNOWLEDGED, "message: Other words")
        self.commit_as(project, "Team C")
        document = drift(project, status=2)
        assert document["campaigns"][0]["acknowledged"][0]["owner"] == "Team B"
        assert "acknowledged until 2096-02-11 by Team B: agreed trial" in project.run("drift").out

    def test_is_whom_the_definition_names_before_all_others(self, project: Project) -> None:
        project.spring(OWNED)
        self.commit_as(project, "Team A")
        assert self.owner(project) == "support team"

    def test_is_nobody_where_the_line_is_not_committed(self, project: Project) -> None:
        project.spring()
        self.commit_as(project, "Team A")
        project.spring(ACKNOWLEDGED)
        assert self.owner(project) is None
        assert "acknowledged until 2096-02-11: agreed trial" in project.run("drift").out

    def test_is_nobody_where_the_file_is_not_in_git(self, project: Project) -> None:
        project.write("README.md", "Campaigns")
        project.git("init", "--quiet")
        project.git("add", "README.md")
        project.git("commit", "--quiet", "-m", "A change")
        assert self.owner(project) is None

    def test_is_nobody_outside_of_git(self, project: Project) -> None:
        assert self.owner(project) is None

    def test_is_nobody_where_there_is_no_git(self, project: Project) -> None:
        project.variables["PATH"] = str(project.folder)
        assert self.owner(project) is None

    def test_of_a_default_is_whoever_wrote_it_there(self, project: Project) -> None:
        project.spring()
        project.write("campaigns/_defaults.yaml", f"# Ours\n{ACKNOWLEDGED}\n")
        self.commit_as(project, "Team A")
        project.spring("message: Time to renew")
        self.commit_as(project, "Team B")
        assert self.owner(project) == "Team A"

    def test_is_found_in_a_folder_within_the_repository(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        inner = type(project)(project.folder / "calls", project.variables)
        inner.folder.mkdir()
        inner.spring(ACKNOWLEDGED)
        self.commit_as(project, "Team A")
        assert self.owner(inner) == "Team A"
        assert voxo.sent == []

    def test_is_nobody_where_a_shallow_clone_has_cut_the_history(self, project: Project) -> None:
        """There, Git takes whoever made the oldest commit that it has for the author of all before it."""
        self.commit_as(project, "Team A")
        project.write("README.md", "Campaigns")
        self.commit_as(project, "Team B")
        clone = type(project)(project.folder.parent / "clone", project.variables)
        project.git("clone", "--quiet", "--depth", "1", project.folder.as_uri(), str(clone.folder))
        assert self.owner(clone) is None
        clone.spring(ACKNOWLEDGED.replace("agreed", "new"))
        self.commit_as(clone, "Team C")
        assert self.owner(clone) == "Team C"

    @pytest.mark.parametrize("name", DRIFT)
    def test_is_shown_harmless_whatever_the_bytes_of_the_name(
        self, name: str, project: Project
    ) -> None:
        self.commit_as(project, "Team \udcf6\x1b[2J")
        ran = project.run("drift", "--format", name, "--output", "report")
        assert ran.status == 0, ran.said
        assert "\x1b" not in (project.folder / "report").read_text(encoding="utf-8")
