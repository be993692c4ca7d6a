"""Converts effects on dialing, forecasts and schedules to and from the form of plan documents."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from voxosync.model.dialing.dialing_effect import DialingEffect, Effect
from voxosync.model.dialing.forecast import Forecast
from voxosync.model.schedule import Schedule, Schedules
from voxosync.model.zone import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from voxosync.model.called_zones import PhonesByZones


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
        "forecast": forecast_to(dialing.forecast),
    }
    if dialing.forecast_before is not None:
        document["forecastBefore"] = forecast_to(dialing.forecast_before)
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
        forecast=forecast_from(document["forecast"]),
        forecast_before=forecast_from(document.get("forecastBefore")),
    )


def forecast_to(forecast: Forecast | None) -> dict[str, Any] | None:
    """A forecast as documents hold it; null where there is none."""
    if forecast is None:
        return None
    return {
        "callsPerDay": forecast.calls_per_day,
        "lastCall": forecast.last_call,
        "notReached": forecast.not_reached,
    }


def forecast_from(document: Mapping[str, Any] | None) -> Forecast | None:
    """The forecast of a document; the inverse of `forecast_to`."""
    if document is None:
        return None
    return Forecast(document["callsPerDay"], document["lastCall"], document["notReached"])


def schedules_to(schedules: Schedules) -> dict[str, Any]:
    """The schedules of a campaign as documents hold them; what is unknown is left out."""
    parts = {
        "definition": asdict(schedules.definition),
        "live": asdict(schedules.live),
        "forecast": forecast_to(schedules.forecast),
        "definitionPhones": _phones_to(schedules.definition_phones),
        "livePhones": _phones_to(schedules.live_phones),
    }
    return {name: part for name, part in parts.items() if part}


def schedules_from(document: Mapping[str, Any]) -> Schedules:
    """The schedules of a document; the inverse of `schedules_to`."""
    return Schedules(
        Schedule(**document["definition"]),
        Schedule(**document["live"]),
        forecast_from(document.get("forecast")),
        _phones_from(document.get("definitionPhones", ())),
        _phones_from(document.get("livePhones", ())),
    )


def _phones_to(phones: PhonesByZones) -> list[dict[str, Any]]:
    return [{"zones": [*zones], "phones": number} for zones, number in phones]


def _phones_from(document: Iterable[Mapping[str, Any]]) -> PhonesByZones:
    """A zone that is not known here, as those of another version may be, is left out."""
    return tuple((tuple(filter(zone_of, entry["zones"])), entry["phones"]) for entry in document)
