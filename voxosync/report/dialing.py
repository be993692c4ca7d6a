"""What reports say about the effect of a plan on dialing. Nothing here is escaped: that is done where it lands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.report.formatting import count, ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voxosync.model.dialing.forecast import Forecast
    from voxosync.model.plan import AbandonedCampaign, CampaignPlan

_DATE = len("YYYY-MM-DD")


def describe_effect(dialing: DialingEffect) -> str:
    """`becomes READY; 33 phones (30 open) from 2027-01-04 09:00 (Etc/UTC); at most 540 calls a day, done …`."""
    phones = " ".join(filter(None, (describe_phones(dialing), describe_start(dialing))))
    parts = [*dialing.reasons, phones, describe_forecast(dialing)]
    return "; ".join(filter(None, parts))


def describe_phones(dialing: DialingEffect) -> str:
    """`33 phones (30 open)`."""
    if dialing.phones is None:
        return "an unknown number of phones"
    open_text = "" if dialing.open == dialing.phones else f" ({dialing.open} open)"
    return f"{count(dialing.phones, 'phone')}{open_text}"


def describe_start(dialing: DialingEffect) -> str:
    """`from 2027-01-04 09:00 (America/Chicago)`; empty where dialing stops."""
    if dialing.effect in (Effect.STOPS, Effect.STOPPED_BY_HAND):
        return ""
    start = f"from {dialing.start}" if dialing.start else "with no start date"
    return f"{start} ({dialing.timezone or 'time zone unknown'})"


def headline(dialing: DialingEffect) -> str:
    """The effect in its word, and what it comes from: `STARTS DIALING: becomes READY; 33 phones …`."""
    return f"{dialing.effect}: {describe_effect(dialing)}"


def shared_headline(effects: Sequence[DialingEffect]) -> str:
    """The same effect of several campaigns: `DIALS MORE: calls every 20 s instead of 30 s; 596 phones in all; …`."""
    return f"{effects[0].effect}: {describe_shared_effect(effects)}"


def describe_shared_effect(effects: Sequence[DialingEffect]) -> str:
    """What the same effect of several campaigns comes from, and whom it concerns in all."""
    phones = " ".join(filter(None, (f"{shared_phones(effects)} in all", shared_start(effects))))
    return "; ".join(filter(None, (*effects[0].reasons, phones, shared_calls(effects))))


def shared_phones(effects: Sequence[DialingEffect]) -> str:
    """`596 phones`, of all campaigns together; `at least 596 phones` where a list cannot be read."""
    phones = sum(dialing.phones or 0 for dialing in effects)
    is_unknown = any(dialing.phones is None for dialing in effects)
    return f"{'at least ' if is_unknown else ''}{count(phones, 'phone')}"


def shared_start(effects: Sequence[DialingEffect]) -> str:
    """`from 2027-01-04 09:00 on (America/Chicago)`, from when the first of them dials; empty where dialing stops."""
    if effects[0].effect in (Effect.STOPS, Effect.STOPPED_BY_HAND):
        return ""
    starts = sorted({dialing.start or "" for dialing in effects})
    zones = sorted({dialing.timezone or "time zone unknown" for dialing in effects})
    zone = zones[0] if len(zones) == 1 else count(len(zones), "time zone")
    start = f"from {starts[0]}" if starts[0] else "some with no start date"
    start = "with no start date" if starts == [""] else start
    return f"{start}{' on' if len(starts) > 1 and starts[0] else ''} ({zone})"


def shared_calls(effects: Sequence[DialingEffect]) -> str:
    """`at most 68400 calls a day`, of all campaigns together; empty where dialing stops or nothing can be said."""
    if effects[0].effect in (Effect.STOPS, Effect.STOPPED_BY_HAND):
        return ""
    calls = sum(dialing.forecast.calls_per_day for dialing in effects if dialing.forecast)
    return f"at most {calls} calls a day" if calls else ""


def describe_forecast(dialing: DialingEffect) -> str:
    """`at most 540 → 810 calls a day, done 2027-01-09 → 2027-01-06 at the earliest`; may be empty."""
    return forecast_text(dialing.forecast, dialing.forecast_before)


def forecast_text(after: Forecast | None, before: Forecast | None = None) -> str:
    """The same of forecasts alone: `at most 540 calls a day, done 2027-01-09 at the earliest`."""
    if after is None:
        return ""
    if before is None or before == after:
        calls, end = f"{after.calls_per_day}", _end(after)
    else:
        calls = _from_to(str(before.calls_per_day), str(after.calls_per_day))
        end = _from_to(*_ends(before, after))
    end_text = f", done {end}" if end else ""
    earliest = " at the earliest" if after.last_call else ""
    return f"at most {calls} calls a day{end_text}{earliest}"


def changes_forecast(dialing: DialingEffect) -> bool:
    """Whether a list lasts longer or shorter than before, although the campaign does not call anyone else."""
    return dialing.effect is None and dialing.forecast != dialing.forecast_before


def summarize_effects(effects: Iterable[DialingEffect | None]) -> str:
    """`1 STARTS DIALING, 33 phones; 2 STOPS DIALING`, riskiest first; empty where nothing has an effect."""
    known_effects = [dialing for dialing in effects if dialing is not None]
    parts = []
    for effect in Effect:
        same = [dialing for dialing in known_effects if dialing.effect is effect]
        phones = sum(dialing.phones or 0 for dialing in same)
        phones_text = f", {count(phones, 'phone')}" if effect.rings else ""
        parts += [f"{len(same)} {effect}{phones_text}"] if same else []
    return "; ".join(parts)


def list_ids(
    campaigns: Iterable[CampaignPlan | AbandonedCampaign], *, as_ranges: bool
) -> list[str]:
    """`STARTS DIALING: 4711, 4712`, or as ranges `4711-4712`, which take less room; what rings no phone is a count."""
    groups: dict[Effect, list[CampaignPlan | AbandonedCampaign]] = {}
    for campaign in campaigns:
        if campaign.dialing is not None and campaign.dialing.effect is not None:
            groups.setdefault(campaign.dialing.effect, []).append(campaign)
    return [
        f"{effect}: {', '.join(_names(group, as_ranges=as_ranges))}"
        if effect.rings
        else f"{effect}: {count(len(group), 'more campaign')}"
        for effect, group in groups.items()
    ]


def _names(campaigns: Iterable[CampaignPlan | AbandonedCampaign], *, as_ranges: bool) -> list[str]:
    """The ids of campaigns, and the files of those that have none yet."""
    ids = [campaign.id for campaign in campaigns if campaign.id]
    new = [campaign.file for campaign in campaigns if not campaign.id]
    return [*(ranges(ids) if as_ranges else map(str, ids)), *new]


def _end(forecast: Forecast, length: int | None = _DATE) -> str:
    if forecast.last_call is not None:
        return forecast.last_call[:length]
    if forecast.not_reached:
        return f"not before the end (at least {count(forecast.not_reached, 'phone')} left)"
    return ""


def _ends(before: Forecast, after: Forecast) -> tuple[str, str]:
    """Both ends by their days, or with their times where both are on one day."""
    days = _end(before), _end(after)
    return (_end(before, None), _end(after, None)) if days[0] == days[1] else days


def _from_to(before: str, after: str) -> str:
    return after if before == after or not before else f"{before} → {after}"
