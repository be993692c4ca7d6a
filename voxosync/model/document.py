"""Converts plans to and from documents of a versioned format (`schemas/plan.schema.json`)."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from voxosync import __version__
from voxosync.model.applied_record import RecordStep
from voxosync.model.body import canonical_value
from voxosync.model.change import change_from_document
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.document import (
    dialing_from,
    dialing_to,
    schedules_from,
    schedules_to,
)
from voxosync.model.dialing.phones import Phones
from voxosync.model.dialing.reach import Reach
from voxosync.model.drift import Acknowledgement, DriftRun, History, Unmanaged
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.model.plan import (
    Abandoned,
    Acknowledged,
    CampaignPlan,
    LeftAlone,
    Plan,
    Reason,
    Status,
)
from voxosync.model.problem import Allowed, Position, Problem
from voxosync.model.provenance import Revision, Sending
from voxosync.model.shard import Shard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voxosync.model.change import Change

FORMAT_VERSION = 1
_Dated = TypeVar("_Dated", Revision, Sending)
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def to_document(plan: Plan, command: str | None = None) -> dict[str, Any]:
    """The document of a plan, its digest included.

    Args:
        plan: the plan.
        command: which command made it, where that is not `plan`; such a document cannot be applied.
    """
    document: dict[str, Any] = {
        "formatVersion": FORMAT_VERSION,
        **({"command": command} if command else {}),
        "voxosyncVersion": __version__,
        "createdAt": moment_to(plan.created_at),
        "baseUrl": plan.base_url,
        **({"base": plan.base} if plan.base else {}),
        **({"applied": _step_to(plan.record_step)} if plan.record_step else {}),
        **({"live": {"createdAt": moment_to(plan.live_as_of)}} if plan.live_as_of else {}),
        **({"managed": plan.managed} if plan.managed is not None else {}),
        **({"shard": asdict(plan.shard)} if plan.shard is not None else {}),
        **({"shardManaged": plan.shard_managed} if plan.shard_managed is not None else {}),
        "summary": {
            "inSync": plan.count(Status.IN_SYNC),
            "update": plan.count(Status.UPDATE),
            "error": plan.count(Status.ERROR),
            **({"leftAlone": left_alone} if (left_alone := plan.count(Status.LEFT_ALONE)) else {}),
            **({"create": create} if (create := plan.count(Status.CREATE)) else {}),
        },
        "campaigns": [_campaign_to(campaign) for campaign in plan.campaigns],
    }
    if plan.refusals:
        document["guards"] = [
            {"guard": entry.guard, "message": entry.message, "flag": entry.flag}
            for entry in plan.refusals
        ]
    if plan.abandoned:
        document["abandoned"] = [_abandoned_to(campaign) for campaign in plan.abandoned]
    if plan.unmanaged:
        document["unmanaged"] = [asdict(entry) for entry in plan.unmanaged]
    if plan.unmanaged_counts:
        document["unmanagedCounts"] = True
    if plan.unlisted is not None:
        document["unlisted"] = plan.unlisted
    if plan.allowed:
        document["allowed"] = [entry.to_document() for entry in plan.allowed]
    if plan.findings:
        document["checks"] = [finding.to_document() for finding in plan.findings]
    if plan.history is not None:
        document["history"] = _history_to(plan.history)
    return {**document, "digest": digest(document)}


def from_document(document: Mapping[str, Any]) -> Plan:
    """The plan of a document that its schema accepts; the inverse of `to_document`."""
    return Plan(
        created_at=moment_from(document["createdAt"]),
        base_url=document["baseUrl"],
        campaigns=[_campaign_from(campaign) for campaign in document["campaigns"]],
        base=document.get("base"),
        abandoned=tuple(map(_abandoned_from, document.get("abandoned", ()))),
        live_as_of=moment_from(document["live"]["createdAt"]) if "live" in document else None,
        managed=document.get("managed"),
        shard=Shard(**document["shard"]) if "shard" in document else None,
        shard_managed=document.get("shardManaged"),
        unmanaged=tuple(Unmanaged(**campaign) for campaign in document.get("unmanaged", ())),
        unmanaged_counts=document.get("unmanagedCounts", False),
        unlisted=document.get("unlisted"),
        history=_history_from(document["history"]) if "history" in document else None,
        allowed=tuple(map(Allowed.from_document, document.get("allowed", ()))),
        record_step=_step_from(document["applied"]) if "applied" in document else None,
        findings=tuple(map(Problem.from_document, document.get("checks", ()))),
    )


def _step_to(step: RecordStep) -> dict[str, Any]:
    after = {} if step.after is None else {"after": step.after}
    partial = {"partial": True} if step.is_partial else {}
    return {"ref": step.ref, "before": step.before, **after, **partial}


def _step_from(document: Mapping[str, Any]) -> RecordStep:
    is_partial = document.get("partial", False)
    return RecordStep(document["ref"], document["before"], document.get("after"), is_partial)


def _abandoned_to(campaign: Abandoned) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": campaign.id,
        "name": campaign.name,
        "file": campaign.file,
    }
    if campaign.live_state is not None:
        document["liveState"] = campaign.live_state
    if campaign.dialing is not None:
        document["dialing"] = dialing_to(campaign.dialing)
    if campaign.error is not None:
        document["error"] = campaign.error
    return document


def _abandoned_from(document: Mapping[str, Any]) -> Abandoned:
    return Abandoned(
        id=document["id"],
        name=document["name"],
        file=document["file"],
        live_state=document.get("liveState"),
        dialing=dialing_from(document["dialing"]) if "dialing" in document else None,
        error=document.get("error"),
    )


def _history_to(history: History) -> dict[str, Any]:
    runs = [
        {
            "at": moment_to(run.at),
            "inSync": run.in_sync,
            "update": run.drifted,
            "error": run.failed,
            **({"leftAlone": run.left_alone} if run.left_alone else {}),
        }
        for run in history.runs
    ]
    return {"runs": runs, **({"since": moment_to(history.since)} if history.since else {})}


def _history_from(document: Mapping[str, Any]) -> History:
    runs = tuple(
        DriftRun(
            moment_from(run["at"]),
            run["inSync"],
            run["update"],
            run["error"],
            run.get("leftAlone", 0),
        )
        for run in document["runs"]
    )
    return History(runs, moment_from(document["since"]) if "since" in document else None)


def moment_to(moment: datetime) -> str:
    """A moment as documents hold it, in UTC and to the second."""
    utc = moment.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return f"{utc.isoformat()}Z"  # strftime leaves out the zeros before a year such as 0999


def moment_from(text: str) -> datetime:
    """The moment that a document holds.

    Raises:
        ValueError: the text is not a moment in that form.
    """
    return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)


def digest(document: Mapping[str, Any]) -> str:
    """A fingerprint of a document's content, without its own `digest`, whatever its layout."""
    content = {key: value for key, value in document.items() if key != "digest"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def _campaign_to(campaign: CampaignPlan) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": None if campaign.is_new else campaign.id,
        "name": campaign.name,
        "file": campaign.file,
        "line": campaign.line,
        "status": campaign.status.value,
        "changes": [_change_to(change) for change in campaign.changes],
        "warnings": list(campaign.warnings),
        "patch": dict(campaign.patch),
    }
    if campaign.tenant_id is not None:
        document["tenantId"] = campaign.tenant_id
    if campaign.live_state is not None:
        document["liveState"] = campaign.live_state
    if campaign.dialing is not None:
        document["dialing"] = dialing_to(campaign.dialing)
    if campaign.reach is not None:
        document["reach"] = _reach_to(campaign.reach, campaign.patch)
    if campaign.error is not None:
        document["error"] = campaign.error
    if campaign.missing:
        document["missing"] = True
    if campaign.acknowledged:
        document["acknowledged"] = [
            _acknowledged_to(acknowledged) for acknowledged in campaign.acknowledged
        ]
    if campaign.left_alone:
        document["leftAlone"] = [
            {**_change_to(difference.change), "reason": difference.reason.value}
            for difference in campaign.left_alone
        ]
    if campaign.schedules is not None:
        document["schedules"] = schedules_to(campaign.schedules)
    return document


def _campaign_from(document: Mapping[str, Any]) -> CampaignPlan:
    return CampaignPlan(
        id=int(document["id"] or 0),  # JSON Schema takes 4711.0 for 4711
        is_new=document["id"] is None,
        name=document["name"],
        file=document["file"],
        changes=tuple(_change_from(change) for change in document["changes"]),
        warnings=tuple(document["warnings"]),
        patch=document["patch"],
        live_state=document.get("liveState"),
        dialing=dialing_from(document["dialing"]) if "dialing" in document else None,
        error=document.get("error"),
        missing=document.get("missing", False),
        acknowledged=tuple(map(_acknowledged_from, document.get("acknowledged", ()))),
        left_alone=tuple(
            LeftAlone(_change_from(difference), Reason(difference["reason"]))
            for difference in document.get("leftAlone", ())
        ),
        schedules=schedules_from(document["schedules"]) if "schedules" in document else None,
        line=document.get("line", 1),
        tenant_id=document.get("tenantId"),
        reach=_reach_from(document["reach"], document["patch"]) if "reach" in document else None,
    )


def _reach_to(reach: Reach, patch: Mapping[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = dict(reach.values)
    if reach.phones is not None and NUMBERS_FIELD not in patch:  # else they are those of the patch
        document[NUMBERS_FIELD] = {"count": reach.phones.count, "digest": reach.phones.digest}
    return document


def _reach_from(document: Mapping[str, Any], patch: Mapping[str, Any]) -> Reach:
    values = {name: value for name, value in document.items() if name != NUMBERS_FIELD}
    if NUMBERS_FIELD in patch:
        return Reach.of({**values, NUMBERS_FIELD: canonical_value(patch, NUMBERS_FIELD)})
    saved = document.get(NUMBERS_FIELD)
    return Reach(values, Phones.saved(**saved) if saved else None)


def _acknowledged_to(acknowledged: Acknowledged) -> dict[str, Any]:
    acknowledgement = acknowledged.by
    return {
        **_change_to(acknowledged.change),
        "until": acknowledgement.until.isoformat(),
        "reason": acknowledgement.reason,
        "owner": acknowledgement.owner,
        "acknowledgedAt": position_to(acknowledgement.position),
    }


def _acknowledged_from(document: Mapping[str, Any]) -> Acknowledged:
    acknowledgement = Acknowledgement(
        field=document["field"],
        until=date.fromisoformat(document["until"]),
        reason=document["reason"],
        owner=document["owner"],
        position=Position(**document["acknowledgedAt"]),
    )
    return Acknowledged(_change_from(document), acknowledgement)


def position_to(position: Position) -> dict[str, Any]:
    """A place in a file as documents hold it."""
    return {"file": position.file, "line": position.line, "column": position.column}


def _change_to(change: Change) -> dict[str, Any]:
    document: dict[str, Any] = {"field": change.field, "kind": change.kind.value}
    document |= change.to_document()
    if (position := change.position) is not None:
        document["position"] = position_to(position)
    if change.commit is not None:
        document["commit"] = change.commit
    if change.since is not None:
        document["since"] = moment_to(change.since)
    if (revision := change.revision) is not None:
        document["revision"] = {**revision._asdict(), "at": moment_to(revision.at)}
    if (sending := change.last_sent) is not None:
        document["lastSent"] = {**sending._asdict(), "at": moment_to(sending.at)}
    return document


def _change_from(document: Mapping[str, Any]) -> Change:
    return change_from_document(
        document,
        kind=ChangeKind(document["kind"]),
        position=Position(**document["position"]) if "position" in document else None,
        since=moment_from(document["since"]) if "since" in document else None,
        commit=document.get("commit"),
        revision=_with_moment(Revision, document.get("revision")),
        last_sent=_with_moment(Sending, document.get("lastSent")),
    )


def _with_moment(kind: type[_Dated], document: Mapping[str, Any] | None) -> _Dated | None:
    """What a document holds with the moment `at`; None: it does not hold it."""
    return None if document is None else kind(**{**document, "at": moment_from(document["at"])})
