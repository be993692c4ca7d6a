"""Reading with several processes: what they find together is what one finds alone, whatever becomes of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process does it all")

PROCESSES = """\
import os, sys
from voxosync.definitions import shares
cores = int(sys.argv.pop(1))
shares._cores = lambda: cores
fork = os.fork
def counted():
    print("another process", file=sys.stderr)
    return fork()
os.fork = counted
"""
VALIDATE = "import voxosync.cli.main as voxosync; voxosync.main()"


def python(folder: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs code after PROCESSES, of which the first argument is how many cores there are."""
    command = [sys.executable, "-c", PROCESSES + code, *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A project of 800 definitions in two folders, with defaults, policies, and something wrong here and there."""

    def write(name: str, text: str) -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    write("campaigns/_defaults.yaml", "recording: no\nnonsense: 1\n")
    write(
        "policies/pace.yaml",
        "rules: {pace: {message: slower, schema: {properties: {callFrequency: {minimum: 20}}}}}\n",
    )
    for number in range(1, 801):
        text = f"id: {number}\nname: Campaign {number}\ncallFrequency: {10 + number % 20}\n"
        if number % 100 == 0:
            text += "# voxosync: allow pace agreed\n"
        if number % 150 == 0:
            text = f"id: {number - 149}\nname: Again\ncolour: red\n"  # of a definition in another share
        write(f"campaigns/{'even' if number % 2 else 'odd'}/{number:04}.yaml", text)
    return tmp_path


def test_what_processes_find_together_is_what_one_finds_alone(many: Path) -> None:
    alone, together = (
        python(many, VALIDATE, cores, "validate", "--format", "json") for cores in ("1", "3")
    )
    assert alone.stderr == ""
    assert together.stderr.count("another process") == 2
    assert together.stdout == alone.stdout
    assert together.returncode == alone.returncode == 1
    rules = {problem["rule"] for problem in json.loads(alone.stdout)["problems"]}
    assert {"duplicate-id", "unknown-key", "recording-no"} <= rules
    assert any("pace" in rule for rule in rules)


def test_few_files_are_read_by_one_process(many: Path) -> None:
    ran = python(many, VALIDATE, "3", "validate", "campaigns/even")
    assert "another process" not in ran.stderr


SQUARES = """
main = os.getpid()
def work(share):
    {here}
    return [number * number for number in share]
"""


@pytest.mark.parametrize(
    "here",
    [
        "pass",
        "os.getpid() == main or os.kill(os.getpid(), 9)",
        "os.getpid() == main or os._exit(0)",
        "os.getpid() == main or sys.exit('a failure of the other process only')",
    ],
)
def test_a_share_whose_process_comes_to_nothing_is_not_lost(here: str, tmp_path: Path) -> None:
    code = SQUARES.format(here=here) + "print(shares.in_shares(range(10), work, least=3))"
    ran = python(tmp_path, code, "3")
    assert ran.stderr.count("another process") == 2
    assert json.loads(ran.stdout.replace("range", "")) == [
        [0, 1, 4, 9], [16, 25, 36], [49, 64, 81],
    ]  # fmt: skip


def test_where_no_process_can_be_had_one_does_it_all(tmp_path: Path) -> None:
    code = SQUARES.format(here="pass") + (
        "import resource; resource.setrlimit(resource.RLIMIT_NPROC, (0, 0)); os.setuid(65534)\n"
        if os.geteuid() == 0
        else "import resource; resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))\n"
    )
    ran = python(tmp_path, code + "print(shares.in_shares(range(4), work, least=2))", "2")
    assert ran.stdout == "[[0, 1], [4, 9]]\n"


def test_a_failure_reaches_the_caller_and_leaves_no_process_behind(tmp_path: Path) -> None:
    code = """
def work(share):
    if 0 in share:
        raise ValueError("of the first share")
    return "x" * 1_000_000  # more than a pipe holds, so that it waits for a reader
try:
    shares.in_shares(range(10), work, least=3)
except ValueError as failure:
    print(failure)
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("nobody is left")
"""
    assert python(tmp_path, code, "3").stdout == "of the first share\nnobody is left\n"


def test_beside_other_threads_nothing_is_forked(tmp_path: Path) -> None:
    code = SQUARES.format(here="pass") + (
        "import threading; stop = threading.Event(); threading.Thread(target=stop.wait).start()\n"
        "print(shares.in_shares(range(4), work, least=1)); stop.set()"
    )
    ran = python(tmp_path, code, "3")
    assert (ran.stdout, ran.stderr) == ("[[0, 1, 4, 9]]\n", "")
