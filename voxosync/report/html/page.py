"""The page of a plan or a drift report: its sections and controls, and the policy by which it loads nothing."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
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
from voxosync.report.groups import FEW, group_alike
from voxosync.report.html.differences import safe_link
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
        decisions: the heading of what needs a decision.
        reading: what the page compares.
    """

    title: str
    heading: str
    moment: str
    definition: str
    update: str
    decisions: str
    reading: str
    sent_nothing: str


_WORDS = {
    "drift": Words(
        "Drift", "Drift report", "Compared", "In Git", "Drifted", "Needs a decision",
        "This page shows what VOXO does now, next to the definitions in Git.",
        "The drift check changed nothing in VOXO.",
    ),
    "plan": Words(
        "Plan", "Plan", "Planned", "After applying", "To be updated", "Needs a review",
        "This page shows what applying the definitions in Git would do to the campaigns in VOXO.",
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

_FEATURED = 4
_DENSE = 30
"""Above this number of cards, print shows the first ones in full, and of the others what differs in a line."""
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
    calendar = _calendar(plan, view)
    sections = [*_sections(plan, view, calendar, words)]
    entries = [entry for section in sections for entry in section.entries]
    statuses: Counter[str] = Counter()
    for entry in entries:
        statuses[entry.status] += entry.size
    kinds = {kind for entry in entries for kind in entry.kinds}
    dated = plan.history is not None or any(entry.since for entry in entries)
    style, script = _style(calendar), _source("page.js")
    return _template().render(
        plan=plan,
        view=view,
        link=partial(safe_link, view),
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
        statuses={key: statuses[key] for key in STATUSES if key in statuses},
        names=_labels(words),
        words=words,
        kinds={kind: _KINDS[kind] for kind in _KINDS if kind in kinds} if plan.base else {},
        many=len(entries) > _MANY,
        dense=sum(entry.needs_decision for entry in entries) > _DENSE,
        featured=_FEATURED,
        few=FEW,
        dated=dated,
        sorts=_SORTS if dated else {key: title for key, title in _SORTS.items() if key != "since"},
    )


def _labels(words: Words) -> Mapping[str, str]:
    """The labels of all statuses."""
    return {**STATUSES, CampaignStatus.DRIFTED: words.update}


def _findings(plan: Plan) -> list[tuple[str, Sequence[Problem]]]:
    """What checks found that stands above all cards, with titles: alarms, and what belongs to no card."""
    alarms, findings = phrases.split_findings(plan)
    on_cards = {campaign.id for campaign in plan.campaigns}
    others = [finding for finding in findings if finding.campaign not in on_cards]
    parts = ((phrases.ALARMS, alarms), (phrases.FINDINGS, others))
    return [(title, problems) for title, problems in parts if problems]


def _calendar(plan: Plan, view: View) -> Calendar | None:
    if all(campaign.schedules is None for campaign in plan.campaigns):
        return None
    return calendar_for(plan.campaigns, plan.created_at, alarm_live=view.command == "drift")


def _sections(plan: Plan, view: View, calendar: Calendar | None, words: Words) -> Iterator[Section]:
    managed = _managed(plan, view, calendar)
    removed = [abandoned_entry(item, order, view) for order, item in enumerate(plan.abandoned)]
    unmanaged = [unmanaged_entry(item, order, view) for order, item in enumerate(plan.unmanaged)]
    decisions = [entry for entry in (*removed, *managed) if entry.needs_decision]
    others = [entry for entry in managed if not entry.needs_decision]
    calm = [entry for entry in others if entry.status == "in-sync" and not entry.warnings]
    noted = [entry for entry in others if entry not in calm]
    yield from _section("decisions", words.decisions, sorted(decisions, key=_risk))
    yield from _section("noted", "Nothing to decide", sorted(noted, key=_risk))
    yield from _section("unmanaged", STATUSES["unmanaged"], unmanaged)
    forgotten = [entry for entry in removed if not entry.needs_decision]
    yield from _section("abandoned", STATUSES["abandoned"], forgotten)
    yield from _section("calm", STATUSES["in-sync"], calm)


def _managed(plan: Plan, view: View, calendar: Calendar | None) -> list[CampaignEntry]:
    """The entries of campaigns with a definition, in the order of their files; those that change alike share one."""
    findings: dict[int | None, list[Problem]] = {}
    for finding in phrases.split_findings(plan)[1]:
        findings.setdefault(finding.campaign, []).append(finding)
    orders = {id(campaign): order for order, campaign in enumerate(plan.campaigns)}
    entries = [
        managed_entry(
            campaigns,
            orders[id(campaigns[0])],
            calendar,
            [finding for campaign in campaigns for finding in findings.get(campaign.id, ())],
            view,
        )
        for campaigns in group_alike(plan.campaigns, view, three_sides=plan.base is not None)
    ]
    return sorted(entries, key=lambda entry: entry.order)


def _risk(entry: CampaignEntry) -> int:
    return entry.risk


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
