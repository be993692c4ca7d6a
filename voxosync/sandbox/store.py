"""The campaigns that the sandbox holds, in SQLite: in a file that outlives it, or in memory."""

from __future__ import annotations

import json
import sqlite3
from contextlib import ExitStack
from threading import RLock
from typing import TYPE_CHECKING

from voxosync.sandbox import representations
from voxosync.sandbox.operations import operations

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.sandbox.representations import Body

_TABLE = """
CREATE TABLE IF NOT EXISTS campaigns (
    id INTEGER PRIMARY KEY,
    tenant_id INTEGER,
    kept TEXT NOT NULL
)
"""


class UnknownCampaignError(LookupError):
    """No campaign has this id."""

    def __init__(self, campaign_id: int) -> None:
        super().__init__(f"No campaign has the id {campaign_id}")


class Store:
    """Live campaigns by id. Safe to use from several threads: the server's, a test's, a demo's.

    Bodies come in the shape of a request, and what is returned has the shape of an answer. An id or
    a body that the OpenAPI file refuses is an InvalidRequestError, which is a ValueError; an id
    that no campaign has is an UnknownCampaignError.

    `path` is an SQLite file, made where there is none; a ValueError says that it cannot be used.
    """

    def __init__(self, path: Path | None = None, tenant_id: int = 1) -> None:
        self._tenant_id = tenant_id
        self._lock = RLock()
        try:
            self._database = _open(path)
        except sqlite3.Error as error:
            raise ValueError(f"{path} cannot hold the sandbox's state: {error}") from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def put(self, campaign_id: int, body: Body, tenant_id: int | None = None) -> Body:
        """Create a campaign, or replace it, from what POST would take.

        Here the body may lack a tenant (then it is `tenant_id`, or the store's) and a name.
        """
        tenant_id = self._tenant_id if tenant_id is None else tenant_id
        body = {"tenantId": tenant_id, "name": f"Campaign {campaign_id}", **body}
        operations()["getCampaign"].read_parameters({"campaignId": str(campaign_id)}, {})
        operations()["createCampaign"].check_body(body)
        with self._lock:
            return self._write(campaign_id, representations.new(campaign_id, body))

    def create(self, body: Body) -> Body:
        """Create a campaign under the next free id, as POST does."""
        operations()["createCampaign"].check_body(body)
        with self._lock:
            (last,) = self._database.execute("SELECT max(id) FROM campaigns").fetchone()
            campaign_id = (last or 0) + 1
            return self._write(campaign_id, representations.new(campaign_id, body))

    def get(self, campaign_id: int) -> Body:
        """A campaign as it is answered."""
        return representations.answer(self.get_raw(campaign_id))

    def summaries(self, tenant_id: int) -> list[Body]:
        """A tenant's campaigns by id, without numbers and destinations."""
        query = "SELECT kept FROM campaigns WHERE tenant_id = ? ORDER BY id"
        with self._lock:
            rows = self._database.execute(query, (tenant_id,)).fetchall()
        return [representations.summary(json.loads(content)) for (content,) in rows]

    def patch(self, campaign_id: int, body: Body) -> Body:
        """Replace the keys that a body names: what PATCH does, and a change by hand."""
        operations()["updateCampaign"].check_body(body)
        with self._lock:
            return self._write(
                campaign_id, self.get_raw(campaign_id) | representations.stored(body)
            )

    def get_raw(self, campaign_id: int) -> Body:
        """A campaign as it is stored: an answer, with the numbers' `field1` to `field9`."""
        query = "SELECT kept FROM campaigns WHERE id = ?"
        with self._lock:
            row = self._database.execute(query, (campaign_id,)).fetchone()
        if row is None:
            raise UnknownCampaignError(campaign_id)
        campaign: Body = json.loads(row[0])
        return campaign

    def set_raw(self, campaign_id: int, key: str, value: object) -> None:
        """Put a campaign in a state that no request can: what it answers under `key` is `value`."""
        with self._lock:
            self._write(campaign_id, {**self.get_raw(campaign_id), key: value})

    def _write(self, campaign_id: int, campaign: Body) -> Body:
        query = "INSERT OR REPLACE INTO campaigns (id, tenant_id, kept) VALUES (?, ?, ?)"
        self._database.execute(query, (campaign_id, campaign["tenantId"], json.dumps(campaign)))
        return representations.answer(campaign)


def _open(path: Path | None) -> sqlite3.Connection:
    # One connection behind the store's lock is all the concurrency that a sandbox needs.
    database = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
    with ExitStack() as on_error:
        on_error.callback(database.close)
        database.execute(_TABLE)
        # Another program's file may have a table of that name.
        database.execute("SELECT id, tenant_id, kept FROM campaigns LIMIT 1")
        on_error.pop_all()
    return database
