"""Journals: one JSON Lines file per run (`schemas/journal.schema.json`), written ahead of every write request.

An intent is on disk before its PATCH is sent, so that after a run is killed at any moment it is clear what was
sent, what its outcome was, and what is unknown. A journal never holds the token.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, replace
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from voxosync import __version__
from voxosync.errors import JournalError
from voxosync.model.document import FORMAT_VERSION, moment_from, moment_to, to_document
from voxosync.model.journal import CampaignEnd, Created, New, Run, Sent
from voxosync.sync.journal_scan import SUFFIX, content, journal_files
from voxosync.sync.json_documents import validator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from voxosync.model.outcome import Result
    from voxosync.model.plan import Plan

LATEST = "latest"
"""Stands for the id of the newest run that sent anything."""
_MOMENT = "%Y%m%dT%H%M%S.%fZ"
_BEGIN = b'{"formatVersion"'
"""The beginning of each journal."""
_DAMAGED = "this is not a voxosync journal, or it is damaged"


class Journal:
    """The journal of one run; a context manager that any thread may use.

    Args:
        folder: the folder of journals; created if there is none.
        now: when the run began, in UTC.

    Raises:
        JournalError: it cannot be written. Before the first PATCH, the run is refused; later, nothing more is sent:
        once
            writing has failed, it fails from then on, even if there is space again.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self.run_id = f"{now:{_MOMENT}}-{secrets.token_hex(3)}"
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
                # near the beginning, where `journal_scan.beginning` finds them
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

    def intent(  # each is one key of the event
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

    def creating(self, definition: New, body: Mapping[str, Any]) -> None:
        """Records which campaign is about to be created; on disk when this returns."""
        self._write({"event": "create", "definition": asdict(definition), "body": dict(body)})

    def created(
        self, definition: New, outcome: str, campaign: int | None = None, detail: str = ""
    ) -> None:
        """Records the outcome of the POST: `accepted`, with the new id, `refused` or `unknown`."""
        event: dict[str, Any] = {"event": "created", "definition": asdict(definition)}
        event |= {"campaign": campaign} if campaign is not None else {}
        event |= {"detail": detail} if detail else {}
        self._write({**event, "outcome": outcome})

    def id_written(self, definition: New, campaign: int) -> None:
        """Records that the new id is in the definition."""
        details = {"definition": asdict(definition), "campaign": campaign}
        self._write({"event": "written", **details})

    def abandoned(self, definition: New, campaign: int, detail: str) -> None:
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


def read_runs(folder: Path) -> list[Run]:
    """Every run of a folder, oldest first; a journal that cannot be read is a run with a remark.

    Raises:
        JournalError: the folder cannot be read.
    """
    return [run_or_remark(path) for path in journal_files(folder)]


def find_run(folder: Path, run_id: str) -> Run:
    """One run by its id, by a unique beginning of it, or the LATEST that sent anything.

    Raises:
        JournalError: there is none, or more than one, or its journal cannot be read.
    """
    if run_id == LATEST:
        return _latest_run(folder)
    matches = [path for path in journal_files(folder) if path.stem.startswith(run_id)]
    exact = [path for path in matches if path.stem == run_id]
    if len(exact or matches) != 1:
        count_text = "no run" if not matches else f"{len(matches)} runs"
        raise JournalError(
            f"{count_text} in {folder} with an id like {run_id!r}: voxosync history lists them"
        )
    return read_run((exact or matches)[0])


def _latest_run(folder: Path) -> Run:
    """The newest run that sent anything; a journal that cannot be read is never skipped."""
    for path in reversed(journal_files(folder)):
        if _was_begun(path) and (run := read_run(path)).has_sent:
            return run
    raise JournalError(f"no run in {folder} has sent anything yet")


def _was_begun(path: Path) -> bool:
    """Whether a journal may hold a request: none is sent before its first line is complete."""
    first, end, _ = content(path).partition(b"\n")
    return bool(end) or not (first.startswith(_BEGIN) or _BEGIN.startswith(first))


def run_or_remark(path: Path) -> Run:
    """A run; if its journal was never begun, or is damaged, only what its name says."""
    try:
        return read_run(path)
    except JournalError as failure:
        try:
            started_at = datetime.strptime(path.stem.partition("-")[0], _MOMENT).replace(tzinfo=UTC)
        except ValueError:
            started_at = datetime.min.replace(tzinfo=UTC)
        run = Run(path.stem, "?", started_at, "?", actor={}, plan={}, remarks=(str(failure),))
        return replace(run, hides=str(failure) if _may_have_created(path) else "")


def _may_have_created(path: Path) -> bool:
    """Whether a journal that cannot be read may hold a creation.

    It does not if its first line names another command or is missing, because nothing is sent before that line.
    """
    try:
        if not _was_begun(path):
            return False
        return bool(json.loads(content(path).partition(b"\n")[0])["command"] == "create")
    except (JournalError, ValueError, TypeError, KeyError, RecursionError):
        return True


def read_run(path: Path) -> Run:
    """The run of one journal, whose last line may be cut off if the run was killed.

    Raises:
        JournalError: it cannot be read, or does not begin like a journal.
    """
    lines = content(path).split(b"\n")
    events: list[Any] = []
    unreadable: list[int] = []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            event = json.loads(line)
            is_ours = validator("journal").is_valid(event)  # raises on half a surrogate pair
        except (ValueError, RecursionError):
            unreadable.append(number)
            continue
        if not is_ours:
            raise JournalError(f"{path}:{number}:1: {_DAMAGED}")
        events.append(event)
    try:
        run = _run_from_events(events)
    except (IndexError, KeyError, TypeError, ValueError, AttributeError) as failure:
        raise JournalError(f"{path}:1:1: {_DAMAGED}") from failure
    amid = [number for number in unreadable if number < len(lines)]
    hides = f"{path}:{amid[0]}:1: this line cannot be read" if amid else ""
    remarks = tuple(f"line {number} was not written whole" for number in unreadable)
    return replace(run, remarks=remarks, hides=hides if run.command == "create" else "")


def _run_from_events(events: list[Mapping[str, Any]]) -> Run:
    run = _started_run(events[0])
    sent: list[Sent] = []
    latest: dict[int, int] = {}  # campaign to the index of its latest intent
    created: dict[New, Created] = {}
    ends: list[CampaignEnd] = []
    exit_status: int | None = None
    for event in events[1:]:
        kind = event["event"]
        if kind == "intent":
            latest[event["campaign"]] = len(sent)
            request = (event["campaign"], dict(event["replaces"]), dict(event["patch"]))
            lost = event.get("dispositions", {})
            sent.append(Sent(*request, dispositions=lost, step=event.get("step")))
        elif kind == "outcome":
            index = latest[event["campaign"]]
            detail = event.get("detail", "")
            sent[index] = replace(sent[index], outcome=event["outcome"], detail=detail)
        elif kind in _OF_CREATION:
            definition = New(**event["definition"])
            so_far = created.get(definition, Created(definition))
            created[definition] = _creation(so_far, event)
        elif kind == "result":
            ends.append(
                CampaignEnd(event["campaign"], event["name"], event["outcome"], event["detail"])
            )
        elif kind == "end":
            exit_status = int(event["exitStatus"])
    return replace(
        run,
        sent=tuple(sent),
        created=tuple(created.values()),
        ends=tuple(ends),
        exit_status=exit_status,
    )


_OF_CREATION = ("create", "created", "written", "abandoned")


def _creation(so_far: Created, event: Mapping[str, Any]) -> Created:
    if event["event"] == "written":
        return replace(so_far, campaign=event["campaign"], is_written=True)
    if event["event"] == "abandoned":
        details = {"campaign": event["campaign"], "detail": event["detail"]}
        return replace(so_far, is_abandoned=True, **details)
    if event["event"] == "created":
        details = {"campaign": event.get("campaign"), "detail": event.get("detail", "")}
        return replace(so_far, outcome=event["outcome"], **details)
    return replace(so_far, tenant_id=event["body"]["tenantId"], body=dict(event["body"]))


def _started_run(event: Mapping[str, Any]) -> Run:
    if event["event"] != "run" or event["formatVersion"] != FORMAT_VERSION:
        raise ValueError(event["event"])
    if not validator("plan").is_valid(event["plan"]):
        raise ValueError("plan")
    return Run(
        id=event["run"],
        command=event["command"],
        started_at=moment_from(event["startedAt"]),
        base_url=event["baseUrl"],
        actor=dict(event["actor"]),
        overrides=dict(event["overrides"]),
        plan=dict(event["plan"]),
        saved_plan=event.get("savedPlan"),
        environment=event.get("environment"),
    )
