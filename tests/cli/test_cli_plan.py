"""`voxosync plan` shows what apply would send, and sends nothing."""

from __future__ import annotations

import json
import stat
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.fakes.json_schema import check_document
from voxosync import __version__
from voxosync.report.registry import PLAN

if TYPE_CHECKING:
    from typing import Any

    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


def only_campaign(project: Project, *arguments: str) -> dict[str, Any]:
    """The one campaign of the plan document."""
    ran = project.run("plan", "--format", "json", *arguments)
    assert ran.status == 0, ran.err
    [campaign] = ran.json["campaigns"]
    return dict(campaign)


def changes(campaign: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {change["field"]: (change["before"], change["after"]) for change in campaign["changes"]}


@pytest.mark.parametrize("name", PLAN)
def test_nothing_is_ever_sent(name: str, project: Project, voxo: FakeVoxo) -> None:
    project.spring("callFrequency: 60")
    project.run("plan", "--format", name)
    assert voxo.asked == ["GET /v2/admin/call-campaigns/4711"]


class TestWhatDiffers:
    def test_only_keys_that_are_present_are_managed(self, project: Project, voxo: FakeVoxo) -> None:
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
    def test_not_what_the_server_spells_in_another_way(
        self, spelling: dict[str, Any], project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(**spelling)
        assert only_campaign(project)["status"] == "in-sync"

    def test_before_is_live_and_after_the_definition(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(callFrequency=45, enableVMDetect=0, dateEnd=None)
        assert changes(only_campaign(project)) == {
            "callFrequency": (45, 30),
            "enableVMDetect": ("0", "1"),
            "dateEnd": (None, "2096-03-31"),
        }

    def test_the_order_of_destinations_counts(self, project: Project) -> None:
        project.spring("destinations: [{type: EXTENSION, id: 101}, {type: QUEUE, id: 12}]")
        [change] = only_campaign(project)["changes"]
        assert change["field"] == "destinations"
        assert change["before"][0] == {"type": "QUEUE", "id": 12}
        assert change["after"][0] == {"type": "EXTENSION", "id": 101}

    def test_numbers_are_counted_and_listed(self, project: Project) -> None:
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
    """Changed top-level keys only; a changed array whole, dispositions carried over."""

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

    def test_holds_numbers_whole_with_the_results_of_their_calls(self, project: Project) -> None:
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


class TestSettingsOfACampaign:
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

    def test_an_unmanaged_field_is_as_if_it_were_absent(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(callFrequency=45)
        project.write("campaigns/_defaults.yaml", "callFrequency: 60\n")
        project.spring("-callFrequency", "voxosync: {unmanaged: [callFrequency]}")
        campaign = only_campaign(project)
        assert campaign["status"] == "in-sync"
        assert campaign["warnings"] == []

    def test_sending_numbers_warns_of_fields_that_cannot_be_read(self, project: Project) -> None:
        project.spring("numbers: [{number: 6015550123}]")
        assert any("field1" in text for text in only_campaign(project)["warnings"])

    def test_the_nearest_defaults_win_key_by_key(self, project: Project) -> None:
        project.write("campaigns/_defaults.yaml", "callFrequency: 60\nmessage: Outer\n")
        project.write("campaigns/spring/_defaults.yaml", "callFrequency: 90\n")
        project.write("campaigns/spring/one.yaml", "id: 4711\nstate: PAUSED\n")
        (project.folder / "campaigns/spring.yaml").unlink()
        assert only_campaign(project)["patch"] == {"callFrequency": 90, "message": "Outer"}


class TestStates:
    @pytest.mark.parametrize("word", ["RUNNING", "FINISHED"])
    def test_a_word_of_voxos_own_is_not_restarted(
        self, word: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("state: READY")
        voxo.has(state=word)
        campaign = only_campaign(project)
        assert campaign["status"] == "in-sync"
        assert campaign["liveState"] == word
        assert word in project.run("plan").out

    def test_a_word_of_voxos_own_is_paused(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(state="RUNNING")
        assert only_campaign(project)["patch"] == {"state": "PAUSED"}

    @pytest.mark.parametrize("name", PLAN)
    def test_what_starts_dialing_stands_out_in_every_format(
        self, name: str, project: Project
    ) -> None:
        """With how many phones, from when and in which time zone."""
        project.spring("state: READY")
        out = unescape(project.run("plan", "--format", name).out)
        assert "STARTS DIALING" in out
        assert "2 phones" in out or '"phones": 2' in out
        assert "2096-03-01 09:00" in out
        assert "America/Chicago" in out


class TestDocument:
    def test_is_what_its_schema_says(self, project: Project) -> None:
        project.spring("callFrequency: 60", "numbers: []", "destinations: []", "state: READY")
        project.spring(name="campaigns/unknown.yaml", number=9999)
        document = project.run("plan", "--format", "json").json
        check_document(document, "plan")

    def test_says_what_it_is_and_of_which_voxo(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("callFrequency: 60")
        document = project.run("plan", "--format", "json").json
        assert document["formatVersion"] == 1
        assert document["voxosyncVersion"] == __version__
        assert document["createdAt"].endswith("Z")
        assert document["baseUrl"] == voxo.url
        assert document["summary"] == {"inSync": 0, "update": 1, "error": 0}
        assert "command" not in document

    def test_lists_campaigns_in_file_order(self, project: Project, voxo: FakeVoxo) -> None:
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

    def test_has_the_live_name_where_the_definition_gives_none(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(name="As VOXO calls it")
        project.spring("-name")
        assert only_campaign(project)["name"] == "As VOXO calls it"

    def test_says_why_a_campaign_failed(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.campaigns.clear()
        ran = project.run("plan", "--format", "json")
        assert ran.status == 3
        [campaign] = ran.json["campaigns"]
        assert campaign["status"] == "error"
        assert "404" in campaign["error"]
        assert campaign["changes"] == []


class TestOut:
    @pytest.fixture(autouse=True)
    def _differs(self, project: Project) -> None:
        project.spring("callFrequency: 60", "numbers: []")

    def test_is_the_same_document(self, project: Project) -> None:
        ran = project.run("plan", "--format", "json", "--out", "saved.json")
        saved = json.loads((project.folder / "saved.json").read_text())
        assert saved == ran.json
        assert saved["digest"].startswith("sha256:")

    @pytest.mark.parametrize("name", PLAN)
    def test_is_the_document_whatever_is_shown(self, name: str, project: Project) -> None:
        project.run("plan", "--format", name, "--out", "saved.json")
        saved = json.loads((project.folder / "saved.json").read_text())
        assert saved["campaigns"][0]["patch"]["callFrequency"] == 60

    @pytest.mark.parametrize("before", [None, 0o644, 0o666])
    def test_is_for_its_owner_alone(self, before: int | None, project: Project) -> None:
        path = project.folder / "saved.json"
        if before is not None:
            path.write_text("an older plan")
            path.chmod(before)
        assert project.run("plan", "--out", "saved.json").status == 0
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "an older plan" not in path.read_text()

    def test_is_left_as_it_was_where_there_is_no_plan(self, project: Project) -> None:
        project.write("saved.json", "an older plan")
        project.write("campaigns/wrong.yaml", "id: 0\n")
        assert project.run("plan", "--out", "saved.json").status == 1
        assert (project.folder / "saved.json").read_text() == "an older plan"

    def test_leaves_nothing_else_behind(self, project: Project) -> None:
        before = {path.name for path in project.folder.iterdir()}
        project.run("plan", "--out", "saved.json")
        project.run("plan", "--out", "saved.json")
        assert {path.name for path in project.folder.iterdir()} == before | {"saved.json"}

    def test_says_how_to_go_on(self, project: Project) -> None:
        assert "apply --plan saved.json" in project.run("plan", "--out", "saved.json").err

    def test_into_a_folder_that_is_not_there_is_1(self, project: Project) -> None:
        ran = project.run("plan", "--out", "missing/saved.json")
        assert ran.status == 1
        assert "missing/saved.json" in ran.err
        assert ran.out == ""


class TestReports:
    """`--report FORMAT=FILE`: one run, several reports."""

    def test_are_written_beside_what_is_shown(self, project: Project) -> None:
        project.spring("callFrequency: 60")
        reports = ("--report", "markdown=comment.md", "--report", "sarif=plan.sarif")
        ran = project.run("plan", *reports)
        assert ran.out == project.run("plan").out
        for name, file in (("markdown", "comment.md"), ("sarif", "plan.sarif")):
            path = project.folder / file
            assert path.read_text() == project.run("plan", "--format", name).out
            assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_have_no_colours_though_somebody_watches(self, project: Project) -> None:
        project.spring("callFrequency: 60")
        assert project.terminal("plan", "--report", "text=plan.txt").status == 0
        assert "\x1b" not in (project.folder / "plan.txt").read_text()

    def test_link_to_the_lines_of_files(self, project: Project) -> None:
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
    """Masked in every format for people; in full in JSON, or where somebody asks for them."""

    @pytest.fixture(autouse=True)
    def _removes_a_number(self, project: Project) -> None:
        project.spring("numbers: [{number: 6015550124}, {number: 6015550199}]")

    @pytest.mark.parametrize("name", [name for name in PLAN if name != "json"])
    def test_are_masked(self, name: str, project: Project) -> None:
        ran = project.run("plan", "--format", name)
        assert ran.status == 0
        for number in ("6015550123", "6015550124", "6015550199"):
            assert number not in ran.said

    def test_show_their_ends_in_text(self, project: Project) -> None:
        out = project.run("plan").out
        assert "+ 601•••0199" in out
        assert "- 601•••0123" in out

    def test_are_full_in_json(self, project: Project) -> None:
        out = project.run("plan", "--format", "json").out
        assert '"6015550123"' in out
        assert '"6015550199"' in out

    @pytest.mark.parametrize("name", ["text", "markdown"])
    def test_are_full_where_asked_for(self, name: str, project: Project) -> None:
        out = project.run("plan", "--format", name, "--show-numbers").out
        assert "6015550123" in out
        assert "6015550199" in out

    def test_do_not_hide_the_caller_id(self, project: Project) -> None:
        project.spring("callerId: 6015550101")
        assert "callerId: 6015550100 → 6015550101" in project.run("plan").out


class TestLimits:
    @pytest.fixture(autouse=True)
    def _three(self, project: Project, voxo: FakeVoxo) -> None:
        for number, name in ((4712, "a"), (4713, "sub/b")):
            voxo.has(number)
            project.spring(name=f"campaigns/{name}.yaml", number=number)

    @staticmethod
    def planned(project: Project, *arguments: str) -> set[int]:
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
    def test_choose(
        self, arguments: tuple[str, ...], ids: set[int], project: Project, voxo: FakeVoxo
    ) -> None:
        assert self.planned(project, *arguments) == ids
        assert len(voxo.asked) == len(ids)

    def test_a_path_limits_which_definitions_are_read(self, project: Project) -> None:
        project.write("campaigns/wrong.yaml", "id: 0\n")
        assert project.run("plan").status == 1
        assert self.planned(project, "campaigns/a.yaml") == {4712}
        assert project.run("plan", "--only", "4712").status == 1


class TestGetPaths:
    @pytest.mark.parametrize("status", [403, 404, 405])
    def test_auto_tries_the_other_one(self, status: int, project: Project, voxo: FakeVoxo) -> None:
        from tests.cli.cli_voxo import answer  # noqa: PLC0415  # only these need it

        voxo.say(answer(status, {"message": "no"}), about="/v2/admin")
        assert project.run("plan").status == 0
        assert voxo.asked == [
            "GET /v2/admin/call-campaigns/4711",
            "GET /v2/call-campaigns/4711",
        ]

    @pytest.mark.parametrize(("read", "path"), [("admin", "/v2/admin/"), ("v2", "/v2/")])
    def test_a_flag_pins_one(self, read: str, path: str, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("plan", "--read", read).status == 0
        assert voxo.asked == [f"GET {path}call-campaigns/4711"]

    def test_an_answer_with_another_id_is_an_error(self, project: Project, voxo: FakeVoxo) -> None:
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
    from tests.cli.cli_voxo import TOKEN  # noqa: PLC0415  # only this one needs it

    project.run("plan")
    assert [request.headers["Authorization"] for request in voxo.received] == [f"Bearer {TOKEN}"]
