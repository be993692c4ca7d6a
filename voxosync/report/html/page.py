"""The page of a plan or a drift report: its sections and controls, and the policy by which it loads nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from voxosync import __version__
from voxosync.report import formatting, phrases
from voxosync.report.calendar import STYLE, Calendar, calendar_for
from voxosync.report.campaign_listing import CampaignStatus
from voxosync.report.escape import terminal
from voxosync.report.groups import FEW
from voxosync.report.html.differences import safe_link
from voxosync.report.html.entries import STATUSES, CampaignEntry
from voxosync.report.html.history_chart import history_chart
from voxosync.report.html.sections import sections
from voxosync.report.html.words import WORDS
from voxosync.report.plan_summary import summary_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jinja2 import Template

    from voxosync.model.plan import Plan
    from voxosync.model.problem import Problem
    from voxosync.report.html.words import Words
    from voxosync.report.view import View

_FOLDER = Path(__file__).parent
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?")


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


def render_plan(plan: Plan, view: View) -> str:
    """A plan or a drift report as one self-contained HTML file."""
    words = WORDS[view.command]
    calendar = _calendar(plan, view)
    parts = [*sections(plan, view, calendar, words)]
    entries = [entry for section in parts for entry in section.entries]
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
        summary=summary_line(plan, replace(view, color=False)),
        verdict=_verdict(plan, view, entries),
        calendar=calendar,
        unlisted=phrases.describe_unlisted(plan),
        chart=history_chart(plan.history),
        findings=_findings(plan),
        sections=parts,
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


def _verdict(plan: Plan, view: View, entries: Iterable[CampaignEntry]) -> str:
    """How the summary looks; drift that dials people looks as urgent as a failure."""
    verdict = _VERDICTS[plan.exit_status(count=view.exit_kinds)]
    is_alarm = view.command == "drift" and any(entry.level == "rings" for entry in entries)
    return "rings" if is_alarm and verdict == "drifted" else verdict


def _labels(words: Words) -> Mapping[str, str]:
    """The labels of all statuses."""
    return {**STATUSES, CampaignStatus.DRIFTED: words.update}


def _findings(plan: Plan) -> list[tuple[str, Sequence[Problem]]]:
    """What checks found that stands above all cards, with titles: alarms, and what belongs to no card."""
    alarms, findings = phrases.split_findings(plan)
    on_cards = {campaign.id for campaign in plan.campaigns}
    unlisted = [finding for finding in findings if finding.campaign not in on_cards]
    parts = ((phrases.ALARMS, alarms), (phrases.FINDINGS, unlisted))
    return [(title, problems) for title, problems in parts if problems]


def _calendar(plan: Plan, view: View) -> Calendar | None:
    if all(campaign.schedules is None for campaign in plan.campaigns):
        return None
    return calendar_for(plan.campaigns, plan.created_at, alarm_live=view.command == "drift")


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
        "moments": _moments,
    }
    return environment.get_template("page.html.j2")


def _moments(text: str) -> Markup:
    """A text whose dates and times are not broken across lines, as they would be at their hyphens."""
    return Markup(_MOMENT.sub(r'<span class="moment">\g<0></span>', str(escape(terminal(text)))))  # noqa: S704  # escaped


def _age(moment: datetime, now: datetime) -> str:
    age = now - moment
    return "in this run" if age < timedelta(minutes=1) else f"{formatting.format_duration(age)} ago"
