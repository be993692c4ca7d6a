"""The tutorial and the page about a new campaign are correct: every command runs and prints the output of the page.

The commands of a page run in one shell on a terminal.
In the output of a page, `…` on a line of its own means any lines, and elsewhere any text within a line.
A time or an id of a run means any other; two equal ids on the page mean two equal ids here.
"""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.fakes.processes import inherited_variables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("tutorial.md", "how-to/new-campaign.md")
BLOCK = re.compile(r"^```(console|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HOST = "127.0.0.1:8765"
ADDRESS = f"http://{HOST}"
SANDBOX = "voxosync sandbox --load campaigns"

RUN = r"\d{8}T\d{6}(?:\.\d{6}Z-[0-9a-f]{6})?"
MOMENT = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
PROMPT = b"[y/N]: "
PATIENCE = 30

# Commands come from file descriptor 3, because the terminal is for answers to prompts.
SHELL = """\
status=0
while IFS= read -r -u 3 command; do
  (exit "$status"); eval "$command"; status=$?
  printf '\\036%s\\036\\n' "$status"
done
"""


class Step(NamedTuple):
    """A command and its output on the page."""

    command: str
    output: list[str]


class Edit(NamedTuple):
    """A change that a person makes in a file."""

    file: str
    old: str
    new: str


def steps(page: str) -> Iterator[Step | Edit]:
    """The steps of a page of docs in their order."""
    for kind, text in BLOCK.findall((ROOT / "docs" / page).read_text(encoding="utf-8")):
        lines = text.splitlines()
        if kind == "diff":
            old, new = ("\n".join(line[1:] for line in lines[1:] if line[0] == s) for s in "-+")
            yield Edit(lines[0].removeprefix("--- "), old, new)
            continue
        page_steps: list[Step] = []
        for line in lines:
            if line.startswith("$ "):
                page_steps.append(Step(line[2:], []))
            elif page_steps[-1].command.endswith("\\"):
                page_steps[-1] = Step(page_steps[-1].command[:-1] + line.lstrip(), [])
            else:
                page_steps[-1].output.append(line)
        yield from page_steps


class Terminal:
    """A shell on a terminal."""

    def __init__(self, folder: Path) -> None:
        import pty  # noqa: PLC0415  # does not exist on Windows

        self._keyboard, screen = pty.openpty()
        commands, self._commands = os.pipe()
        os.set_inheritable(commands, True)  # noqa: FBT003  # the parameter has no name
        self._process = subprocess.Popen(
            ["bash", "-c", f"exec 3<&{commands}\n{SHELL}"],
            cwd=folder, env=environment(folder), pass_fds=[commands],
            stdin=screen, stdout=screen, stderr=screen, start_new_session=True,
        )  # fmt: skip
        os.close(commands)
        os.close(screen)

    def run(self, command: str) -> tuple[str, int]:
        """The output of a command and its status; every prompt is answered with yes."""
        os.write(self._commands, f"{command}\n".encode())
        screen = b""
        while not (end_mark := re.search(b"\036([0-9]+)\036\r\n$", screen)):
            assert select.select([self._keyboard], [], [], PATIENCE)[0], (
                f"{command} hangs: {screen!r}"
            )
            screen += os.read(self._keyboard, 65536)
            if screen.endswith(PROMPT):
                os.write(self._keyboard, b"y\n")
        return screen[: end_mark.start()].decode().replace("\r\n", "\n"), int(end_mark[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._commands)
        os.close(self._keyboard)


def environment(folder: Path) -> dict[str, str]:
    identity = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "Test Author"), ("EMAIL", "author@example.com"))
    }
    return {
        **inherited_variables(),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(folder),
        "PYTHONUTF8": "1",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "COLUMNS": "200",  # wider than any line of the page
        "GIT_CONFIG_NOSYSTEM": "1",
        **identity,
    }


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_command_prints_the_output_of_the_page(
    page: str, tmp_path: Path, sandbox: str
) -> None:
    ids: dict[str, str] = {}
    page_steps = [
        step for step in steps(page) if not (isinstance(step, Step) and step.command == SANDBOX)
    ]
    with Terminal(tmp_path) as terminal:
        for step, next_step in zip(page_steps, [*page_steps[1:], None], strict=True):
            if isinstance(step, Edit):
                edit(tmp_path / "calls" / step.file, step)
                continue
            output, status = terminal.run(localize(step.command, sandbox, ids))
            compare([localize(line, sandbox, {}) for line in step.output], output, ids)
            status_is_shown = isinstance(next_step, Step) and next_step.command == "echo $?"
            assert status_is_shown or status == 0, f"{step.command}: {output}"


@pytest.fixture
def sandbox(page: str, tmp_path: Path) -> Iterator[str]:
    """The address of a sandbox that is started as on the page, but on a free port."""
    assert Step(SANDBOX, [
        "A local VOXO is running; press Ctrl-C to stop it. In another terminal:",
        f"export VOXO_API_BASE_URL={ADDRESS} VOXO_API_TOKEN=sandbox-token",
    ]) in list(steps(page))  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", *SANDBOX.split(), "--port", "0"],
        cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        line = process.stdout.readline()
        variables = re.fullmatch(r"export VOXO_API_BASE_URL=(\S+) VOXO_API_TOKEN=(\S+)\n", line)
        try:
            assert variables, line
            yield variables[1]
        finally:
            process.terminate()


def edit(path: Path, change: Edit) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(f"{change.old}\n") == 1, f"{change.file} does not contain: {change.old}"
    path.write_text(text.replace(f"{change.old}\n", f"{change.new}\n"), encoding="utf-8")


def localize(text: str, sandbox: str, ids: dict[str, str]) -> str:
    """A line of the page with the address of the sandbox and the ids of its runs."""
    text = text.replace(HOST, sandbox.removeprefix("http://"))
    return re.sub(RUN, lambda run: ids.get(run[0], run[0]), text)


def compare(expected: list[str], output: str, ids: dict[str, str]) -> None:
    """Compares the output with the page, and adds the ids of runs to those by which the page names them."""
    pattern, names = "", []
    for line in expected:
        if line == "…":
            pattern += r"(?:[^\n]*\n)*?"
            continue
        for piece in re.split(f"(…|{RUN}|{MOMENT})", line):
            if re.fullmatch(RUN, piece):
                names.append(piece)
                pattern += f"({RUN})"
            elif re.fullmatch(MOMENT, piece):
                pattern += MOMENT
            else:
                pattern += "[^\n]*" if piece == "…" else re.escape(piece)
        pattern += "\n"
    match = re.fullmatch(pattern, output)
    assert match, "the page shows\n" + "\n".join(expected) + f"\nbut it is\n{output}"
    for name, value in zip(names, match.groups(), strict=True):
        assert ids.setdefault(name, value) == value
