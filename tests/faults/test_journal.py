"""The journal: what it holds, who may read it, when it is written, and what a damaged one does."""

from __future__ import annotations

import errno
import json
import os
import stat
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tests.faults.fault_world import (
    NOT_OURS,
    TO_CALL,
    TO_UPDATE,
    TOKEN,
    WANTED,
    Arrival,
    World,
    events,
    is_accounted_for,
    journals,
    results,
)
from tests.faults.held_voxo import Fate, HeldVoxo
from voxosync.sync import journal as journal_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[2] / "schemas/journal.schema.json").read_text())
)

LINES = 1 + 3 * len(TO_UPDATE) + 1

on_posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")


class Disk:
    """Stands for `os` in the journal's module: fails when told, and remembers what was synced."""

    def __init__(self) -> None:
        self.writes = 0
        self.synced: dict[str, int] = {}
        self.failing: Callable[[str, int], OSError | None] = lambda *_: None
        self.before_it_fails: Callable[[], None] = lambda: None
        self.torn = False
        self._opened: dict[int, str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: Any, *arguments: Any) -> int:
        self._fail("open")
        file = os.open(path, *arguments)
        self._opened[file] = str(path)
        return file

    def write(self, file: int, content: bytes) -> int:
        self.writes += 1
        try:
            self._fail("write")
        except OSError:
            if self.torn:
                os.write(file, content[: len(content) // 2])
            raise
        return os.write(file, content)

    def fsync(self, file: int) -> None:
        self._fail("fsync")
        os.fsync(file)
        self.synced[self._opened[file]] = os.fstat(file).st_size

    def _fail(self, what: str) -> None:
        if (failure := self.failing(what, self.writes)) is not None:
            self.before_it_fails()
            raise failure


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(journal_module, "os", disk)
    return disk


@pytest.fixture
def done(held: World) -> str:
    """A run that went well."""
    assert held.apply().status == 0
    [run] = journals(held.folder)
    return run


class TestHolds:
    def test_lines_as_the_schema_says(self, held: World, voxo: HeldVoxo, done: str) -> None:
        held.watch.begin()
        assert held.run("rollback", done, "--yes", "--allow-go-live").status == 0
        voxo.decide = lambda one: Fate.LOST if one.method == "PATCH" else Fate.ANSWERED
        assert held.apply().status == 3
        voxo.decide = lambda one: Fate.UNANSWERED if one.method == "PATCH" else Fate.ANSWERED
        assert held.apply().status == 0
        assert len(journals(held.folder)) == 4
        for run in journals(held.folder):
            for event in events(held.folder, run):
                SCHEMA.validate(event)

    def test_each_event_in_its_place(self, held: World, done: str) -> None:
        told = events(held.folder, done)
        assert len(told) == LINES
        assert told[0]["event"] == "run"
        assert [one["event"] for one in told[-4:]] == ["result", "result", "result", "end"]
        for campaign_id in TO_UPDATE:
            mine = [one["event"] for one in told if one.get("campaign") == campaign_id]
            assert mine == ["intent", "outcome", "result"]

    def test_what_was_replaced_and_by_what(self, held: World, done: str) -> None:
        [intent] = [
            one
            for one in events(held.folder, done)
            if one["event"] == "intent" and one["campaign"] == TO_CALL
        ]
        assert intent["replaces"]["message"] == "Before"
        assert intent["replaces"]["numbers"] == {
            "6015550101": "Stays",
            "6015550102": "1042",
            "6015550103": "Goes",
        }
        assert intent["patch"]["message"] == "After"
        [patch] = [one for one in held.watch.patches if one.campaign == TO_CALL]
        assert intent["patch"] == patch.body

    def test_nothing_about_other_campaigns(self, held: World, done: str) -> None:
        assert str(NOT_OURS) not in {str(one.get("campaign")) for one in events(held.folder, done)}

    def test_never_the_token(self, held: World, done: str) -> None:
        for path in (held.folder / ".voxosync").rglob("*"):
            assert TOKEN not in path.name
            assert path.is_dir() or TOKEN.encode() not in path.read_bytes()
        assert done

    def test_no_journal_where_there_is_nothing_to_send(self, held: World, done: str) -> None:
        assert held.apply().status == 0
        assert list(journals(held.folder)) == [done]

    def test_is_where_somebody_wants_it(self, held: World) -> None:
        assert held.run("apply", "--yes", "--allow-go-live", "--journal", "elsewhere").status == 0
        assert len(list((held.folder / "elsewhere").glob("*.jsonl"))) == 1
        assert not journals(held.folder)
        [_, listed] = held.run("history", "--journal", "elsewhere").out.splitlines()
        assert "3 applied" in listed


@on_posix
class TestIsPrivate:
    @pytest.fixture(autouse=True)
    def _open_to_all(self) -> Iterator[None]:
        before = os.umask(0)
        yield
        os.umask(before)

    def test_the_file(self, held: World, done: str) -> None:
        mode = journals(held.folder)[done].stat().st_mode
        assert stat.S_IMODE(mode) == 0o600

    def test_the_folder(self, held: World, done: str) -> None:
        assert stat.S_IMODE((held.folder / ".voxosync/runs").stat().st_mode) == 0o700
        assert done


class TestIsWrittenAhead:
    def test_an_intent_is_synced_before_its_patch_arrives(
        self, held: World, voxo: HeldVoxo, disk: Disk
    ) -> None:
        safe: list[bool] = []

        def decide(one: Arrival) -> Fate:
            if one.method == "PATCH":
                [(run, path)] = journals(held.folder).items()
                content = path.read_bytes()[: disk.synced[str(path.relative_to(held.folder))]]
                lines = [json.loads(line) for line in content.splitlines()]
                mine = [line for line in lines if line.get("campaign") == one.campaign]
                safe.append(mine[-1]["event"] == "intent" and mine[-1]["patch"] == one.body)
                safe.append(run == lines[0]["run"])
            return Fate.ANSWERED

        voxo.decide = decide
        assert held.apply("--concurrency", "8").status == 0
        assert safe == [True] * 2 * len(TO_UPDATE)

    def test_the_name_of_the_file_is_synced_too(self, held: World, disk: Disk) -> None:
        assert held.apply().status == 0
        assert ".voxosync/runs" in disk.synced

    def test_every_line_is_synced_as_it_is_written(self, held: World, disk: Disk) -> None:
        order: list[str] = []
        disk.failing = lambda what, _: order.append(what)
        assert held.apply().status == 0
        lines = order[order.index("write") :]
        assert lines == ["write", "fsync"] * LINES


class TestCannotBeBegun:
    """Then nothing is sent, and the status is 1."""

    @staticmethod
    def is_refused(held: World, *words: str) -> None:
        before = held.live()
        ran = held.apply()
        assert ran.status == 1
        assert held.watch.patches == []
        assert held.live() == before
        assert "cannot write the journal" in ran.err
        for word in words:
            assert word in ran.err

    def test_a_file_stands_in_the_way(self, held: World) -> None:
        (held.folder / ".voxosync").write_text("")
        self.is_refused(held)

    @pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC])
    def test_no_file_can_be_made(self, number: int, held: World, disk: Disk) -> None:
        disk.failing = lambda what, _: _failure(number) if what == "open" else None
        self.is_refused(held, os.strerror(number))

    @pytest.mark.parametrize("what", ["write", "fsync"])
    @pytest.mark.parametrize("torn", ["whole", "torn"])
    def test_the_first_line_cannot_be_written(
        self, what: str, torn: str, held: World, disk: Disk
    ) -> None:
        disk.torn = torn == "torn"
        disk.failing = lambda one, _: _failure(errno.ENOSPC) if one == what else None
        self.is_refused(held, os.strerror(errno.ENOSPC))
        disk.failing = lambda *_: None
        assert held.run("history").status == 0
        held.converges()


def _failure(number: int) -> OSError:
    return OSError(number, os.strerror(number))


class TestDiskFull:
    """From the line at which there is no room any more, nothing is sent, and the run says why."""

    @pytest.mark.parametrize("lasting", ["for good", "once"])
    @pytest.mark.parametrize("how", ["write", "torn", "fsync"])
    @pytest.mark.parametrize("line", range(2, LINES + 1))
    def test_sends_nothing_more_and_says_so(
        self, line: int, how: str, lasting: str, held: World, disk: Disk
    ) -> None:
        sent_before: list[int] = []
        what = "fsync" if how == "fsync" else "write"
        disk.torn = how == "torn"

        def failing(one: str, writes: int) -> OSError | None:
            is_now = writes >= line if lasting == "for good" else writes == line
            return _failure(errno.ENOSPC) if one == what and is_now else None

        disk.failing = failing
        disk.before_it_fails = lambda: sent_before.append(len(held.watch.patches))
        ran = held.apply("--concurrency", "1")
        assert ran.status == 3
        assert "cannot write the journal" in ran.out + ran.err
        assert os.strerror(errno.ENOSPC) in ran.out + ran.err
        assert sent_before[0] == len(held.watch.patches)
        run = held.watch.run_id()
        assert run is not None
        disk.failing = lambda *_: None
        shown = held.run("history", run)
        assert shown.status == 0
        is_all_there = (line, how) == (LINES, "fsync")  # though nobody can be sure that it stays
        assert ("KILLED" in shown.out) is not is_all_there
        held.converges()
        held.no_disposition_was_lost()
        is_accounted_for(held.watch, killed=[run])

    @pytest.mark.parametrize("line", range(2, LINES + 1))
    def test_with_many_workers(self, line: int, held: World, disk: Disk) -> None:
        disk.failing = lambda one, writes: (
            _failure(errno.ENOSPC) if one == "write" and writes >= line else None
        )
        ran = held.apply("--concurrency", "8")
        assert ran.status == 3
        assert os.strerror(errno.ENOSPC) in ran.out + ran.err
        run = held.watch.run_id()
        assert run is not None
        disk.failing = lambda *_: None
        held.converges()
        is_accounted_for(held.watch, killed=[run])

    def test_what_was_sent_is_verified_all_the_same(self, held: World, disk: Disk) -> None:
        """The third line is the outcome of the first PATCH."""
        disk.failing = lambda one, writes: (
            _failure(errno.ENOSPC) if one == "write" and writes >= 3 else None
        )
        ran = held.apply("--concurrency", "1")
        assert "11 To pause: applied" in ran.out
        assert "12 To call: not sent" in ran.out
        assert "13 To start: not sent" in ran.out

    def test_a_journal_with_an_end_tells_of_every_campaign(self, held: World, done: str) -> None:
        assert set(results(held.folder, done)) == set(TO_UPDATE)
        assert set(TO_UPDATE) < set(WANTED)


class TestDamaged:
    """`history` tells what it can, of each journal that it can."""

    @staticmethod
    def listed(held: World, *runs: str) -> str:
        ran = held.run("history")
        assert ran.status == 0
        ids = [line.split()[0] for line in ran.out.splitlines()[1:]]
        for run in runs:
            assert any(run.startswith(short) for short in ids)
        return ran.out

    def test_a_last_line_that_was_cut_off(self, held: World, done: str) -> None:
        path = journals(held.folder)[done]
        whole = path.read_bytes()
        ends = [0, *(at + 1 for at, byte in enumerate(whole) if byte == ord("\n"))]
        for start, end in pairwise(ends):
            for cut in {start + 1, (start + end) // 2, end - 2} - {*ends}:
                path.write_bytes(whole[:cut])
                self.listed(held, done)
                ran = held.run("history", done)
                if start == 0:
                    assert ran.status == 1
                    assert str(path.name) in ran.err
                else:
                    assert ran.status == 0
                    assert "KILLED" in ran.out
                    assert "was not written whole" in ran.out

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\n",
            b"\x00\xff\xfe",
            b"garbage\n",
            b"{}\n",
            b"[]\n",
            b"null\n",
            b'{"event":"end","exitStatus":0}\n',
            b"[" * 100_000,
            b'{"event":"run","formatVersion":1}\n',
        ],
        ids=repr,
    )
    def test_what_is_no_journal(self, content: bytes, held: World, done: str) -> None:
        path = held.folder / ".voxosync/runs/20960301T000000Z-000000.jsonl"
        path.write_bytes(content)
        self.listed(held, done, path.stem)
        ran = held.run("history", path.stem)
        assert ran.status == 1
        assert path.name in ran.err
        assert held.run("rollback", path.stem, "--yes").status == 1
        assert held.run("history", done).status == 0

    def test_a_journal_of_another_format(self, held: World, done: str) -> None:
        first, *rest = journals(held.folder)[done].read_text().splitlines()
        path = held.folder / ".voxosync/runs/20960301T000000Z-000000.jsonl"
        told = json.loads(first) | {"formatVersion": 2, "run": path.stem}
        path.write_text("\n".join([json.dumps(told), *rest]) + "\n")
        self.listed(held, done, path.stem)
        ran = held.run("history", path.stem)
        assert ran.status == 1
        assert path.name in ran.err

    def test_a_folder_of_that_name(self, held: World, done: str) -> None:
        (held.folder / ".voxosync/runs/20960301T000000Z-000000.jsonl").mkdir()
        self.listed(held, done)
        assert held.run("history", "20960301T000000Z").status == 1

    def test_garbage_in_the_middle(self, held: World, done: str) -> None:
        path = journals(held.folder)[done]
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join([*lines[:2], b"{garb\n", *lines[2:]]))
        ran = held.run("history", done)
        assert ran.status == 0
        assert "line 3 was not written whole" in ran.out
        assert "ended    with exit status 0" in ran.out
