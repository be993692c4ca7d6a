"""Import agrees with VOXO and apply converges in every documented format of VOXO's responses."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import Project
from voxosync.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TENANT = 17
PUBLISHED = ("bool-flag", "feathers", "sparse-answer", "create-ignores-state")
FAULTS = ("datetimes", "seconds", "strings", "no-admin-get", "no-v2-get", "lagging-read")
ALL = (*PUBLISHED, *FAULTS[:4], "lagging-read")
SUBSETS = [subset for size in range(len(PUBLISHED) + 1) for subset in combinations(PUBLISHED, size)]
ALONE_AND_COMBINED = [
    *SUBSETS,
    *((spelling, fault) for spelling in PUBLISHED for fault in FAULTS),
    ALL,
]
BODY = {
    "name": "Spring renewal",
    "state": "PAUSED",
    "dateStart": "2096-11-14",
    "dateEnd": "2096-11-14",
    "timeStart": "00:00",
    "timeEnd": "00:00",
    "timezone": "US/Central",
    "recording": "no",
    "enableVMDetect": "0",
    "message": "",
    "callFrequency": 30,
    "numbers": [{"number": "6015550123", "description": "Customer 1042"}],
    "destinations": [{"type": "QUEUE", "id": 12}],
}
NEW = "name: Autumn renewal\nstate: PAUSED\nenableVMDetect: 1\nnumbers: [{number: 6015550124}]\n"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with more campaigns than a page of FeathersJS, one of which is almost empty."""
    with Sandbox(tenant_id=TENANT) as sandbox:
        for number in range(1, 13):
            sandbox.store.put(number, {**BODY, "enableVMDetect": str(number % 2)})
        sandbox.store.put(13, {})
        yield sandbox


@pytest.fixture
def project(tmp_path: Path, sandbox: Sandbox) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    variables = {
        "VOXO_API_BASE_URL": sandbox.base_url,
        "VOXO_API_TOKEN": "sandbox-token",
        "VOXO_TENANT_ID": str(TENANT),
    }
    return Project(folder, variables)


@pytest.mark.parametrize("faults", ALONE_AND_COMBINED, ids=" ".join)
def test_import_agrees_with_voxo_and_apply_converges(
    faults: tuple[str, ...], project: Project, sandbox: Sandbox
) -> None:
    sandbox.faults.set(faults)
    imported = project.run("import", "--all")
    assert imported.status == 0, imported.said
    assert len(list((project.folder / "campaigns").glob("*.yaml"))) == 13
    planned = project.run("plan", "--exit-code")
    assert planned.status == 0, planned.said

    path = project.folder / "campaigns/spring-renewal-7.yaml"
    text = path.read_text().replace("enableVMDetect: 1", "enableVMDetect: 0")
    text = text.replace("timezone: US/Central", "timezone: US/Eastern")
    path.write_text(text.replace("number: 6015550123", "number: 6015550125"))
    applied = project.run("apply", "--yes")
    assert applied.status == 0, applied.said
    sandbox.faults.set(fault for fault in faults if fault != "lagging-read")
    planned_again = project.run("plan", "--exit-code")
    assert planned_again.status == 0, planned_again.said
    assert sandbox.store.get(7)["timezone"] == "US/Eastern"


@pytest.mark.parametrize("faults", [*SUBSETS, ALL], ids=" ".join)
def test_created_campaign_is_paused_and_agrees_with_voxo(
    faults: tuple[str, ...], project: Project, sandbox: Sandbox
) -> None:
    """A campaign that becomes READY although PAUSED was requested is paused at once, and reported."""
    sandbox.faults.set(fault for fault in faults if fault != "lagging-read")
    path = project.write("campaigns/new.yaml", NEW)
    created = project.run("create", "campaigns/new.yaml", "--yes")
    assert created.status == (3 if "create-ignores-state" in faults else 0), created.said
    assert "id: 14" in path.read_text()
    assert sandbox.store.get(14)["state"] == "PAUSED"
    planned = project.run("plan", "--exit-code")
    assert planned.status == 0, planned.said


class TestLaggingRead:
    def test_is_repeated_before_an_outcome_is_reported(
        self, project: Project, sandbox: Sandbox
    ) -> None:
        project.write("campaigns/one.yaml", "id: 1\nmessage: Another\n")
        sandbox.faults.set(["lagging-read:3"])
        ran = project.run("apply", "--yes")
        assert ran.status == 0, ran.said
        assert [request.method for request in sandbox.requests].count("PATCH") == 1

    def test_that_does_not_catch_up_is_a_failure(self, project: Project, sandbox: Sandbox) -> None:
        project.write("campaigns/one.yaml", "id: 1\nmessage: Another\n")
        sandbox.faults.set(["lagging-read:50"])
        ran = project.run("apply", "--yes")
        assert ran.status == 3
        assert "message" in ran.said
        reads = [request.method for request in sandbox.requests].count("GET")
        assert 3 < reads < 20


class TestFeathersError:
    def test_is_shown_in_the_words_of_voxo(self, project: Project, sandbox: Sandbox) -> None:
        project.write("campaigns/none.yaml", "id: 99\nname: Unknown\n")
        sandbox.faults.set(["feathers"])
        ran = project.run("plan")
        assert ran.status == 3
        assert "404 (No campaign has the id 99)" in ran.said
        assert "className" not in ran.said
