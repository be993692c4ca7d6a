"""The history of drift in an SQLite file: the counts of each run, and when each difference was first seen."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from voxosync.errors import UsageError
from voxosync.model.drift import DriftRun, History
from voxosync.model.moment import moment_from, moment_to
from voxosync.model.plan import CampaignPlan, LeftAloneChange, Reason, Status
from voxosync.sync.drift_history_file import file_at, make, may_write, set_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from voxosync.model.change import Change
    from voxosync.model.drift import Observation

RUNS_SHOWN = 120
"""How many of the last runs a report gets for its chart."""

_WAIT = 30.0  # seconds for another run that writes
_APPLICATION = 0x564F584F  # "VOXO" in ASCII; SQLite's mark for the program that a file belongs to
_VERSION = 2

_FAILURES = (sqlite3.Error, ValueError, TypeError)
"""The errors that a file causes that is not a history, or is damaged: SQLite's, and those of invalid values."""

_SCHEMA = f"""
CREATE TABLE runs (
  account TEXT NOT NULL, at TEXT NOT NULL,
  in_sync INTEGER NOT NULL, drifted INTEGER NOT NULL, failed INTEGER NOT NULL,
  left_alone INTEGER NOT NULL
);
CREATE INDEX runs_by_moment ON runs (account, at);
CREATE TABLE differences (
  account TEXT NOT NULL, campaign INTEGER NOT NULL, field TEXT NOT NULL, since TEXT NOT NULL,
  PRIMARY KEY (account, campaign, field)
) WITHOUT ROWID;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
"""

_COUNTED = (Status.IN_SYNC, Status.UPDATE, Status.ERROR, Status.LEFT_ALONE)
"""What `runs` counts, in the order of its columns."""

_Key: TypeAlias = tuple[int, str]
"""A campaign's id, and one of its fields."""


def check(path: Path) -> None:
    """Refuses a file that cannot become or remain a history, before any other work is done; changes nothing.

    A file that is damaged, or in use by another run, is left to `remember`.

    Raises:
        UsageError: the file cannot be used.
    """
    file = file_at(path)
    may_write(file)
    with suppress(FileNotFoundError):
        if not file.stat().st_size:
            return
        try:
            uri = f"{file.as_uri()}?mode=rw"  # does not create a missing file
            with closing(sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None)) as base:
                base.execute("BEGIN IMMEDIATE")
                _has_tables(base, file)
        except _FAILURES as failure:
            if not _is_damage(failure) and not _is_held(failure):
                raise UsageError(f"cannot write the history {path}: {failure}") from failure


def remember(
    path: Path, observation: Observation, warn: Callable[[str], None]
) -> tuple[list[CampaignPlan], History]:
    """Adds a drift run to a history; returns its campaigns, their differences with dates, and the history.

    A difference lasts from the run that first finds it until a run finds that the field agrees. A campaign that could
    not be compared, or that this run did not cover, keeps its differences; a campaign that is no longer managed is
    dropped. Several accounts, each one VOXO and tenant, may share a file. Several runs may write at once: each is one
    transaction.

    A damaged file is renamed, never deleted, and a new one is created. What must not be renamed is refused: the
    database of another program or of a newer voxosync, anything that is not a file, and a name that definitions,
    contacts, settings and documents have.

    Args:
        path: the SQLite file; created for its owner alone where there is none. A link is followed.
        observation: what the run found.
        warn: called with a message where the file was unreadable and was set aside.

    Raises:
        UsageError: the file cannot be used.
    """
    file = file_at(path)
    try:
        try:
            return _remember(file, observation)
        except _FAILURES as failure:
            if not _is_damage(failure):
                raise
            if aside := set_aside(file, observation.at, _is_sound):
                warn(
                    f"the history {path} cannot be read ({failure}): it is now {aside}; a new one begins"
                )
            return _remember(file, observation)
    except _FAILURES as failure:  # locked for too long, read-only, no room
        raise UsageError(f"cannot write the history {path}: {failure}") from failure


def since(campaigns: Iterable[CampaignPlan], moment: datetime) -> list[CampaignPlan]:
    """Campaigns with only the differences first seen at or after a moment; others are left alone.

    Args:
        campaigns: as `remember` returns them.
        moment: in UTC.
    """

    def is_new(change: Change) -> bool:
        return change.since is None or change.since >= moment

    def limited(campaign: CampaignPlan) -> CampaignPlan:
        new_changes = tuple(filter(is_new, campaign.changes))
        old = tuple(
            LeftAloneChange(change, Reason.SINCE)
            for change in _differences(campaign)
            if not is_new(change)
        )
        fields = {change.field for change in new_changes}
        return replace(
            campaign,
            changes=new_changes,
            patch={name: value for name, value in campaign.patch.items() if name in fields},
            dialing=campaign.dialing if new_changes else None,
            acknowledged=tuple(
                acknowledged
                for acknowledged in campaign.acknowledged
                if is_new(acknowledged.change)
            ),
            left_alone=(*campaign.left_alone, *old),
        )

    return [limited(campaign) for campaign in campaigns]


def _remember(file: Path, observation: Observation) -> tuple[list[CampaignPlan], History]:
    make(file)
    with closing(sqlite3.connect(file, timeout=_WAIT, isolation_level=None)) as base:
        base.execute(
            "BEGIN IMMEDIATE"
        )  # before the first read, so that no other run writes in between
        _begin(base, file)
        since = _update_differences(base, observation)
        if observation.is_complete:
            statuses = [campaign.status for campaign in observation.campaigns]
            counts = map(statuses.count, _COUNTED)
            row = (observation.account, moment_to(observation.at), *counts)
            base.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", row)
        history = _last_runs(base, observation.account)
        base.execute("COMMIT")
    return [_dated(campaign, since) for campaign in observation.campaigns], history


def _update_differences(base: sqlite3.Connection, observation: Observation) -> dict[_Key, datetime]:
    """Updates the table; returns when each difference of the run was first seen."""
    account, campaigns = observation.account, observation.campaigns
    now = observation.at.replace(microsecond=0)  # as it will be read back
    rows = "SELECT campaign, field, since FROM differences WHERE account = ?"
    first_seen: dict[_Key, datetime] = {
        (campaign, field): moment_from(moment)
        for campaign, field, moment in base.execute(rows, (account,))
    }
    present = {
        key: first_seen.get(key, now)
        for campaign in campaigns
        for change in _differences(campaign)
        for key in [(campaign.id, change.field)]
    }
    failed = {campaign.id for campaign in campaigns if campaign.error is not None}
    looked_at = {campaign.id for campaign in campaigns} - failed
    ended = [
        key
        for key in first_seen
        if key not in present
        and (key[0] in looked_at or (observation.is_complete and key[0] not in failed))
    ]
    base.executemany(
        "DELETE FROM differences WHERE account = ? AND campaign = ? AND field = ?",
        [(account, *key) for key in ended],
    )
    base.executemany(
        "INSERT OR IGNORE INTO differences VALUES (?, ?, ?, ?)",
        [(account, *key, moment_to(moment)) for key, moment in present.items()],
    )
    return present


def _last_runs(base: sqlite3.Connection, account: str) -> History:
    rows = base.execute(
        "SELECT at, in_sync, drifted, failed, left_alone FROM runs WHERE account = ? "
        "ORDER BY at DESC, rowid DESC LIMIT ?",
        (account, RUNS_SHOWN),
    ).fetchall()
    return History([_run(*row) for row in reversed(rows)])


def _run(at: str, *counts: Any) -> DriftRun:
    if not all(isinstance(count, int) and count >= 0 for count in counts):
        raise ValueError(f"a run of {at} with invalid counts")
    return DriftRun(moment_from(at), *counts)


def _begin(base: sqlite3.Connection, path: Path) -> None:
    """Creates the tables of a new file."""
    if not _has_tables(base, path):
        for statement in filter(str.strip, _SCHEMA.split(";")):
            base.execute(statement)


def _has_tables(base: sqlite3.Connection, path: Path) -> bool:
    """Whether a file has its tables; refuses the database of another program or of a newer voxosync."""
    (application,) = base.execute("PRAGMA application_id").fetchone()
    (version,) = base.execute("PRAGMA user_version").fetchone()
    (tables,) = base.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != _APPLICATION and (tables or application):
        raise UsageError(f"{path} is a database of another program: name another file")
    if tables and version > _VERSION:
        raise UsageError(
            f"{path} was written by a newer voxosync (version {version}): update this one"
        )
    return bool(tables)


def _is_damage(failure: Exception) -> bool:
    """Whether the file itself is damaged, rather than its folder unusable or another run using it."""
    if not isinstance(failure, sqlite3.OperationalError):
        return True
    # Of the operational errors, only those of SQL: a missing table or column. Text that is not UTF-8 has no code.
    return getattr(failure, "sqlite_errorcode", sqlite3.SQLITE_ERROR) == sqlite3.SQLITE_ERROR


def _is_held(failure: Exception) -> bool:
    """Whether another run is using the file, and may finish soon."""
    code = getattr(failure, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _is_sound(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(file, timeout=_WAIT)) as base:
            if not base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return True  # another run is just creating the tables
            rows = base.execute(
                "SELECT at, in_sync, drifted, failed, left_alone, account FROM runs"
            )
            for row in rows:
                _run(*row[:-1])
            rows = base.execute("SELECT since, campaign, field, account FROM differences")
            for moment, *_ in rows:
                moment_from(moment)
            return bool(base.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except _FAILURES as failure:
        if not _is_damage(failure):
            raise
        return False


def _differences(campaign: CampaignPlan) -> tuple[Change, ...]:
    return campaign.changes + tuple(acknowledged.change for acknowledged in campaign.acknowledged)


def _dated(campaign: CampaignPlan, since: Mapping[_Key, datetime]) -> CampaignPlan:
    def dated(change: Change) -> Change:
        return replace(change, since=since[campaign.id, change.field])

    return replace(
        campaign,
        changes=tuple(map(dated, campaign.changes)),
        acknowledged=tuple(
            replace(acknowledged, change=dated(acknowledged.change))
            for acknowledged in campaign.acknowledged
        ),
    )
