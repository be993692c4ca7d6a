"""The content of the journal, its permissions, the time of its writes, and the handling of damaged journals."""

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
    DESIRED,
    NOT_OURS,
    TO_CALL,
    TO_UPDATE,
    TOKEN,
    Arrival,
    World,
    assert_journals_match,
    events,
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
    """Replaces `os` in the module of the journal: fails where a test wants it to, and records what was synced."""

    def __init__(self) -> None:
        self.writes = 0
        self.synced: dict[str, int] = {}
        self.failure_of: Callable[[str, int], OSError | None] = lambda *_: None
        self.before_failure: Callable[[], None] = lambda: None
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

    def _fail(self, operation: str) -> None:
        if (failure := self.failure_of(operation, self.writes)) is not None:
            self.before_failure()
            raise failure


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(journal_module, "os", disk)
    return disk


@pytest.fixture
def run_id(world: World) -> str:
    """A successful run."""
    assert world.apply().status == 0
    [run] = journals(world.folder)
    return run


class TestContent:
    def test_lines_are_valid_by_the_schema(self, world: World, voxo: HeldVoxo, run_id: str) -> None:
        world.watch.begin()
        assert world.run("rollback", run_id, "--yes", "--allow-go-live").status == 0
        voxo.decide = lambda arrival: Fate.LOST if arrival.method == "PATCH" else Fate.ANSWERED
        assert world.apply().status == 3
        voxo.decide = lambda arrival: (
            Fate.UNANSWERED if arrival.method == "PATCH" else Fate.ANSWERED
        )
        assert world.apply().status == 0
        assert len(journals(world.folder)) == 4
        for run in journals(world.folder):
            for event in events(world.folder, run):
                SCHEMA.validate(event)

    def test_events_are_in_order(self, world: World, run_id: str) -> None:
        journal = events(world.folder, run_id)
        assert len(journal) == LINES
        assert journal[0]["event"] == "run"
        assert [event["event"] for event in journal[-4:]] == ["result", "result", "result", "end"]
        for campaign_id in TO_UPDATE:
            own_events = [
                event["event"] for event in journal if event.get("campaign") == campaign_id
            ]
            assert own_events == ["intent", "outcome", "result"]

    def test_intent_has_the_old_and_the_new_values(self, world: World, run_id: str) -> None:
        [intent] = [
            event
            for event in events(world.folder, run_id)
            if event["event"] == "intent" and event["campaign"] == TO_CALL
        ]
        assert intent["replaces"]["message"] == "Before"
        assert intent["replaces"]["numbers"] == {
            "6015550101": "Stays",
            "6015550102": "1042",
            "6015550103": "Goes",
        }
        assert intent["patch"]["message"] == "After"
        [patch] = [patch for patch in world.watch.patches if patch.campaign == TO_CALL]
        assert intent["patch"] == patch.body

    def test_has_no_other_campaigns(self, world: World, run_id: str) -> None:
        assert str(NOT_OURS) not in {
            str(event.get("campaign")) for event in events(world.folder, run_id)
        }

    def test_does_not_have_the_token(self, world: World, run_id: str) -> None:
        for path in (world.folder / ".voxosync").rglob("*"):
            assert TOKEN not in path.name
            assert path.is_dir() or TOKEN.encode() not in path.read_bytes()
        assert run_id

    def test_is_not_written_if_there_is_nothing_to_send(self, world: World, run_id: str) -> None:
        assert world.apply().status == 0
        assert list(journals(world.folder)) == [run_id]

    def test_is_written_to_the_chosen_folder(self, world: World) -> None:
        assert world.run("apply", "--yes", "--allow-go-live", "--journal", "elsewhere").status == 0
        assert len(list((world.folder / "elsewhere").glob("*.jsonl"))) == 1
        assert not journals(world.folder)
        [_, listed] = world.run("history", "--journal", "elsewhere").out.splitlines()
        assert "3 applied" in listed


@on_posix
class TestIsPrivate:
    @pytest.fixture(autouse=True)
    def _without_umask(self) -> Iterator[None]:
        before = os.umask(0)
        yield
        os.umask(before)

    def test_file_mode(self, world: World, run_id: str) -> None:
        mode = journals(world.folder)[run_id].stat().st_mode
        assert stat.S_IMODE(mode) == 0o600

    def test_folder_mode(self, world: World, run_id: str) -> None:
        assert stat.S_IMODE((world.folder / ".voxosync/runs").stat().st_mode) == 0o700
        assert run_id


class TestIsWrittenAhead:
    def test_intent_is_synced_before_its_patch_arrives(
        self, world: World, voxo: HeldVoxo, disk: Disk
    ) -> None:
        is_synced: list[bool] = []

        def decide(arrival: Arrival) -> Fate:
            if arrival.method == "PATCH":
                [(run, path)] = journals(world.folder).items()
                content = path.read_bytes()[: disk.synced[str(path.relative_to(world.folder))]]
                lines = [json.loads(line) for line in content.splitlines()]
                own_events = [line for line in lines if line.get("campaign") == arrival.campaign]
                is_synced.append(
                    own_events[-1]["event"] == "intent" and own_events[-1]["patch"] == arrival.body
                )
                is_synced.append(run == lines[0]["run"])
            return Fate.ANSWERED

        voxo.decide = decide
        assert world.apply("--concurrency", "8").status == 0
        assert is_synced == [True] * 2 * len(TO_UPDATE)

    def test_folder_of_the_file_is_synced_too(self, world: World, disk: Disk) -> None:
        assert world.apply().status == 0
        assert ".voxosync/runs" in disk.synced

    def test_every_line_is_synced_after_it_is_written(self, world: World, disk: Disk) -> None:
        order: list[str] = []
        disk.failure_of = lambda operation, _: order.append(operation)
        assert world.apply().status == 0
        lines = order[order.index("write") :]
        assert lines == ["write", "fsync"] * LINES


class TestCannotBeStarted:
    """Nothing is sent if the journal cannot be started, and the exit status is 1."""

    @staticmethod
    def assert_refused(world: World, *texts: str) -> None:
        before = world.live()
        ran = world.apply()
        assert ran.status == 1
        assert world.watch.patches == []
        assert world.live() == before
        assert "cannot write the journal" in ran.err
        for text in texts:
            assert text in ran.err

    def test_file_in_place_of_the_folder(self, world: World) -> None:
        (world.folder / ".voxosync").write_text("")
        self.assert_refused(world)

    @pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC])
    def test_file_cannot_be_created(self, number: int, world: World, disk: Disk) -> None:
        disk.failure_of = lambda operation, _: _failure(number) if operation == "open" else None
        self.assert_refused(world, os.strerror(number))

    @pytest.mark.parametrize("operation", ["write", "fsync"])
    @pytest.mark.parametrize("torn", ["whole", "torn"])
    def test_first_line_cannot_be_written(
        self, operation: str, torn: str, world: World, disk: Disk
    ) -> None:
        disk.torn = torn == "torn"
        disk.failure_of = lambda call, _: _failure(errno.ENOSPC) if call == operation else None
        self.assert_refused(world, os.strerror(errno.ENOSPC))
        disk.failure_of = lambda *_: None
        assert world.run("history").status == 0
        world.assert_converges()


def _failure(number: int) -> OSError:
    return OSError(number, os.strerror(number))


class TestDiskFull:
    """Nothing more is sent after a line of the journal could not be written, and the reason is reported."""

    @pytest.mark.parametrize("duration", ["permanently", "once"])
    @pytest.mark.parametrize("failure", ["write", "torn", "fsync"])
    @pytest.mark.parametrize("line", range(2, LINES + 1))
    def test_sends_nothing_more_and_reports_the_reason(
        self, line: int, failure: str, duration: str, world: World, disk: Disk
    ) -> None:
        sent_before: list[int] = []
        operation = "fsync" if failure == "fsync" else "write"
        disk.torn = failure == "torn"

        def failure_of(call: str, writes: int) -> OSError | None:
            is_failing = writes >= line if duration == "permanently" else writes == line
            return _failure(errno.ENOSPC) if call == operation and is_failing else None

        disk.failure_of = failure_of
        disk.before_failure = lambda: sent_before.append(len(world.watch.patches))
        ran = world.apply("--concurrency", "1")
        assert ran.status == 3
        assert "cannot write the journal" in ran.out + ran.err
        assert os.strerror(errno.ENOSPC) in ran.out + ran.err
        assert sent_before[0] == len(world.watch.patches)
        run = world.watch.run_id()
        assert run is not None
        disk.failure_of = lambda *_: None
        details = world.run("history", run)
        assert details.status == 0
        is_complete = (line, failure) == (LINES, "fsync")  # although it may not be on the disk yet
        assert ("KILLED" in details.out) is not is_complete
        world.assert_converges()
        world.assert_no_disposition_lost()
        assert_journals_match(world.watch, killed=[run])

    @pytest.mark.parametrize("line", range(2, LINES + 1))
    def test_sends_nothing_more_with_many_workers(
        self, line: int, world: World, disk: Disk
    ) -> None:
        disk.failure_of = lambda operation, writes: (
            _failure(errno.ENOSPC) if operation == "write" and writes >= line else None
        )
        ran = world.apply("--concurrency", "8")
        assert ran.status == 3
        assert os.strerror(errno.ENOSPC) in ran.out + ran.err
        run = world.watch.run_id()
        assert run is not None
        disk.failure_of = lambda *_: None
        world.assert_converges()
        assert_journals_match(world.watch, killed=[run])

    def test_campaign_that_was_already_sent_is_still_verified(
        self, world: World, disk: Disk
    ) -> None:
        """The third line, which cannot be written, is the outcome of the first PATCH."""
        disk.failure_of = lambda operation, writes: (
            _failure(errno.ENOSPC) if operation == "write" and writes >= 3 else None
        )
        ran = world.apply("--concurrency", "1")
        assert "11 To pause: applied" in ran.out
        assert "12 To call: not sent" in ran.out
        assert "13 To start: not sent" in ran.out

    def test_journal_with_an_end_has_the_result_of_every_campaign(
        self, world: World, run_id: str
    ) -> None:
        assert set(results(world.folder, run_id)) == set(TO_UPDATE)
        assert set(TO_UPDATE) < set(DESIRED)


class TestDamaged:
    """`history` lists every journal, and shows as much of each as it can read."""

    @staticmethod
    def assert_listed(world: World, *runs: str) -> str:
        ran = world.run("history")
        assert ran.status == 0
        ids = [line.split()[0] for line in ran.out.splitlines()[1:]]
        for run in runs:
            assert any(run.startswith(short) for short in ids)
        return ran.out

    def test_last_line_that_was_cut_off(self, world: World, run_id: str) -> None:
        path = journals(world.folder)[run_id]
        content = path.read_bytes()
        ends = [0, *(at + 1 for at, byte in enumerate(content) if byte == ord("\n"))]
        for start, end in pairwise(ends):
            for cut in {start + 1, (start + end) // 2, end - 2} - {*ends}:
                path.write_bytes(content[:cut])
                self.assert_listed(world, run_id)
                ran = world.run("history", run_id)
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
    def test_file_that_is_not_a_journal(self, content: bytes, world: World, run_id: str) -> None:
        path = world.folder / ".voxosync/runs/20960301T000000Z-000000.jsonl"
        path.write_bytes(content)
        self.assert_listed(world, run_id, path.stem)
        ran = world.run("history", path.stem)
        assert ran.status == 1
        assert path.name in ran.err
        assert world.run("rollback", path.stem, "--yes").status == 1
        assert world.run("history", run_id).status == 0

    def test_journal_of_another_format_version(self, world: World, run_id: str) -> None:
        first, *later_lines = journals(world.folder)[run_id].read_text().splitlines()
        path = world.folder / ".voxosync/runs/20960301T000000Z-000000.jsonl"
        run_line = json.loads(first) | {"formatVersion": 2, "run": path.stem}
        path.write_text("\n".join([json.dumps(run_line), *later_lines]) + "\n")
        self.assert_listed(world, run_id, path.stem)
        ran = world.run("history", path.stem)
        assert ran.status == 1
        assert path.name in ran.err

    def test_folder_with_the_name_of_a_journal(self, world: World, run_id: str) -> None:
        (world.folder / ".voxosync/runs/20960301T000000Z-000000.jsonl").mkdir()
        self.assert_listed(world, run_id)
        assert world.run("history", "20960301T000000Z").status == 1

    def test_invalid_line_in_the_middle(self, world: World, run_id: str) -> None:
        path = journals(world.folder)[run_id]
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join([*lines[:2], b"{garb\n", *lines[2:]]))
        ran = world.run("history", run_id)
        assert ran.status == 0
        assert "line 3 was not written whole" in ran.out
        assert "ended    with exit status 0" in ran.out
