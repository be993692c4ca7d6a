"""The exit status of a command does not depend on whether stdout and stderr can be written."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import PATIENCE, Project
from tests.cli.cli_voxo import FakeVoxo, answer
from tests.fakes.forked_process import VOXOSYNC, start
from voxosync.cli.main import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or not Path("/dev/full").exists(), reason="needs sh and a full device"
)

FAULTS = ("closed", "full", "broken")
"""Closed when the program starts; a device without space; a pipe whose reader has exited."""
ONE_STREAM = [pair for fault in FAULTS for pair in ((fault, None), (None, fault))]
BOTH_STREAMS = [("closed", "closed"), ("full", "full")]
"""For the table of all commands, to which a broken pipe is the same OSError with another number."""


def status_of_call(project: Project, bad: tuple[str | None, str | None], *arguments: str) -> int:
    """The exit status of a call with these faults of stdout and stderr; None for a working stream."""
    closed = "".join(f" {n}>&-" for n, fault in enumerate(bad, start=1) if fault == "closed")
    with streams(bad) as (stdin, stdout, stderr):
        return subprocess.run(
            ["sh", "-c", f'exec "$0" -m voxosync "$@"{closed}', sys.executable, *arguments],
            cwd=project.folder,
            env=project.environment({}),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            timeout=4 * PATIENCE,  # the demo makes many calls
            check=False,
        ).returncode


def status_of_fork(project: Project, bad: tuple[str | None, str | None], *arguments: str) -> int:
    """As `status_of_call`, of a Python process that has started already."""
    with streams(bad) as (stdin, *outputs):
        stdout, stderr = (
            None if fault == "closed" else output
            for fault, output in zip(bad, outputs, strict=True)
        )
        process = start(
            VOXOSYNC,
            *arguments,
            folder=project.folder,
            environment=project.environment({}),
            streams=(stdin, stdout, stderr),
        )
    try:
        return process.wait(PATIENCE)
    finally:
        process.kill()


@contextmanager
def streams(bad: tuple[str | None, str | None]) -> Iterator[tuple[int, int, int]]:
    """File descriptors of stdin, stdout and stderr with these faults, except that none is closed."""
    reading, broken = os.pipe()
    os.close(reading)
    full, null = os.open("/dev/full", os.O_WRONLY), os.open(os.devnull, os.O_RDWR)
    outputs = {"broken": broken, "full": full, None: null, "closed": null}
    try:
        yield null, outputs[bad[0]], outputs[bad[1]]
    finally:
        for descriptor in (broken, full, null):
            os.close(descriptor)


def leave_as_is(_: Project, __: FakeVoxo) -> None:
    """Use the project as it is."""


def refuse_patches(_: Project, voxo: FakeVoxo) -> None:
    voxo.say(answer(422, {"message": "no"}), to="PATCH")


def remove_id(project: Project, _: FakeVoxo) -> None:
    text = (project.folder / "campaigns/spring.yaml").read_text()
    project.write("campaigns/spring.yaml", text.replace("id: 4711\n", ""))


def save_plan_and_drift(project: Project, _: FakeVoxo) -> None:
    assert project.run("plan", "--out", "plan.json").status == 0
    assert project.run("drift", "--format", "json", "--output", "drift.json").status == 2


def apply(project: Project, _: FakeVoxo) -> None:
    assert project.run("apply", "--yes").status == 0


def remove_files(project: Project, _: FakeVoxo) -> None:
    shutil.rmtree(project.folder)
    project.folder.mkdir()


def write_export(project: Project, _: FakeVoxo) -> None:
    project.write("contacts.csv", "Phone;Name\n6015550123;Customer 1042\n")


def write_invalid_definition(project: Project, _: FakeVoxo) -> None:
    project.spring("callFrequency: 5")


@dataclass(frozen=True)
class Case:
    """A call in a project whose only campaign differs; its preparation, exit status and number of writes."""

    call: str
    status: int
    prepare: Callable[[Project, FakeVoxo], None] = leave_as_is
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
    Case("init", 0, remove_files),
    Case("import --id 4711", 0, remove_files),
    Case("validate", 0),
    Case("validate", 1, write_invalid_definition),
    Case("plan", 0),
    Case("plan --exit-code --format json", 2),
    Case("plan", 1, write_invalid_definition),
    Case("apply --yes", 0, writes=1),
    Case("apply --yes", 3, refuse_patches, writes=1),
    Case("apply --yes --plan plan.json", 0, save_plan_and_drift, writes=1),
    Case("apply", 1),
    Case("drift", 2),
    Case("create --yes --tenant-id 17 campaigns/spring.yaml", 0, remove_id, writes=1),
    Case("pull --yes", 0),
    Case("show 4711", 0),
    Case("merge drift.json", 2, save_plan_and_drift),
    Case("history", 0, apply),
    Case("rollback --yes latest", 0, apply, writes=1),
    Case("snapshot --out live.json", 0),
    Case("environments", 0),
    Case("schema", 0),
    Case("numbers clean contacts.csv", 0, write_export),
    Case("acknowledge 4711 callFrequency --until 2096-12-31 --reason trial", 0),
    Case("applied", 1),  # outside Git
    Case("tidy --yes", 0),
]


def check(
    status: Callable[..., int],
    case: Case,
    bad: tuple[str | None, str | None],
    project: Project,
    voxo: FakeVoxo,
) -> None:
    voxo.has(callFrequency=45)
    case.prepare(project, voxo)
    voxo.received.clear()
    assert status(project, bad, *case.arguments) == case.status
    assert sum(request.method in ("PATCH", "POST") for request in voxo.received) == case.writes


@pytest.mark.parametrize("bad", BOTH_STREAMS, ids="-".join)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.call} {case.prepare.__name__}")
def test_status_of_every_command_does_not_depend_on_the_streams(
    case: Case, bad: tuple[str, str], project: Project, voxo: FakeVoxo
) -> None:
    check(status_of_fork, case, bad, project, voxo)


@pytest.mark.parametrize("bad", [(None, None), ("broken", "broken"), *ONE_STREAM], ids=str)
@pytest.mark.parametrize(
    "case",
    [Case("apply --yes", 0, writes=1), Case("apply --yes", 3, refuse_patches, 1), Case("drift", 2)],
    ids=lambda case: f"{case.call} {case.status}",
)
def test_status_does_not_depend_on_either_stream(
    case: Case, bad: tuple[str | None, str | None], project: Project, voxo: FakeVoxo
) -> None:
    """In a process that Python starts with these streams, where each kind of fault counts."""
    check(status_of_call, case, bad, project, voxo)


def test_every_command_is_in_the_table() -> None:
    """Except the sandbox, which a signal stops, and the demo, which calls other commands."""
    commands = {case.arguments[0] for case in CASES if case.arguments}
    assert set(COMMANDS) - commands == {"sandbox", "demo"}


def test_status_of_the_demo_does_not_depend_on_the_streams(project: Project) -> None:
    assert status_of_call(project, ("full", "full"), "demo") == 0


@pytest.mark.parametrize("bad", [("closed", None), (None, "closed"), ("closed", "closed")], ids=str)
def test_journal_does_not_get_the_file_descriptor_of_a_closed_stream(
    bad: tuple[str | None, str | None], project: Project, voxo: FakeVoxo
) -> None:
    """Otherwise it would contain progress messages and the output of Git."""
    voxo.has(callFrequency=45)
    project.git("init", "--quiet")
    assert status_of_call(project, bad, "--verbose", "apply", "--yes") == 0
    [journal] = (project.folder / ".voxosync/runs").glob("2*.jsonl")
    for line in journal.read_text().splitlines():
        assert "event" in json.loads(line)
    assert project.run("history", journal.stem).status == 0


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_full_stdout_is_reported_on_stderr(
    unbuffered: str, project: Project, voxo: FakeVoxo
) -> None:
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


def test_output_waits_for_a_non_blocking_pipe_that_is_full(project: Project) -> None:
    """Other programs make pipes non-blocking, also for the processes that share them."""
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
