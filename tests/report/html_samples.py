"""Plans for the HTML report: one with everything that it can show, one of the largest supported size, and others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tests.report.samples import CALLED, NOW, SPRING, numbers
from voxosync.model.change import FieldChange
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.dialing.forecast import Forecast
from voxosync.model.dialing.schedule import Schedule, Schedules
from voxosync.model.drift import Acknowledgement, DriftRun, History, UnmanagedCampaign
from voxosync.model.guard import GuardName, Refusal
from voxosync.model.plan import AbandonedCampaign, AcknowledgedChange, CampaignPlan, Plan
from voxosync.model.problem import Position, Problem, Severity
from voxosync.model.provenance import Revision, Sending

MESSAGE = (
    "Hello, this is the Riverside clinic. Your appointment is coming up.\n"
    "Press 1 to confirm, press 2 to talk to us, press 3 to be called back later."
)
DAYS = Schedule(
    "READY",
    "2026-02-16",
    "2026-04-30",
    "09:00",
    "17:00",
    "09:00",
    "18:00",
    "America/Chicago",
    "6015550100",
)


CLINICS = "campaigns/clinics"
CALLED_ZONES = ((("America/Chicago",), 186), (("America/Los_Angeles",), 14))


def days_ago(number: int) -> Any:
    return NOW - timedelta(days=number, hours=3, minutes=12)


def history(runs: int = 40) -> History:
    """A run a day, in which the number of drifted campaigns rises every week."""
    history_runs = [
        DriftRun(NOW - timedelta(days=runs - 1 - n), 12 - n % 7, n % 7, int(n % 11 == 0))
        for n in range(runs)
    ]
    return History(history_runs)


def full_plan(**options: Any) -> Plan:
    """A plan with a campaign of every status and every sort of difference."""
    changed_by_hand = CampaignPlan(
        4711,
        "Spring renewal reminders",
        SPRING,
        changes=(
            FieldChange(
                "state", "READY", "PAUSED", position=Position(SPRING, 3, 8), since=days_ago(1)
            ),
            FieldChange(
                "message",
                MESSAGE.replace("Press 1 to confirm", "Dial 9 to confirm"),
                MESSAGE,
                position=Position("campaigns/_defaults.yaml", 2, 10),
                since=days_ago(12),
            ),
            FieldChange("timeEnd", None, "17:00", position=Position(SPRING, 8, 10)),
            replace(
                numbers(added=CALLED[:1], removed=CALLED[1:2], changed=CALLED[2:3]),
                since=days_ago(5),
            ),
        ),
        warnings=("sending numbers may clear field1 … field9 of 1 number that stays",),
        acknowledged=(
            AcknowledgedChange(
                FieldChange("callFrequency", 45, 30, position=Position(SPRING, 9, 16)),
                Acknowledgement(
                    "callFrequency",
                    date(2026, 3, 15),
                    "Trial until the audit is over",
                    "the outreach team",
                    Position(SPRING, 20, 5),
                ),
            ),
        ),
        live_state="READY",
        dialing=DialingEffect(
            Effect.UNAPPROVED,
            ("READY instead of PAUSED",),
            2,
            2,
            "2026-02-16 09:00",
            "America/Chicago",
            already_dialing=True,
            forecast=Forecast(720, "2026-03-02 09:00", 0),
        ),
        schedules=Schedules(
            replace(DAYS, state="PAUSED"),
            replace(DAYS, timeEnd=None, callHoursEnd="21:30"),
            Forecast(720, "2026-03-20 09:00", 0),
            live_phones=((("America/Chicago",), 1), (("America/New_York",), 1)),
        ),
        line=2,
    )
    starting = CampaignPlan(
        4715,
        "Flu shots",
        "campaigns/flu.yaml",
        changes=(FieldChange("state", "PAUSED", "READY", since=days_ago(0)),),
        dialing=DialingEffect(
            Effect.STARTS,
            ("becomes READY",),
            1200,
            1100,
            "2026-03-02 08:00",
            "Europe/Berlin",
            forecast=Forecast(960, "2026-03-04 10:19", 0),
        ),
        live_state="PAUSED",
        schedules=Schedules(
            replace(DAYS, timezone="Europe/Berlin", callHoursStart="08:00"),
            replace(DAYS, state="PAUSED", timezone="Europe/Berlin", callHoursStart="08:00"),
        ),
    )
    acknowledged = CampaignPlan(
        4716,
        "Surveys",
        "campaigns/surveys.yaml",
        acknowledged=(
            AcknowledgedChange(
                FieldChange("name", "Surveys (old)", "Surveys", since=days_ago(30)),
                Acknowledgement(
                    "name",
                    date(2026, 4, 1),
                    "Renamed after the launch",
                    None,
                    Position("campaigns/surveys.yaml", 9, 5),
                ),
            ),
        ),
        schedules=Schedules(DAYS, DAYS),
    )
    in_sync = [
        CampaignPlan(
            4720 + n,
            f"Appointment reminders {n}",
            f"campaigns/clinic/{n}.yaml",
            schedules=Schedules(
                days := replace(DAYS, dateStart=f"2026-02-{10 + n}", callerId=f"601555011{n}"), days
            ),
        )
        for n in range(1, 6)
    ]
    missing = CampaignPlan(
        4712,
        "Autumn",
        "campaigns/autumn.yaml",
        error="GET /v2/…/4712: VOXO answered 404: not found",
        missing=True,
    )
    refused = CampaignPlan(
        4713,
        None,
        "campaigns/foreign.yaml",
        error="the campaign belongs to tenant 18, not 17: its definition is refused",
    )
    fields = {
        "unmanaged": (
            UnmanagedCampaign(4801, "Test dialler", "READY"),
            UnmanagedCampaign(4802, None, None),
        ),
        "unmanaged_counts": True,
        "abandoned": (AbandonedCampaign(4790, "Winter", "campaigns/winter.yaml"),),
        "refusals": (
            Refusal(
                GuardName.GO_LIVE,
                "1 campaign would start dialing",
                "--allow-go-live",
                answerable=True,
            ),
        ),
        "history": history(),
        **options,
    }
    return Plan(
        NOW,
        "https://api.voxo.co",
        [changed_by_hand, missing, *in_sync, starting, refused, acknowledged],
        **fields,
    )


def large_plan(campaigns: int = 1000, drifted: int = 200) -> Plan:
    """A plan of many campaigns, some of which drifted."""
    interval = campaigns // drifted
    zones = ("America/Chicago", "Europe/Berlin", "Asia/Tokyo", "America/New_York")
    plans: list[CampaignPlan] = []
    for n in range(campaigns):
        file = f"campaigns/region-{n % 20:02}/campaign-{n:04}.yaml"
        schedule = replace(
            DAYS,
            dateStart=str(date(2026, 2, 1) + timedelta(days=n % 50)),
            timezone=zones[n % len(zones)],
        )
        changes = (
            FieldChange("callFrequency", 45, 30, position=Position(file, 7, 16), since=days_ago(n % 60)),
            FieldChange("message", MESSAGE.replace("later", "soon"), MESSAGE, since=days_ago(n % 13)),
        )  # fmt: skip
        plans.append(
            CampaignPlan(
                5000 + n,
                f"Campaign {campaigns - n} of region {n % 20}",
                file,
                changes=changes if n % interval == 0 else (),
                live_state="READY",
                schedules=Schedules(schedule, schedule),
            )
        )
    return Plan(NOW, "https://api.voxo.co", plans, history=history(400))


def similar_plan(campaigns: int = 300) -> Plan:
    """A plan of campaigns with the same change, some of which call people outside their hours, and an exception."""
    dials_more = DialingEffect(
        Effect.MORE,
        ("calls every 20 s instead of 30 s", "+30 min a day"),
        200,
        180,
        "2026-02-16 09:00",
        "America/Chicago",
        already_dialing=True,
        forecast=Forecast(1710, "2026-03-02 10:00", 0),
        forecast_before=Forecast(1080, "2026-03-02 10:30", 0),
    )
    longer_hours = replace(DAYS, callHoursEnd="18:30")
    frequency = FieldChange(
        "callFrequency",
        30,
        20,
        position=Position(f"{CLINICS}/_defaults.yaml", 2, 16),
        revision=Revision("1a2b3c4d5e6f" * 3, "Outreach team", days_ago(20)),
        last_sent=Sending("20260210T091200.123", days_ago(19)),
    )
    plans = [
        CampaignPlan(
            4711 + n,
            f"Reminders of clinic {n + 1}",
            f"{CLINICS}/{n + 1:03}.yaml",
            changes=(
                frequency,
                FieldChange("callHoursEnd", "18:00", "18:30", position=Position(f"{CLINICS}/{n + 1:03}.yaml", 7, 1)),
            ),
            warnings=("it dials now",) if n % 100 < 50 else (),
            live_state="READY",
            dialing=dials_more,
            schedules=Schedules(
                replace(longer_hours, callerId=f"60155501{n % 90 + 10}"),
                DAYS,
                None,
                CALLED_ZONES if n < campaigns // 10 else (),
                CALLED_ZONES if n < campaigns // 10 else (),
            ),
        )
        for n in range(campaigns)
    ]  # fmt: skip
    exception = CampaignPlan(
        5900,
        "Flu shots",
        "campaigns/flu.yaml",
        changes=(FieldChange("callFrequency", 30, 25),),
        live_state="PAUSED",
        schedules=Schedules(replace(DAYS, state="PAUSED"), replace(DAYS, state="PAUSED")),
    )
    return Plan(
        NOW,
        "https://api.voxo.co",
        [*plans, exception],
        findings=[outside_hours(campaign) for campaign in plans[: campaigns // 10]],
    )


def outside_hours(campaign: CampaignPlan) -> Problem:
    """A finding: the campaign calls some people too early in their time zone."""
    message = (
        "calledHours: 14 of 200 phones would be called from 07:00 (America/Los_Angeles): start at 10:00 "
        "or split the list"
    )
    position = Position(campaign.file, 6, 17)
    return Problem(position, Severity.WARNING, "calledHours", message, 14, campaign.id)
