"""After kill -9 at any point of `create`, repeating it does not create a second campaign unnoticed."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.forked_process import VOXOSYNC
from tests.faults.apply_process import LIMIT
from tests.faults.fault_world import BEFORE, TENANT, Arrival, Ran, World, events
from tests.faults.held_voxo import Fate, HeldVoxo
from tests.faults.kill_points import KILLED_AT_LINE, forked_process, kill_at_request

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL"),
]

FILE = "campaigns/new.yaml"
NAME = "New this spring"
DEFINITION = (
    f"# ours\nname: {NAME}\nstate: PAUSED  # until May\nnumbers:\n  - {{number: 6015550151}}\n"
)

LINES = ["run", "create", "created", "written", "end"]
"""The events in the journal of one creation."""

KILLED_AT_REPLACEMENT = f"""\
import os, pathlib, signal, sys

point, replace = sys.argv.pop(1), pathlib.Path.replace

def replace_and_die(self, target):
    if point == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    replace(self, target)
    os.kill(os.getpid(), signal.SIGKILL)

pathlib.Path.replace = replace_and_die
{VOXOSYNC}"""
"""A voxosync that kills itself before or after it replaces the file of the definition."""


@pytest.fixture
def file(world: World) -> Path:
    path = world.folder / FILE
    path.write_text(f"tenantId: {TENANT}\n{DEFINITION}")
    return path


def created_ids(voxo: HeldVoxo) -> list[int]:
    """The ids of the campaigns that VOXO has created."""
    summaries = voxo.store.summaries(TENANT)
    return [int(summary["id"]) for summary in summaries if summary["id"] not in BEFORE]


def posts(world: World) -> list[Arrival]:
    return [arrival for arrival in world.watch.arrivals if arrival.method == "POST"]


def run_killed(world: World, voxo: HeldVoxo, *program: str) -> list[str]:
    """Run a `create` that is killed; return the events in its journal."""
    with forked_process(world, "create", FILE, "--yes", program=program) as process:
        assert process.wait(LIMIT) == -signal.SIGKILL
    assert voxo.is_idle(LIMIT)
    run = world.watch.run_id()
    assert run is not None
    event_names = [event["event"] for event in events(world.folder, run)]
    if event_names:  # otherwise it was killed before its first line was written
        is_over = event_names[-1] == "end"
        for ran in (world.run("history"), world.run("history", run)):
            assert ran.status == 0
            assert ("KILLED" in ran.out) != is_over
    return event_names


def create(world: World, *arguments: str) -> Ran:
    world.watch.begin()
    return world.run("create", FILE, "--yes", *arguments)


def assert_done(world: World, voxo: HeldVoxo, file: Path) -> None:
    """Assert that there is one new campaign and that the definition has its id and nothing else new."""
    [campaign] = created_ids(voxo)
    assert file.read_text() == f"id: {campaign}\ntenantId: {TENANT}\n{DEFINITION}"
    assert world.run("plan", FILE, "--exit-code").status == 0
    count = len(posts(world))
    assert "nothing to create" in create(world).out
    assert len(posts(world)) == count


def assert_recovers(world: World, voxo: HeldVoxo, file: Path) -> None:
    """Assert that repeating a creation with an unknown outcome is refused with instructions that help."""
    before = created_ids(voxo), len(posts(world)), file.read_bytes()
    ran = create(world)
    assert ran.status == 1
    assert f"look in VOXO for {NAME!r}" in ran.err
    assert (created_ids(voxo), len(posts(world)), file.read_bytes()) == before
    if created_ids(voxo):
        file.write_text(f"id: {created_ids(voxo)[0]}\n{file.read_text()}")
    else:
        assert create(world, "--again").status == 0
    assert_done(world, voxo, file)


@pytest.mark.parametrize("point", ["before", "amid", "synced"])
@pytest.mark.parametrize("line", range(1, len(LINES) + 1), ids=LINES)
def test_create_killed_at_a_line_of_the_journal(
    line: int, point: str, world: World, voxo: HeldVoxo, file: Path
) -> None:
    event_names = run_killed(world, voxo, KILLED_AT_LINE, str(line), point)
    assert event_names == LINES[: line if point == "synced" else line - 1]
    assert len(posts(world)) == len(created_ids(voxo)) == ("create" in event_names and line > 2)
    if event_names == ["run", "create"]:
        assert_recovers(world, voxo, file)
        return
    sent = len(posts(world))
    assert create(world).status == 0
    assert len(posts(world)) == max(sent, 1)
    assert_done(world, voxo, file)


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.UNANSWERED], ids=lambda fate: fate.name.lower())
def test_create_killed_as_its_request_arrives(
    fate: Fate, world: World, voxo: HeldVoxo, file: Path
) -> None:
    journal: list[dict[str, Any]] = []

    def is_due(_: Arrival) -> bool:
        run = world.watch.run_id()
        assert run is not None
        journal.extend(events(world.folder, run))
        return True

    kill_at_request(world, voxo, fate, is_due, "create", FILE, "--yes")
    [post] = posts(world)
    assert [event["event"] for event in journal] == ["run", "create"]
    assert journal[1]["body"] == post.body  # the intent was on the disk when the request arrived
    assert len(created_ids(voxo)) == (fate is Fate.UNANSWERED)
    assert_recovers(world, voxo, file)


@pytest.mark.parametrize("point", ["before", "after"])
def test_create_killed_before_or_after_the_file_is_replaced(
    point: str, world: World, voxo: HeldVoxo, file: Path
) -> None:
    assert run_killed(world, voxo, KILLED_AT_REPLACEMENT, point) == ["run", "create", "created"]
    assert ("id: " in file.read_text()) == (point == "after")
    ran = create(world)
    assert ran.status == 0
    assert ("an earlier run created campaign" in ran.out) == (point == "before")
    assert len(posts(world)) == 1
    assert_done(world, voxo, file)


def test_create_that_is_not_killed_has_the_expected_journal(
    world: World, voxo: HeldVoxo, file: Path
) -> None:
    with forked_process(world, "create", FILE, "--yes") as process:
        assert process.wait(LIMIT) == 0
    run = world.watch.run_id()
    assert run is not None
    assert [event["event"] for event in events(world.folder, run)] == LINES
    assert_done(world, voxo, file)


READY_LINES = ["run", "create", "created", "intent", "outcome", "written", "result", "end"]
"""The events in the journal of one creation that VOXO made READY although PAUSED was requested."""


@pytest.fixture
def ready(voxo: HeldVoxo, monkeypatch: pytest.MonkeyPatch) -> None:
    """VOXO sets every new campaign READY."""
    original_create = voxo.store.create
    monkeypatch.setattr(
        voxo.store, "create", lambda body: original_create({**body, "state": "READY"})
    )


def assert_paused(world: World, voxo: HeldVoxo, file: Path) -> None:
    """Assert that the new campaign was paused by a PATCH whose intent was on the disk, and nothing else is new."""
    [campaign] = created_ids(voxo)
    assert voxo.store.get(campaign)["state"] == "PAUSED"
    assert all(patch.body == {"state": "PAUSED"} for patch in world.watch.patches)
    assert all(patch.intent is not None for patch in world.watch.patches)
    assert len(posts(world)) == 1
    assert_done(world, voxo, file)


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("point", ["before", "amid", "synced"])
@pytest.mark.parametrize("line", range(3, len(READY_LINES) + 1), ids=READY_LINES[2:])
def test_create_killed_while_it_pauses_a_campaign_that_should_not_dial(
    line: int, point: str, world: World, voxo: HeldVoxo, file: Path
) -> None:
    event_names = run_killed(world, voxo, KILLED_AT_LINE, str(line), point)
    assert event_names == READY_LINES[: line if point == "synced" else line - 1]
    if event_names == ["run", "create"]:
        # No journal has its id, so repeating it is refused with the advice to look in VOXO.
        ran = create(world)
        assert ran.status == 1
        assert f"look in VOXO for {NAME!r}" in ran.err
        return
    was_paused = voxo.store.get(created_ids(voxo)[0])["state"] == "PAUSED"
    assert create(world).status == (0 if was_paused else 3)
    assert_paused(world, voxo, file)


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("fate", [Fate.LOST, Fate.UNANSWERED], ids=lambda fate: fate.name.lower())
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_create_killed_as_a_request_of_the_verification_arrives(
    method: str, fate: Fate, world: World, voxo: HeldVoxo, file: Path
) -> None:
    kill_at_request(
        world, voxo, fate, lambda arrival: arrival.method == method, "create", FILE, "--yes"
    )
    was_paused = (method, fate) == ("PATCH", Fate.UNANSWERED)
    assert create(world).status == (0 if was_paused else 3)
    assert_paused(world, voxo, file)


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("point", ["before", "after"])
def test_create_killed_before_or_after_the_file_of_a_paused_campaign_is_replaced(
    point: str, world: World, voxo: HeldVoxo, file: Path
) -> None:
    assert run_killed(world, voxo, KILLED_AT_REPLACEMENT, point) == READY_LINES[:5]
    assert create(world).status == 0
    assert_paused(world, voxo, file)


FOREIGN_LINES = ["run", "create", "created", "abandoned", "result", "end"]
"""The events in the journal of one creation that VOXO made in another tenant."""


@pytest.mark.parametrize("point", ["before", "amid", "synced"])
@pytest.mark.parametrize("line", range(3, len(FOREIGN_LINES) + 1), ids=FOREIGN_LINES[2:])
def test_create_killed_while_it_abandons_a_campaign_of_another_tenant(
    line: int, point: str, world: World, voxo: HeldVoxo, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original_create, before = voxo.store.create, file.read_bytes()
    monkeypatch.setattr(
        voxo.store, "create", lambda body: original_create({**body, "tenantId": TENANT + 1})
    )
    event_names = run_killed(world, voxo, KILLED_AT_LINE, str(line), point)
    assert event_names == FOREIGN_LINES[: line if point == "synced" else line - 1]
    if event_names == ["run", "create", "created"]:
        ran = create(world)
        assert ran.status == 3
        assert f"VOXO has it in tenant {TENANT + 1}" in ran.err
    ran = create(world)
    assert ran.status == 1
    assert "--again" in ran.err
    assert len(posts(world)) == 1
    assert file.read_bytes() == before
