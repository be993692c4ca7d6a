"""A project folder, and the ways to run voxosync in it: in this process, in a separate process, or on a terminal."""

from __future__ import annotations

import io
import json
import os
import select
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest import mock

from tests.fakes.forked_process import VOXOSYNC, start
from tests.fakes.processes import inherited_variables
from voxosync.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PATIENCE = 30  # seconds without output after which a process counts as stuck

QUESTION = b"[y/N]: "
COUNT_QUESTION = b" to continue: "

SPRING = """\
id: 4711
name: Spring renewal
state: PAUSED
dateStart: 2096-03-01
dateEnd: 2096-03-31
timeStart: 09:00
timeEnd: 18:30
timezone: America/Chicago
callerId: 6015550100
callFrequency: 30
recording: yes
enableVMDetect: 1
message: Time to renew
numbers:
  - {number: 6015550123, description: Customer 1042}
  - {number: 6015550124}
destinations:
  - {type: QUEUE, id: 12}
  - {type: EXTENSION, id: 101}
matchDestinations:
  - {type: RECORDING, id: 7}
notMatchDestinations:
  - {type: QUEUE, id: 12}
"""
"""The definition that agrees with the live campaign `cli_voxo.SPRING` in every field."""

SHARED_FILE = "campaigns/both.yaml"
"""The path of the definition in a project of two environments."""

ON_A_TERMINAL = f"""\
import fcntl, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # Ctrl-C reaches this process
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background process would ignore it
import voxosync.cli.output as output
output._SHOW_AFTER = float(sys.argv.pop(1))
{VOXOSYNC}"""


@dataclass(frozen=True)
class Ran:
    """The result of one call."""

    status: int
    out: str
    err: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def said(self) -> str:
        return self.out + self.err


@dataclass
class Project:
    """A folder with definitions, and the only environment variables that its calls get."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def spring(
        self, *changes: str, name: str = "campaigns/spring.yaml", number: int = 4711
    ) -> None:
        """Write SPRING with other values: `callFrequency: 60` replaces that line, `-message` removes it."""
        lines = SPRING.replace("id: 4711", f"id: {number}", 1).splitlines()
        for change in changes:
            key = change.removeprefix("-").partition(":")[0]
            lines = _without(lines, key) + ([] if change.startswith("-") else [change])
        self.write(name, "\n".join(lines) + "\n")

    def run(self, *arguments: str, stdin: str | None = None, **variables: str | None) -> Ran:
        """Run a call in this process, which is faster than a separate process and otherwise equivalent."""
        streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
        with (
            mock.patch.multiple(sys, argv=["voxosync", *arguments], stdin=io.StringIO(stdin)),
            mock.patch.multiple(sys, stdout=streams[0], stderr=streams[1]),
            mock.patch.dict(os.environ, self.environment(variables), clear=True),
            _directory(self.folder),
        ):
            try:
                main()
            except SystemExit as ending:
                status = ending.code or 0
        for stream in streams:
            stream.flush()
        out, err = (stream.buffer.getvalue().decode() for stream in streams)
        assert isinstance(status, int)
        return Ran(status, out, err)

    def process(self, *arguments: str, stdin: str = "", **variables: str | None) -> Ran:
        """Run a call in a separate process, with pipes for its streams."""
        process = subprocess.run(
            [sys.executable, "-m", "voxosync", *arguments],
            cwd=self.folder,
            env=self.environment(variables),
            input=stdin.encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ran(process.returncode, process.stdout.decode(), process.stderr.decode())

    def terminal(
        self, *arguments: str, answer: str = "", bar_after: float = 60, **variables: str | None
    ) -> Ran:
        """Run a call on a terminal, and type `answer` at its first question.

        Args:
            bar_after: seconds until a progress bar is shown; outside of tests it is one second.
        """
        import pty  # noqa: PLC0415  # does not exist on Windows

        keyboard, screen = pty.openpty()
        process = start(
            ON_A_TERMINAL,
            str(bar_after),
            *arguments,
            folder=self.folder,
            environment=self.environment({"TERM": "xterm", **variables}),
            streams=(screen, screen, screen),
        )
        os.close(screen)
        try:
            output = _read_screen(keyboard, answer)
            return Ran(process.wait(PATIENCE), output)
        finally:
            process.kill()
            process.wait(PATIENCE)
            os.close(keyboard)

    def environment(self, variables: Mapping[str, str | None]) -> dict[str, str]:
        chosen = {**self.variables, **variables}
        return {
            **inherited_variables(),
            "HOME": str(self.folder.parent),
            "PYTHONUTF8": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            **{name: value for name, value in chosen.items() if value is not None},
        }

    def git(self, *arguments: str) -> str:
        """Run git in this folder, with a test identity."""
        identity = ("-c", "user.name=Test Author", "-c", "user.email=author@example.com")
        process = subprocess.run(
            ["git", *identity, *arguments],
            cwd=self.folder,
            env=self.environment({}),
            capture_output=True,
            text=True,
            check=True,
        )
        return process.stdout.strip()

    def commit(self, message: str = "A change") -> str:
        """Commit all files, and return the hash of the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


def _without(lines: list[str], key: str) -> list[str]:
    """Lines of a definition without one key and the lines indented below it."""
    remaining, inside = [], False
    for line in lines:
        inside = line.startswith(f"{key}:") or (inside and line.startswith(" "))
        if not inside:
            remaining.append(line)
    return remaining


@contextmanager
def _directory(folder: Path) -> Iterator[None]:
    before = os.getcwd()  # noqa: PTH109  # the counterpart of os.chdir
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _shows_question(screen: bytes) -> bool:
    return QUESTION in screen or COUNT_QUESTION in screen


def _read_screen(keyboard: int, answer: str) -> str:
    """Type `answer` at the first question, and return everything that the terminal shows until its process ends.

    The answer is typed again after each second without output, because Python loses a Ctrl-C right before it reads.
    """
    screen, silent = b"", 0
    with suppress(OSError):  # EIO: on Linux, no process has the other end open
        while silent < PATIENCE:
            if select.select([keyboard], [], [], 1)[0]:
                piece = os.read(keyboard, 4096)
                if not piece:
                    break
                showed_question = _shows_question(screen)
                screen, silent = screen + piece, 0
                if _shows_question(screen) and not showed_question:
                    os.write(keyboard, answer.encode())
            else:
                silent += 1
                if _shows_question(screen):
                    os.write(keyboard, answer.encode())
    return screen.decode().replace("\r\n", "\n")
