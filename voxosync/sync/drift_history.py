"""The history of drift in an SQLite file: each run's counts, and since when each difference is there."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from voxosync.errors import UsageError
from voxosync.model.document import moment_from, moment_to
from voxosync.model.drift import DriftRun, History
from voxosync.model.plan import CampaignPlan, Plan, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from voxosync.model.plan import Change

RUNS_SHOWN = 120
"""How many of the last runs a report gets for its picture."""

_WAIT = 30.0  # seconds for another run that writes
_APPLICATION = 0x564F584F  # "VOXO" in ASCII; SQLite's own mark of whose file it is
_VERSION = 1

_SCHEMA = f"""
CREATE TABLE runs (
  base_url TEXT NOT NULL, at TEXT NOT NULL,
  in_sync INTEGER NOT NULL, drifted INTEGER NOT NULL, failed INTEGER NOT NULL
);
CREATE INDEX runs_by_moment ON runs (base_url, at);
CREATE TABLE differences (
  base_url TEXT NOT NULL, campaign INTEGER NOT NULL, field TEXT NOT NULL, since TEXT NOT NULL,
  PRIMARY KEY (base_url, campaign, field)
) WITHOUT ROWID;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
"""


_Key: TypeAlias = tuple[int, str]
"""A campaign's id, and one of its fields."""


def remember(path: Path, plan: Plan, *, whole: bool, told: Callable[[str], None]) -> Plan:
    """Adds a drift run to a history; the plan with what the history knows about it.

    A difference is there since the run that first found it, and no longer once a run finds the field
    in agreement. A campaign that could not be compared, or that this run did not look at, keeps what
    was known of it. Several runs may write at once: each is one transaction.

    Args:
        path: the SQLite file; made where there is none.
        plan: what the run found.
        whole: whether it looked at all definitions; only such runs are counted over time.
        told: is given a remark where the file was not readable and was set aside.

    Raises:
        UsageError: the file cannot be used.
    """
    try:
        return _remember(path, plan, whole=whole)
    except sqlite3.OperationalError as failure:  # locked for too long, read-only, a folder
        raise UsageError(f"cannot write the history {path}: {failure}") from failure
    except (sqlite3.DatabaseError, ValueError) as failure:
        if not _is_sound(path):  # else another run has just set it aside
            aside = _set_aside(path, plan.created_at)
            told(
                f"the history {path} cannot be read ({failure}): it is now {aside}; a new one begins"
            )
        return _remember(path, plan, whole=whole)


def since(plan: Plan, moment: datetime) -> Plan:
    """A plan that holds only the differences first seen at or after a moment."""

    def limited(campaign: CampaignPlan) -> CampaignPlan:
        kept = tuple(
            each for each in campaign.changes if each.since is None or each.since >= moment
        )
        fields = {change.field for change in kept}
        patch = {name: value for name, value in campaign.patch.items() if name in fields}
        return replace(campaign, changes=kept, patch=patch)

    runs = plan.history.runs if plan.history else ()
    return replace(
        plan,
        campaigns=[limited(campaign) for campaign in plan.campaigns],
        history=History(runs, moment),
    )


def _remember(path: Path, plan: Plan, *, whole: bool) -> Plan:
    with closing(sqlite3.connect(path, timeout=_WAIT, isolation_level=None)) as base:
        base.execute("BEGIN IMMEDIATE")  # before anything is read: nobody writes in between
        _begin(base, path)
        since = _update_differences(base, plan)
        if whole:
            counts = [plan.count(each) for each in (Status.IN_SYNC, Status.UPDATE, Status.ERROR)]
            row = (plan.base_url, moment_to(plan.created_at), *counts)
            base.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?)", row)
        history = _last_runs(base, plan.base_url)
        base.execute("COMMIT")
    campaigns = [_dated(campaign, since) for campaign in plan.campaigns]
    return replace(plan, campaigns=campaigns, history=history)


def _update_differences(base: sqlite3.Connection, plan: Plan) -> dict[_Key, datetime]:
    """Brings the table up to date; since when each difference of the plan is there."""
    now = plan.created_at.replace(microsecond=0)  # as it will be read again
    rows = "SELECT campaign, field, since FROM differences WHERE base_url = ?"
    known: dict[_Key, datetime] = {
        (campaign, field): moment_from(moment)
        for campaign, field, moment in base.execute(rows, (plan.base_url,))
    }
    present = {
        key: known.get(key, now)
        for campaign in plan.campaigns
        for change in _differences(campaign)
        for key in [(campaign.id, change.field)]
    }
    looked_at = {campaign.id for campaign in plan.campaigns if campaign.error is None}
    gone = [key for key in known if key[0] in looked_at and key not in present]
    base.executemany(
        "DELETE FROM differences WHERE base_url = ? AND campaign = ? AND field = ?",
        [(plan.base_url, *key) for key in gone],
    )
    base.executemany(
        "INSERT OR IGNORE INTO differences VALUES (?, ?, ?, ?)",
        [(plan.base_url, *key, moment_to(moment)) for key, moment in present.items()],
    )
    return present


def _last_runs(base: sqlite3.Connection, base_url: str) -> History:
    rows = base.execute(
        "SELECT at, in_sync, drifted, failed FROM runs WHERE base_url = ? "
        "ORDER BY at DESC, rowid DESC LIMIT ?",
        (base_url, RUNS_SHOWN),
    ).fetchall()
    return History([DriftRun(moment_from(at), *counts) for at, *counts in reversed(rows)])


def _begin(base: sqlite3.Connection, path: Path) -> None:
    """Makes the tables of a new file; refuses what is another program's, or a newer one's."""
    (application,) = base.execute("PRAGMA application_id").fetchone()
    (version,) = base.execute("PRAGMA user_version").fetchone()
    (tables,) = base.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not tables:
        for statement in filter(str.strip, _SCHEMA.split(";")):
            base.execute(statement)
    elif application != _APPLICATION:
        raise UsageError(f"{path} is a database of another program: name another file")
    elif version != _VERSION:
        raise UsageError(
            f"{path} was written by a newer voxosync (version {version}): update this one"
        )


def _is_sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT)) as base:
            moments = base.execute("SELECT at FROM runs UNION ALL SELECT since FROM differences")
            for (moment,) in moments.fetchall():
                moment_from(moment)
            return bool(base.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except (sqlite3.DatabaseError, ValueError, TypeError):
        return False


def _set_aside(path: Path, now: datetime) -> Path:
    """Renames a file that is no database, so that nothing of it is lost; its journal goes with it."""
    aside = path.with_name(f"{path.name}.unreadable-{now:%Y%m%dT%H%M%S}-{os.getpid()}")
    try:
        path.rename(aside)
        for suffix in ("-journal", "-wal", "-shm"):
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + suffix))
    except OSError as failure:
        raise UsageError(f"cannot set {path} aside: {failure.strerror}") from failure
    return aside


def _differences(campaign: CampaignPlan) -> tuple[Change, ...]:
    return campaign.changes + tuple(known.change for known in campaign.acknowledged)


def _dated(campaign: CampaignPlan, since: Mapping[_Key, datetime]) -> CampaignPlan:
    def dated(change: Change) -> Change:
        return replace(change, since=since[campaign.id, change.field])

    return replace(
        campaign,
        changes=tuple(map(dated, campaign.changes)),
        acknowledged=tuple(
            replace(known, change=dated(known.change)) for known in campaign.acknowledged
        ),
    )
