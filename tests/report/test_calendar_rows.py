"""The calendar as the page receives it: rows, marks, texts and pictures."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.hostile import texts
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.dialing.forecast import Forecast
from voxosync.model.dialing.schedule import Schedule, Schedules
from voxosync.model.plan import CampaignPlan
from voxosync.report.calendar import STYLE, Calendar, MarkKind, calendar_for

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"
OFFICE = Schedule(
    "READY", "2026-03-02", "2026-03-06", "09:00", "17:00", "09:00", "17:00", "UTC", "6015550100"
)


def make_calendar(*sides: Schedule | tuple[Schedule, Schedule], first: int = 4711) -> Calendar:
    """A calendar of campaigns 4711, 4712 and so on, each with one schedule or with a defined and a live one."""
    pairs = [side if isinstance(side, tuple) else (side, side) for side in sides]
    plans = [
        CampaignPlan(first + number, "Spring", "a.yaml", schedules=Schedules(*pair))
        for number, pair in enumerate(pairs)
    ]
    return calendar_for(plans, NOW)


def marks(calendar: Calendar, number: int = 4711) -> list[tuple[str, str]]:
    return [(mark.kind.value, mark.text) for mark in calendar.row(number).marks]


def shapes(calendar: Calendar, name: str, number: int = 4711, clock: int = 0) -> list[str]:
    """The paths with a class on one clock."""
    root = parse_svg(calendar.row(number).svg)
    group = next(g for g in root.iter("g") if g.get("data-clock") == str(clock))
    return [p.get("d", "") for p in group.iter("path") if name in (p.get("class") or "").split()]


def parse_svg(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314  # our own output


def test_week_of_office_hours_is_one_rectangle_if_both_sides_agree() -> None:
    calendar = make_calendar(OFFICE)
    assert (calendar.first, calendar.last) == (date(2026, 2, 22), date(2026, 3, 31))
    # 2 March is the ninth drawn day: x from 8 to 13, y from minute 540 to 1020
    assert shapes(calendar, "cal-ready") == ["M8 1020V540H13V1020Z"]
    assert shapes(calendar, "cal-more") == shapes(calendar, "cal-less") == []


def test_hours_of_only_one_side_are_highlighted() -> None:
    live = replace(OFFICE, dateEnd="2026-03-08", callHoursEnd="18:00", timeEnd="23:00")
    calendar = make_calendar((OFFICE, live))
    assert shapes(calendar, "cal-ready") == ["M8 1020V540H13V1020Z"]
    assert shapes(calendar, "cal-more") == [
        "M8 1080V1020H13V540H15V1080Z"
    ]  # an hour, then two days
    assert shapes(calendar, "cal-less") == []
    assert [entry.text for entry in calendar.row(4711).key] == ["VOXO dials, Git does not"]
    reversed_sides = make_calendar((live, OFFICE))
    assert shapes(reversed_sides, "cal-more") == []
    assert shapes(reversed_sides, "cal-less") == shapes(calendar, "cal-more")
    assert [entry.text for entry in reversed_sides.row(4711).key] == ["Git dials, VOXO does not"]


def test_plan_highlights_hours_that_applying_adds() -> None:
    longer = replace(OFFICE, callHoursEnd="17:30", timeEnd="23:00")
    plans = [CampaignPlan(4711, "Spring", "a.yaml", schedules=Schedules(longer, OFFICE))]
    calendar = calendar_for(plans, NOW, alarm_live=False)
    assert shapes(calendar, "cal-more") == ["M8 1050V1020H13V1050Z"]
    assert [entry.text for entry in calendar.row(4711).key] == ["dials only after applying"]
    assert calendar.row(4711).text[0].startswith("after applying: READY, ")


@pytest.mark.parametrize(
    ("definition", "live", "name"),
    [("PAUSED", "READY", "cal-more"), ("READY", "PAUSED", "cal-less")],
)
def test_paused_side_does_not_dial(definition: str, live: str, name: str) -> None:
    calendar = make_calendar((replace(OFFICE, state=definition), replace(OFFICE, state=live)))
    assert shapes(calendar, name) == ["M8 1020V540H13V1020Z"]
    assert shapes(calendar, "cal-ready") == shapes(calendar, "cal-paused") == []


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("READY", "cal-ready"),
        ("PAUSED", "cal-paused"),
        (None, "cal-paused"),
        ("RUNNING", "cal-other"),
    ],
)
def test_states_are_distinguished_by_more_than_color(state: str | None, name: str) -> None:
    calendar = make_calendar(replace(OFFICE, state=state))
    assert shapes(calendar, name) == ["M8 1020V540H13V1020Z"]


def test_clocks_are_utc_and_the_most_used_time_zones_up_to_six() -> None:
    zones = ["Asia/Tokyo", "Europe/Berlin", "Europe/Berlin", "UTC", "UTC", "UTC", "Asia/Kolkata"]
    zones += ["America/Chicago", "America/Havana", "Asia/Beirut", "no/zone"]
    calendar = make_calendar(*(replace(OFFICE, timezone=zone) for zone in zones))
    assert calendar.clocks == (
        "Each campaign's own", "UTC", "Europe/Berlin", "America/Chicago", "America/Havana", "Asia/Beirut",
        "Asia/Kolkata",
    )  # fmt: skip


def test_each_picture_has_all_clocks_and_shows_the_first_without_a_style_sheet() -> None:
    calendar = make_calendar(
        replace(OFFICE, timezone="Europe/Berlin"), replace(OFFICE, timezone="Asia/Tokyo")
    )
    for picture in (calendar.row(4711).svg, calendar.row(4712).svg):
        groups = [g for g in parse_svg(picture).iter() if g.get("data-clock")]
        assert [(g.get("data-clock"), g.get("display")) for g in groups] == [
            ("0", None), ("1", "none"), ("2", "none"), ("3", "none"),
        ]  # fmt: skip
    # 09:00 in Berlin on its own clock and on those of UTC, Tokyo (first by name) and Berlin
    assert calendar.clocks == ("Each campaign's own", "UTC", "Asia/Tokyo", "Europe/Berlin")
    tops = [
        re.findall(r"V(\d+)", shapes(calendar, "cal-ready", clock=clock)[0])[0]
        for clock in range(4)
    ]
    assert tops == ["540", "480", "1020", "540"]


@pytest.mark.parametrize(
    ("change", "arrows", "words"),
    [
        ({}, 0, []),
        ({"dateStart": None}, 1, []),
        ({"dateEnd": None}, 1, []),
        ({"dateStart": None, "dateEnd": None}, 2, []),
        ({"dateEnd": "2030-01-01"}, 1, []),
        ({"dateStart": "2025-01-01", "dateEnd": "2025-02-01"}, 1, ["ended 2025-02-01"]),
        ({"dateStart": "2028-01-01", "dateEnd": "2028-02-01"}, 1, ["starts 2028-01-01"]),
        ({"dateStart": "2026-02-30"}, 0, ["not drawn, see the text"]),
        ({"dateEnd": "2026-03-01"}, 0, ["never dials"]),
    ],
)
def test_campaign_that_continues_beyond_the_drawn_days_has_an_arrow(
    change: dict[str, str | None], arrows: int, words: list[str]
) -> None:
    root = parse_svg(make_calendar(replace(OFFICE, **change)).row(4711).svg)
    texts = [*root.iter("text")]
    assert sum(text.get("class") == "cal-arrow" for text in texts) == arrows
    assert [text.text for text in texts if text.get("class") != "cal-arrow"] == words


def test_drawn_days_begin_60_days_ago_at_the_earliest_and_end_in_300_at_the_latest() -> None:
    calendar = make_calendar(replace(OFFICE, dateStart="2020-01-01", dateEnd="2030-01-01"))
    assert (calendar.first, calendar.last) == (date(2025, 12, 31), date(2026, 12, 26))
    ended = make_calendar(replace(OFFICE, dateStart="2020-01-01", dateEnd="2021-01-01"))
    assert (ended.first, ended.last) == (date(2026, 2, 22), date(2026, 3, 31))


@given(st.integers(0, 29), st.integers(1, 300), st.integers(0, 700))
def test_names_of_months_do_not_overlap(back: int, ahead: int, later: int) -> None:
    now = NOW + timedelta(days=later)
    start, end = (f"{now + timedelta(days=days):%Y-%m-%d}" for days in (-back, ahead))
    schedule = replace(OFFICE, dateStart=start, dateEnd=end)
    schedules = Schedules(schedule, schedule)
    calendar = calendar_for([CampaignPlan(4711, "Spring", "a.yaml", schedules=schedules)], now)
    names = [
        (10 * float(text.get("x", "").rstrip("%")), text.text or "")
        for text in parse_svg(calendar.axis()).iter("text")
        if text.get("y") == "-5"
    ]
    assert re.fullmatch(r"[A-Z][a-z]{2} [0-9]{4}", names[0][1])
    for (x, name), (after, _) in pairwise([*names, (1000, "")]):
        # the width in DejaVu Sans, which is wider than most fonts
        assert after - x >= 7 * len(name)


def test_mark_of_a_shared_caller_id_names_the_campaigns_that_share_it() -> None:
    calendar = make_calendar(*[OFFICE] * 5)
    text = "callerId 6015550100 is also used by 4711, 4713 and 2 more at the same time"
    assert marks(calendar, 4712) == [("caller-id", text)]
    assert shapes(calendar, "cal-shared") == ["M8 1605V1485H13V1605Z"]


@pytest.mark.parametrize(
    "change",
    [
        {"callHoursStart": "17:00", "callHoursEnd": "21:00", "timeEnd": "21:00"},  # adjacent
        {"dateStart": "2026-03-07", "dateEnd": "2026-03-09"},
        {"state": "PAUSED"},
        {"state": None},
        {"callerId": "6015550101"},
        {"timezone": "America/Los_Angeles", "callHoursEnd": "17:00"},  # 09:00 there is 17:00 in UTC
        {"timezone": "Mars/Base"},
    ],
)
def test_campaigns_that_never_dial_at_the_same_time_share_no_caller_id(
    change: dict[str, str | None],
) -> None:
    calendar = make_calendar(OFFICE, replace(OFFICE, **change))
    assert marks(calendar) == marks(calendar, 4712) == []


def test_campaigns_without_a_caller_id_are_not_marked_as_sharing_one() -> None:
    assert marks(make_calendar(*[replace(OFFICE, callerId=None)] * 2)) == []


def test_state_running_dials_and_one_shared_minute_is_marked() -> None:
    running = replace(
        OFFICE, state="RUNNING", callHoursStart="16:59", callHoursEnd="18:00",
        dateStart="2026-03-06", dateEnd="2026-03-07",
    )  # fmt: skip
    calendar = make_calendar(OFFICE, running)
    # only on 6 March, the thirteenth drawn day, from 16:59 to 17:00
    text = "callerId 6015550100 is also used by {} at the same time"
    assert marks(calendar) == [("caller-id", text.format(4712))]
    assert marks(calendar, 4712) == [("caller-id", text.format(4711))]
    assert shapes(calendar, "cal-shared") == ["M12 1605V1485H13V1605Z"]


def test_caller_ids_are_compared_within_git_and_within_voxo() -> None:
    other_caller_id = replace(OFFICE, callerId="6015550101")
    calendar = make_calendar((OFFICE, other_caller_id), (other_caller_id, OFFICE), (OFFICE, OFFICE))
    definition = "Git: callerId 6015550100 is also used by 4713 at the same time"
    assert marks(calendar, 4711) == [("caller-id", definition)]
    assert marks(calendar, 4712) == [("caller-id", definition.replace("Git", "VOXO"))]
    assert [text for _, text in marks(calendar, 4713)] == [
        "Git: callerId 6015550100 is also used by 4711 at the same time",
        "VOXO: callerId 6015550100 is also used by 4712 at the same time",
    ]


def test_dialing_outside_calling_hours_is_marked_in_picture_and_text() -> None:
    calendar = make_calendar(replace(OFFICE, callHoursStart="06:30", timeStart="06:00"))
    text = "dials outside 08:00–21:00 in its time zone: 06:30–08:00"  # noqa: RUF001  # as written
    assert marks(calendar) == [(MarkKind.OUTSIDE_HOURS.value, text)]
    assert shapes(calendar, "cal-outside") == ["M8 480V390H13V480Z"]


def test_hours_outside_start_and_end_are_not_marked() -> None:
    calendar = make_calendar(
        Schedule("READY", "2026-03-02", "2026-03-02", "08:00", "20:00", timezone="Asia/Tokyo")
    )
    assert marks(calendar) == []


def test_paused_campaign_is_not_marked_for_its_hours() -> None:
    assert marks(make_calendar(replace(OFFICE, state="PAUSED", callHoursStart=None))) == []


def test_text_describes_both_sides_if_they_differ() -> None:
    live = replace(OFFICE, dateEnd=None, timeEnd=None, callHoursStart=None, state="PAUSED")
    assert make_calendar((OFFICE, live)).row(4711).text == (
        "Git: READY, 2026-03-02 09:00 to 2026-03-06 17:00, 09:00–17:00 each day, UTC",  # noqa: RUF001  # as written
        "VOXO: PAUSED, from 2026-03-02 09:00, no end, until 17:00 each day, UTC",
    )
    assert make_calendar(Schedule()).row(4711).text == (
        "Git and VOXO: no state, no dates, all day, no time zone; no time zone: not drawn",
    )


def test_campaign_with_unknown_schedules_has_no_picture() -> None:
    calendar = calendar_for([CampaignPlan(4711, "Spring", "a.yaml", error="gone")], NOW)
    for number in (4711, 4712):
        assert calendar.row(number).svg == ""
        assert calendar.row(number).text == ("not drawn: its dialing times are unknown",)


hostile = st.one_of(
    texts, st.none(), st.sampled_from(("2026-03-02", "9999-12-31", "0001-01-01", "UTC", "Asia/Tokyo", "READY"))
)  # fmt: skip


@given(st.lists(st.lists(hostile, min_size=9, max_size=9), min_size=2, max_size=4))
def test_hostile_text_adds_no_elements_or_handlers(values: list[list[str | None]]) -> None:
    sides = [Schedule(*fields) for fields in values]
    calendar = make_calendar(*pairwise(sides))
    pictures = [calendar.row(4711 + number).svg for number in range(len(sides) - 1)]
    allowed_elements = {"svg", "title", "g", "use", "path", "text"}
    for picture in pictures:
        root = parse_svg(picture)
        assert {element.tag for element in root.iter()} <= allowed_elements
        assert not any(name.startswith("on") for element in root.iter() for name in element.attrib)


def test_text_is_escaped_in_every_field() -> None:
    text = "</title><script>alert(1)</script>\x1b\u202e&'\""
    for field, side in product(fields(Schedule), (0, 1)):
        sides = [OFFICE, OFFICE]
        sides[side] = replace(OFFICE, **{field.name: text})
        picture = make_calendar((sides[0], sides[1])).row(4711).svg
        assert "<script" not in picture
        assert parse_svg(picture).find("title") is not None


def test_pictures_have_a_role_a_name_and_unique_ids() -> None:
    calendar = make_calendar(OFFICE, replace(OFFICE, callHoursStart="06:00"))
    axis, pictures = calendar.axis(), [calendar.row(4711).svg, calendar.row(4712).svg]
    ids = [
        element.get("id")
        for svg in (axis, *pictures)
        for element in parse_svg(svg).iter()
        if element.get("id")
    ]
    assert len(ids) == len(set(ids))
    for svg in pictures:
        root = parse_svg(svg)
        title = root[0]
        assert (root.get("role"), root.get("aria-labelledby")) == ("img", title.get("id"))
        assert title.text
        used_ids = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg))
        assert {first or second for first, second in used_ids} <= set(ids)


def test_style_sheet_has_every_class_that_needs_a_color() -> None:
    calendar = make_calendar(OFFICE, replace(OFFICE, state="PAUSED", callHoursStart=None), OFFICE)
    drawn = (
        calendar.axis() + calendar.row(4711).svg + "".join(entry.svg for entry in calendar.legend())
    )
    patterns = {
        "cal-paused",
        "cal-other",
        "cal-outside",
        "cal-labels",
        "cal-plot",
    }  # filled with patterns, whose parts have classes
    groups = {"cal-clock"}
    names = {name for names in re.findall(r'class="([^"]+)"', drawn) for name in names.split()}
    assert {name for name in names if f".{name}" not in STYLE} <= patterns | groups


def test_legend_shows_every_appearance_of_rows() -> None:
    legend = make_calendar(OFFICE).legend()
    assert len({entry.text for entry in legend}) == len(legend)
    drawn = "".join(entry.svg for entry in legend)
    for name in ("ready", "paused", "other", "more", "less", "exhausted", "outside", "shared"):
        assert f"cal-{name}" in drawn
    for entry in legend:
        assert parse_svg(entry.svg).get("aria-hidden") == "true"


def test_full_year_is_a_few_shapes_instead_of_one_for_each_day() -> None:
    year = replace(
        OFFICE, dateStart="2025-06-01", dateEnd="2027-06-01", timezone="America/Chicago", callHoursStart="07:00"
    )  # fmt: skip
    calendar = make_calendar(
        year, year, replace(OFFICE, timezone="Asia/Tokyo"), replace(OFFICE, timezone="Asia/Kolkata")
    )
    svg = calendar.row(4711).svg
    assert len(calendar.clocks) == 5
    # today, now, dialing hours, hours outside and shared caller ID on each clock
    assert svg.count("<path") == 5 * 5
    assert len(svg) < 5 * 1100 + 900


class TestForecast:
    """The bar changes its shade at the earliest time at which the list can be exhausted."""

    def calendar(self, forecast: Forecast | None, zone: str = "UTC") -> Calendar:
        schedule = replace(OFFICE, timezone=zone)
        sides = Schedules(schedule, schedule, forecast)
        return calendar_for([CampaignPlan(4711, "Spring", "a.yaml", schedules=sides)], NOW)

    def test_shades_the_hours_after_the_last_call(self) -> None:
        calendar = self.calendar(Forecast(960, "2026-03-04 11:59", 0))
        # from 12:00 on the eleventh drawn day, and then two whole days
        assert shapes(calendar, "cal-exhausted") == ["M10 1020V720H11V540H13V1020Z"]
        assert shapes(calendar, "cal-ready") == ["M8 1020V540H13V1020Z"]

    def test_is_stated_in_the_text(self) -> None:
        text = self.calendar(Forecast(960, "2026-03-04 11:59", 0)).row(4711).text
        assert text[-1] == "list in VOXO: at most 960 calls a day, done 2026-03-04 at the earliest"
        text = self.calendar(Forecast(960, None, 12)).row(4711).text
        assert (
            text[-1]
            == "list in VOXO: at most 960 calls a day, done not before the end (at least 12 phones left)"
        )

    def test_is_a_time_in_the_campaigns_time_zone(self) -> None:
        calendar = self.calendar(Forecast(960, "2026-03-06 16:58", 0), "America/Chicago")
        assert shapes(calendar, "cal-exhausted") == ["M12 1020V1019H13V1020Z"]
        assert shapes(calendar, "cal-exhausted", clock=1) == ["M12 1380V1379H13V1380Z"]

    @pytest.mark.parametrize(
        "forecast",
        [None, Forecast(960, None, 3), Forecast(960, "2026-03-06 16:59", 0), Forecast(960, "2999-01-01 09:00", 0)],
    )  # fmt: skip
    def test_shades_nothing_if_no_hours_remain_after_it(self, forecast: Forecast | None) -> None:
        assert shapes(self.calendar(forecast), "cal-exhausted") == []

    @pytest.mark.parametrize(("alarm_live", "exhausted"), [(False, "M10"), (True, "M11")])
    def test_is_that_after_applying_in_a_plan_and_that_of_voxo_in_drift(
        self, *, alarm_live: bool, exhausted: str
    ) -> None:
        campaign = CampaignPlan(
            4711,
            "Spring",
            "a.yaml",
            schedules=Schedules(OFFICE, OFFICE, Forecast(480, "2026-03-05 11:59", 0)),
            dialing=DialingEffect(
                Effect.MORE, (), 9, 9, None, "UTC", forecast=Forecast(960, "2026-03-04 11:59", 0)
            ),
        )
        [outline] = shapes(calendar_for([campaign], NOW, alarm_live=alarm_live), "cal-exhausted")
        assert outline.startswith(f"{exhausted} ")
