"""A status never depends on whether stdout or stderr can be written: every command, with every sort of bad stream."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import PATIENCE, Project
from tests.cli.cli_voxo import FakeVoxo, answer
from voxosync.cli.main import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or not Path("/dev/full").exists(), reason="needs sh and a full device"
)

FAULTS = ("closed", "full", "broken")
"""Closed when the program starts; a device without room; a pipe whose reader has gone."""
ONE_STREAM = [pair for fault in FAULTS for pair in ((fault, None), (None, fault))]
BOTH_STREAMS = [("closed", "closed"), ("full", "full")]
"""For the table of all commands; to them a reader that has gone is another number of the same OSError."""


def called(project: Project, bad: tuple[str | None, str | None], *arguments: str) -> int:
    """The status of a call with faults of stdout and stderr; None: a good one."""
    reading, broken = os.pipe()
    os.close(reading)
    with Path("/dev/full").open("wb") as full, Path(os.devnull).open("wb") as good:
        streams = {"broken": broken, "full": full, None: good, "closed": good}
        closed = "".join(f" {n}>&-" for n, fault in enumerate(bad, start=1) if fault == "closed")
        try:
            return subprocess.run(
                ["sh", "-c", f'exec "$0" -m voxosync "$@"{closed}', sys.executable, *arguments],
                cwd=project.folder,
                env=project.environment({}),
                stdin=subprocess.DEVNULL,
                stdout=streams[bad[0]],
                stderr=streams[bad[1]],
                timeout=4 * PATIENCE,  # the tour is many calls
                check=False,
            ).returncode
        finally:
            os.close(broken)


def nothing(_: Project, __: FakeVoxo) -> None:
    """The project as it is."""


def refusing(_: Project, voxo: FakeVoxo) -> None:
    voxo.say(answer(422, {"message": "no"}), to="PATCH")


def new(project: Project, _: FakeVoxo) -> None:
    text = (project.folder / "campaigns/spring.yaml").read_text()
    project.write("campaigns/spring.yaml", text.replace("id: 4711\n", ""))


def saved(project: Project, _: FakeVoxo) -> None:
    assert project.run("plan", "--out", "plan.json").status == 0
    assert project.run("drift", "--format", "json", "--output", "drift.json").status == 2


def applied(project: Project, _: FakeVoxo) -> None:
    assert project.run("apply", "--yes").status == 0


def empty(project: Project, _: FakeVoxo) -> None:
    shutil.rmtree(project.folder)
    project.folder.mkdir()


def exported(project: Project, _: FakeVoxo) -> None:
    project.write("contacts.csv", "Phone;Name\n6015550123;Customer 1042\n")


def wrong(project: Project, _: FakeVoxo) -> None:
    project.spring("callFrequency: 5")


@dataclass(frozen=True)
class Case:
    """A call of a project whose one campaign differs; what it needs first, and what must come of it."""

    call: str
    status: int
    first: Callable[[Project, FakeVoxo], None] = nothing
    writes: int = 0  # PATCH and POST requests

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(self.call.split())


CASES = [
    Case("--help", 0),
    Case("--version", 0),
    Case("plan --help", 0),
    Case("--bogus", 1),
    Case("nonsense", 1),
    Case("", 1),
    Case("init", 0, empty),
    Case("import --id 4711", 0, empty),
    Case("validate", 0),
    Case("validate", 1, wrong),
    Case("plan", 0),
    Case("plan --exit-code --format json", 2),
    Case("plan", 1, wrong),
    Case("apply --yes", 0, writes=1),
    Case("apply --yes", 3, refusing, writes=1),
    Case("apply --yes --plan plan.json", 0, saved, writes=1),
    Case("apply", 1),
    Case("drift", 2),
    Case("create --yes --tenant-id 17 campaigns/spring.yaml", 0, new, writes=1),
    Case("pull --yes", 0),
    Case("show 4711", 0),
    Case("merge drift.json", 2, saved),
    Case("history", 0, applied),
    Case("rollback --yes latest", 0, applied, writes=1),
    Case("snapshot --out live.json", 0),
    Case("environments", 0),
    Case("schema", 0),
    Case("numbers clean contacts.csv", 0, exported),
    Case("acknowledge 4711 callFrequency --until 2096-12-31 --reason trial", 0),
    Case("applied", 1),  # outside Git
    Case("tidy --yes", 0),
]


def check(case: Case, bad: tuple[str | None, str | None], project: Project, voxo: FakeVoxo) -> None:
    voxo.has(callFrequency=45)
    case.first(project, voxo)
    voxo.received.clear()
    assert called(project, bad, *case.arguments) == case.status
    assert sum(request.method in ("PATCH", "POST") for request in voxo.received) == case.writes


@pytest.mark.parametrize("bad", BOTH_STREAMS, ids="-".join)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.call} {case.first.__name__}")
def test_the_status_of_every_command_is_the_same(
    case: Case, bad: tuple[str, str], project: Project, voxo: FakeVoxo
) -> None:
    check(case, bad, project, voxo)


@pytest.mark.parametrize("bad", [(None, None), ("broken", "broken"), *ONE_STREAM], ids=str)
@pytest.mark.parametrize(
    "case",
    [Case("apply --yes", 0, writes=1), Case("apply --yes", 3, refusing, 1), Case("drift", 2)],
    ids=lambda case: f"{case.call} {case.status}",
)
def test_one_bad_stream_is_as_harmless_as_two(
    case: Case, bad: tuple[str | None, str | None], project: Project, voxo: FakeVoxo
) -> None:
    check(case, bad, project, voxo)


def test_every_command_is_in_the_table() -> None:
    """The sandbox ends by a signal, and the demo runs the others."""
    tried = {case.arguments[0] for case in CASES if case.arguments}
    assert set(COMMANDS) - tried == {"sandbox", "demo"}


def test_the_tour_is_the_same(project: Project) -> None:
    assert called(project, ("full", "full"), "demo") == 0


@pytest.mark.parametrize("bad", [("closed", None), (None, "closed"), ("closed", "closed")], ids=str)
def test_no_file_takes_the_number_of_a_closed_stream(
    bad: tuple[str | None, str | None], project: Project, voxo: FakeVoxo
) -> None:
    """A journal that did would hold lines of progress, and what Git says."""
    voxo.has(callFrequency=45)
    project.git("init", "--quiet")
    assert called(project, bad, "--verbose", "apply", "--yes") == 0
    [journal] = (project.folder / ".voxosync/runs").glob("2*.jsonl")
    for line in journal.read_text().splitlines():
        assert "event" in json.loads(line)
    assert project.run("history", journal.stem).status == 0


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_stdout_is_told_on_stderr(unbuffered: str, project: Project, voxo: FakeVoxo) -> None:
    voxo.has(callFrequency=45)
    process = subprocess.run(
        ["sh", "-c", f"exec '{sys.executable}' -m voxosync apply --yes >/dev/full"],
        cwd=project.folder,
        env=project.environment({"PYTHONUNBUFFERED": unbuffered or None}),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=PATIENCE,
        check=False,
    )
    assert process.returncode == 0
    assert process.stderr.endswith(b"warning: cannot write to stdout: No space left on device\n")
    assert len(voxo.sent) == 1


def test_a_pipe_that_takes_no_more_just_now_is_waited_for(project: Project) -> None:
    """Other programs set pipes to be non-blocking, for themselves and everybody who shares them."""
    for number in range(5000, 5400):
        project.spring("callFrequency: 5", name=f"campaigns/{number}.yaml", number=number)
    document = project.process("validate", "--format", "json").out
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETFL, os.O_NONBLOCK)
    with subprocess.Popen(
        [sys.executable, "-m", "voxosync", "validate", "--format", "json"],
        cwd=project.folder,
        env=project.environment({}),
        stdout=writing,
    ) as process:
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            output = pipe.read().decode()
    assert output == document
    assert process.returncode == 1
