"""Takes the screenshots of the docs: `python3 dev.py screenshots`, with Chromium on the PATH.

The pages are the HTML reports of two plans for the same two campaigns.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from voxosync.model.change import FieldChange
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.dialing.forecast import Forecast
from voxosync.model.dialing.schedule import Schedule, Schedules
from voxosync.model.guard import GuardName, Refusal
from voxosync.model.plan import CampaignPlan, Plan
from voxosync.model.problem import Position, Problem, Severity
from voxosync.model.provenance import Revision, Sending
from voxosync.report.registry import DRIFT, PLAN
from voxosync.report.view import View

FOLDER = Path(__file__).parent.parent
WIDTH = 1000
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHICAGO = Schedule(
    "READY", "2026-03-02", "2026-04-30", "09:00", "17:00", "09:00", "18:30", "America/Chicago", "6015550100"
)  # fmt: skip
NEW_YORK = Schedule(
    "READY", "2026-03-04", "2026-04-20", "09:00", "17:00", "10:00", "19:00", "America/New_York", "2125550100"
)  # fmt: skip
CLINIC = CampaignPlan(
    4711, "Appointment reminders, Riverside clinic", "campaigns/appointment-reminder.yaml",
)  # fmt: skip
RENEWAL = CampaignPlan(4720, "Spring renewal", "campaigns/retention/spring-renewal.yaml")
NEW_YORKERS = ((("America/New_York",), 1200),)
PEOPLE = ((("America/Los_Angeles",), 140), (("America/New_York",), 1060))
VIEW = View(command="plan", environment="prod", link_base="https://github.com/acme/calls/blob/main")


def plan() -> Plan:
    """One campaign starts dialing; another, whose list has people farther west, dials half an hour longer."""
    starting = replace(
        CLINIC,
        changes=(FieldChange("state", "PAUSED", "READY", position=Position(CLINIC.file, 3, 8)),),
        dialing=DialingEffect(
            Effect.STARTS, ("becomes READY",), 33, 30, "2026-03-02 09:00", CHICAGO.timezone,
            forecast=Forecast(1140, "2026-03-02 09:15", 0),
        ),
        schedules=Schedules(CHICAGO, replace(CHICAGO, state="PAUSED")),
    )  # fmt: skip
    longer = replace(
        RENEWAL,
        changes=(
            FieldChange("callHoursEnd", "19:00", "19:30", position=Position(RENEWAL.file, 12, 15)),
        ),
        dialing=DialingEffect(
            Effect.MORE, ("+30 min a day",), 1200, 1100, "2026-03-04 10:00", NEW_YORK.timezone,
            forecast=Forecast(38, "2026-04-01 19:10", 0), forecast_before=Forecast(36, "2026-04-03 18:50", 0),
        ),
        schedules=Schedules(
            replace(NEW_YORK, callHoursEnd="19:30"), NEW_YORK, None, PEOPLE, PEOPLE
        ),
    )  # fmt: skip
    early = Problem(
        Position(RENEWAL.file, 11, 17),
        Severity.WARNING,
        "calledHours",
        "calledHours: 140 of 1200 phones would be called from 07:00 (America/Los_Angeles): "
        "start at 11:00 or split the list",
        140,
        RENEWAL.id,
    )
    return Plan(
        NOW,
        "https://api.voxo.co",
        [starting, longer, *in_sync()],
        refusals=[Refusal(GuardName.GO_LIVE, "1 campaign would start dialing", "--allow-go-live", answerable=True)],
        findings=[early],
    )  # fmt: skip


def drift() -> Plan:
    """VOXO dials one campaign later and longer than its definition allows, and someone stopped the other by hand."""
    since = NOW - timedelta(days=1, hours=3, minutes=12)
    revision = Revision("1a2b3c4d5e6f" + "0" * 28, "Outreach team", NOW - timedelta(days=20))
    sending = Sending("20260210T091200", datetime(2026, 2, 10, 9, 12, tzinfo=UTC))
    overrun = replace(
        RENEWAL,
        changes=(
            FieldChange(
                "dateEnd", "2026-05-03", "2026-04-20", position=Position(RENEWAL.file, 9, 10), since=since,
                revision=revision, last_sent=sending,
            ),
            FieldChange(
                "callHoursEnd", "21:30", "19:00", position=Position(RENEWAL.file, 12, 15), since=since,
                revision=revision, last_sent=sending,
            ),
        ),
        dialing=DialingEffect(
            Effect.UNAPPROVED, ("calls until 21:30 instead of 19:00", "ends 2026-05-03 instead of 2026-04-20"),
            1200, 1100, "2026-03-04 10:00", NEW_YORK.timezone, forecast=Forecast(40, "2026-04-12 10:50", 0),
        ),
        schedules=Schedules(
            NEW_YORK,
            replace(NEW_YORK, dateEnd="2026-05-03", callHoursEnd="21:30"),
            Forecast(40, "2026-04-12 10:50", 0),
            NEW_YORKERS,
            NEW_YORKERS,
        ),
    )  # fmt: skip
    stopped = replace(
        CLINIC,
        changes=(
            FieldChange(
                "state", "PAUSED", "READY", position=Position(CLINIC.file, 3, 8), since=since
            ),
        ),
        dialing=DialingEffect(
            Effect.STOPPED_BY_HAND,
            ("PAUSED instead of READY",),
            33,
            30,
            "2026-03-02 09:00",
            CHICAGO.timezone,
        ),
        schedules=Schedules(CHICAGO, replace(CHICAGO, state="PAUSED")),
    )
    return Plan(NOW, "https://api.voxo.co", [stopped, overrun, *in_sync()])


def in_sync() -> list[CampaignPlan]:
    """Campaigns that agree with VOXO."""
    return [
        CampaignPlan(
            4730 + number, "Weekly survey", f"campaigns/surveys/{number}.yaml",
            schedules=Schedules(replace(CHICAGO, callerId=None), replace(CHICAGO, callerId=None)),
        )
        for number in range(5)
    ]  # fmt: skip


def main() -> None:
    """Takes a screenshot of each page, up to the end of the first section."""
    pages = {
        "plan-report.png": PLAN["html"](plan(), VIEW),
        "drift-report.png": DRIFT["html"](drift(), replace(VIEW, command="drift")),
    }
    with TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])  # fmt: skip
        page = browser.new_page(viewport={"width": WIDTH, "height": 800})
        for name, text in pages.items():
            file = Path(folder, "page.html")
            file.write_text(text, encoding="utf-8")
            page.goto(file.as_uri())
            section = page.locator("main section").first.bounding_box()
            assert section is not None  # noqa: S101  # it is visible
            page.screenshot(
                path=FOLDER / name,
                full_page=True,
                clip={"x": 0, "y": 0, "width": WIDTH, "height": section["y"] + section["height"]},
            )
        browser.close()


if __name__ == "__main__":
    main()
