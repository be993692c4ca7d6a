"""`voxosync snapshot` saves live campaigns, for plans where there is no token."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import answer
from tests.fakes.json_schema import check_document

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


def saved(project: Project) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((project.folder / "live.json").read_text())
    return document


class TestFile:
    def test_is_what_its_schema_says(self, project: Project) -> None:
        ran = project.run("snapshot", "--out", "live.json")
        assert ran.status == 0
        assert "Saved 1 of 1 campaigns" in ran.out
        check_document(saved(project), "snapshot")

    def test_holds_campaigns_as_voxo_answers_them(self, project: Project, voxo: FakeVoxo) -> None:
        project.run("snapshot", "--out", "live.json")
        document = saved(project)
        assert document["baseUrl"] == voxo.url
        assert document["campaigns"] == [voxo.has()]

    def test_is_for_its_owner_alone(self, project: Project) -> None:
        path = project.write("live.json", "an older snapshot")
        path.chmod(0o644)
        project.run("snapshot", "--out", "live.json")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_is_left_as_it_was_where_the_token_is_rejected(self, project: Project) -> None:
        path = project.write("live.json", "an older snapshot")
        ran = project.run("snapshot", "--out", "live.json", VOXO_API_TOKEN="of-somebody-else")
        assert ran.status == 3
        assert path.read_text() == "an older snapshot"

    def test_holds_the_others_where_one_cannot_be_read(self, project: Project) -> None:
        project.spring(name="campaigns/unknown.yaml", number=9999)
        ran = project.run("snapshot", "--out", "live.json")
        assert ran.status == 3
        assert "9999: " in ran.err
        assert [campaign["id"] for campaign in saved(project)["campaigns"]] == [4711]


class TestWhichCampaigns:
    @pytest.fixture(autouse=True)
    def _more(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(4712)
        voxo.has(4713)
        project.spring(name="campaigns/other.yaml", number=4712)

    @pytest.mark.parametrize(
        ("arguments", "ids"),
        [
            ((), [4712, 4711]),
            (("campaigns/other.yaml",), [4712]),
            (("--only", "4711"), [4711]),
            (("--all", "--tenant-id", "17"), [4711, 4712, 4713]),
        ],
        ids=str,
    )
    def test_are_saved(self, arguments: tuple[str, ...], ids: list[int], project: Project) -> None:
        assert project.run("snapshot", "--out", "live.json", *arguments).status == 0
        assert [campaign["id"] for campaign in saved(project)["campaigns"]] == ids

    def test_all_needs_no_definitions_but_the_tenant(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        (project.folder / "campaigns").rename(project.folder / "elsewhere")
        ran = project.run("snapshot", "--out", "live.json", "--all")
        assert ran.status == 1
        assert "VOXO_TENANT_ID" in ran.err
        assert voxo.asked == []
        ran = project.run("snapshot", "--out", "live.json", "--all", VOXO_TENANT_ID="17")
        assert ran.status == 0
        assert len(saved(project)["campaigns"]) == 3

    def test_all_takes_a_list_in_an_envelope(self, project: Project, voxo: FakeVoxo) -> None:
        records = [{"id": 4711, "tenantId": 17}, {"id": 4713, "tenantId": 17}]
        page = {"records": records, "page": 1, "totalRecords": 2}
        voxo.say(answer(200, page), about="tenantId=17")
        assert (
            project.run("snapshot", "--out", "live.json", "--all", "--tenant-id", "17").status == 0
        )
        assert [campaign["id"] for campaign in saved(project)["campaigns"]] == [4711, 4713]


class TestPlanWithASnapshot:
    """A pull request from a fork has no secrets: neither a token nor a network is needed."""

    @pytest.fixture(autouse=True)
    def _saved(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("snapshot", "--out", "live.json").status == 0
        voxo.received.clear()
        project.spring("callFrequency: 60", "numbers: [{number: 6015550123}]")

    def test_is_the_plan_of_that_moment(self, project: Project, voxo: FakeVoxo) -> None:
        online = project.run("plan", "--format", "json").json
        voxo.received.clear()
        voxo.has(callFrequency=45)
        ran = project.run("plan", "--live", "live.json", "--format", "json", VOXO_API_TOKEN=None)
        assert ran.status == 0
        assert ran.json["campaigns"] == online["campaigns"]
        assert ran.json["baseUrl"] == voxo.url
        assert "createdAt" in ran.json["live"]
        assert voxo.asked == []

    @pytest.mark.parametrize("name", ["text", "markdown", "github"])
    def test_says_how_old_it_is(self, name: str, project: Project) -> None:
        document = saved(project) | {"createdAt": "2026-01-01T09:00:00Z"}
        project.write("live.json", json.dumps(document))
        out = project.run("plan", "--live", "live.json", "--format", name).out
        assert "2026-01-01 09:00 UTC" in out
        assert "days ago" in out

    def test_does_not_tell_how_to_apply_it(self, project: Project) -> None:
        ran = project.run("plan", "--live", "live.json", "--out", "saved.json")
        assert ran.status == 0
        assert "apply" not in ran.err

    def test_lacks_a_campaign_that_it_does_not_hold(self, project: Project) -> None:
        project.spring(name="campaigns/unknown.yaml", number=9999)
        ran = project.run("plan", "--live", "live.json")
        assert ran.status == 3
        assert "the snapshot does not hold this campaign" in ran.out

    @pytest.mark.parametrize("content", ["{}", "[]", '{"formatVersion": 1}'], ids=repr)
    def test_that_is_none_is_refused(self, content: str, project: Project) -> None:
        project.write("live.json", content)
        ran = project.run("plan", "--live", "live.json")
        assert ran.status == 1
        assert "live.json is not a voxosync snapshot" in ran.err

    def test_that_is_not_there_is_refused(self, project: Project) -> None:
        ran = project.run("plan", "--live", "missing.json")
        assert ran.status == 1
        assert "missing.json" in ran.err

    def test_is_no_plan(self, project: Project) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        assert project.run("plan", "--live", "saved.json").status == 1
        assert project.run("apply", "--yes", "--plan", "live.json").status == 1
