"""What the tests that create campaigns share: a definition without an id, and what a run leaves behind."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from tests.cli.cli_project import SPRING, Ran
from tests.cli.cli_voxo import TOKEN, FakeVoxo, answer
from tests.fakes.json_schema import check_document

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import Handler, Reply

FILE = "campaigns/new.yaml"
NEW_SPRING = SPRING.removeprefix("id: 4711\n").replace("Spring renewal", "Autumn renewal")


def text(project: Project, name: str = FILE) -> str:
    return (project.folder / name).read_bytes().decode()


def create(project: Project, *arguments: str, **variables: str | None) -> Ran:
    return project.run("create", FILE, "--yes", *arguments, **variables)


def agrees(project: Project, *before: str) -> bool:
    ran = project.run(*before, "plan", "--exit-code")
    return ran.status == 0 and "Nothing to do" in ran.out


def events(project: Project) -> list[dict[str, Any]]:
    """Every line of every journal, checked against the schema."""
    entries = []
    for path in sorted((project.folder / ".voxosync/runs").glob("*.jsonl")):
        assert TOKEN not in path.read_text()
        entries += [json.loads(line) for line in path.read_text().splitlines()]
    for event in entries:
        check_document(event, "journal")
    return entries


def event_names(project: Project) -> list[str]:
    """The names of the events of the journals, with their outcomes."""
    return [" ".join(filter(None, (e["event"], e.get("outcome")))) for e in events(project)]


def makes(voxo: FakeVoxo, answers: dict[str, Any] | None = None, **values: Any) -> Reply:
    """A reply to a POST that creates a campaign with other values than requested.

    Args:
        voxo: the server that creates it.
        answers: the response, without the id; None for the campaign as created.
        values: the values that replace the requested ones.
    """

    def reply(handler: Handler) -> None:
        voxo.well_behaved(voxo.received[-1])
        campaign = voxo.campaigns[max(voxo.campaigns)]
        campaign.update(values)
        body = deepcopy(campaign) if answers is None else {"id": campaign["id"], **answers}
        answer(201, body)(handler)

    return reply
