"""`drift` beyond the fields of definitions: unmanaged campaigns, missing campaigns, and acknowledged drift."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.cli.cli_voxo import TENANT, TOKEN, FakeVoxo, answer
from tests.cli.drift_watch import acknowledged_fields, changed_fields, drift
from voxosync.report.registry import DRIFT

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import Handler
    from tests.cli.drift_watch import Clock

ACKNOWLEDGED = (
    "voxosync: {acknowledge: [{field: callFrequency, until: 2096-02-11, reason: agreed trial}]}"
)
WITH_OWNER = ACKNOWLEDGED.replace("}]}", ", owner: support team}]}")
LIST = "call-campaigns?tenantId="


def unmanaged(document: dict[str, Any]) -> list[int]:
    return [campaign["id"] for campaign in document.get("unmanaged", [])]


class TestUnmanaged:
    @pytest.fixture(autouse=True)
    def _unmanaged_campaigns(self, project: Project, voxo: FakeVoxo) -> None:
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
    def test_campaigns_are_listed_as_the_option_says(
        self, project: Project, arguments: list[str], status: int, listed: list[int]
    ) -> None:
        document = drift(project, *arguments, status=status)
        assert unmanaged(document) == listed
        assert document.get("unmanagedCounts", False) is (status == 2)

    def test_campaigns_have_their_name_and_state_in_voxo(self, project: Project) -> None:
        assert drift(project, status=0)["unmanaged"] == [
            {"id": 4713, "name": None, "state": None},
            {"id": 4720, "name": "Autumn pilot", "state": "READY"},
        ]

    def test_campaigns_without_a_readable_tenant_are_listed(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        """The request is for one tenant, so an entry without a tenant, or with an unreadable one, belongs to it."""
        tenants = {4713: None, 4720: "seventeen", 4721: 18}
        listed = [{"id": campaign, "tenantId": tenant} for campaign, tenant in tenants.items()]
        voxo.say(answer(200, listed), about=LIST)
        assert unmanaged(drift(project, status=0)) == [4713, 4720]

    def test_campaigns_are_not_requested_if_they_are_ignored(
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

    def test_without_a_tenant_nothing_is_listed_or_reported(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("drift", VOXO_TENANT_ID=None)
        assert ran.status == 0
        assert "nmanaged" not in ran.said
        assert voxo.asked == ["GET /v2/admin/call-campaigns/4711"]

    @pytest.mark.parametrize("choice", ["report", "fail"])
    def test_without_a_tenant_the_explicit_option_is_an_error(
        self, project: Project, voxo: FakeVoxo, choice: str
    ) -> None:
        ran = project.run("drift", "--unmanaged", choice, VOXO_TENANT_ID=None)
        assert ran.status == 1
        assert "set VOXO_TENANT_ID, or pass --tenant-id" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize("part", [["campaigns/spring.yaml"], ["--only", "4711"]])
    def test_nothing_is_listed_if_only_some_campaigns_are_selected(
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

    def test_unknown_value_of_the_option_is_a_usage_error(self, project: Project) -> None:
        assert project.run("drift", "--unmanaged", "all").status == 1

    def test_campaigns_do_not_count_as_drift_of_managed_campaigns(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(callFrequency=45)
        document = drift(project, status=2)
        assert document["summary"] == {"inSync": 0, "update": 1, "error": 0}
        assert unmanaged(document) == [4713, 4720]

    @pytest.mark.parametrize("status", [403, 404])
    def test_refused_list_is_a_warning_without_the_option(
        self, project: Project, voxo: FakeVoxo, status: int
    ) -> None:
        voxo.say(answer(status, {"message": "not for you"}), about=LIST)
        voxo.has(callFrequency=45)
        ran = project.run("drift", "--format", "json")
        assert ran.status == 2
        assert changed_fields(ran.json) == ["callFrequency"]
        assert "unlisted" not in ran.json
        assert "warning: unmanaged campaigns cannot be listed" in ran.err
        assert "not for you" in ran.err
        assert project.run("-q", "drift").err == ""

    @pytest.mark.parametrize("status", [403, 404])
    @pytest.mark.parametrize("choice", ["report", "fail"])
    def test_refused_list_exits_with_3_with_the_option_and_the_rest_is_reported(
        self, project: Project, voxo: FakeVoxo, status: int, choice: str
    ) -> None:
        voxo.say(answer(status, {"message": "not for you"}), about=LIST)
        voxo.has(callFrequency=45)
        document = drift(project, "--unmanaged", choice, status=3)
        assert "not for you" in document["unlisted"]
        assert changed_fields(document) == ["callFrequency"]
        assert "not for you" in project.run("drift", "--unmanaged", choice).out

    def test_malformed_list_exits_with_3_only_with_the_option(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(answer(200, {"oops": []}), about=LIST)
        assert "unlisted" in drift(project, "--unmanaged", "report", status=3)
        assert "unlisted" not in drift(project, status=0)

    def test_all_pages_of_the_list_are_read(self, project: Project, voxo: FakeVoxo) -> None:
        everything = [{"id": number, "name": f"Campaign {number}"} for number in range(4711, 4961)]

        def page(handler: Handler) -> None:
            query = parse_qs(urlsplit(handler.path).query)
            number, size = (int(query.get(key, [text])[0]) for key, text in DEFAULTS)
            records = everything[(number - 1) * size : number * size]
            body = {"records": records, "page": number, "totalRecords": len(everything)}
            answer(200, body)(handler)

        voxo.say(page, about=LIST)
        assert unmanaged(drift(project, status=0)) == list(range(4712, 4961))

    def test_campaigns_of_other_tenants_are_not_listed(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        """A server may ignore the tenant in the query."""
        tenants = {1: TENANT, 2: str(TENANT), 3: float(TENANT), 4: None, 5: 18, 6: "18"}
        records = [{"id": number, "tenantId": tenant} for number, tenant in tenants.items()]
        voxo.say(answer(200, records), about=LIST)
        assert unmanaged(drift(project, status=0)) == [1, 2, 3, 4]

    def test_text_from_the_list_is_escaped(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(4720, name="\x1b[2J<b>", state=["no", "state"])
        out = project.run("drift").out
        assert "4720 \\x1b[2J<b>" in out
        assert "\x1b" not in out

    def test_text_output_names_the_campaigns(self, project: Project) -> None:
        out = project.run("drift").out
        assert "4720 Autumn pilot" in out
        assert "No drift: 1 campaign agrees with VOXO, 2 unmanaged." in out

    @pytest.mark.parametrize(("choice", "status"), [("report", 0), ("fail", 2), ("ignore", 0)])
    def test_campaigns_are_also_listed_from_a_snapshot_of_all_campaigns(
        self, project: Project, voxo: FakeVoxo, choice: str, status: int
    ) -> None:
        assert project.run("snapshot", "--all", "--out", "live.json").status == 0
        voxo.received.clear()
        arguments = ["--live", "live.json", "--unmanaged", choice]
        document = drift(project, *arguments, status=status, VOXO_API_TOKEN=None)
        assert unmanaged(document) == ([] if choice == "ignore" else [4713, 4720])
        assert voxo.asked == []


DEFAULTS = (("page", "1"), ("recordsPerPage", "20"))
"""The values that a paged list uses for parameters that the query omits."""


class TestMissing:
    @pytest.fixture(autouse=True)
    def _missing_campaign(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring(name="campaigns/gone.yaml", number=4700)
        voxo.has(callFrequency=45)

    def test_missing_campaign_exits_with_3_and_the_others_are_reported(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        document = drift(project, status=3)
        missing, present = document["campaigns"]
        assert (missing["id"], missing["status"], missing["missing"]) == (4700, "error", True)
        assert "404" in missing["error"]
        assert changed_fields(document, 1) == ["callFrequency"]
        assert "missing" not in present
        assert "GET /v2/call-campaigns/4700" in voxo.asked, (
            "both paths for reading a campaign were tried"
        )

    def test_refused_campaign_is_not_missing(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(answer(403, {"message": "no"}), about="/4700")
        assert "missing" not in drift(project, status=3)["campaigns"][0]

    def test_campaign_that_is_not_in_the_snapshot_is_missing(self, project: Project) -> None:
        assert project.run("snapshot", "--out", "live.json").status == 3
        document = drift(project, "--live", "live.json", status=3)
        assert document["campaigns"][0]["missing"] is True
        assert changed_fields(document, 1) == ["callFrequency"]

    def test_text_distinguishes_missing_from_failed(self, project: Project, voxo: FakeVoxo) -> None:
        out = project.run("drift").out
        assert "! missing: " in out
        assert "1 missing" in out
        voxo.say(answer(500), about="/4700")
        assert "! failed: " in project.run("drift").out


class TestAcknowledged:
    @pytest.fixture(autouse=True)
    def _changed_by_hand(self, voxo: FakeVoxo, clock: Clock) -> None:
        clock.at(10)
        voxo.has(callFrequency=45)

    def test_drift_is_listed_separately_and_does_not_exit_with_2(self, project: Project) -> None:
        project.spring(WITH_OWNER)
        document = drift(project, status=0)
        assert changed_fields(document) == []
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

    def test_text_states_the_owner_the_last_day_and_the_reason(self, project: Project) -> None:
        project.spring(WITH_OWNER)
        out = project.run("drift").out
        assert "≈ callFrequency: VOXO 45, Git 30" in out
        assert "acknowledged until 2096-02-11 by support team: agreed trial" in out

    def test_reason_and_owner_are_escaped(self, project: Project) -> None:
        project.spring(
            WITH_OWNER.replace("agreed trial", '"\\e[2J"').replace("support team", '"\\e[8m"')
        )
        out = project.run("drift").out
        assert r"by \x1b[8m: \x1b[2J" in out
        assert "\x1b" not in out

    @pytest.mark.parametrize(
        ("day", "hour", "status"), [(10, 0, 0), (10, 23, 0), (11, 0, 2), (12, 0, 2)]
    )
    def test_drift_counts_again_from_the_day_of_expiry(
        self, project: Project, clock: Clock, day: int, hour: int, status: int
    ) -> None:
        project.spring(WITH_OWNER)
        clock.at(day, hour)
        document = drift(project, status=status)
        is_acknowledged = status == 0
        assert acknowledged_fields(document) == (["callFrequency"] if is_acknowledged else [])
        assert changed_fields(document) == ([] if is_acknowledged else ["callFrequency"])
        warning = "callFrequency was acknowledged until 2096-02-11 (agreed trial): it counts again"
        assert (warning in document["campaigns"][0]["warnings"]) is not is_acknowledged
        assert (warning in project.run("drift").out) is not is_acknowledged

    def test_expired_entry_is_not_reported_if_the_field_agrees(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        project.spring(WITH_OWNER)
        clock.at(20)
        voxo.has(callFrequency=30)
        assert drift(project, status=0)["campaigns"][0]["warnings"] == []

    def test_other_fields_still_count(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring(WITH_OWNER)
        voxo.has(message="By hand")
        document = drift(project, status=2)
        assert changed_fields(document) == ["message"]
        assert acknowledged_fields(document) == ["callFrequency"]

    def test_apply_sends_only_the_other_fields_and_reports_it(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(WITH_OWNER)
        voxo.has(message="By hand")
        ran = project.run("apply", "--yes")
        assert ran.status == 0
        assert voxo.sent == [(4711, {"message": "Time to renew"})]
        assert "left alone" in ran.out
        assert "acknowledged until 2096-02-11 by support team: agreed trial" in ran.out

    def test_apply_without_other_differences_sends_nothing_and_reports_it(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring(WITH_OWNER)
        ran = project.run("apply", "--yes")
        assert (ran.status, voxo.sent) == (0, [])
        assert "left alone" in ran.out
        assert "acknowledged until 2096-02-11" in ran.out

    def test_apply_sends_the_field_after_expiry(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        project.spring(WITH_OWNER)
        clock.at(11)
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"callFrequency": 30})]

    def test_saved_plan_leaves_the_field_alone_even_after_expiry(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        """A saved plan sends what was reviewed and nothing more."""
        project.spring(WITH_OWNER)
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
        assert changed_fields(document) == ["callFrequency"]
        assert project.run("apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"callFrequency": 30})]
        out = project.run("drift").out
        assert "called by hand" in out
        assert "6015550177" not in out, "acknowledged numbers are masked like all others"

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
        assert changed_fields(document) == ["recording"]
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

    def test_field_that_is_also_left_alone_by_kind_is_reported_once(self, project: Project) -> None:
        project.git("init", "--quiet", "--initial-branch", "main")
        project.commit()
        project.spring(WITH_OWNER)
        ran = project.run("plan", "--base", "main", "--kind", "change", "--format", "json")
        assert acknowledged_fields(ran.json) == ["callFrequency"]
        assert ran.json["campaigns"][0]["warnings"] == []

    def test_ignore_takes_precedence_over_acknowledge(self, project: Project) -> None:
        project.spring(WITH_OWNER.replace("{acknowledge", "{ignore: [callFrequency], acknowledge"))
        document = drift(project, status=0)
        assert (changed_fields(document), acknowledged_fields(document)) == ([], [])
        assert document["campaigns"][0]["warnings"] == [
            "callFrequency differs, and is ignored as the definition says"
        ]

    def test_unmanaged_field_is_not_listed(self, project: Project) -> None:
        project.spring(WITH_OWNER, "-callFrequency")
        assert acknowledged_fields(drift(project, status=0)) == []

    def test_expiry_is_compared_with_today_even_for_a_snapshot(
        self, project: Project, clock: Clock
    ) -> None:
        project.spring(WITH_OWNER)
        assert project.run("snapshot", "--out", "live.json").status == 0
        assert acknowledged_fields(drift(project, "--live", "live.json", status=0)) == [
            "callFrequency"
        ]
        clock.at(11)
        assert changed_fields(drift(project, "--live", "live.json", status=2)) == ["callFrequency"]


class TestOwner:
    @pytest.fixture(autouse=True)
    def _changed_by_hand(self, project: Project, voxo: FakeVoxo, clock: Clock) -> None:
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

    def test_is_the_author_of_the_line(self, project: Project) -> None:
        project.spring()
        self.commit_as(project, "Team A")
        project.spring(ACKNOWLEDGED)
        self.commit_as(project, "Team B")
        project.spring(ACKNOWLEDGED, "message: Other words")
        self.commit_as(project, "Team C")
        document = drift(project, status=2)
        assert document["campaigns"][0]["acknowledged"][0]["owner"] == "Team B"
        assert "acknowledged until 2096-02-11 by Team B: agreed trial" in project.run("drift").out

    def test_in_the_definition_takes_precedence_over_the_author(self, project: Project) -> None:
        project.spring(WITH_OWNER)
        self.commit_as(project, "Team A")
        assert self.owner(project) == "support team"

    def test_is_unknown_if_the_line_is_not_committed(self, project: Project) -> None:
        project.spring()
        self.commit_as(project, "Team A")
        project.spring(ACKNOWLEDGED)
        assert self.owner(project) is None
        assert "acknowledged until 2096-02-11: agreed trial" in project.run("drift").out

    def test_is_unknown_if_the_file_is_not_in_git(self, project: Project) -> None:
        project.write("README.md", "Campaigns")
        project.git("init", "--quiet")
        project.git("add", "README.md")
        project.git("commit", "--quiet", "-m", "A change")
        assert self.owner(project) is None

    def test_is_unknown_outside_of_git(self, project: Project) -> None:
        assert self.owner(project) is None

    def test_is_unknown_if_git_is_not_installed(self, project: Project) -> None:
        project.variables["PATH"] = str(project.folder)
        assert self.owner(project) is None

    def test_of_a_default_is_the_author_of_its_line_in_the_defaults(self, project: Project) -> None:
        project.spring()
        project.write("campaigns/_defaults.yaml", f"# Ours\n{ACKNOWLEDGED}\n")
        self.commit_as(project, "Team A")
        project.spring("message: Time to renew")
        self.commit_as(project, "Team B")
        assert self.owner(project) == "Team A"

    def test_is_known_in_a_subfolder_of_the_repository(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        inner = type(project)(project.folder / "calls", project.variables)
        inner.folder.mkdir()
        inner.spring(ACKNOWLEDGED)
        self.commit_as(project, "Team A")
        assert self.owner(inner) == "Team A"
        assert voxo.sent == []

    def test_is_unknown_if_a_shallow_clone_lacks_the_commit(self, project: Project) -> None:
        """In a shallow clone, Git names the author of its oldest commit for all lines that are older."""
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
    def test_is_escaped_in_every_format(self, name: str, project: Project) -> None:
        self.commit_as(project, "Team \udcf6\x1b[2J")
        ran = project.run("drift", "--format", name, "--output", "report")
        assert ran.status == 0, ran.said
        assert "\x1b" not in (project.folder / "report").read_text(encoding="utf-8")
