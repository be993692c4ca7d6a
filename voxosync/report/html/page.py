"""The page of a plan or a drift report: its sections and controls, and the policy by which it loads nothing."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from voxosync import __version__
from voxosync.report import formatting, phrases, text_format
from voxosync.report.calendar import STYLE, Calendar, calendar_for
from voxosync.report.campaign_status import CampaignStatus
from voxosync.report.escape import terminal
from voxosync.report.html.entries import (
    STATUSES,
    CampaignEntry,
    abandoned_entry,
    managed_entry,
    unmanaged_entry,
)
from voxosync.report.html.history_chart import history_chart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jinja2 import Template

    from voxosync.model.plan import Plan
    from voxosync.model.problem import Problem
    from voxosync.report.view import View

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Words:
    """What differs in the wording of the two pages.

    Attributes:
        moment: the label of the time at which the live campaigns were read.
        definition: the heading of the definitions' values.
        update: the label of a campaign with differences.
    """

    title: str
    heading: str
    moment: str
    definition: str
    update: str
    sent_nothing: str


_WORDS = {
    "drift": Words(
        "Drift", "Drift report", "Compared", "In the definition", "Drifted",
        "The drift check changed nothing in VOXO.",
    ),
    "plan": Words(
        "Plan", "Plan", "Planned", "After applying", "To be updated",
        "The plan changed nothing in VOXO.",
    ),
}  # fmt: skip

_VERDICTS = {0: "in-sync", 2: "drifted", 3: "failed"}
_KINDS = {
    "drift": "by hand in VOXO",
    "conflict": "by hand and in this branch",
    "change": "by this branch",
    "pending": "committed, not applied yet",
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
"""Above this number of campaigns, the browser lays out only the visible ones."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its campaigns."""

    key: str
    title: str
    entries: Sequence[CampaignEntry]


def render_plan(plan: Plan, view: View) -> str:
    """A plan or a drift report as one self-contained HTML file."""
    words = _WORDS[view.command]
    calendar = _calendar(plan)
    sections = [*_sections(plan, view, calendar)]
    entries = [entry for section in sections for entry in section.entries]
    statuses = [entry.status for entry in entries]
    kinds = {kind for entry in entries for kind in entry.kinds}
    dated = plan.history is not None or any(entry.since for entry in entries)
    style, script = _style(calendar), _source("page.js")
    return _template().render(
        plan=plan,
        view=view,
        version=__version__,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704  # static files of this package
        script=Markup(script),  # noqa: S704  # a static file of this package
        summary=text_format.summary_line(plan, replace(view, color=False)),
        verdict=_VERDICTS[plan.exit_status(count=view.counting)],
        calendar=calendar,
        unlisted=phrases.describe_unlisted(plan),
        chart=history_chart(plan.history),
        findings=_findings(plan),
        sections=sections,
        statuses={key: statuses.count(key) for key in STATUSES if key in statuses},
        names=_labels(words),
        words=words,
        kinds={kind: _KINDS[kind] for kind in _KINDS if kind in kinds} if plan.base else {},
        many=len(entries) > _MANY,
        dated=dated,
        sorts=_SORTS if dated else {key: title for key, title in _SORTS.items() if key != "since"},
    )


def _labels(words: Words) -> Mapping[str, str]:
    """The labels of all statuses."""
    return {**STATUSES, CampaignStatus.DRIFTED: words.update}


def _findings(plan: Plan) -> list[tuple[str, Sequence[Problem]]]:
    """The parts of what checks found that have any, with their titles."""
    titles = (phrases.ALARMS, phrases.FINDINGS)
    parts = zip(titles, phrases.split_findings(plan), strict=True)
    return [(title, findings) for title, findings in parts if findings]


def _calendar(plan: Plan) -> Calendar | None:
    if all(campaign.schedules is None for campaign in plan.campaigns):
        return None
    return calendar_for(plan.campaigns, plan.created_at)


def _sections(plan: Plan, view: View, calendar: Calendar | None) -> Iterator[Section]:
    entries = []
    for order, campaign in enumerate(plan.campaigns):
        has_row = calendar is not None and campaign.schedules is not None
        row = calendar.row(campaign.id) if calendar and has_row else None
        entries.append(managed_entry(campaign, order, row, view))
    entries.sort(key=lambda entry: entry.risk)
    abandoned = [*_section("abandoned", STATUSES["abandoned"], _abandoned(plan))]
    is_urgent = any(campaign.dialing is not None for campaign in plan.abandoned)
    yield from abandoned if is_urgent else ()
    for key in ("missing", "failed"):
        yield from _section(key, STATUSES[key], [entry for entry in entries if entry.status == key])
    compared = [entry for entry in entries if entry.error is None]
    yield from _section("campaigns", "Campaigns", compared)
    unmanaged = [unmanaged_entry(item, order, view) for order, item in enumerate(plan.unmanaged)]
    yield from _section("unmanaged", STATUSES["unmanaged"], unmanaged)
    yield from () if is_urgent else abandoned


def _abandoned(plan: Plan) -> list[CampaignEntry]:
    """The campaigns whose definition was removed, those that may dial first."""
    removed = sorted(plan.abandoned, key=lambda campaign: campaign.dialing is None)
    return [abandoned_entry(campaign, order) for order, campaign in enumerate(removed)]


def _section(key: str, title: str, entries: Sequence[CampaignEntry]) -> Iterator[Section]:
    if entries:
        yield Section(key, title, entries)


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy: nothing is loaded, and only the script of this file runs."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(source: str) -> str:
    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"


def _style(calendar: Calendar | None) -> str:
    if calendar is None:
        return _source("page.css")
    clocks = "".join(
        f'[data-shown="{n}"] [data-clock="{n}"] {{ display: inline }}\n'
        for n in range(len(calendar.clocks))
    )
    return f"{_source('page.css')}{STYLE}[data-clock] {{ display: none }}\n{clocks}"


def _source(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    """The template; all output passes through `terminal`, then through HTML escaping."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: value if isinstance(value, Markup) else terminal(str(value)),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "moment": formatting.format_moment,
        "iso": lambda moment: f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "age": _age,
        "svg": Markup,  # the calendar escapes everything it draws
        "count": formatting.count,
    }
    return environment.get_template("page.html.j2")


def _age(moment: datetime, now: datetime) -> str:
    age = now - moment
    return "in this run" if age < timedelta(minutes=1) else f"{formatting.format_duration(age)} ago"
