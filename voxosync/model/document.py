"""Converts plans to and from documents of a versioned format (`schemas/plan.schema.json`)."""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from voxosync import __version__
from voxosync.model.applied_record import RecordStep
from voxosync.model.campaign_document import campaign_from, campaign_to, dialing_from, dialing_to
from voxosync.model.drift import DriftRun, History, UnmanagedCampaign
from voxosync.model.moment import moment_from, moment_to
from voxosync.model.plan import AbandonedCampaign, Plan, Status
from voxosync.model.problem import AllowedProblem, Problem
from voxosync.model.shard import PlanPart

if TYPE_CHECKING:
    from collections.abc import Mapping


FORMAT_VERSION = 1


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
        **plan.part.to_document(),
        "summary": {
            "inSync": plan.count(Status.IN_SYNC),
            "update": plan.count(Status.UPDATE),
            "error": plan.count(Status.ERROR),
            **({"leftAlone": left_alone} if (left_alone := plan.count(Status.LEFT_ALONE)) else {}),
            **({"create": create} if (create := plan.count(Status.CREATE)) else {}),
        },
        "campaigns": [campaign_to(campaign) for campaign in plan.campaigns],
    }
    if plan.refusals:
        document["guards"] = [
            {"guard": entry.guard.value, "message": entry.message, "flag": entry.flag}
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
        campaigns=[campaign_from(campaign) for campaign in document["campaigns"]],
        base=document.get("base"),
        abandoned=tuple(map(_abandoned_from, document.get("abandoned", ()))),
        live_as_of=moment_from(document["live"]["createdAt"]) if "live" in document else None,
        part=PlanPart.from_document(document),
        unmanaged=tuple(
            UnmanagedCampaign(**campaign) for campaign in document.get("unmanaged", ())
        ),
        unmanaged_counts=document.get("unmanagedCounts", False),
        unlisted=document.get("unlisted"),
        history=_history_from(document["history"]) if "history" in document else None,
        allowed=tuple(map(AllowedProblem.from_document, document.get("allowed", ()))),
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


def _abandoned_to(campaign: AbandonedCampaign) -> dict[str, Any]:
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


def _abandoned_from(document: Mapping[str, Any]) -> AbandonedCampaign:
    return AbandonedCampaign(
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


def digest(document: Mapping[str, Any]) -> str:
    """A fingerprint of a document's content, without its own `digest`, whatever its layout."""
    content = {key: value for key, value in document.items() if key != "digest"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return f"sha256:{sha256(text.encode()).hexdigest()}"
