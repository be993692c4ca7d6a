"""The effect of each response status of a PATCH on the outcome, the exit status and the journal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import answer

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

REFUSALS = (400, 403, 404, 405, 409, 410, 412, 413, 415, 422, 423)
"""Also 409 and 412, because only a read can show that a campaign is stale."""


@pytest.fixture(autouse=True)
def _two_campaigns(project: Project, voxo: FakeVoxo) -> None:
    """Two campaigns of VOXO that change."""
    voxo.has(4712)
    project.spring("callFrequency: 60")
    project.spring("callFrequency: 60", name="campaigns/z.yaml", number=4712)


def outcomes(project: Project) -> dict[int, str]:
    """The outcome of each campaign of the last run, by id, from `history`."""
    document = project.run("history", "latest", "--format", "json").json
    return {entry["id"]: entry["outcome"] for entry in document["campaigns"]}


def requests(project: Project, campaign: int) -> list[tuple[str, str]]:
    """The outcome and the detail of each PATCH of a campaign in the journal."""
    [journal] = (project.folder / ".voxosync/runs").iterdir()
    events: list[dict[str, Any]] = [*map(json.loads, journal.read_text().splitlines())]
    return [
        (event["outcome"], event.get("detail", ""))
        for event in events
        if event["event"] == "outcome" and event["campaign"] == campaign
    ]


@pytest.mark.parametrize("status", REFUSALS)
def test_refused_patch_fails_its_campaign_alone_and_is_not_repeated(
    status: int, project: Project, voxo: FakeVoxo
) -> None:
    voxo.say(answer(status, {"message": "not as it is"}), to="PATCH", about="4711")
    ran = project.run("apply", "--yes")
    assert ran.status == 3
    assert "4711 Spring renewal: failed\n" in ran.out
    assert f"VOXO answered {status} (not as it is)" in ran.out
    assert "stale" not in ran.said
    assert outcomes(project) == {4711: "failed", 4712: "applied"}
    assert sorted(campaign for campaign, _ in voxo.sent) == [4711, 4712]
    [(outcome, detail)] = requests(project, 4711)
    assert outcome == "refused"
    assert f"VOXO answered {status} (not as it is)" in detail
    assert requests(project, 4712) == [("accepted", "")]


@pytest.mark.parametrize("status", [429, 503])
def test_patch_is_repeated_after_a_response_with_retry_after(
    status: int, project: Project, voxo: FakeVoxo
) -> None:
    voxo.say(answer(status, Retry_After="0"), to="PATCH", about="4711", times=1)
    ran = project.run("apply", "--yes")
    assert ran.status == 0
    assert outcomes(project) == {4711: "applied", 4712: "applied"}
    assert sorted(campaign for campaign, _ in voxo.sent) == [4711, 4711, 4712]


def test_patch_with_a_rejected_token_counts_as_not_sent(project: Project, voxo: FakeVoxo) -> None:
    voxo.say(answer(401, {"message": "who are you?"}), to="PATCH")
    ran = project.run("apply", "--yes", "--only", "4711")
    assert ran.status == 3
    assert "4711 Spring renewal: not sent\n" in ran.out
    assert outcomes(project) == {4711: "not sent"}
    [(outcome, detail)] = requests(project, 4711)
    assert outcome == "refused"
    assert "does not accept the token from VOXO_API_TOKEN (401)" in detail
