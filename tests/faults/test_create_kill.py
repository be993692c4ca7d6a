"""kill -9 at every point of create: repeating it never makes a second campaign that nobody notices."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.apply_process import DYING, LIMIT, VOXOSYNC, kill_at_request, voxosync_process
from tests.faults.fault_world import BEFORE, TENANT, Arrival, Ran, World, events
from tests.faults.held_voxo import Fate, HeldVoxo

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
"""Of a journal of one creation."""

REPLACING = """\
import os, pathlib, runpy, signal, sys

point, replace = sys.argv.pop(1), pathlib.Path.replace

def dying(self, target):
    if point == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    replace(self, target)
    os.kill(os.getpid(), signal.SIGKILL)

pathlib.Path.replace = dying
runpy.run_module("voxosync", run_name="__main__", alter_sys=True)
"""
"""voxosync that kills itself around the one replacement of the definition's file."""


@pytest.fixture
def file(held: World) -> Path:
    path = held.folder / FILE
    path.write_text(f"tenantId: {TENANT}\n{DEFINITION}")
    return path


def made(voxo: HeldVoxo) -> list[int]:
    """The ids of the campaigns that VOXO has made."""
    found = voxo.store.summaries(TENANT)
    return [int(one["id"]) for one in found if one["id"] not in BEFORE]


def posts(held: World) -> list[Arrival]:
    return [one for one in held.watch.arrivals if one.method == "POST"]


def killed(held: World, voxo: HeldVoxo, *program: str) -> list[str]:
    """A create that is killed; the events that its journal has then."""
    with voxosync_process(held, "create", FILE, "--yes", program=program) as process:
        assert process.wait(LIMIT) == -signal.SIGKILL
    assert voxo.is_idle(LIMIT)
    run = held.watch.run_id()
    assert run is not None
    told = [event["event"] for event in events(held.folder, run)]
    if told:  # else killed before its first line was written
        is_over = told[-1] == "end"
        for ran in (held.run("history"), held.run("history", run)):
            assert ran.status == 0
            assert ("KILLED" in ran.out) != is_over
    return told


def create(held: World, *arguments: str) -> Ran:
    held.watch.begin()
    return held.run("create", FILE, "--yes", *arguments)


def is_done(held: World, voxo: HeldVoxo, file: Path) -> None:
    """There is one campaign, and the definition has its id, and nothing else is new."""
    [campaign] = made(voxo)
    assert file.read_text() == f"id: {campaign}\ntenantId: {TENANT}\n{DEFINITION}"
    assert held.run("plan", FILE, "--exit-code").status == 0
    count = len(posts(held))
    assert "nothing to create" in create(held).out
    assert len(posts(held)) == count


def goes_on(held: World, voxo: HeldVoxo, file: Path) -> None:
    """What was sent is not known to be: a repeat refuses, and says what to do, which helps."""
    before = made(voxo), len(posts(held)), file.read_bytes()
    ran = create(held)
    assert ran.status == 1
    assert f"look in VOXO for {NAME!r}" in ran.err
    assert (made(voxo), len(posts(held)), file.read_bytes()) == before
    if made(voxo):
        file.write_text(f"id: {made(voxo)[0]}\n{file.read_text()}")
    else:
        assert create(held, "--again").status == 0
    is_done(held, voxo, file)


@pytest.mark.parametrize("point", ["before", "amid", "synced"])
@pytest.mark.parametrize("line", range(1, len(LINES) + 1), ids=LINES)
def test_killed_at_a_line_of_the_journal(
    line: int, point: str, held: World, voxo: HeldVoxo, file: Path
) -> None:
    told = killed(held, voxo, "-c", DYING, str(line), point)
    assert told == LINES[: line if point == "synced" else line - 1]
    assert len(posts(held)) == len(made(voxo)) == ("create" in told and line > 2)
    if told == ["run", "create"]:
        goes_on(held, voxo, file)
        return
    sent = len(posts(held))
    assert create(held).status == 0
    assert len(posts(held)) == max(sent, 1)
    is_done(held, voxo, file)


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.UNANSWERED], ids=lambda fate: fate.name.lower())
def test_killed_as_the_request_arrives(fate: Fate, held: World, voxo: HeldVoxo, file: Path) -> None:
    seen: list[dict[str, Any]] = []
    with voxosync_process(held, "create", FILE, "--yes", program=VOXOSYNC) as process:

        def is_due(_: Arrival) -> bool:
            run = held.watch.run_id()
            assert run is not None
            seen.extend(events(held.folder, run))
            return True

        kill_at_request(process, voxo, fate, is_due)
    [post] = posts(held)
    assert [event["event"] for event in seen] == ["run", "create"]
    assert seen[1]["body"] == post.body  # the intent was on the disk when the request arrived
    assert len(made(voxo)) == (fate is Fate.UNANSWERED)
    goes_on(held, voxo, file)


@pytest.mark.parametrize("point", ["before", "after"])
def test_killed_around_the_replacement_of_the_file(
    point: str, held: World, voxo: HeldVoxo, file: Path
) -> None:
    assert killed(held, voxo, "-c", REPLACING, point) == ["run", "create", "created"]
    assert ("id: " in file.read_text()) == (point == "after")
    ran = create(held)
    assert ran.status == 0
    assert ("an earlier run created campaign" in ran.out) == (point == "before")
    assert len(posts(held)) == 1
    is_done(held, voxo, file)


def test_a_run_that_nobody_kills_has_so_many_lines(held: World, voxo: HeldVoxo, file: Path) -> None:
    with voxosync_process(held, "create", FILE, "--yes") as process:
        assert process.wait(LIMIT) == 0
    run = held.watch.run_id()
    assert run is not None
    assert [event["event"] for event in events(held.folder, run)] == LINES
    is_done(held, voxo, file)


READY_LINES = ["run", "create", "created", "intent", "outcome", "written", "result", "end"]
"""Of a journal of one creation that VOXO made READY although PAUSED was asked for."""


@pytest.fixture
def ready(voxo: HeldVoxo, monkeypatch: pytest.MonkeyPatch) -> None:
    """VOXO makes every new campaign READY."""
    create_as_asked = voxo.store.create
    monkeypatch.setattr(
        voxo.store, "create", lambda body: create_as_asked({**body, "state": "READY"})
    )


def is_paused(held: World, voxo: HeldVoxo, file: Path) -> None:
    """The one campaign does not dial, by a PATCH whose intent was on the disk; and nothing else is new."""
    [campaign] = made(voxo)
    assert voxo.store.get(campaign)["state"] == "PAUSED"
    assert all(patch.body == {"state": "PAUSED"} for patch in held.watch.patches)
    assert all(patch.intent is not None for patch in held.watch.patches)
    assert len(posts(held)) == 1
    is_done(held, voxo, file)


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("point", ["before", "amid", "synced"])
@pytest.mark.parametrize("line", range(3, len(READY_LINES) + 1), ids=READY_LINES[2:])
def test_killed_while_it_pauses_what_dials_unasked(
    line: int, point: str, held: World, voxo: HeldVoxo, file: Path
) -> None:
    told = killed(held, voxo, "-c", DYING, str(line), point)
    assert told == READY_LINES[: line if point == "synced" else line - 1]
    if told == ["run", "create"]:  # nobody knows of a campaign: a repeat refuses, and says to look
        ran = create(held)
        assert ran.status == 1
        assert f"look in VOXO for {NAME!r}" in ran.err
        return
    was_paused = voxo.store.get(made(voxo)[0])["state"] == "PAUSED"
    assert create(held).status == (0 if was_paused else 3)
    is_paused(held, voxo, file)


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("fate", [Fate.LOST, Fate.UNANSWERED], ids=lambda fate: fate.name.lower())
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_killed_as_a_request_of_the_verification_arrives(
    method: str, fate: Fate, held: World, voxo: HeldVoxo, file: Path
) -> None:
    with voxosync_process(held, "create", FILE, "--yes") as process:
        kill_at_request(process, voxo, fate, lambda arrival: arrival.method == method)
    was_paused = (method, fate) == ("PATCH", Fate.UNANSWERED)
    assert create(held).status == (0 if was_paused else 3)
    is_paused(held, voxo, file)


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("point", ["before", "after"])
def test_killed_around_the_replacement_of_the_file_of_one_that_dialed(
    point: str, held: World, voxo: HeldVoxo, file: Path
) -> None:
    assert killed(held, voxo, "-c", REPLACING, point) == READY_LINES[:5]
    assert create(held).status == 0
    is_paused(held, voxo, file)


FOREIGN_LINES = ["run", "create", "created", "abandoned", "result", "end"]
"""Of a journal of one creation that VOXO made in another tenant."""


@pytest.mark.parametrize("point", ["before", "amid", "synced"])
@pytest.mark.parametrize("line", range(3, len(FOREIGN_LINES) + 1), ids=FOREIGN_LINES[2:])
def test_killed_while_it_abandons_a_campaign_of_another_tenant(
    line: int, point: str, held: World, voxo: HeldVoxo, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_as_asked, before = voxo.store.create, file.read_bytes()
    monkeypatch.setattr(
        voxo.store, "create", lambda body: create_as_asked({**body, "tenantId": TENANT + 1})
    )
    told = killed(held, voxo, "-c", DYING, str(line), point)
    assert told == FOREIGN_LINES[: line if point == "synced" else line - 1]
    if told == ["run", "create", "created"]:
        ran = create(held)
        assert ran.status == 3
        assert f"VOXO has it in tenant {TENANT + 1}" in ran.err
    ran = create(held)
    assert ran.status == 1
    assert "--again" in ran.err
    assert len(posts(held)) == 1
    assert file.read_bytes() == before
