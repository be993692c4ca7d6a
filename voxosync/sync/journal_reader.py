"""Reads journals (`schemas/journal.schema.json`): whole runs, or of many journals only what is needed."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from voxosync.errors import JournalError
from voxosync.model.document import FORMAT_VERSION
from voxosync.model.journal import CampaignEnd, CreationRecord, NewDefinition, Run, SentPatch
from voxosync.model.moment import moment_from
from voxosync.sync.journal import ID_MOMENT, SUFFIX
from voxosync.sync.json_documents import validator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LATEST = "latest"
"""Stands for the id of the newest run that sent anything."""
_BEGIN = b'{"formatVersion"'
"""The beginning of each journal."""
_BEGINNING = 512
"""How many bytes of a journal hold everything before its plan."""
_DAMAGED = "this is not a voxosync journal, or it is damaged"


def journal_files(folder: Path) -> list[Path]:
    """The journals of a folder, oldest first; none where there is no folder.

    Raises:
        JournalError: the folder cannot be read.
    """
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(SUFFIX))  # noqa: PTH208  # creating a thousand paths takes longer than listing their names
    except FileNotFoundError:
        return []
    except OSError as failure:
        raise JournalError(f"cannot read {folder}: {failure.strerror}") from failure
    return [folder / name for name in names]


def journal_content(path: Path) -> bytes:
    """The content of a journal.

    Raises:
        JournalError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as failure:
        raise JournalError(f"cannot read {path}: {failure.strerror}") from failure


def journal_beginning(path: Path) -> bytes:
    """The part of a journal before its plan, with the command, the saved plan, and whether it quiesces.

    Raises:
        JournalError: it cannot be read.
    """
    try:
        file = os.open(path, os.O_RDONLY)
        try:
            return os.read(file, _BEGINNING)
        finally:
            os.close(file)
    except OSError as failure:
        raise JournalError(f"cannot read {path}: {failure.strerror}") from failure


def journal_events(journal: bytes) -> Iterator[Mapping[str, Any]]:
    """The events of a journal that can be read, in order; a damaged line is left out."""
    for line in journal.splitlines():
        try:
            event = json.loads(line)
            if validator("journal").is_valid(event):
                yield event
        except (ValueError, RecursionError):
            continue


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
    first, end, _ = journal_content(path).partition(b"\n")
    return bool(end) or not (first.startswith(_BEGIN) or _BEGIN.startswith(first))


def run_or_remark(path: Path) -> Run:
    """A run; if its journal was never begun, or is damaged, only what its name says."""
    try:
        return read_run(path)
    except JournalError as failure:
        try:
            started_at = datetime.strptime(path.stem.partition("-")[0], ID_MOMENT).replace(
                tzinfo=UTC
            )
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
        return bool(json.loads(journal_content(path).partition(b"\n")[0])["command"] == "create")
    except (JournalError, ValueError, TypeError, KeyError, RecursionError):
        return True


def read_run(path: Path) -> Run:
    """The run of one journal, whose last line may be cut off if the run was killed.

    Raises:
        JournalError: it cannot be read, or does not begin like a journal.
    """
    lines = journal_content(path).split(b"\n")
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
    sent: list[SentPatch] = []
    latest: dict[int, int] = {}  # campaign to the index of its latest intent
    created: dict[NewDefinition, CreationRecord] = {}
    ends: list[CampaignEnd] = []
    exit_status: int | None = None
    for event in events[1:]:
        kind = event["event"]
        if kind == "intent":
            latest[event["campaign"]] = len(sent)
            request = (event["campaign"], dict(event["replaces"]), dict(event["patch"]))
            lost = event.get("dispositions", {})
            sent.append(SentPatch(*request, dispositions=lost, step=event.get("step")))
        elif kind == "outcome":
            index = latest[event["campaign"]]
            detail = event.get("detail", "")
            sent[index] = replace(sent[index], outcome=event["outcome"], detail=detail)
        elif kind in _OF_CREATION:
            definition = NewDefinition(**event["definition"])
            record = created.get(definition, CreationRecord(definition))
            created[definition] = _creation(record, event)
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


def _creation(record: CreationRecord, event: Mapping[str, Any]) -> CreationRecord:
    if event["event"] == "written":
        return replace(record, campaign=event["campaign"], is_written=True)
    if event["event"] == "abandoned":
        details = {"campaign": event["campaign"], "detail": event["detail"]}
        return replace(record, is_abandoned=True, **details)
    if event["event"] == "created":
        details = {"campaign": event.get("campaign"), "detail": event.get("detail", "")}
        return replace(record, outcome=event["outcome"], **details)
    return replace(record, tenant_id=event["body"]["tenantId"], body=dict(event["body"]))


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
