"""What apply did, run by run, as text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from voxosync.model.phone import masked_in
from voxosync.report import formatting
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.model.journal import Created, Run, Sent


def render_runs(found: Sequence[Run]) -> str:
    """The runs, newest first, a line each."""
    if not found:
        return "No runs yet.\n"
    return "".join(f"{_line(run)}\n" for run in reversed(found))


def render_run(run: Run) -> str:
    """One run: who, where, and what became of each campaign."""
    return "\n".join(terminal(line) for line in _lines(run)) + "\n"


def _line(run: Run) -> str:
    told = Counter(end.outcome for end in run.ends)
    told += Counter(_became(made) for made in run.created)
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in told.items())
    if run.was_killed:
        requests = len(run.sent) + sum(made.was_sent for made in run.created)
        outcomes = f"KILLED after {formatting.count(requests, 'request')}"
    if not run.plan:
        outcomes = run.remarks[0]
    who = run.actor.get("job") or run.actor.get("user") or "?"
    when = f"{run.started_at:%Y-%m-%d %H:%M:%S} UTC"
    return terminal(f"{run.id}  {when}  {run.command}  {outcomes or 'nothing sent'}  {who}")


def _lines(run: Run) -> Iterator[str]:
    yield f"run      {run.id} ({run.command})"
    yield f"started  {run.started_at:%Y-%m-%d %H:%M:%S} UTC"
    yield f"against  {run.base_url}"
    for key, value in run.actor.items():
        yield f"{key:<8} {value}"
    if run.saved_plan is not None:
        yield f"saved    plan {run.saved_plan}"
    for flag, value in run.overrides.items():
        yield f"lifted   {flag} {value}"
    if run.was_killed:
        yield "ended    KILLED: what is unknown below may have happened; plan or apply tells"
    else:
        yield f"ended    with status {run.exit_status}"
    for remark in run.remarks:
        yield f"remark   {remark}"
    for sent in run.sent:
        yield ""
        yield from _sent(sent)
    for made in run.created:
        yield ""
        yield from _created(made)
    for end in run.ends:
        name = f" {end.name}" if end.name else ""
        yield ""
        yield f"{end.campaign}{name}: {end.outcome}"
        if end.detail:
            yield f"    {masked_in(end.detail)}"


def _sent(sent: Sent) -> Iterator[str]:
    outcome = sent.outcome or "UNKNOWN: the run ended before VOXO's answer"
    yield f"PATCH {sent.campaign}: {outcome}"
    for name, value in sent.patch.items():
        before = sent.replaces.get(name)
        if name == "numbers":
            count = len(before) if isinstance(before, (dict, list)) else 0
            yield f"    numbers: {count} → {len(value)}"
        else:
            yield f"    {name}: {_value(before)} → {_value(value)}"
    if sent.detail:
        yield f"    {masked_in(sent.detail)}"


def _became(made: Created) -> str:
    """What became of a creation, in a word or two."""
    if made.is_abandoned:
        return "abandoned"
    if not made.was_sent:
        return "id written"
    if made.campaign is not None:
        return "created" if made.is_written else "created without its id written"
    return "not created" if made.outcome == "refused" else "unknown"


def _created(made: Created) -> Iterator[str]:
    if not made.was_sent:
        became = "is abandoned" if made.is_abandoned else "written"
        what = f"id {made.campaign} {became}; an earlier run had created the campaign"
        yield f"{made.definition.file} {made.definition.name}: {what}"
    else:
        outcome = made.outcome or "UNKNOWN: the run ended before VOXO's answer"
        campaign = f", campaign {made.campaign}" if made.campaign is not None else ""
        yield f"POST {made.definition.file} {made.definition.name}: {outcome}{campaign}"
    if made.is_open:
        yield "    its id is in no definition: voxosync create tells what to do"
    if made.detail:
        yield f"    {masked_in(made.detail)}"


def _value(value: object) -> str:
    if isinstance(value, list):
        places = (f"{place['type']} {place['id']}" for place in value)
        return f"[{', '.join(places)}]"
    return formatting.format_value(value)  # type: ignore[arg-type]  # a scalar, as journals hold them
