"""`drift --history`: what it remembers of earlier runs, what `--since` leaves out, and what becomes of the file."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_project import PATIENCE
from tests.cli.cli_voxo import TOKEN, FakeVoxo, answer
from tests.cli.drift_watch import acknowledged_fields, changed, drift

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Project
    from tests.cli.drift_watch import Clock

FILE = "drift.sqlite"
HISTORY = ["--history", FILE]
ACKNOWLEDGED = "voxosync: {acknowledge: [{field: callFrequency, until: 2096-12-31, reason: a trial, owner: us}]}"


pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def _by_hand(voxo: FakeVoxo) -> None:
    voxo.has(callFrequency=45)


def since(document: dict[str, Any], index: int = 0) -> dict[str, str]:
    """Since which day of February each field of a campaign differs."""
    return {
        change["field"]: change["since"].removeprefix("2096-02-").removesuffix("T12:00:00Z")
        for change in document["campaigns"][index]["changes"]
    }


def counts(document: dict[str, Any]) -> list[tuple[int, int, int]]:
    """(in sync, drifted, failed) of every run that the report knows."""
    runs = document["history"]["runs"]
    return [(run["inSync"], run["update"], run["error"]) for run in runs]


def query(project: Project, sql: str) -> list[Any]:
    with closing(sqlite3.connect(project.folder / FILE)) as base:
        return base.execute(sql).fetchall()


class TestSince:
    """Since when a difference is there."""

    def test_is_the_run_that_first_saw_it(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        clock.at(1)
        assert since(drift(project, *HISTORY, status=2)) == {"callFrequency": "01"}
        clock.at(2)
        voxo.has(message="By hand")
        expected = {"callFrequency": "01", "message": "02"}
        assert since(drift(project, *HISTORY, status=2)) == expected
        clock.at(3)
        assert since(drift(project, *HISTORY, status=2)) == expected

    def test_stays_though_the_value_changes_again(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        clock.at(1)
        drift(project, *HISTORY, status=2)
        clock.at(2)
        voxo.has(callFrequency=50)
        assert since(drift(project, *HISTORY, status=2)) == {"callFrequency": "01"}

    def test_begins_anew_where_it_was_repaired_between(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        for day, frequency, status in ((1, 45, 2), (2, 30, 0), (3, 45, 2)):
            clock.at(day)
            voxo.has(callFrequency=frequency)
            document = drift(project, *HISTORY, status=status)
        assert since(document) == {"callFrequency": "03"}

    def test_stays_over_a_run_that_could_not_compare(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        clock.at(1)
        drift(project, *HISTORY, status=2)
        clock.at(2)
        voxo.say(answer(422, {"message": "no"}), about="/4711", times=1)
        drift(project, *HISTORY, status=3)
        clock.at(3)
        document = drift(project, *HISTORY, status=2)
        assert since(document) == {"callFrequency": "01"}
        assert counts(document) == [(0, 1, 0), (0, 0, 1), (0, 1, 0)]

    def test_is_known_of_acknowledged_differences_too(self, project: Project, clock: Clock) -> None:
        clock.at(1)
        project.spring(ACKNOWLEDGED)
        drift(project, *HISTORY, status=0)
        clock.at(2)
        document = drift(project, *HISTORY, status=0)
        [acknowledged] = document["campaigns"][0]["acknowledged"]
        assert acknowledged["since"] == "2096-02-01T12:00:00Z"
        clock.at(3)
        project.spring()
        assert since(drift(project, *HISTORY, status=2)) == {"callFrequency": "01"}

    def test_of_numbers_is_one_for_all_kinds(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        project.git("init", "--quiet", "--initial-branch", "main")
        project.commit()
        project.spring("numbers: [{number: 6015550123}, {number: 6015550124}]")
        numbers = [{"number": "6015550124"}, {"number": "6015550123"}, {"number": "6015550177"}]
        voxo.has(numbers=numbers, callFrequency=30)
        clock.at(1)
        drift(project, *HISTORY, "--base", "main", status=2)
        clock.at(2)
        [campaign] = drift(project, *HISTORY, "--base", "main", status=2)["campaigns"]
        assert {change["since"] for change in campaign["changes"]} == {"2096-02-01T12:00:00Z"}
        assert query(project, "SELECT field FROM differences") == [("numbers",)]

    def test_is_not_told_without_a_history(self, project: Project) -> None:
        document = drift(project, status=2)
        assert "history" not in document
        assert "since" not in document["campaigns"][0]["changes"][0]

    def test_is_in_the_text(self, project: Project, clock: Clock) -> None:
        clock.at(1)
        assert "since 2096-02-01" in project.run("drift", *HISTORY).out


class TestRuns:
    def test_are_all_remembered_the_last_one_last(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        for day, frequency, status in ((1, 30, 0), (2, 45, 2), (3, 30, 0)):
            clock.at(day)
            voxo.has(callFrequency=frequency)
            document = drift(project, *HISTORY, status=status)
        assert counts(document) == [(1, 0, 0), (0, 1, 0), (1, 0, 0)]
        assert [run["at"][8:10] for run in document["history"]["runs"]] == ["01", "02", "03"]

    @pytest.mark.parametrize("part", [["--only", "4711"], ["campaigns/spring.yaml"]])
    def test_over_a_part_do_not_count_and_leave_the_rest_alone(
        self, project: Project, voxo: FakeVoxo, clock: Clock, part: list[str]
    ) -> None:
        project.spring(name="campaigns/autumn.yaml", number=4720)
        voxo.has(4720, message="By hand")
        clock.at(1)
        drift(project, *HISTORY, status=2)
        clock.at(2)
        voxo.has(callFrequency=30)
        document = drift(project, *HISTORY, *part, status=0)
        assert counts(document) == [(0, 2, 0)]
        clock.at(3)
        voxo.has(callFrequency=45)
        document = drift(project, *HISTORY, status=2)
        assert since(document, 0) == {"message": "01"}, "not looked at, so it stays"
        assert since(document, 1) == {"callFrequency": "03"}, "looked at, and then in agreement"
        assert counts(document) == [(0, 2, 0), (0, 2, 0)]

    def test_of_two_environments_do_not_mix_in_one_file(
        self, project: Project, clock: Clock
    ) -> None:
        second_voxo = FakeVoxo()
        second_voxo.has(4711, message="By hand")
        try:
            clock.at(1)
            drift(project, *HISTORY, status=2)
            clock.at(2)
            document = drift(project, *HISTORY, status=2, VOXO_API_BASE_URL=second_voxo.url)
        finally:
            second_voxo.stop()
        assert since(document) == {"message": "02"}
        assert counts(document) == [(0, 1, 0)]
        clock.at(3)
        document = drift(project, *HISTORY, status=2)
        assert since(document) == {"callFrequency": "01"}
        assert counts(document) == [(0, 1, 0), (0, 1, 0)]

    def test_that_found_nothing_to_compare_are_none(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("campaigns/spring.yaml", "id: x\n")
        assert project.run("drift", *HISTORY).status == 1
        voxo.say(answer(401))
        project.spring()
        assert project.run("drift", *HISTORY).status == 3
        assert not (project.folder / FILE).exists()


class TestOptionSince:
    """`--since WHEN`."""

    @pytest.fixture(autouse=True)
    def _runs(self, project: Project, voxo: FakeVoxo, clock: Clock) -> None:
        clock.at(1)
        drift(project, *HISTORY, status=2)
        clock.at(9)
        voxo.has(message="By hand")
        drift(project, *HISTORY, status=2)
        clock.at(10)

    @pytest.mark.parametrize(
        ("when", "fields"),
        [
            ("2096-02-01", ["callFrequency", "message"]),
            ("2096-02-02", ["message"]),
            ("2096-02-09", ["message"]),
            ("2096-02-10", []),
            ("9d", ["callFrequency", "message"]),
            ("8d", ["message"]),
            ("24h", ["message"]),
            ("23h", []),
            ("0d", []),
            ("99999d", ["callFrequency", "message"]),
        ],
    )
    def test_shows_what_is_new_and_the_status_follows(
        self, project: Project, when: str, fields: list[str]
    ) -> None:
        document = drift(project, *HISTORY, "--since", when, status=2 if fields else 0)
        assert changed(document) == fields
        [campaign] = document["campaigns"]
        assert sorted(campaign["patch"]) == fields
        assert campaign["status"] == ("update" if fields else "left-alone")
        assert document["summary"]["update"] == bool(fields)
        assert "since" in document["history"]

    def test_leaves_nothing_out_of_the_history(self, project: Project) -> None:
        drift(project, *HISTORY, "--since", "0d", status=0)
        document = drift(project, *HISTORY, status=2)
        assert since(document) == {"callFrequency": "01", "message": "09"}
        assert counts(document)[-2:] == [(0, 1, 0)] * 2

    def test_leaves_out_old_acknowledged_differences_too(self, project: Project) -> None:
        project.spring(ACKNOWLEDGED)
        assert acknowledged_fields(drift(project, *HISTORY, "--since", "8d", status=2)) == []
        assert acknowledged_fields(drift(project, *HISTORY, "--since", "9d", status=2)) == [
            "callFrequency"
        ]

    def test_hides_no_failure(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(answer(422, {"message": "no"}), about="/4711")
        drift(project, *HISTORY, "--since", "0d", status=3)

    def test_tells_of_no_go_live_where_it_shows_no_difference(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("state: READY")
        voxo.has(state="PAUSED")
        assert "dialing" in drift(project, *HISTORY, status=2)["campaigns"][0]
        document = drift(project, *HISTORY, "--since", "2096-02-11", status=0)
        assert "dialing" not in document["campaigns"][0]

    def test_text_says_that_something_is_left_out(self, project: Project) -> None:
        ran = project.run("drift", *HISTORY, "--since", "8d")
        assert "callFrequency" not in ran.out
        assert "2096-02-02" in ran.out

    def test_needs_a_history(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.received.clear()
        ran = project.run("drift", "--since", "7d")
        assert ran.status == 1
        assert "--since requires --history FILE" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize(
        "when", ["", "yesterday", "7", "7w", "-1d", "d", "1.5d", "100000d", "2096-02-30", "٣d"]
    )
    def test_another_word_is_a_usage_error(self, project: Project, when: str) -> None:
        ran = project.run("drift", *HISTORY, "--since", when)
        assert ran.status == 1
        assert "write a date such as 2027-01-31, or 7d, or 12h" in ran.err


def _wrong_values(table: str, column: str, value: object) -> Any:
    def spoil(path: Path) -> None:
        with closing(sqlite3.connect(path)) as base, base:
            base.execute(f"UPDATE {table} SET {column} = ?", (value,))  # noqa: S608  # names of this file's own

    return spoil


def _sql(text: str) -> Any:
    def spoil(path: Path) -> None:
        with closing(sqlite3.connect(path)) as base:
            base.executescript(text)

    return spoil


def _bytes(change: Any) -> Any:
    return lambda path: path.write_bytes(change(path.read_bytes()))


DAMAGES = {
    "text": _bytes(lambda _: b"This is no history.\n"),
    "random bytes": _bytes(lambda _: bytes(range(256)) * 40),
    "zeros": _bytes(lambda sound: bytes(len(sound))),
    "only its header": _bytes(lambda sound: sound[:100]),
    "half of it": _bytes(lambda sound: sound[: len(sound) // 2]),
    "the last page lost": _bytes(lambda sound: sound[:-4096]),
    "a page overwritten": _bytes(lambda sound: sound[:4096] + b"\xff" * 4096 + sound[8192:]),
    "a moment that is none": _wrong_values("differences", "since", "yesterday"),
    "a moment of bytes": _wrong_values("runs", "at", b"\x00\x01"),
    "text that is not UTF-8": _sql("UPDATE runs SET at = CAST(x'ff323039' AS TEXT)"),
    "a count that is none": _wrong_values("runs", "drifted", "many"),
    "a count below zero": _wrong_values("runs", "failed", -1),
    "a table lost": _sql("DROP TABLE runs"),
    "another table": _sql("ALTER TABLE differences RENAME COLUMN since TO sinse"),
}


class TestDamage:
    """A damaged file is set aside, byte for byte, and the run goes on."""

    @pytest.fixture(autouse=True)
    def _one_run(self, project: Project, clock: Clock) -> None:
        clock.at(1)
        drift(project, *HISTORY, status=2)
        clock.at(2)

    def aside(self, project: Project) -> list[Path]:
        return sorted(project.folder.glob(f"{FILE}.unreadable-*"))

    @pytest.mark.parametrize("name", DAMAGES)
    def test_is_set_aside_and_a_new_history_begins(self, name: str, project: Project) -> None:
        path = project.folder / FILE
        DAMAGES[name](path)
        damaged = path.read_bytes()
        ran = project.run("drift", *HISTORY, "--format", "json")
        assert ran.status == 2
        [aside] = self.aside(project)
        assert aside.read_bytes() == damaged
        assert f"warning: the history {FILE} cannot be read" in ran.err
        assert f"{aside.name}; a new one begins" in ran.err
        assert since(ran.json) == {"callFrequency": "02"}
        assert counts(ran.json) == [(0, 1, 0)]
        assert since(drift(project, *HISTORY, status=2)) == {"callFrequency": "02"}
        assert self.aside(project) == [aside], "the new one is sound"

    def test_twice_in_a_second_loses_neither_file(self, project: Project) -> None:
        contents = {b"no history", b"no history either"}
        for content in contents:
            project.write(FILE, content)
            drift(project, *HISTORY, status=2)
        assert {path.read_bytes() for path in self.aside(project)} == contents

    def test_behind_a_link_is_set_aside_where_it_is(self, project: Project) -> None:
        target = project.folder / "kept"
        target.mkdir()
        (project.folder / FILE).rename(target / "real.sqlite")
        (project.folder / FILE).symlink_to("kept/real.sqlite")
        assert since(drift(project, *HISTORY, status=2)) == {"callFrequency": "01"}
        project.write("kept/real.sqlite", b"no history")
        drift(project, *HISTORY, status=2)
        assert (project.folder / FILE).is_symlink()
        [aside] = target.glob("real.sqlite.unreadable-*")
        assert aside.read_bytes() == b"no history"
        assert query(project, "SELECT count(*) FROM runs") == [(1,)]

    def test_an_empty_file_is_none(self, project: Project) -> None:
        project.write(FILE, b"")
        assert counts(drift(project, *HISTORY, status=2)) == [(0, 1, 0)]
        assert self.aside(project) == []


class TestRefused:
    """What is not ours stays as it is, and the call is wrong: nothing was asked of VOXO."""

    @pytest.fixture(autouse=True)
    def _watched(self, voxo: FakeVoxo) -> None:
        self.voxo = voxo

    def refused(self, project: Project, name: str) -> str:
        """What somebody is told; nothing has become of the file, and nothing lies beside it."""
        path = project.folder / name
        before = path.read_bytes() if path.is_file() else None
        listing = sorted(project.folder.rglob("*"))
        self.voxo.received.clear()
        ran = project.run("drift", "--history", name)
        assert ran.status == 1
        assert ran.out == ""
        assert self.voxo.asked == []
        assert "error: " in ran.err
        assert "bug" not in ran.err
        assert (path.read_bytes() if path.is_file() else None) == before
        assert sorted(project.folder.rglob("*")) == listing
        return ran.err

    def test_the_database_of_another_program(self, project: Project) -> None:
        _sql("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)")(project.folder / FILE)
        assert f"{FILE} is a database of another program: name another file" in self.refused(
            project, FILE
        )

    def test_the_empty_database_of_another_program(self, project: Project) -> None:
        _sql("PRAGMA application_id = 77; CREATE TABLE mine (x); DROP TABLE mine")(
            project.folder / FILE
        )
        assert "of another program" in self.refused(project, FILE)

    def test_the_history_of_a_newer_voxosync(self, project: Project) -> None:
        drift(project, *HISTORY, status=2)
        _sql("PRAGMA user_version = 3")(project.folder / FILE)
        message = self.refused(project, FILE)
        assert "written by a newer voxosync (version 3): update this one" in message

    @pytest.mark.parametrize(
        "name", ["campaigns/spring.yaml", "voxosync.yml", "contacts.CSV", "plan.json", "new.yaml"]
    )
    def test_a_name_of_what_people_write(self, project: Project, name: str) -> None:
        if name != "new.yaml":
            project.write(name, (project.folder / "campaigns/spring.yaml").read_bytes())
        (project.folder / "voxosync.yml").unlink(missing_ok=name != "voxosync.yml")
        assert "give it a name such as drift.sqlite" in self.refused(project, name)

    def test_a_folder(self, project: Project) -> None:
        assert "directory" in self.refused(project, "campaigns")

    def test_a_pipe(self, project: Project) -> None:
        os.mkfifo(project.folder / "pipe")
        assert "not a file" in self.refused(project, "pipe")

    def test_a_folder_that_is_not_there(self, project: Project) -> None:
        assert "No such file or directory" in self.refused(project, "missing/drift.sqlite")

    def test_a_place_below_a_file(self, project: Project) -> None:
        assert "Not a directory" in self.refused(project, "campaigns/spring.yaml/drift.sqlite")

    def test_a_file_that_sqlite_may_only_read(self, project: Project) -> None:
        """Marked so in its header: it stops root as well, as a read-only file system does."""
        drift(project, *HISTORY, status=2)
        path = project.folder / FILE
        sound = path.read_bytes()
        path.write_bytes(sound[:18] + b"\x03" + sound[19:])
        assert "readonly" in self.refused(project, FILE)

    @pytest.mark.skipif(
        sys.platform != "linux", reason="a file system without new files, also for root"
    )
    def test_a_file_system_that_takes_no_files(self, project: Project) -> None:
        assert "cannot write the history /proc/" in self.refused(project, "/proc/drift.sqlite")

    def test_a_name_that_sqlite_takes_for_memory_is_a_file(self, project: Project) -> None:
        for expected in (1, 2):
            document = drift(project, "--history", ":memory:", status=2)
            assert len(document["history"]["runs"]) == expected


class TestFile:
    @pytest.mark.parametrize("damaged", [False, True], ids=["new", "begun anew"])
    def test_is_for_its_owner_alone(self, project: Project, *, damaged: bool) -> None:
        if damaged:
            project.write(FILE, b"no history")
        before = os.umask(0o022)
        try:
            drift(project, *HISTORY, status=2)
        finally:
            os.umask(before)
        assert stat.S_IMODE((project.folder / FILE).stat().st_mode) == 0o600

    def test_keeps_the_mode_that_somebody_gave_it(self, project: Project) -> None:
        """A team may share one."""
        project.write(FILE, b"").chmod(0o660)
        drift(project, *HISTORY, status=2)
        assert stat.S_IMODE((project.folder / FILE).stat().st_mode) == 0o660

    def test_holds_no_phone_number_no_value_and_no_token(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("numbers: [{number: 6015550177, description: Customer 7}]", ACKNOWLEDGED)
        voxo.has(message="By hand", callerId="6015550199")
        drift(project, *HISTORY, status=2)
        content = (project.folder / FILE).read_bytes()
        assert b"message" in content
        secret = [TOKEN, "60155501", "Customer", "By hand", "Time to renew", "Spring", "a trial"]
        assert [text for text in secret if text.encode() in content] == []

    def test_leaves_nothing_beside_it(self, project: Project) -> None:
        paths = {*project.folder.iterdir(), project.folder / FILE}
        drift(project, *HISTORY, status=2)
        assert {*project.folder.iterdir()} == paths


TEN_FORKS = """\
import os
from voxosync.app import drift_scope, planning, project
from voxosync.cli import drift, main
from voxosync.sync import drift_history
from voxosync.voxo import client

forks = []
for _ in range(10):
    if (fork := os.fork()) == 0:
        main.run()
    forks.append(fork)
print([os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) for fork in forks])
"""
"""Ten calls that start at the same moment, because what takes long to import is there already."""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows does not fork")
def test_ten_processes_on_one_file_lose_nothing(project: Project) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", TEN_FORKS, "drift", *HISTORY, "--output", os.devnull],
        cwd=project.folder,
        env=project.environment({}),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ran.stdout == f"{[2] * 10}\n", ran.stderr
    assert query(project, "SELECT in_sync, drifted, failed FROM runs") == [(0, 1, 0)] * 10
    assert query(project, "SELECT campaign, field FROM differences") == [(4711, "callFrequency")]
    assert query(project, "PRAGMA integrity_check") == [("ok",)]
