"""`drift --history`: what it records of earlier runs, what `--since` omits, and how it treats unusable files."""

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
from tests.cli.drift_watch import acknowledged_fields, changed_fields, drift

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Project
    from tests.cli.drift_watch import Clock

FILE = "drift.sqlite"
HISTORY = ["--history", FILE]
ACKNOWLEDGED = "voxosync: {acknowledge: [{field: callFrequency, until: 2096-12-31, reason: a trial, owner: us}]}"


pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture(autouse=True)
def _changed_by_hand(voxo: FakeVoxo) -> None:
    voxo.has(callFrequency=45)


def since(document: dict[str, Any], index: int = 0) -> dict[str, str]:
    """The day of February since which each field of a campaign differs."""
    return {
        change["field"]: change["since"].removeprefix("2096-02-").removesuffix("T12:00:00Z")
        for change in document["campaigns"][index]["changes"]
    }


def counts(document: dict[str, Any]) -> list[tuple[int, int, int]]:
    """(in sync, drifted, failed) of every run in the report."""
    runs = document["history"]["runs"]
    return [(run["inSync"], run["update"], run["error"]) for run in runs]


def query(project: Project, sql: str) -> list[Any]:
    with closing(sqlite3.connect(project.folder / FILE)) as database:
        return database.execute(sql).fetchall()


class TestSince:
    """The time since which a difference exists."""

    def test_is_the_time_of_the_first_run_with_the_difference(
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

    def test_stays_the_same_if_the_value_changes_again(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        clock.at(1)
        drift(project, *HISTORY, status=2)
        clock.at(2)
        voxo.has(callFrequency=50)
        assert since(drift(project, *HISTORY, status=2)) == {"callFrequency": "01"}

    def test_starts_over_after_a_repair(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        for day, frequency, status in ((1, 45, 2), (2, 30, 0), (3, 45, 2)):
            clock.at(day)
            voxo.has(callFrequency=frequency)
            document = drift(project, *HISTORY, status=status)
        assert since(document) == {"callFrequency": "03"}

    def test_survives_a_run_that_cannot_compare(
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

    def test_is_recorded_for_acknowledged_differences(self, project: Project, clock: Clock) -> None:
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

    def test_is_the_same_for_all_kinds_of_changes_to_numbers(
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

    def test_is_omitted_without_a_history(self, project: Project) -> None:
        document = drift(project, status=2)
        assert "history" not in document
        assert "since" not in document["campaigns"][0]["changes"][0]

    def test_is_in_the_text_output(self, project: Project, clock: Clock) -> None:
        clock.at(1)
        assert "since 2096-02-01" in project.run("drift", *HISTORY).out


class TestRuns:
    def test_are_all_recorded_in_order(
        self, project: Project, voxo: FakeVoxo, clock: Clock
    ) -> None:
        for day, frequency, status in ((1, 30, 0), (2, 45, 2), (3, 30, 0)):
            clock.at(day)
            voxo.has(callFrequency=frequency)
            document = drift(project, *HISTORY, status=status)
        assert counts(document) == [(1, 0, 0), (0, 1, 0), (1, 0, 0)]
        assert [run["at"][8:10] for run in document["history"]["runs"]] == ["01", "02", "03"]

    @pytest.mark.parametrize("part", [["--only", "4711"], ["campaigns/spring.yaml"]])
    def test_of_some_campaigns_are_not_counted_and_leave_the_others_alone(
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

    def test_of_two_environments_are_kept_apart_in_one_file(
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

    def test_without_a_comparison_are_not_recorded(self, project: Project, voxo: FakeVoxo) -> None:
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
    def test_reports_new_differences_only_and_the_status_follows(
        self, project: Project, when: str, fields: list[str]
    ) -> None:
        document = drift(project, *HISTORY, "--since", when, status=2 if fields else 0)
        assert changed_fields(document) == fields
        [campaign] = document["campaigns"]
        assert sorted(campaign["patch"]) == fields
        assert campaign["status"] == ("update" if fields else "left-alone")
        assert document["summary"]["update"] == bool(fields)
        assert "since" in document["history"]

    def test_does_not_affect_what_the_history_records(self, project: Project) -> None:
        drift(project, *HISTORY, "--since", "0d", status=0)
        document = drift(project, *HISTORY, status=2)
        assert since(document) == {"callFrequency": "01", "message": "09"}
        assert counts(document)[-2:] == [(0, 1, 0)] * 2

    def test_omits_old_acknowledged_differences(self, project: Project) -> None:
        project.spring(ACKNOWLEDGED)
        assert acknowledged_fields(drift(project, *HISTORY, "--since", "8d", status=2)) == []
        assert acknowledged_fields(drift(project, *HISTORY, "--since", "9d", status=2)) == [
            "callFrequency"
        ]

    def test_does_not_hide_failures(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(answer(422, {"message": "no"}), about="/4711")
        drift(project, *HISTORY, "--since", "0d", status=3)

    def test_omits_the_effect_on_dialing_of_an_omitted_difference(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("state: READY")
        voxo.has(state="PAUSED")
        assert "dialing" in drift(project, *HISTORY, status=2)["campaigns"][0]
        document = drift(project, *HISTORY, "--since", "2096-02-11", status=0)
        assert "dialing" not in document["campaigns"][0]

    def test_text_states_the_date_before_which_differences_are_omitted(
        self, project: Project
    ) -> None:
        ran = project.run("drift", *HISTORY, "--since", "8d")
        assert "callFrequency" not in ran.out
        assert "2096-02-02" in ran.out

    def test_requires_a_history(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.received.clear()
        ran = project.run("drift", "--since", "7d")
        assert ran.status == 1
        assert "--since requires --history FILE" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize(
        "when", ["", "yesterday", "7", "7w", "-1d", "d", "1.5d", "100000d", "2096-02-30", "٣d"]
    )
    def test_invalid_value_is_a_usage_error(self, project: Project, when: str) -> None:
        ran = project.run("drift", *HISTORY, "--since", when)
        assert ran.status == 1
        assert "write a date such as 2027-01-31, or 7d, or 12h" in ran.err


def _set_column(table: str, column: str, value: object) -> Any:
    def damage(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(f"UPDATE {table} SET {column} = ?", (value,))  # noqa: S608  # the names are constants of this file

    return damage


def _run_sql(text: str) -> Any:
    def damage(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.executescript(text)

    return damage


def _rewrite(change: Any) -> Any:
    return lambda path: path.write_bytes(change(path.read_bytes()))


DAMAGES = {
    "text": _rewrite(lambda _: b"This is no history.\n"),
    "random bytes": _rewrite(lambda _: bytes(range(256)) * 40),
    "zeros": _rewrite(lambda content: bytes(len(content))),
    "header only": _rewrite(lambda content: content[:100]),
    "first half only": _rewrite(lambda content: content[: len(content) // 2]),
    "missing last page": _rewrite(lambda content: content[:-4096]),
    "overwritten page": _rewrite(lambda content: content[:4096] + b"\xff" * 4096 + content[8192:]),
    "time that is not a time": _set_column("differences", "since", "yesterday"),
    "time of bytes": _set_column("runs", "at", b"\x00\x01"),
    "text that is not UTF-8": _run_sql("UPDATE runs SET at = CAST(x'ff323039' AS TEXT)"),
    "count that is not a number": _set_column("runs", "drifted", "many"),
    "negative count": _set_column("runs", "failed", -1),
    "missing table": _run_sql("DROP TABLE runs"),
    "renamed column": _run_sql("ALTER TABLE differences RENAME COLUMN since TO sinse"),
}


class TestDamage:
    """A damaged file is set aside byte for byte, and the run continues."""

    @pytest.fixture(autouse=True)
    def _one_run(self, project: Project, clock: Clock) -> None:
        clock.at(1)
        drift(project, *HISTORY, status=2)
        clock.at(2)

    def files_set_aside(self, project: Project) -> list[Path]:
        return sorted(project.folder.glob(f"{FILE}.unreadable-*"))

    @pytest.mark.parametrize("name", DAMAGES)
    def test_is_set_aside_and_a_new_history_begins(self, name: str, project: Project) -> None:
        path = project.folder / FILE
        DAMAGES[name](path)
        damaged = path.read_bytes()
        ran = project.run("drift", *HISTORY, "--format", "json")
        assert ran.status == 2
        [aside] = self.files_set_aside(project)
        assert aside.read_bytes() == damaged
        assert f"warning: the history {FILE} cannot be read" in ran.err
        assert f"{aside.name}; a new one begins" in ran.err
        assert since(ran.json) == {"callFrequency": "02"}
        assert counts(ran.json) == [(0, 1, 0)]
        assert since(drift(project, *HISTORY, status=2)) == {"callFrequency": "02"}
        assert self.files_set_aside(project) == [aside], "the new file is not damaged"

    def test_twice_in_a_second_loses_neither_file(self, project: Project) -> None:
        contents = {b"no history", b"no history either"}
        for content in contents:
            project.write(FILE, content)
            drift(project, *HISTORY, status=2)
        assert {path.read_bytes() for path in self.files_set_aside(project)} == contents

    def test_behind_a_link_is_set_aside_in_the_folder_of_the_target(self, project: Project) -> None:
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

    def test_does_not_include_an_empty_file(self, project: Project) -> None:
        project.write(FILE, b"")
        assert counts(drift(project, *HISTORY, status=2)) == [(0, 1, 0)]
        assert self.files_set_aside(project) == []


class TestRefused:
    """A file that cannot hold a history stays as it is; the call is an error, and VOXO gets no request."""

    @pytest.fixture(autouse=True)
    def _keep_voxo(self, voxo: FakeVoxo) -> None:
        self.voxo = voxo

    def error_message(self, project: Project, name: str) -> str:
        """The error message; neither the file nor the folder may have changed."""
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
        _run_sql("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)")(project.folder / FILE)
        assert f"{FILE} is a database of another program: name another file" in self.error_message(
            project, FILE
        )

    def test_the_empty_database_of_another_program(self, project: Project) -> None:
        _run_sql("PRAGMA application_id = 77; CREATE TABLE mine (x); DROP TABLE mine")(
            project.folder / FILE
        )
        assert "of another program" in self.error_message(project, FILE)

    def test_the_history_of_a_newer_voxosync(self, project: Project) -> None:
        drift(project, *HISTORY, status=2)
        _run_sql("PRAGMA user_version = 3")(project.folder / FILE)
        message = self.error_message(project, FILE)
        assert "written by a newer voxosync (version 3): update this one" in message

    @pytest.mark.parametrize(
        "name", ["campaigns/spring.yaml", "voxosync.yml", "contacts.CSV", "plan.json", "new.yaml"]
    )
    def test_a_name_that_suggests_a_file_written_by_people(
        self, project: Project, name: str
    ) -> None:
        if name != "new.yaml":
            project.write(name, (project.folder / "campaigns/spring.yaml").read_bytes())
        (project.folder / "voxosync.yml").unlink(missing_ok=name != "voxosync.yml")
        assert "give it a name such as drift.sqlite" in self.error_message(project, name)

    def test_a_folder(self, project: Project) -> None:
        assert "directory" in self.error_message(project, "campaigns")

    def test_a_pipe(self, project: Project) -> None:
        os.mkfifo(project.folder / "pipe")
        assert "not a file" in self.error_message(project, "pipe")

    def test_a_file_in_a_missing_folder(self, project: Project) -> None:
        assert "No such file or directory" in self.error_message(project, "missing/drift.sqlite")

    def test_a_path_below_a_file(self, project: Project) -> None:
        assert "Not a directory" in self.error_message(
            project, "campaigns/spring.yaml/drift.sqlite"
        )

    def test_a_read_only_database(self, project: Project) -> None:
        """The header marks it as read-only, which also stops root, as a read-only file system does."""
        drift(project, *HISTORY, status=2)
        path = project.folder / FILE
        content = path.read_bytes()
        path.write_bytes(content[:18] + b"\x03" + content[19:])
        assert "readonly" in self.error_message(project, FILE)

    @pytest.mark.skipif(
        sys.platform != "linux", reason="no other file system refuses new files even from root"
    )
    def test_a_file_system_that_accepts_no_new_files(self, project: Project) -> None:
        assert "cannot write the history /proc/" in self.error_message(
            project, "/proc/drift.sqlite"
        )

    def test_does_not_include_a_file_called_memory(self, project: Project) -> None:
        for expected in (1, 2):
            document = drift(project, "--history", ":memory:", status=2)
            assert len(document["history"]["runs"]) == expected


class TestFile:
    @pytest.mark.parametrize("damaged", [False, True], ids=["new", "replacing a damaged one"])
    def test_is_accessible_to_its_owner_only(self, project: Project, *, damaged: bool) -> None:
        if damaged:
            project.write(FILE, b"no history")
        before = os.umask(0o022)
        try:
            drift(project, *HISTORY, status=2)
        finally:
            os.umask(before)
        assert stat.S_IMODE((project.folder / FILE).stat().st_mode) == 0o600

    def test_keeps_the_mode_of_an_existing_file(self, project: Project) -> None:
        """A team may share a history."""
        project.write(FILE, b"").chmod(0o660)
        drift(project, *HISTORY, status=2)
        assert stat.S_IMODE((project.folder / FILE).stat().st_mode) == 0o660

    def test_contains_no_phone_value_reason_or_token(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("numbers: [{number: 6015550177, description: Customer 7}]", ACKNOWLEDGED)
        voxo.has(message="By hand", callerId="6015550199")
        drift(project, *HISTORY, status=2)
        content = (project.folder / FILE).read_bytes()
        assert b"message" in content
        secret = [TOKEN, "60155501", "Customer", "By hand", "Time to renew", "Spring", "a trial"]
        assert [text for text in secret if text.encode() in content] == []

    def test_leaves_no_other_file_behind(self, project: Project) -> None:
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
"""Ten calls that start at the same moment, because the modules are imported before the forks."""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows does not fork")
def test_ten_processes_that_share_a_history_lose_no_run(project: Project) -> None:
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
