"""The history of runs as text or JSON."""

from __future__ import annotations

from collections import Counter
from itertools import takewhile
from operator import eq
from typing import TYPE_CHECKING, Any

from voxosync.model.fields import FIELDS
from voxosync.model.kinds.scalars import TEXT
from voxosync.model.moment import moment_to
from voxosync.model.phone import masked_in
from voxosync.report import formatting
from voxosync.report.columns import align
from voxosync.report.escape import dump_json, terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.journal import CreationRecord, Run, SentPatch
    from voxosync.report.view import View


_UNKNOWN = "UNKNOWN: the run ended before VOXO responded"


_HEADINGS = ("RUN", "STARTED", "ENVIRONMENT", "COMMAND", "COMMIT", "RESULT", "BY")
_WIDEST = 40
"""The largest width of a column."""
_SHORTEST = len("20270104T081502")
"""The minimum number of characters of a run's id that are shown: up to the second in which it began."""
_UNSAID = "-"


def render_runs(runs: Sequence[Run], view: View) -> str:
    """A table with a row for each run, newest first; its ids are as short as `find_run` accepts.

    Args:
        runs: oldest first.
        view: how they are displayed.
    """
    if not runs:
        return "No runs yet.\n"
    ids = short_ids([run.id for run in runs])
    rows = [[terminal(cell) for cell in _row(run, ids[run.id])] for run in reversed(runs)]
    return "".join(f"{line}\n" for line in align([_HEADINGS, *rows], view, _WIDEST))


def render_run(run: Run) -> str:
    """The details of a run: its actor, its requests, and the outcome of each campaign."""
    return "\n".join(terminal(line) for line in _lines(run)) + "\n"


def render_runs_json(runs: Sequence[Run]) -> str:
    """The runs as a document, newest first; as `render_runs`, with whole ids and commits."""
    return dump_json({"runs": [_document(run) for run in reversed(runs)]})


def render_run_json(run: Run) -> str:
    """A run as a document, with its requests, without their values: those are in the journal, with phones."""
    patches = [
        {
            "method": "PATCH",
            "campaign": sent.campaign,
            "fields": list(sent.patch),
            "outcome": sent.outcome,
            "detail": masked_in(sent.detail),
        }
        for sent in run.sent
    ]
    posts = [
        {
            "method": "POST",
            "campaign": creation.campaign,
            "file": creation.definition.file,
            "name": creation.definition.name,
            "outcome": creation.outcome,
            "detail": masked_in(creation.detail),
        }
        for creation in run.created
        if creation.was_sent
    ]
    campaigns = [
        {
            "id": end.campaign,
            "name": end.name,
            "outcome": end.outcome,
            "detail": masked_in(end.detail),
        }
        for end in run.ends
    ]
    return dump_json({**_document(run), "requests": patches + posts, "campaigns": campaigns})


def short_ids(ids: Sequence[str]) -> dict[str, str]:
    """For each id, its shortest beginning that no other id has, up to at least the second in which the run began."""
    ordered = sorted(set(ids))
    beginnings = {}
    for before, run_id, after in zip(["", *ordered], ordered, [*ordered[1:], ""], strict=False):
        shared_length = max(_shared_length(run_id, neighbor) for neighbor in (before, after))
        beginnings[run_id] = run_id[: max(shared_length + 1, _SHORTEST)]
    return beginnings


def _shared_length(first: str, second: str) -> int:
    """The length of the beginning that two texts share."""
    return sum(takewhile(bool, map(eq, first, second)))


def _row(run: Run, short_id: str) -> Iterator[str]:
    yield short_id
    yield _start(run)
    yield run.environment or _UNSAID
    yield run.command
    mark = "+" if "uncommitted" in run.actor else ""
    yield f"{formatting.format_commit(run.actor.get('commit', _UNSAID))}{mark}"
    yield _result(run)
    yield run.actor.get("job") or run.actor.get("user") or _UNSAID


def _outcomes(run: Run) -> Counter[str]:
    """The number of campaigns for each outcome."""
    ended = Counter(end.outcome for end in run.ends)
    return ended + Counter(_creation_outcome(creation) for creation in run.created)


def _result(run: Run) -> str:
    """How a run ended, in a few words."""
    if not run.plan:
        return run.remarks[0]
    if run.was_killed:
        requests = len(run.sent) + sum(creation.was_sent for creation in run.created)
        return f"KILLED after {formatting.count(requests, 'request')}"
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in _outcomes(run).items())
    return outcomes or "nothing sent"


def _document(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "command": run.command,
        "startedAt": moment_to(run.started_at),
        "baseUrl": run.base_url,
        "environment": run.environment,
        "actor": dict(run.actor),
        "exitStatus": run.exit_status,
        "outcomes": dict(_outcomes(run)),
        "remarks": list(run.remarks),
    }


def _start(run: Run) -> str:
    return f"{run.started_at:%Y-%m-%d %H:%M:%S} UTC"


def _lines(run: Run) -> Iterator[str]:
    yield from _header(run)
    for sent in run.sent:
        yield ""
        yield from _sent(sent)
    for creation in run.created:
        yield ""
        yield from _created(creation)
    for end in run.ends:
        name = f" {end.name}" if end.name else ""
        yield ""
        yield f"{end.campaign}{name}: {end.outcome}"
        if end.detail:
            yield f"    {masked_in(end.detail)}"


def _header(run: Run) -> Iterator[str]:
    yield f"run      {run.id} ({run.command})"
    yield f"started  {_start(run)}"
    yield f"against  {run.base_url}"
    if run.environment is not None:
        yield f"env      {run.environment}"
    for key, value in run.actor.items():
        yield f"{key:<8} {value}"
    if run.saved_plan is not None:
        yield f"saved    plan {run.saved_plan}"
    for flag, value in run.overrides.items():
        yield f"override {flag} {value}"
    if run.was_killed:
        yield "ended    KILLED: requests marked UNKNOWN may have taken effect; run plan to check"
    else:
        yield f"ended    with exit status {run.exit_status}"
    for remark in run.remarks:
        yield f"remark   {remark}"


def _sent(sent: SentPatch) -> Iterator[str]:
    outcome = sent.outcome or _UNKNOWN
    yield f"PATCH {sent.campaign}: {outcome}"
    for name, value in sent.patch.items():
        kind = FIELDS[name].kind if name in FIELDS else TEXT  # a later version may know more fields
        before = kind.from_document(sent.replaces.get(name))
        yield f"    {name}: {kind.describe(before)} → {kind.describe(kind.from_wire(value))}"
    if sent.detail:
        yield f"    {masked_in(sent.detail)}"


def _creation_outcome(creation: CreationRecord) -> str:
    """The outcome of a creation in a few words."""
    if creation.is_abandoned:
        return "abandoned"
    if not creation.was_sent:
        return "id written"
    if creation.campaign is not None:
        return "created" if creation.is_written else "created, id not written"
    return "not created" if creation.outcome == "refused" else "unknown"


def _created(creation: CreationRecord) -> Iterator[str]:
    if not creation.was_sent:
        action = "abandoned" if creation.is_abandoned else "written"
        text = f"id {creation.campaign} {action}; the campaign was created by an earlier run"
        yield f"{creation.definition.file} {creation.definition.name}: {text}"
    else:
        outcome = creation.outcome or _UNKNOWN
        campaign = f", campaign {creation.campaign}" if creation.campaign is not None else ""
        yield f"POST {creation.definition.file} {creation.definition.name}: {outcome}{campaign}"
    if creation.is_open:
        yield "    its id is not in a definition: run voxosync create for instructions"
    if creation.detail:
        yield f"    {masked_in(creation.detail)}"
