"""The history of runs as text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from voxosync.model.fields import FIELDS
from voxosync.model.kinds.scalars import TEXT
from voxosync.model.phone import masked_in
from voxosync.report import formatting
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.journal import Created, Run, Sent


_UNKNOWN = "UNKNOWN: the run ended before VOXO responded"


def render_runs(runs: Sequence[Run]) -> str:
    """One line per run, newest first.

    Args:
        runs: oldest first.
    """
    if not runs:
        return "No runs yet.\n"
    return "".join(f"{_line(run)}\n" for run in reversed(runs))


def render_run(run: Run) -> str:
    """The details of a run: its actor, its requests, and the outcome of each campaign."""
    return "\n".join(terminal(line) for line in _lines(run)) + "\n"


def _line(run: Run) -> str:
    counts = Counter(end.outcome for end in run.ends)
    counts += Counter(_creation_outcome(creation) for creation in run.created)
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in counts.items())
    if run.was_killed:
        requests = len(run.sent) + sum(creation.was_sent for creation in run.created)
        outcomes = f"KILLED after {formatting.count(requests, 'request')}"
    if not run.plan:
        outcomes = run.remarks[0]
    actor = run.actor.get("job") or run.actor.get("user") or "?"
    result = outcomes or "nothing sent"
    return terminal(f"{run.id}  {_start(run)}  {run.command}  {result}  {actor}")


def _start(run: Run) -> str:
    return f"{run.started_at:%Y-%m-%d %H:%M:%S} UTC"


def _lines(run: Run) -> Iterator[str]:
    yield f"run      {run.id} ({run.command})"
    yield f"started  {_start(run)}"
    yield f"against  {run.base_url}"
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


def _sent(sent: Sent) -> Iterator[str]:
    outcome = sent.outcome or _UNKNOWN
    yield f"PATCH {sent.campaign}: {outcome}"
    for name, value in sent.patch.items():
        kind = FIELDS[name].kind if name in FIELDS else TEXT  # a later version may know more fields
        before = kind.from_document(sent.replaces.get(name))
        yield f"    {name}: {kind.describe(before)} → {kind.describe(kind.from_wire(value))}"
    if sent.detail:
        yield f"    {masked_in(sent.detail)}"


def _creation_outcome(creation: Created) -> str:
    """The outcome of a creation in a few words."""
    if creation.is_abandoned:
        return "abandoned"
    if not creation.was_sent:
        return "id written"
    if creation.campaign is not None:
        return "created" if creation.is_written else "created, id not written"
    return "not created" if creation.outcome == "refused" else "unknown"


def _created(creation: Created) -> Iterator[str]:
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
