"""A project folder, and the ways to run voxosync in it: in this process, as one of its own, on a terminal."""

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

from tests.fakes.processes import inherited_variables
from voxosync.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PATIENCE = 30  # seconds after which a process that says nothing is stuck

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
"""The definition with which `cli_voxo.SPRING` agrees, field by field."""

SHARED_FILE = "campaigns/both.yaml"
"""The definition of a project of two environments."""

ON_A_TERMINAL = """\
import fcntl, runpy, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C reaches this process
signal.signal(signal.SIGINT, signal.default_int_handler)  # which tests that run in the background ignore
import voxosync.cli.output as output
output._SHOW_AFTER = float(sys.argv.pop(1))
runpy.run_module("voxosync", run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True)
class Ran:
    """What one call came to."""

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
    """A folder with definitions, and the environment variables of its calls: these and no others."""

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

    def run(self, *arguments: str, stdin: str = "", **variables: str | None) -> Ran:
        """A call in this process: as fast as tests need, everything else as in one of its own."""
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
        out, err = (stream.buffer.getvalue().decode() for stream in streams)  # type: ignore[attr-defined]  # a BytesIO
        assert isinstance(status, int)
        return Ran(status, out, err)

    def process(self, *arguments: str, stdin: str = "", **variables: str | None) -> Ran:
        """A call as a process of its own, with pipes for its streams."""
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
        """A call on a terminal; types `answer` as soon as it is asked something.

        Args:
            bar_after: seconds until a progress bar is shown; the command's own choice is one.
        """
        import pty  # noqa: PLC0415  # Windows has none

        keyboard, screen = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", ON_A_TERMINAL, str(bar_after), *arguments],
            cwd=self.folder,
            env=self.environment({"TERM": "xterm", **variables}),
            stdin=screen,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
        )
        os.close(screen)
        try:
            output = _typed(keyboard, answer)
            return Ran(process.wait(PATIENCE), output)
        finally:
            process.kill()
            process.wait()
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
        """Run git in this folder, as somebody."""
        somebody = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
        process = subprocess.run(
            ["git", *somebody, *arguments],
            cwd=self.folder,
            env=self.environment({}),
            capture_output=True,
            text=True,
            check=True,
        )
        return process.stdout.strip()

    def commit(self, message: str = "A change") -> str:
        """Commit everything that is here; the commit's hash."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


def _without(lines: list[str], key: str) -> list[str]:
    """Lines of a definition without one key and what is indented below it."""
    remaining, inside = [], False
    for line in lines:
        inside = line.startswith(f"{key}:") or (inside and line.startswith(" "))
        if not inside:
            remaining.append(line)
    return remaining


@contextmanager
def _directory(folder: Path) -> Iterator[None]:
    before = os.getcwd()  # noqa: PTH109  # os.chdir's other half
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _is_asked(screen: bytes) -> bool:
    return QUESTION in screen or COUNT_QUESTION in screen


def _typed(keyboard: int, answer: str) -> str:
    """Everything that a terminal shows until its process ends; types `answer` at the first question.

    And once more after a silent second: Python loses a Ctrl-C that comes right before it reads.
    """
    screen, silent = b"", 0
    with suppress(OSError):  # EIO, Linux's way to say that nobody is on the other end
        while silent < PATIENCE:
            if select.select([keyboard], [], [], 1)[0]:
                piece = os.read(keyboard, 4096)
                if not piece:
                    break
                was_asked = _is_asked(screen)
                screen, silent = screen + piece, 0
                if _is_asked(screen) and not was_asked:
                    os.write(keyboard, answer.encode())
            else:
                silent += 1
                if _is_asked(screen):
                    os.write(keyboard, answer.encode())
    return screen.decode().replace("\r\n", "\n")
