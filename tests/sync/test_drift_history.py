"""The history of drift with concurrent processes, a killed process, and locked or damaged files."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sync.builders import NOW
from tests.sync.fake_voxo import BASE_URL
from voxosync.errors import UsageError
from voxosync.model.change import FieldChange, NumbersChange
from voxosync.model.drift import Observation
from voxosync.model.numbers import Digest
from voxosync.model.plan import CampaignPlan
from voxosync.sync import drift_history
from voxosync.sync.drift_history import RUNS_SHOWN, remember
from voxosync.sync.drift_history_file import set_aside

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FIELDS = ("name", "message", "callFrequency", "numbers")


def observation(
    differences: dict[int, set[str] | None],
    at: datetime = NOW,
    url: str = BASE_URL,
    *,
    is_complete: bool = True,
) -> Observation:
    """An observation of the fields of each campaign that differ; None if it could not be compared."""
    campaigns = [
        CampaignPlan(number, None, "a.yaml", error="refused")
        if fields is None
        else CampaignPlan(number, None, "a.yaml", changes=tuple(map(_change, sorted(fields))))
        for number, fields in differences.items()
    ]
    return Observation(url, None, at, campaigns, is_complete)


def _change(field: str) -> Any:
    if field == "numbers":
        return NumbersChange(0, 1, ("6015550123",), (), (), Digest("sha256:0"))
    return FieldChange(field, "before", "after")


def fail_on_remark(remark: str) -> None:
    pytest.fail(remark)


def since(campaigns: Iterable[CampaignPlan]) -> dict[tuple[int, str], datetime | None]:
    return {
        (campaign.id, change.field): change.since
        for campaign in campaigns
        for change in campaign.changes
    }


_runs = st.lists(
    st.tuples(
        st.sampled_from([BASE_URL, "https://other.example"]),
        st.dictionaries(
            st.sampled_from([4711, 4712, 2**53 - 1]), st.none() | st.sets(st.sampled_from(FIELDS))
        ),
        st.booleans(),
    ),
    max_size=8,
)


@given(_runs)
def test_difference_exists_since_the_first_of_the_consecutive_runs_with_it(
    tmp_path_factory: pytest.TempPathFactory,
    runs: list[tuple[str, dict[int, set[str] | None], bool]],
) -> None:
    path = tmp_path_factory.mktemp("history") / "drift.sqlite"
    first_seen: dict[tuple[str, int, str], datetime] = {}
    for index, (url, counts, is_complete) in enumerate(runs):
        now = NOW + timedelta(hours=index, microseconds=7)
        if is_complete:  # campaigns that are no longer managed are forgotten
            first_seen = {
                key: at for key, at in first_seen.items() if key[0] != url or key[1] in counts
            }
        for campaign, fields in counts.items():
            for field in FIELDS if fields is not None else ():
                if field in (fields or ()):
                    first_seen.setdefault((url, campaign, field), now.replace(microsecond=0))
                else:
                    first_seen.pop((url, campaign, field), None)
        run = observation(counts, now, url, is_complete=is_complete)
        campaigns, history = remember(path, run, fail_on_remark)
        assert since(campaigns) == {
            (campaign, field): first_seen[url, campaign, field]
            for campaign, fields in counts.items()
            for field in fields or ()
        }
        assert len(history.runs) == sum(
            other_url == url and counts for other_url, _, counts in runs[: index + 1]
        )


def test_only_the_latest_runs_are_shown_but_all_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "drift.sqlite"
    for hour in range(RUNS_SHOWN + 3):
        _, history = remember(path, observation({}, NOW + timedelta(hours=hour)), fail_on_remark)
    assert [run.at for run in history.runs] == [
        NOW + timedelta(hours=hour) for hour in range(3, RUNS_SHOWN + 3)
    ]
    with closing(sqlite3.connect(path)) as base:
        assert base.execute("SELECT count(*) FROM runs").fetchone() == (RUNS_SHOWN + 3,)


def test_campaigns_of_the_observation_are_not_modified(tmp_path: Path) -> None:
    run = observation({4711: {"name"}})
    remember(tmp_path / "drift.sqlite", run, fail_on_remark)
    assert since(run.campaigns) == {(4711, "name"): None}


CONCURRENT_RUN = """\
import sys
from datetime import UTC, datetime
from pathlib import Path
from voxosync.model.change import FieldChange
from voxosync.model.drift import Observation
from voxosync.model.plan import CampaignPlan
from voxosync.sync.drift_history import remember
path, number = Path(sys.argv[1]), int(sys.argv[2])
campaign = CampaignPlan(number, None, "a.yaml", changes=(FieldChange("name", "a", "b"),))
at = datetime(2026, 3, 1, tzinfo=UTC)
observation = Observation("https://api.example", number, at, [campaign], is_complete=True)
print("ready", flush=True)
sys.stdin.read()
remember(path, observation, lambda remark: print(remark, flush=True))
"""
"""A process that waits until all are started, and then records a run of its own tenant."""


@pytest.mark.parametrize("content", [None, b"not a history"], ids=["new", "damaged"])
def test_no_run_is_lost_if_many_write_at_once(tmp_path: Path, content: bytes | None) -> None:
    """A run that found a damaged file does not set aside the new file of another run."""
    path = tmp_path / "drift.sqlite"
    if content is not None:
        path.write_bytes(content)
    numbers = range(1, 9)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", CONCURRENT_RUN, str(path), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in numbers
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    output = "".join(process.communicate(timeout=60)[0] for process in running)
    assert [process.returncode for process in running] == [0] * len(numbers)
    with closing(sqlite3.connect(path)) as base:
        campaigns = base.execute("SELECT campaign FROM differences ORDER BY 1").fetchall()
        assert campaigns == [(number,) for number in numbers]
        assert base.execute("SELECT count(*) FROM runs").fetchone() == (len(numbers),)
    aside = [file for file in tmp_path.iterdir() if file != path]
    assert [file.read_bytes() for file in aside] == ([] if content is None else [content])
    assert output.count("a new one begins") == len(aside)


KILLED_RUN = """\
import os, signal, sqlite3, sys
from datetime import UTC, datetime
from pathlib import Path
from voxosync.model.change import FieldChange
from voxosync.model.drift import Observation
from voxosync.model.plan import CampaignPlan
from voxosync.model.numbers import Digest
from voxosync.sync import drift_history
change = (FieldChange("name", "a", "b"),)
campaigns = [CampaignPlan(number, None, "a.yaml", changes=change) for number in range(1, 2000)]
last_runs = drift_history._last_runs
def killed(base, url):
    os.kill(os.getpid(), signal.SIGKILL)
def connected(*args, connect=sqlite3.connect, **kwargs):
    base = connect(*args, **kwargs)
    base.execute("PRAGMA cache_size = 5")  # pages, so that the file is written before the end
    return base
drift_history._last_runs, sqlite3.connect = killed, connected
at = datetime(2026, 3, 2, tzinfo=UTC)
observation = Observation(sys.argv[2], None, at, campaigns, is_complete=True)
drift_history.remember(Path(sys.argv[1]), observation, print)
"""


def test_run_that_is_killed_midway_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "drift.sqlite"
    remember(path, observation({1: {"name"}}), fail_on_remark)
    before = path.read_bytes()
    process = subprocess.run([sys.executable, "-c", KILLED_RUN, str(path), BASE_URL], check=False)
    assert process.returncode == -signal.SIGKILL
    assert path.read_bytes() != before, "it was killed before it wrote to the file"
    later = NOW + timedelta(days=1)
    run = observation({1: {"name"}, 2: {"name"}}, later)
    campaigns, history = remember(path, run, fail_on_remark)
    assert since(campaigns) == {(1, "name"): NOW, (2, "name"): later}
    assert [run.at for run in history.runs] == [NOW, later]
    with closing(sqlite3.connect(path)) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_file_that_is_locked_by_another_program_is_not_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "drift.sqlite"
    remember(path, observation({1: {"name"}}), fail_on_remark)
    monkeypatch.setattr(drift_history, "_WAIT", 0)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UsageError, match="database is locked"):
            remember(path, observation({1: {"name"}}), fail_on_remark)
    assert list(tmp_path.iterdir()) == [path]


def test_check_in_advance_accepts_a_locked_damaged_empty_or_missing_file(
    tmp_path: Path,
) -> None:
    path = tmp_path / "drift #1?.sqlite"
    drift_history.check(path)
    assert not [*tmp_path.iterdir()]
    for content in (b"", b"no database at all"):
        path.write_bytes(content)
        drift_history.check(path)
        assert path.read_bytes() == content
    path.unlink()
    remember(path, observation({1: {"name"}}), fail_on_remark)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        drift_history.check(path)
    assert [*tmp_path.iterdir()] == [path]


def test_damaged_file_is_set_aside_with_its_journals(tmp_path: Path) -> None:
    path = tmp_path / "drift.sqlite"
    for name in ("drift.sqlite", "drift.sqlite-journal", "drift.sqlite-wal", "drift.sqlite.bak"):
        (tmp_path / name).write_text(name)
    aside = set_aside(path, NOW, lambda _: False)
    assert aside is not None
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        "drift.sqlite.bak": "drift.sqlite.bak",
        aside.name: "drift.sqlite",
        f"{aside.name}-journal": "drift.sqlite-journal",
        f"{aside.name}-wal": "drift.sqlite-wal",
    }


def test_file_that_is_repaired_or_missing_by_then_is_not_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "drift.sqlite"
    assert set_aside(path, datetime.now(UTC), lambda _: False) is None
    path.write_text("sound")
    assert set_aside(path, datetime.now(UTC), lambda _: True) is None
    assert list(tmp_path.iterdir()) == [path]
