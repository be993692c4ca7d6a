"""Plans for campaigns that `apply --quiesce` paused and did not set READY again. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.model.campaign import LiveCampaign
from voxosync.model.change import FieldChange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from voxosync.errors import CampaignError
    from voxosync.model.campaign import Definition
    from voxosync.model.change import Change
    from voxosync.model.change_kind import ChangeKind
    from voxosync.model.values import Value

_OF_QUIESCE = ("name", "state")
"""The fields that a quiesce changes for a while."""


def end_quiesce(definition: Definition, live: LiveCampaign, today: date) -> LiveCampaign:
    """The campaign to compare with: the live one as it will be once an interrupted quiesce has ended.

    It stays PAUSED if the definition says so, or acknowledges its state.
    """
    wants_pause = definition.values.get("state") == "PAUSED" and "state" not in definition.ignore
    is_acknowledged = any(
        acknowledgement.field == "state" and acknowledgement.holds(today)
        for acknowledgement in definition.acknowledge
    )
    return live.unmarked() if wants_pause or is_acknowledged else live.before_quiesce()


def add_quiesce_end(
    live: LiveCampaign,
    ended: LiveCampaign,
    changes: Sequence[Change],
    sent: Mapping[str, Value],
    kind: ChangeKind,
) -> tuple[tuple[Change, ...], dict[str, Value]]:
    """The changes and the values to send, including those that end a quiesce.

    Args:
        live: the campaign, with the mark of a quiesce.
        ended: the campaign that was compared, from `end_quiesce`.
        changes: the other changes.
        sent: their values.
        kind: that of changes that only end the quiesce.
    """
    if ended is live:
        return tuple(changes), dict(sent)
    field_changes = {change.field: change for change in changes if isinstance(change, FieldChange)}
    values = {name: ended.values.get(name) for name in _OF_QUIESCE} | dict(sent)
    ends = [
        replace(
            field_changes.get(name, FieldChange(name, None, None, kind)),
            before=live.values.get(name),  # type: ignore[arg-type]  # a text, as both fields are
            after=values[name],  # type: ignore[arg-type]  # a text, as both fields are
        )
        for name in _OF_QUIESCE
        if live.values.get(name) != values[name]
    ]
    other_changes = [change for change in changes if change.field not in _OF_QUIESCE]
    fields = {change.field for change in (*ends, *other_changes)}
    return (*ends, *other_changes), {
        name: value for name, value in values.items() if name in fields
    }


def could_be_left_paused(definition: Definition, live: LiveCampaign | CampaignError) -> bool:
    """Whether a campaign would stay paused unnoticed if a quiesce had paused it and left no mark."""
    return (
        isinstance(live, LiveCampaign)
        and live.state == "PAUSED"
        and not live.is_quiesced
        and ("state" not in definition.values or "state" in definition.ignore)
    )


def describe_pause(run: str) -> str:
    """Why a campaign cannot be planned that a quiesce left paused according to a journal only."""
    return (
        f"it is PAUSED since run {run}, an apply --quiesce that did not end, and nothing in VOXO says whether "
        "it is to stay so: set it READY in VOXO, or write its state, READY or PAUSED, into its definition"
    )
