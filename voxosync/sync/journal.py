"""Journals: one JSON Lines file per run (`schemas/journal.schema.json`), written ahead of every write request.

An intent is on disk before its PATCH is sent, so that after a run is killed at any moment it is clear what was
sent, what its outcome was, and what is unknown. A journal never holds the token.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict
from threading import Lock
from typing import TYPE_CHECKING, Any

from voxosync import __version__
from voxosync.errors import JournalError
from voxosync.model.document import FORMAT_VERSION, to_document
from voxosync.model.moment import moment_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from voxosync.model.journal import NewDefinition
    from voxosync.model.outcome import Result
    from voxosync.model.plan import Plan

SUFFIX = ".jsonl"
"""The ending of the name of a journal."""
ID_MOMENT = "%Y%m%dT%H%M%S.%fZ"
"""The moment with which the id of a run begins."""


class Journal:
    """The journal of one run; a context manager that any thread may use.

    Args:
        folder: the folder of journals; created if there is none.
        now: when the run began, in UTC.

    Raises:
        JournalError: it cannot be written. Before the first PATCH, the run is refused; later, nothing more is sent.
            Once writing has failed, it always fails, even if there is space again.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self.run_id = f"{now:{ID_MOMENT}}-{secrets.token_hex(3)}"
        self.path = folder / f"{self.run_id}{SUFFIX}"
        self._now = now
        self._lock = Lock()
        self._failure = ""
        try:
            make_folder(folder)
            exactly = getattr(os, "O_BINARY", 0)  # else Windows would write its own line endings
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | exactly
            self._file = os.open(self.path, flags, 0o600)
            _sync_folder(folder)
        except OSError as failure:
            raise JournalError(
                f"cannot write the journal {self.path}: {failure.strerror}"
            ) from failure

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.close(self._file)

    def begin(  # noqa: PLR0913  # each is one key of the event
        self,
        command: str,
        plan: Plan,
        actor: Mapping[str, str],
        overrides: Mapping[str, str],
        *,
        saved_plan: str | None = None,
        quiesce: bool = False,
        environment: str | None = None,
    ) -> None:
        """Records who applies what, and which guards were overridden.

        `saved_plan` is the digest of a saved plan; `quiesce`, whether campaigns are paused while their numbers change;
        `environment`, the name given with `--env`.
        """
        self._write(
            {
                "formatVersion": FORMAT_VERSION,
                "event": "run",
                "run": self.run_id,
                "command": command,
                # near the beginning, where `journal_beginning` finds them
                **({"savedPlan": saved_plan} if saved_plan is not None else {}),
                **({"quiesce": True} if quiesce else {}),
                "voxosyncVersion": __version__,
                "startedAt": moment_to(self._now),
                "baseUrl": plan.base_url,
                **({"environment": environment} if environment is not None else {}),
                "actor": dict(actor),
                "overrides": dict(overrides),
                "plan": to_document(plan),
            }
        )

    def intent(
        self,
        campaign: int,
        attempt: int,
        replaces: Mapping[str, Any],
        patch: Mapping[str, Any],
        dispositions: Mapping[str, str],
        *,
        step: str | None = None,
    ) -> None:
        """Records what is about to be sent, and what it replaces; on disk when this returns.

        `step` is `pause` or `resume` if the PATCH is that step of a quiesce.
        """
        event: dict[str, Any] = {"event": "intent", "campaign": campaign, "attempt": attempt}
        event |= {"step": step} if step is not None else {}
        event |= {"replaces": dict(replaces)}
        event |= {"dispositions": dict(dispositions)} if dispositions else {}
        self._write({**event, "patch": dict(patch)})

    def outcome(self, campaign: int, attempt: int, outcome: str, detail: str = "") -> None:
        """Records the outcome of a PATCH: `accepted`, `refused` or `unknown`."""
        event = {"event": "outcome", "campaign": campaign, "attempt": attempt, "outcome": outcome}
        self._write({**event, "detail": detail} if detail else event)

    def creating(self, definition: NewDefinition, body: Mapping[str, Any]) -> None:
        """Records which campaign is about to be created; on disk when this returns."""
        self._write({"event": "create", "definition": asdict(definition), "body": dict(body)})

    def created(
        self, definition: NewDefinition, outcome: str, campaign: int | None = None, detail: str = ""
    ) -> None:
        """Records the outcome of the POST: `accepted`, with the new id, `refused` or `unknown`."""
        event: dict[str, Any] = {"event": "created", "definition": asdict(definition)}
        event |= {"campaign": campaign} if campaign is not None else {}
        event |= {"detail": detail} if detail else {}
        self._write({**event, "outcome": outcome})

    def id_written(self, definition: NewDefinition, campaign: int) -> None:
        """Records that the new id is in the definition."""
        details = {"definition": asdict(definition), "campaign": campaign}
        self._write({"event": "written", **details})

    def abandoned(self, definition: NewDefinition, campaign: int, detail: str) -> None:
        """Records that a created campaign is not the one of the definition, so that its id is not written."""
        event = {"event": "abandoned", "definition": asdict(definition), "campaign": campaign}
        self._write({**event, "detail": detail})

    def end(self, results: Iterable[Result], exit_status: int) -> None:
        """Records how the run ended, campaign by campaign."""
        for result in results:
            self._write(
                {
                    "event": "result",
                    "campaign": result.id,
                    "name": result.name,
                    "outcome": result.outcome.value,
                    "detail": result.detail,
                }
            )
        self._write({"event": "end", "exitStatus": exit_status})

    def _write(self, event: Mapping[str, Any]) -> None:
        line = json.dumps(event, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            if self._failure:  # a line after a partial line would make both unreadable
                raise JournalError(self._failure)
            try:
                while line:
                    line = line[os.write(self._file, line) :]
                os.fsync(self._file)
            except OSError as failure:
                self._failure = f"cannot write the journal {self.path}: {failure.strerror}"
                raise JournalError(self._failure) from failure


def make_folder(folder: Path) -> None:
    """Creates a folder for journals; as they hold phone numbers, `git add --all` leaves out the default folder.

    Raises:
        OSError: it cannot be created.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = folder.parent / ".gitignore"
    if folder.parent.name == ".voxosync" and not ignore.exists():
        ignore.touch(mode=0o600)
        ignore.write_text("*\n", encoding="utf-8")


def _sync_folder(folder: Path) -> None:
    """Makes the name of a new file as durable as its content; Windows does this by itself."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
