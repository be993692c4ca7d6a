"""Converts the campaigns of a plan, with their dialing, to and from documents (`schemas/plan.schema.json`)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from voxosync.model.body import canonical_value
from voxosync.model.change import change_from_document
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.dials_more import DIALING_SCALARS, Phones, Reach
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.dialing.forecast import Forecast
from voxosync.model.dialing.schedule import Schedule, Schedules
from voxosync.model.drift import Acknowledgement
from voxosync.model.moment import moment_from, moment_to
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.model.plan import AcknowledgedChange, CampaignPlan, LeftAloneChange, Reason
from voxosync.model.problem import Position
from voxosync.model.provenance import Revision, Sending
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from voxosync.model.called_zones import PhonesByZones
    from voxosync.model.change import Change

_Dated = TypeVar("_Dated", Revision, Sending)


def campaign_to(campaign: CampaignPlan) -> dict[str, Any]:
    """One campaign of a plan in the form of documents."""
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
        document["schedules"] = _schedules_to(campaign.schedules)
    return document


def campaign_from(document: Mapping[str, Any]) -> CampaignPlan:
    """The campaign of a document; the inverse of `campaign_to`."""
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
            LeftAloneChange(_change_from(difference), Reason(difference["reason"]))
            for difference in document.get("leftAlone", ())
        ),
        schedules=_schedules_from(document["schedules"]) if "schedules" in document else None,
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
    unreadable: dict[str, Any] = dict.fromkeys(
        DIALING_SCALARS, False
    )  # in a plan of an older version
    values = unreadable | {name: value for name, value in document.items() if name != NUMBERS_FIELD}
    if NUMBERS_FIELD in patch:
        return Reach.of({**values, NUMBERS_FIELD: canonical_value(patch, NUMBERS_FIELD)})
    saved = document.get(NUMBERS_FIELD)
    return Reach(values, Phones.saved(**saved) if saved else None)


def _acknowledged_to(acknowledged: AcknowledgedChange) -> dict[str, Any]:
    acknowledgement = acknowledged.by
    return {
        **_change_to(acknowledged.change),
        "until": acknowledgement.until.isoformat(),
        "reason": acknowledgement.reason,
        "owner": acknowledgement.owner,
        "acknowledgedAt": position_to(acknowledgement.position),
    }


def _acknowledged_from(document: Mapping[str, Any]) -> AcknowledgedChange:
    acknowledgement = Acknowledgement(
        field=document["field"],
        until=date.fromisoformat(document["until"]),
        reason=document["reason"],
        owner=document["owner"],
        position=Position(**document["acknowledgedAt"]),
    )
    return AcknowledgedChange(_change_from(document), acknowledgement)


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
    """The revision or sending in a document; None: there is none."""
    return None if document is None else kind(**{**document, "at": moment_from(document["at"])})


def dialing_to(dialing: DialingEffect) -> dict[str, Any]:
    """An effect as documents hold it."""
    document = {
        "effect": dialing.effect and dialing.effect.value,
        "reasons": list(dialing.reasons),
        "phones": dialing.phones,
        "open": dialing.open,
        "from": dialing.start,
        "timezone": dialing.timezone,
        "alreadyDialing": dialing.already_dialing,
        "forecast": _forecast_to(dialing.forecast),
    }
    if dialing.forecast_before is not None:
        document["forecastBefore"] = _forecast_to(dialing.forecast_before)
    return document


def dialing_from(document: Mapping[str, Any]) -> DialingEffect:
    """The effect of a document; the inverse of `dialing_to`."""
    return DialingEffect(
        effect=Effect(document["effect"]) if document["effect"] else None,
        reasons=tuple(document["reasons"]),
        phones=document["phones"],
        open=document["open"],
        start=document["from"],
        timezone=document["timezone"],
        already_dialing=document["alreadyDialing"],
        forecast=_forecast_from(document["forecast"]),
        forecast_before=_forecast_from(document.get("forecastBefore")),
    )


def _forecast_to(forecast: Forecast | None) -> dict[str, Any] | None:
    """A forecast as documents hold it; null where there is none."""
    if forecast is None:
        return None
    return {
        "callsPerDay": forecast.calls_per_day,
        "lastCall": forecast.last_call,
        "notReached": forecast.not_reached,
    }


def _forecast_from(document: Mapping[str, Any] | None) -> Forecast | None:
    """The forecast of a document; the inverse of `_forecast_to`."""
    if document is None:
        return None
    return Forecast(document["callsPerDay"], document["lastCall"], document["notReached"])


def _schedules_to(schedules: Schedules) -> dict[str, Any]:
    """The schedules of a campaign as documents hold them; what is unknown is left out."""
    parts = {
        "definition": asdict(schedules.definition),
        "live": asdict(schedules.live),
        "forecast": _forecast_to(schedules.forecast),
        "definitionPhones": _phones_to(schedules.definition_phones),
        "livePhones": _phones_to(schedules.live_phones),
    }
    return {name: part for name, part in parts.items() if part}


def _schedules_from(document: Mapping[str, Any]) -> Schedules:
    """The schedules of a document; the inverse of `_schedules_to`."""
    return Schedules(
        Schedule(**document["definition"]),
        Schedule(**document["live"]),
        _forecast_from(document.get("forecast")),
        _phones_from(document.get("definitionPhones", ())),
        _phones_from(document.get("livePhones", ())),
    )


def _phones_to(phones: PhonesByZones) -> list[dict[str, Any]]:
    return [{"zones": [*zones], "phones": number} for zones, number in phones]


def _phones_from(document: Iterable[Mapping[str, Any]]) -> PhonesByZones:
    """A zone that is not known here, as those of another version may be, is left out."""
    return tuple((tuple(filter(zone_of, entry["zones"])), entry["phones"]) for entry in document)
