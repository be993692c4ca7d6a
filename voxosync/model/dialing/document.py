"""Converts effects on dialing to and from the form of plan documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voxosync.model.dialing.dialing_effect import DialingEffect, Effect
from voxosync.model.dialing.forecast import Forecast

if TYPE_CHECKING:
    from collections.abc import Mapping


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
