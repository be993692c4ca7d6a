"""`voxosync snapshot` saves live campaigns, for plans without a token."""

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


def snapshot(project: Project) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((project.folder / "live.json").read_text())
    return document


class TestFile:
    def test_conforms_to_its_schema(self, project: Project) -> None:
        ran = project.run("snapshot", "--out", "live.json")
        assert ran.status == 0
        assert "Saved 1 of 1 campaigns" in ran.out
        check_document(snapshot(project), "snapshot")

    def test_has_campaigns_as_voxo_returns_them(self, project: Project, voxo: FakeVoxo) -> None:
        project.run("snapshot", "--out", "live.json")
        document = snapshot(project)
        assert document["baseUrl"] == voxo.url
        assert document["campaigns"] == [voxo.has()]

    def test_can_be_read_by_its_owner_alone(self, project: Project) -> None:
        path = project.write("live.json", "an older snapshot")
        path.chmod(0o644)
        project.run("snapshot", "--out", "live.json")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_is_not_changed_if_the_token_is_rejected(self, project: Project) -> None:
        path = project.write("live.json", "an older snapshot")
        ran = project.run("snapshot", "--out", "live.json", VOXO_API_TOKEN="of-another-user")
        assert ran.status == 3
        assert path.read_text() == "an older snapshot"

    def test_has_the_other_campaigns_if_one_cannot_be_read(self, project: Project) -> None:
        project.spring(name="campaigns/unknown.yaml", number=9999)
        ran = project.run("snapshot", "--out", "live.json")
        assert ran.status == 3
        assert "9999: " in ran.err
        assert [campaign["id"] for campaign in snapshot(project)["campaigns"]] == [4711]


class TestCampaigns:
    @pytest.fixture(autouse=True)
    def _more_campaigns(self, project: Project, voxo: FakeVoxo) -> None:
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
    def test_are_those_of_the_paths_and_options(
        self, arguments: tuple[str, ...], ids: list[int], project: Project
    ) -> None:
        assert project.run("snapshot", "--out", "live.json", *arguments).status == 0
        assert [campaign["id"] for campaign in snapshot(project)["campaigns"]] == ids

    def test_with_all_need_a_tenant_and_no_definitions(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        (project.folder / "campaigns").rename(project.folder / "elsewhere")
        ran = project.run("snapshot", "--out", "live.json", "--all")
        assert ran.status == 1
        assert "VOXO_TENANT_ID" in ran.err
        assert voxo.asked == []
        ran = project.run("snapshot", "--out", "live.json", "--all", VOXO_TENANT_ID="17")
        assert ran.status == 0
        assert len(snapshot(project)["campaigns"]) == 3

    def test_with_all_are_read_from_a_list_in_an_envelope(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        records = [{"id": 4711, "tenantId": 17}, {"id": 4713, "tenantId": 17}]
        page = {"records": records, "page": 1, "totalRecords": 2}
        voxo.say(answer(200, page), about="tenantId=17")
        assert (
            project.run("snapshot", "--out", "live.json", "--all", "--tenant-id", "17").status == 0
        )
        assert [campaign["id"] for campaign in snapshot(project)["campaigns"]] == [4711, 4713]


class TestPlanWithSnapshot:
    """A pull request from a fork has no secrets, so its plan needs neither a token nor a network."""

    @pytest.fixture(autouse=True)
    def _snapshot_and_changes(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("snapshot", "--out", "live.json").status == 0
        voxo.received.clear()
        project.spring("callFrequency: 60", "numbers: [{number: 6015550123}]")

    def test_is_the_plan_at_the_time_of_the_snapshot(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
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
    def test_shows_the_age_of_the_snapshot(self, name: str, project: Project) -> None:
        document = snapshot(project) | {"createdAt": "2026-01-01T09:00:00Z"}
        project.write("live.json", json.dumps(document))
        out = project.run("plan", "--live", "live.json", "--format", name).out
        assert "2026-01-01 09:00 UTC" in out
        assert "days ago" in out

    def test_does_not_suggest_applying_it(self, project: Project) -> None:
        ran = project.run("plan", "--live", "live.json", "--out", "saved.json")
        assert ran.status == 0
        assert "apply" not in ran.err

    def test_fails_for_a_campaign_that_the_snapshot_does_not_have(self, project: Project) -> None:
        project.spring(name="campaigns/unknown.yaml", number=9999)
        ran = project.run("plan", "--live", "live.json")
        assert ran.status == 3
        assert "the snapshot does not hold this campaign" in ran.out

    @pytest.mark.parametrize("content", ["{}", "[]", '{"formatVersion": 1}'], ids=repr)
    def test_with_a_file_that_is_not_a_snapshot_is_refused(
        self, content: str, project: Project
    ) -> None:
        project.write("live.json", content)
        ran = project.run("plan", "--live", "live.json")
        assert ran.status == 1
        assert "live.json is not a voxosync snapshot" in ran.err

    def test_with_a_missing_snapshot_is_refused(self, project: Project) -> None:
        ran = project.run("plan", "--live", "missing.json")
        assert ran.status == 1
        assert "missing.json" in ran.err

    def test_snapshots_and_saved_plans_are_not_interchangeable(self, project: Project) -> None:
        assert project.run("plan", "--out", "saved.json").status == 0
        assert project.run("plan", "--live", "saved.json").status == 1
        assert project.run("apply", "--yes", "--plan", "live.json").status == 1
