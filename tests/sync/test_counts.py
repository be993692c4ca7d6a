"""The cost of a plan in counts that are the same in every run, so that a change cannot increase it unnoticed.

`bench/` measures times; tests of times would fail on a busy machine for no reason.
"""

from __future__ import annotations

import builtins
import io
import json
import os
import ssl
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

import deepdiff
import pytest

from tests.cli.cli_project import Project
from tests.cli.cli_voxo import TOKEN, FakeVoxo
from voxosync.voxo import api_response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COUNT = 20


@pytest.fixture
def voxo() -> Iterator[FakeVoxo]:
    server = FakeVoxo()
    yield server
    server.stop()


@pytest.fixture
def project(tmp_path: Path, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch) -> Project:
    """COUNT campaigns in sync, in two folders with defaults."""
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", _refuse)
    folder = tmp_path / "project"
    folder.mkdir()
    project = Project(folder, {"VOXO_API_BASE_URL": voxo.url, "VOXO_API_TOKEN": TOKEN})
    project.write("campaigns/_defaults.yaml", "recording: yes\n")
    for number in range(1, COUNT + 1):
        half = "even" if number % 2 else "odd"
        project.spring("-recording", name=f"campaigns/{half}/{number}.yaml", number=number)
        voxo.has(number)
    return project


def _refuse(*_: object, **__: object) -> None:
    pytest.fail("a plan over plain HTTP loads the CA certificates, which takes 25 ms")


@contextmanager
def opened(folder: Path) -> Iterator[Counter[str]]:
    """How often each file below a folder is opened, by its name."""
    names: Counter[str] = Counter()

    def counted(opens: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(file: Any, *args: Any, **options: Any) -> Any:
            path = Path(file) if isinstance(file, str | Path) else None
            if path is not None and path.is_relative_to(folder) and not path.is_dir():
                names[path.name] += 1
            return opens(file, *args, **options)

        return wrapped

    with (
        mock.patch.object(builtins, "open", counted(open)),
        mock.patch.object(io, "open", counted(io.open)),
        mock.patch.object(os, "open", counted(os.open)),
    ):
        yield names


@contextmanager
def diffs() -> Iterator[mock.Mock]:
    """The calls of deepdiff."""
    with mock.patch.object(deepdiff, "DeepDiff", wraps=deepdiff.DeepDiff) as called:
        yield called


def test_plan_reads_each_campaign_once(project: Project, voxo: FakeVoxo) -> None:
    assert project.run("plan", "--exit-code").status == 0
    expected = [f"GET /v2/admin/call-campaigns/{number}" for number in range(1, COUNT + 1)]
    assert sorted(voxo.asked) == sorted(expected)


def test_plan_opens_at_most_one_connection_for_each_worker(
    project: Project, voxo: FakeVoxo
) -> None:
    with mock.patch.object(voxo, "process_request", wraps=voxo.process_request) as accepted:
        project.run("plan", "--concurrency", "3")
    assert 1 <= accepted.call_count <= 3


def test_definitions_and_defaults_files_are_opened_once(project: Project) -> None:
    with opened(project.folder) as names:
        project.run("validate")
    assert names.pop("_defaults.yaml") == 1
    assert names == {f"{number}.yaml": 1 for number in range(1, COUNT + 1)}


def test_csv_file_is_opened_once(project: Project) -> None:
    project.write("contacts.csv", "number,description\n6015550123,Customer 1042\n6015550124,\n")
    project.spring(
        "numbers: {file: ../../contacts.csv}", "-recording", name="campaigns/even/1.yaml", number=1
    )
    with opened(project.folder) as names:
        assert project.run("plan", "--exit-code").status == 0
    assert names["contacts.csv"] == 1


def test_deepdiff_is_not_imported_if_nothing_differs(project: Project) -> None:
    code = "import sys, atexit; from voxosync.cli.main import main\n"
    code += "atexit.register(lambda: print('deepdiff' in sys.modules)); main()"
    assert _python(project, code, "plan", "--exit-code").endswith("False\n")


def test_deepdiff_is_called_only_for_fields_that_differ(project: Project, voxo: FakeVoxo) -> None:
    voxo.has(3, callFrequency=60)
    voxo.has(4, name="Something else", callFrequency=60)
    with diffs() as called:
        assert project.run("plan", "--exit-code").status == 2
    assert called.call_count == 2
    assert [set(call.args[0]) for call in called.call_args_list] == [
        {"callFrequency"},
        {"name", "callFrequency"},
    ]


def test_deepdiff_gets_only_the_numbers_with_a_changed_description(
    project: Project, voxo: FakeVoxo
) -> None:
    numbers = [f"0{index:09}" for index in range(1000)]
    rows = "".join(f"{number},Customer\n" for number in numbers)
    project.write("contacts.csv", f"number,description\n{rows}")
    project.spring(
        "numbers: {file: ../../contacts.csv}", "-recording", name="campaigns/even/1.yaml", number=1
    )
    live = [{"number": number, "description": "Customer"} for number in numbers]
    live[7]["description"] = live[8]["description"] = "Renamed customer"
    voxo.has(1, numbers=live[:-5])
    with diffs() as called:
        assert project.run("plan", "--exit-code").status == 2
    compared = [set(call.args[0]) for call in called.call_args_list]
    assert {numbers[7], numbers[8]} in compared
    assert max(map(len, compared)) == 2


def test_response_is_parsed_once_and_not_serialized_again(project: Project) -> None:
    parser = mock.Mock(wraps=api_response._JSON)  # noqa: SLF001  # the parser of each response, and only that
    serialized: list[object] = []

    def dumps(value: object, **_: object) -> str:
        serialized.append(value)
        return json.dumps(value)

    encoder = SimpleNamespace(dumps=dumps)
    with mock.patch.multiple(api_response, _JSON=parser, json=encoder):
        assert project.run("plan", "--exit-code").status == 0
    assert parser.decode.call_count == COUNT
    assert set(serialized) == {TOKEN}


def test_long_response_is_received_in_pieces_of_64_kib(project: Project, voxo: FakeVoxo) -> None:
    live = [{"number": f"0{n:09}", "description": "x" * 80} for n in range(10_000)]
    voxo.has(1, numbers=live)
    received: list[int] = []
    recv = socket.recv

    class Counted(socket):
        def recv(self, most: int, flags: int = 0) -> bytes:
            received.append(most)
            return recv(self, most, flags)

    with mock.patch(
        "voxosync.voxo.socket_transport.socket.create_connection", _connects_with(Counted)
    ):
        project.run("plan", "--only", "1")
    assert set(received) == {64 * 2**10}


def _connects_with(kind: type[socket]) -> Any:
    def connected(*args: Any, **options: Any) -> socket:
        connection = create_connection(*args, **options)
        return kind(
            connection.family, connection.type, connection.proto, fileno=connection.detach()
        )

    return connected


def _python(project: Project, code: str, *arguments: str) -> str:
    process = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=project.folder,
        env=project.environment({}),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return process.stdout
