"""`voxosync plan` shows what apply would send, and sends nothing."""

from __future__ import annotations

import json
import stat
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.cli.shown_parts import names_of_formats
from tests.fakes.json_schema import check_document
from voxosync import __version__
from voxosync.report.registry import FORMATS, PLAN, ReportPart

if TYPE_CHECKING:
    from typing import Any

    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


def only_campaign(project: Project, *arguments: str) -> dict[str, Any]:
    """The only campaign of the plan as JSON."""
    ran = project.run("plan", "--format", "json", *arguments)
    assert ran.status == 0, ran.err
    [campaign] = ran.json["campaigns"]
    return dict(campaign)


def changes(campaign: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {change["field"]: (change["before"], change["after"]) for change in campaign["changes"]}


@pytest.mark.parametrize("name", PLAN)
def test_plan_sends_no_writes_in_any_format(name: str, project: Project, voxo: FakeVoxo) -> None:
    project.spring("callFrequency: 60")
    project.run("plan", "--format", name)
    assert voxo.asked == ["GET /v2/admin/call-campaigns/4711"]


class TestDifferences:
    def test_are_found_only_in_keys_of_the_definition(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("campaigns/spring.yaml", "id: 4711\ncallFrequency: 30\n")
        voxo.has(name="By hand", message="By hand", destinations=[])
        assert only_campaign(project)["status"] == "in-sync"

    @pytest.mark.parametrize(
        "spelling",
        [
            {"callFrequency": 30.0},
            {"callFrequency": "30"},
            {"enableVMDetect": "1"},
            {"callerId": 6015550100},
            {"dateStart": "2096-03-01T00:00:00.000Z"},
            {"timeStart": "09:00:00"},
            {"unheardOf": "anything"},
            {"numbers": [{"number": 6015550124}, {"number": 6015550123, "description": "Customer 1042"}]},
        ],
        ids=str,
    )  # fmt: skip
    def test_do_not_include_other_spellings_of_the_same_value(
        self, spelling: dict[str, Any], project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(**spelling)
        assert only_campaign(project)["status"] == "in-sync"

    def test_go_from_the_live_value_to_the_definition(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(callFrequency=45, enableVMDetect=0, dateEnd=None)
        assert changes(only_campaign(project)) == {
            "callFrequency": (45, 30),
            "enableVMDetect": ("0", "1"),
            "dateEnd": (None, "2096-03-31"),
        }

    def test_include_the_order_of_destinations(self, project: Project) -> None:
        project.spring("destinations: [{type: EXTENSION, id: 101}, {type: QUEUE, id: 12}]")
        [change] = only_campaign(project)["changes"]
        assert change["field"] == "destinations"
        assert change["before"][0] == {"type": "QUEUE", "id": 12}
        assert change["after"][0] == {"type": "EXTENSION", "id": 101}

    def test_of_numbers_have_counts_and_lists(self, project: Project) -> None:
        project.spring(
            "numbers: [{number: 6015550124, description: New}, {number: 6015550125}]",
        )
        [change] = only_campaign(project)["changes"]
        assert change["before"] == {"count": 2}
        assert change["after"] == {"count": 2}
        assert change["added"] == ["6015550125"]
        assert change["removed"] == ["6015550123"]
        assert change["changed"] == ["6015550124"]
        assert change["beforeDigest"].startswith("sha256:")


class TestPatch:
    """A patch has the changed top-level keys; a changed array is complete, with the live dispositions."""

    @pytest.mark.parametrize(
        ("change", "patch"),
        [
            ("callFrequency: 60", {"callFrequency": 60}),
            ("enableVMDetect: 0", {"enableVMDetect": "0"}),
            ("recording: no", {"recording": "no"}),
            ("callerId: 6015550101", {"callerId": "6015550101"}),
            ("timeEnd: 18:31", {"timeEnd": "18:31"}),
            ("matchDestinations: []", {"matchDestinations": []}),
            (
                "matchDestinations: [{type: QUEUE, id: 5}]",
                {"matchDestinations": [{"id": 5, "type": "QUEUE"}]},
            ),
        ],
        ids=str,
    )
    def test_is_minimal(self, change: str, patch: dict[str, Any], project: Project) -> None:
        project.spring(change)
        assert only_campaign(project)["patch"] == patch

    def test_has_all_numbers_with_their_dispositions(self, project: Project) -> None:
        project.spring(
            "numbers: [{number: 6015550123, description: Customer 1042}, "
            "{number: 6015550125, field1: Gold}]"
        )
        assert only_campaign(project)["patch"] == {
            "numbers": [
                {"number": "6015550123", "description": "Customer 1042", "disposition": "ANSWERED"},
                {"number": "6015550125", "description": "", "field1": "Gold"},
            ]
        }


class TestCampaignSettings:
    def test_manage_numbers_add_never_removes(self, project: Project) -> None:
        project.spring("numbers: [{number: 6015550125}]", "voxosync: {manageNumbers: add}")
        [change] = only_campaign(project)["changes"]
        assert change["added"] == ["6015550125"]
        assert change["removed"] == []
        assert change["after"] == {"count": 3}

    def test_an_ignored_field_is_a_warning(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(callFrequency=45)
        project.spring("voxosync: {ignore: [callFrequency]}")
        campaign = only_campaign(project)
        assert campaign["status"] == "left-alone"
        assert campaign["patch"] == {}
        assert "callFrequency" in campaign["warnings"][0]
        assert "callFrequency" in project.run("plan").out

    def test_an_unmanaged_field_is_treated_as_absent(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(callFrequency=45)
        project.write("campaigns/_defaults.yaml", "callFrequency: 60\n")
        project.spring("-callFrequency", "voxosync: {unmanaged: [callFrequency]}")
        campaign = only_campaign(project)
        assert campaign["status"] == "in-sync"
        assert campaign["warnings"] == []

    def test_numbers_have_a_warning_about_fields_that_voxo_does_not_return(
        self, project: Project
    ) -> None:
        project.spring("numbers: [{number: 6015550123}]")
        assert any("field1" in text for text in only_campaign(project)["warnings"])

    def test_the_nearest_defaults_take_precedence_for_each_key(self, project: Project) -> None:
        project.write("campaigns/_defaults.yaml", "callFrequency: 60\nmessage: Outer\n")
        project.write("campaigns/spring/_defaults.yaml", "callFrequency: 90\n")
        project.write("campaigns/spring/one.yaml", "id: 4711\nstate: PAUSED\n")
        (project.folder / "campaigns/spring.yaml").unlink()
        assert only_campaign(project)["patch"] == {"callFrequency": 90, "message": "Outer"}


class TestStates:
    @pytest.mark.parametrize("state", ["RUNNING", "FINISHED"])
    def test_that_only_voxo_sets_are_not_set_to_ready(
        self, state: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("state: READY")
        voxo.has(state=state)
        campaign = only_campaign(project)
        assert campaign["status"] == "in-sync"
        assert campaign["liveState"] == state
        assert state in project.run("plan").out

    def test_that_only_voxo_sets_can_be_paused(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(state="RUNNING")
        assert only_campaign(project)["patch"] == {"state": "PAUSED"}

    @pytest.mark.parametrize("name", names_of_formats(PLAN, ReportPart.ALARMS))
    def test_start_of_dialing_is_prominent_in_every_format(
        self, name: str, project: Project
    ) -> None:
        """The number of phones, the start and the time zone are shown with it."""
        project.spring("state: READY")
        out = unescape(project.run("plan", "--format", name).out)
        assert "STARTS DIALING" in out
        assert "2 phones" in out or '"phones": 2' in out
        assert "2096-03-01 09:00" in out
        assert "America/Chicago" in out


class TestDocument:
    def test_conforms_to_its_schema(self, project: Project) -> None:
        project.spring("callFrequency: 60", "numbers: []", "destinations: []", "state: READY")
        project.spring(name="campaigns/unknown.yaml", number=9999)
        document = project.run("plan", "--format", "json").json
        check_document(document, "plan")

    def test_has_its_version_time_address_and_summary(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        document = project.run("plan", "--format", "json").json
        assert document["formatVersion"] == 1
        assert document["voxosyncVersion"] == __version__
        assert document["createdAt"].endswith("Z")
        assert document["baseUrl"] == voxo.url
        assert document["summary"] == {"inSync": 0, "update": 1, "error": 0}
        assert "command" not in document

    def test_lists_campaigns_in_order_of_their_files(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        for number, name in ((9, "a"), (3, "z/a"), (5, "b")):
            voxo.has(number)
            project.spring(name=f"campaigns/{name}.yaml", number=number)
        document = project.run("plan", "--format", "json").json
        listed = [(campaign["id"], campaign["file"]) for campaign in document["campaigns"]]
        assert listed == [
            (9, "campaigns/a.yaml"),
            (5, "campaigns/b.yaml"),
            (4711, "campaigns/spring.yaml"),
            (3, "campaigns/z/a.yaml"),
        ]

    def test_has_the_live_name_if_the_definition_has_none(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(name="As VOXO calls it")
        project.spring("-name")
        assert only_campaign(project)["name"] == "As VOXO calls it"

    def test_has_the_reason_why_a_campaign_failed(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.campaigns.clear()
        ran = project.run("plan", "--format", "json")
        assert ran.status == 3
        [campaign] = ran.json["campaigns"]
        assert campaign["status"] == "error"
        assert "404" in campaign["error"]
        assert campaign["changes"] == []


class TestOut:
    @pytest.fixture(autouse=True)
    def _changed_definition(self, project: Project) -> None:
        project.spring("callFrequency: 60", "numbers: []")

    def test_is_the_same_document_as_on_standard_output(self, project: Project) -> None:
        ran = project.run("plan", "--format", "json", "--out", "saved.json")
        saved = json.loads((project.folder / "saved.json").read_text())
        assert saved == ran.json
        assert saved["digest"].startswith("sha256:")

    @pytest.mark.parametrize("name", PLAN)
    def test_is_json_whatever_the_format_on_standard_output(
        self, name: str, project: Project
    ) -> None:
        project.run("plan", "--format", name, "--out", "saved.json")
        saved = json.loads((project.folder / "saved.json").read_text())
        assert saved["campaigns"][0]["patch"]["callFrequency"] == 60

    @pytest.mark.parametrize("before", [None, 0o644, 0o666])
    def test_can_be_read_by_its_owner_alone(self, before: int | None, project: Project) -> None:
        path = project.folder / "saved.json"
        if before is not None:
            path.write_text("an older plan")
            path.chmod(before)
        assert project.run("plan", "--out", "saved.json").status == 0
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "an older plan" not in path.read_text()

    def test_is_not_changed_if_planning_fails(self, project: Project) -> None:
        project.write("saved.json", "an older plan")
        project.write("campaigns/wrong.yaml", "id: 0\n")
        assert project.run("plan", "--out", "saved.json").status == 1
        assert (project.folder / "saved.json").read_text() == "an older plan"

    def test_leaves_no_other_file(self, project: Project) -> None:
        before = {path.name for path in project.folder.iterdir()}
        project.run("plan", "--out", "saved.json")
        project.run("plan", "--out", "saved.json")
        assert {path.name for path in project.folder.iterdir()} == before | {"saved.json"}

    def test_is_followed_by_the_command_that_applies_it(self, project: Project) -> None:
        assert "apply --plan saved.json" in project.run("plan", "--out", "saved.json").err

    def test_into_a_missing_folder_is_an_error(self, project: Project) -> None:
        ran = project.run("plan", "--out", "missing/saved.json")
        assert ran.status == 1
        assert "missing/saved.json" in ran.err
        assert ran.out == ""


class TestReports:
    """`--report FORMAT=FILE` writes more reports of the same run."""

    def test_are_written_in_addition_to_standard_output(self, project: Project) -> None:
        project.spring("callFrequency: 60")
        reports = ("--report", "markdown=comment.md", "--report", "sarif=plan.sarif")
        ran = project.run("plan", *reports)
        assert ran.out == project.run("plan").out
        for name, file in (("markdown", "comment.md"), ("sarif", "plan.sarif")):
            path = project.folder / file
            assert path.read_text() == project.run("plan", "--format", name).out
            assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_have_no_colors_even_on_a_terminal(self, project: Project) -> None:
        project.spring("callFrequency: 60")
        assert project.terminal("plan", "--report", "text=plan.txt").status == 0
        assert "\x1b" not in (project.folder / "plan.txt").read_text()

    def test_link_to_lines_of_files(self, project: Project) -> None:
        project.spring("callFrequency: 60")
        base = "https://github.com/acme/calls/blob/cafe"
        ran = project.run("plan", "--format", "slack", "--link-base", base)
        assert f"{base}/campaigns/spring.yaml#L1" in ran.out
        ran = project.run("plan", "--link-base", "javascript:alert(1)")
        assert ran.status == 1
        assert "https://" in ran.err

    @pytest.mark.parametrize("value", ["markdown", "markdown=", "=x", "pdf=x", "x"])
    def test_are_refused_without_a_format_and_a_file(
        self, value: str, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("plan", "--report", value)
        assert ran.status == 1
        assert "FORMAT=FILE" in ran.err
        assert voxo.asked == []


class TestPhoneNumbers:
    """Phones are masked in every format for people, and in full in JSON or with `--show-numbers`."""

    @pytest.fixture(autouse=True)
    def _removes_a_number(self, project: Project) -> None:
        project.spring("numbers: [{number: 6015550124}, {number: 6015550199}]")

    @pytest.mark.parametrize("name", [name for name in PLAN if not FORMATS[name].shows_phones])
    def test_are_masked(self, name: str, project: Project) -> None:
        ran = project.run("plan", "--format", name)
        assert ran.status == 0
        for number in ("6015550123", "6015550124", "6015550199"):
            assert number not in ran.said

    def test_show_their_first_and_last_digits_in_text(self, project: Project) -> None:
        out = project.run("plan").out
        assert "+ 601•••0199" in out
        assert "- 601•••0123" in out

    def test_are_full_in_json(self, project: Project) -> None:
        out = project.run("plan", "--format", "json").out
        assert '"6015550123"' in out
        assert '"6015550199"' in out

    @pytest.mark.parametrize("name", ["text", "markdown"])
    def test_are_full_with_show_numbers(self, name: str, project: Project) -> None:
        out = project.run("plan", "--format", name, "--show-numbers").out
        assert "6015550123" in out
        assert "6015550199" in out

    def test_of_the_caller_id_are_not_masked(self, project: Project) -> None:
        project.spring("callerId: 6015550101")
        assert "callerId: 6015550100 → 6015550101" in project.run("plan").out


class TestSelection:
    @pytest.fixture(autouse=True)
    def _three_campaigns(self, project: Project, voxo: FakeVoxo) -> None:
        for number, name in ((4712, "a"), (4713, "sub/b")):
            voxo.has(number)
            project.spring(name=f"campaigns/{name}.yaml", number=number)

    @staticmethod
    def planned_ids(project: Project, *arguments: str) -> set[int]:
        document = project.run("plan", "--format", "json", *arguments).json
        return {campaign["id"] for campaign in document["campaigns"]}

    @pytest.mark.parametrize(
        ("arguments", "ids"),
        [
            ((), {4711, 4712, 4713}),
            (("campaigns/a.yaml",), {4712}),
            (("campaigns/sub",), {4713}),
            (("campaigns/sub", "campaigns/a.yaml"), {4712, 4713}),
            (("--only", "4711"), {4711}),
            (("--only", "4711", "--only", "4713"), {4711, 4713}),
            (("campaigns/a.yaml", "--only", "4712"), {4712}),
        ],
        ids=str,
    )
    def test_has_the_campaigns_of_the_paths_and_ids(
        self, arguments: tuple[str, ...], ids: set[int], project: Project, voxo: FakeVoxo
    ) -> None:
        assert self.planned_ids(project, *arguments) == ids
        assert len(voxo.asked) == len(ids)

    def test_by_path_reads_only_those_definitions(self, project: Project) -> None:
        project.write("campaigns/wrong.yaml", "id: 0\n")
        assert project.run("plan").status == 1
        assert self.planned_ids(project, "campaigns/a.yaml") == {4712}
        assert project.run("plan", "--only", "4712").status == 1
        ran = project.run("plan", "4712")
        assert ran.status == 1
        assert (
            "file or folder not found: 4712: plan, apply, drift and pull take an id as --only 4712"
            in ran.err
        )
        ran = project.run("plan", "campaigns/2027")
        assert ran.status == 1
        assert "file or folder not found: campaigns/2027\n" in ran.err, "no id has a folder"
        ran = project.run("plan", "campaigns/a.yaml", "--only", "4711")
        assert ran.status == 1
        assert "--only 4711: no definition in campaigns/a.yaml has this id" in ran.err


class TestGetPaths:
    @pytest.mark.parametrize("status", [403, 404, 405])
    def test_are_both_tried_by_default(self, status: int, project: Project, voxo: FakeVoxo) -> None:
        from tests.cli.cli_voxo import answer  # noqa: PLC0415  # only this test uses it

        voxo.say(answer(status, {"message": "no"}), about="/v2/admin")
        assert project.run("plan").status == 0
        assert voxo.asked == [
            "GET /v2/admin/call-campaigns/4711",
            "GET /v2/call-campaigns/4711",
        ]

    @pytest.mark.parametrize(("read", "path"), [("admin", "/v2/admin/"), ("v2", "/v2/")])
    def test_are_limited_to_one_by_read(
        self, read: str, path: str, project: Project, voxo: FakeVoxo
    ) -> None:
        assert project.run("plan", "--read", read).status == 0
        assert voxo.asked == [f"GET {path}call-campaigns/4711"]

    def test_response_with_another_id_is_an_error(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.campaigns[4711] = voxo.has(4712)
        ran = project.run("plan")
        assert ran.status == 3
        assert "4712" in ran.out


def test_concurrency_is_bounded(project: Project, voxo: FakeVoxo) -> None:
    for number in range(5000, 5020):
        voxo.has(number)
        project.spring(name=f"campaigns/{number}.yaml", number=number)
    assert project.run("plan", "--concurrency", "1").status == 0
    assert len(voxo.asked) == 21


def test_every_request_carries_the_token(project: Project, voxo: FakeVoxo) -> None:
    from tests.cli.cli_voxo import TOKEN  # noqa: PLC0415  # only this test uses the token

    project.run("plan")
    assert [request.headers["Authorization"] for request in voxo.received] == [f"Bearer {TOKEN}"]
