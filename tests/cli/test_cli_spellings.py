"""Two spellings of one value are not a difference in any command; a response without the value proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import FakeVoxo, answer

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import Handler

SAME = [
    pytest.param("message: ''", {"message": None}, id="empty text and null"),
    pytest.param("message: ''", {"message": ""}, id="empty text and empty text"),
    pytest.param("enableVMDetect: 1", {"enableVMDetect": True}, id="1 and true"),
    pytest.param("enableVMDetect: 0", {"enableVMDetect": False}, id="0 and false"),
    pytest.param("enableVMDetect: 0", {"enableVMDetect": "0"}, id="0 as number and text"),
    pytest.param(
        "timezone: US/Central", {"timezone": "America/Chicago"}, id="target of a time zone link"
    ),
    pytest.param("timezone: America/Chicago", {"timezone": "US/Central"}, id="time zone link"),
    pytest.param("timezone: Asia/Calcutta", {"timezone": "Asia/Kolkata"}, id="renamed city"),
]
DIFFERENT = [
    pytest.param("message: ''", {"message": "x"}, id="empty text and text"),
    pytest.param("message: x", {"message": None}, id="text and null"),
    pytest.param("enableVMDetect: 1", {"enableVMDetect": False}, id="1 and false"),
    pytest.param("enableVMDetect: 0", {"enableVMDetect": True}, id="0 and true"),
    pytest.param("enableVMDetect: 0", {"enableVMDetect": None}, id="0 and null"),
    pytest.param("timezone: US/Central", {"timezone": "America/Denver"}, id="two time zones"),
    pytest.param("timezone: US/Central", {"timezone": None}, id="time zone and null"),
    pytest.param("timeEnd: 18:30", {"timeEnd": None}, id="time and null"),
]


@pytest.mark.parametrize(("spelling", "live"), SAME)
def test_two_spellings_of_a_value_are_in_sync_in_every_command(
    spelling: str, live: dict[str, Any], project: Project, voxo: FakeVoxo
) -> None:
    project.spring(spelling)
    voxo.has(**live)
    for command in (("plan", "--exit-code"), ("drift",), ("apply", "--yes"), ("pull", "--yes")):
        ran = project.run(*command)
        assert ran.status == 0, ran.said
    assert voxo.sent == []
    assert spelling in (project.folder / "campaigns/spring.yaml").read_text()


@pytest.mark.parametrize(("spelling", "live"), DIFFERENT)
def test_two_values_are_a_difference(
    spelling: str, live: dict[str, Any], project: Project, voxo: FakeVoxo
) -> None:
    project.spring(spelling)
    voxo.has(**live)
    assert project.run("plan", "--exit-code").status == 2


class TestTimeZoneSpelling:
    def test_is_sent_as_written_and_can_be_returned_as_another(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        """A server that stores the canonical name of the time zone has applied the change."""
        project.spring("timezone: US/Mountain")

        def store_canonical_name(handler: Handler) -> None:
            voxo.well_behaved(voxo.received[-1])
            answer(200, voxo.has(timezone="America/Denver"))(handler)

        voxo.say(store_canonical_name, to="PATCH")
        ran = project.run("apply", "--yes")
        assert ran.status == 0, ran.said
        assert voxo.sent == [(4711, {"timezone": "US/Mountain"})]
        assert project.run("plan", "--exit-code").status == 0

    def test_of_the_live_value_does_not_make_a_change_a_conflict(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        """Base and live have the same time zone, so the difference is a change of the branch."""
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

    def test_change_in_the_branch_does_not_make_drift_a_conflict(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        """The branch uses another name of the time zone; a person chose another time zone in VOXO."""
        project.git("init", "--quiet", "--initial-branch=main")
        project.spring("timezone: US/Central")
        project.commit()
        project.spring("timezone: America/Chicago")
        voxo.has(timezone="America/Denver")
        ran = project.run("plan", "--base", "main", "--format", "json")
        (change,) = ran.json["campaigns"][0]["changes"]
        assert change["kind"] == "drift"

    def test_change_in_voxo_does_not_make_a_saved_plan_stale(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("timezone: America/Denver")
        assert project.run("plan", "--out", "saved.json").status == 0
        voxo.has(timezone="US/Central")
        ran = project.run("apply", "--plan", "saved.json", "--yes")
        assert ran.status == 0, ran.said


class TestSparseResponse:
    """The response to *update* in [L] has a part of the campaign, which may be only what was sent."""

    @staticmethod
    def reply_without_effect(handler: Handler) -> None:
        """Change nothing, and respond with the values that were sent."""
        received = handler.server.received[-1]
        answer(200, {"campaignId": 4711, "name": "Spring renewal", **received.json})(handler)

    def test_is_not_a_confirmation(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("message: Another")
        voxo.say(self.reply_without_effect, to="PATCH")
        ran = project.run("apply", "--yes")
        assert ran.status == 3
        assert "message: sent" in ran.said

    def test_is_followed_by_a_read(self, project: Project, voxo: FakeVoxo) -> None:
        project.spring("message: Another")

        def apply_and_return_id(handler: Handler) -> None:
            voxo.well_behaved(voxo.received[-1])
            answer(200, {"campaignId": 4711})(handler)

        voxo.say(apply_and_return_id, to="PATCH")
        ran = project.run("apply", "--yes")
        assert ran.status == 0, ran.said
        assert voxo.asked[-1].startswith("GET")

    @pytest.mark.parametrize(
        "identity", [{"campaignId": 4712}, {"id": 4712}, {"id": 4712, "campaignId": 4711}]
    )
    def test_about_another_campaign_is_decided_by_a_read(
        self, identity: dict[str, int], project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("message: Another")
        voxo.say(answer(200, identity), to="PATCH")
        ran = project.run("apply", "--yes")
        assert ran.status == 3
        assert "is about campaign 4712, not 4711" in ran.said
