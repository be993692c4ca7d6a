"""Two spellings of one value are no difference, for any command and side; a sparse answer proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import FakeVoxo, answer

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import Handler

SAME = [
    pytest.param("message: ''", {"message": None}, id="an empty text, and null"),
    pytest.param("message: ''", {"message": ""}, id="an empty text, and one"),
    pytest.param("enableVMDetect: 1", {"enableVMDetect": True}, id="1, and true"),
    pytest.param("enableVMDetect: 0", {"enableVMDetect": False}, id="0, and false"),
    pytest.param("enableVMDetect: 0", {"enableVMDetect": "0"}, id="0, and a text"),
    pytest.param("timezone: US/Central", {"timezone": "America/Chicago"}, id="a link's target"),
    pytest.param("timezone: America/Chicago", {"timezone": "US/Central"}, id="a link"),
    pytest.param("timezone: Asia/Calcutta", {"timezone": "Asia/Kolkata"}, id="a renamed city"),
]
DIFFERENT = [
    pytest.param("message: ''", {"message": "x"}, id="an empty text, and one that is not"),
    pytest.param("message: x", {"message": None}, id="a text, and null"),
    pytest.param("enableVMDetect: 1", {"enableVMDetect": False}, id="1, and false"),
    pytest.param("enableVMDetect: 0", {"enableVMDetect": True}, id="0, and true"),
    pytest.param("enableVMDetect: 0", {"enableVMDetect": None}, id="0, and null"),
    pytest.param("timezone: US/Central", {"timezone": "America/Denver"}, id="another zone"),
    pytest.param("timezone: US/Central", {"timezone": None}, id="a zone, and null"),
    pytest.param("timeEnd: 18:30", {"timeEnd": None}, id="a time, and null"),
]


@pytest.mark.parametrize(("spelling", "live"), SAME)
def test_are_in_sync(spelling: str, live: dict[str, Any], project: Project, voxo: FakeVoxo) -> None:
    project.spring(spelling)
    voxo.has(**live)
    for command in (("plan", "--exit-code"), ("drift",), ("apply", "--yes"), ("pull", "--yes")):
        ran = project.run(*command)
        assert ran.status == 0, ran.said
    assert voxo.sent == []
    assert spelling in (project.folder / "campaigns/spring.yaml").read_text()


@pytest.mark.parametrize(("spelling", "live"), DIFFERENT)
def test_are_a_difference_where_the_value_is_another(
    spelling: str, live: dict[str, Any], project: Project, voxo: FakeVoxo
) -> None:
    project.spring(spelling)
    voxo.has(**live)
    assert project.run("plan", "--exit-code").status == 2


class TestOfAZone:
    def test_is_sent_as_it_is_written_and_may_come_back_as_another(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        """A server that keeps the zone under its main name has done what was asked."""
        project.spring("timezone: US/Mountain")

        def kept_otherwise(handler: Handler) -> None:
            voxo.well_behaved(voxo.received[-1])
            answer(200, voxo.has(timezone="America/Denver"))(handler)

        voxo.say(kept_otherwise, to="PATCH")
        ran = project.run("apply", "--yes")
        assert ran.status == 0, ran.said
        assert voxo.sent == [(4711, {"timezone": "US/Mountain"})]
        assert project.run("plan", "--exit-code").status == 0

    def test_does_not_make_a_conflict_of_this_branchs_change(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        """Base and live name one zone, so the difference is the branch's own."""
        project.git("init", "--quiet", "--initial-branch=main")
        project.spring("timezone: US/Central")
        project.commit()
        project.spring("timezone: America/Denver")
        voxo.has(timezone="America/Chicago")
        ran = project.run("plan", "--base", "main", "--format", "json")
        (change,) = ran.json["campaigns"][0]["changes"]
        assert change["kind"] == "change"
        assert project.run("apply", "--base", "main", "--kind", "change", "--yes").status == 0
        assert voxo.sent == [(4711, {"timezone": "America/Denver"})]

    def test_makes_drift_of_what_only_voxo_changed(self, project: Project, voxo: FakeVoxo) -> None:
        """The branch renames the zone; somebody chose another one in VOXO."""
        project.git("init", "--quiet", "--initial-branch=main")
        project.spring("timezone: US/Central")
        project.commit()
        project.spring("timezone: America/Chicago")
        voxo.has(timezone="America/Denver")
        ran = project.run("plan", "--base", "main", "--format", "json")
        (change,) = ran.json["campaigns"][0]["changes"]
        assert change["kind"] == "drift"

    def test_does_not_make_a_saved_plan_stale(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("timezone: America/Denver")
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.has(timezone="US/Central")
        ran = project.run("apply", "--plan", "saved.json", "--yes")
        assert ran.status == 0, ran.said


class TestASparseAnswer:
    """[L]'s *update* answers a part of the campaign, which may be no more than what was sent."""

    @staticmethod
    def sparse(handler: Handler) -> None:
        """Nothing is changed, and the answer repeats what was sent."""
        received = handler.server.received[-1]
        answer(200, {"campaignId": 4711, "name": "Spring renewal", **received.json})(handler)

    def test_is_no_proof(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("message: Another")
        voxo.say(self.sparse, to="PATCH")
        ran = project.run("apply", "--yes")
        assert ran.status == 3
        assert "message: sent" in ran.said

    def test_is_read_back(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("message: Another")

        def applied(handler: Handler) -> None:
            voxo.well_behaved(voxo.received[-1])
            answer(200, {"campaignId": 4711})(handler)

        voxo.say(applied, to="PATCH")
        ran = project.run("apply", "--yes")
        assert ran.status == 0, ran.said
        assert voxo.asked[-1].startswith("GET")

    @pytest.mark.parametrize(
        "identity", [{"campaignId": 4712}, {"id": 4712}, {"id": 4712, "campaignId": 4711}]
    )
    def test_about_another_campaign_is_an_unknown_outcome_that_a_read_decides(
        self, identity: dict[str, int], project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("message: Another")
        voxo.say(answer(200, identity), to="PATCH")
        ran = project.run("apply", "--yes")
        assert ran.status == 3
        assert "is about campaign 4712, not 4711" in ran.said
