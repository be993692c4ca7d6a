"""The page as a whole: what stands on it, in which order, and the policy that keeps it to itself."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from voxosync import __version__
from voxosync.report import calendar, formatting, text_format
from voxosync.report.escape import terminal
from voxosync.report.html.entries import STATUSES, Entry, abandoned, entry, unmanaged
from voxosync.report.html.history_chart import chart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jinja2 import Template

    from voxosync.model.plan import Plan
    from voxosync.report.view import View

_HERE = Path(__file__).parent

_VERDICTS = {0: "in-sync", 2: "drifted", 3: "failed"}
_KINDS = {
    "drift": "by hand in VOXO",
    "conflict": "by hand and in this branch",
    "change": "by this branch",
}
_SORTS = {
    "risk": "Risk",
    "order": "File order",
    "name": "Name",
    "id": "Id",
    "since": "First seen",
    "start": "Start",
}

_MANY = 100
"""From so many campaigns on, a browser lays out only those that are looked at."""


@dataclass(frozen=True, slots=True)
class Section:
    """Some of the campaigns, under a heading."""

    key: str
    title: str
    entries: Sequence[Entry]


def render_drift(plan: Plan, view: View) -> str:
    """What drifted, as one file that needs no other."""
    pictures = _calendar(plan)
    sections = [*_sections(plan, view, pictures)]
    entries = [each for section in sections for each in section.entries]
    statuses = [each.status for each in entries]
    kinds = {kind for each in entries for kind in each.kinds}
    dated = plan.history is not None or any(each.since for each in entries)
    style, script = _style(pictures), _source("page.js")
    return _template().render(
        plan=plan,
        view=view,
        version=__version__,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704  # our own file, and the calendar's own classes
        script=Markup(script),  # noqa: S704  # our own file
        summary=text_format.summary_line(plan, replace(view, color=False)),
        verdict=_VERDICTS[plan.exit_status(count=view.counting)],
        calendar=pictures,
        chart=chart(plan.history),
        sections=sections,
        statuses={key: statuses.count(key) for key in STATUSES if key in statuses},
        names=STATUSES,
        kinds={kind: _KINDS[kind] for kind in _KINDS if kind in kinds} if plan.base else {},
        many=len(entries) > _MANY,
        dated=dated,
        sorts=_SORTS if dated else {k: v for k, v in _SORTS.items() if k != "since"},
    )


def _calendar(plan: Plan) -> calendar.Calendar | None:
    if all(campaign.schedules is None for campaign in plan.campaigns):
        return None
    return calendar.calendar_for(plan.campaigns, plan.created_at)


def _sections(plan: Plan, view: View, pictures: calendar.Calendar | None) -> Iterator[Section]:
    entries = []
    for order, campaign in enumerate(plan.campaigns):
        shown = pictures is not None and campaign.schedules is not None
        row = pictures.row(campaign.id) if pictures and shown else None
        entries.append(entry(campaign, order, row, view))
    entries.sort(key=lambda each: each.risk)
    for key in ("missing", "failed"):
        yield from _section(key, STATUSES[key], [each for each in entries if each.status == key])
    compared = [each for each in entries if each.error is None]
    yield from _section("campaigns", "Campaigns", compared)
    free = [unmanaged(found, order, view) for order, found in enumerate(plan.unmanaged)]
    yield from _section("unmanaged", STATUSES["unmanaged"], free)
    gone = [abandoned(found, order) for order, found in enumerate(plan.abandoned)]
    yield from _section("abandoned", STATUSES["abandoned"], gone)


def _section(key: str, title: str, entries: Sequence[Entry]) -> Iterator[Section]:
    if entries:
        yield Section(key, title, entries)


def _policy(style: str, script: str) -> str:
    """Nothing is loaded from anywhere, and nothing runs but what this file holds."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(source: str) -> str:
    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"


def _style(pictures: calendar.Calendar | None) -> str:
    if pictures is None:
        return _source("page.css")
    clocks = "".join(
        f'[data-shown="{n}"] [data-clock="{n}"] {{ display: inline }}\n'
        for n in range(len(pictures.clocks))
    )
    return f"{_source('page.css')}{calendar.STYLE}[data-clock] {{ display: none }}\n{clocks}"


def _source(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    """The template; whatever it puts out is made visible first, then escaped for HTML."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: value if isinstance(value, Markup) else terminal(str(value)),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "moment": formatting.format_moment,
        "iso": lambda at: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "ago": _ago,
        "svg": Markup,  # the calendar escapes all that it draws
        "count": formatting.count,
    }
    return environment.get_template("page.html.j2")


def _ago(at: datetime, now: datetime) -> str:
    minutes = int((now - at).total_seconds()) // 60
    if minutes < 1:
        return "in this run"
    for size, noun in ((1440, "day"), (60, "hour")):
        if minutes >= size:
            return f"{formatting.count(minutes // size, noun)} ago"
    return f"{formatting.count(minutes, 'minute')} ago"
