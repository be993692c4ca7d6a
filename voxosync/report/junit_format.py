"""What drifted as JUnit XML, for the test reports of GitLab, Jenkins and others: one testcase a campaign.

There is no standard. This is what Jenkins publishes as `junit-10.xsd`, and what GitLab reads besides: it
shows the text of a failure, an error or a skip only where there is some, and takes no two cases of one name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from voxosync.model.kind import ChangeKind
from voxosync.report import formatting, phrases, text_format
from voxosync.report.campaign_status import CampaignStatus, status_of
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.model.plan import CampaignPlan, Plan
    from voxosync.report.view import View

_ATTACHMENT = "[[ATTACHMENT|"
"""By this, in the output of a case, GitLab and Jenkins are told of a file to show."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One testcase.

    Attributes:
        tag: `failure`, `error`, `skipped`, or `system-out` of one that passed.
        kind: what sort of failure, error or skip.
        message: that in a few words.
        body: all of it, in lines that are safe for a log; empty where there is nothing to say.
    """

    classname: str
    name: str
    tag: str = "system-out"
    kind: str = ""
    message: str = ""
    body: str = ""


def render_plan(plan: Plan, view: View) -> str:
    """What drifted, as one suite; the campaigns without a definition, as another."""
    view = replace(view, color=False)
    name = " ".join(filter(None, ("voxosync", view.command, view.environment)))
    suites = {name: list(_managed(plan, view)), f"{name} unmanaged": list(_unmanaged(plan))}
    root = Element("testsuites", name=_safe(name))
    for title, cases in suites.items():
        if cases:
            root.append(_suite(title, cases, plan))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _managed(plan: Plan, view: View) -> Iterator[_Case]:
    for campaign in plan.campaigns:
        case = _judged(_case(campaign.file, campaign.id, campaign.name), campaign, plan, view)
        if status_of(campaign) is CampaignStatus.IN_SYNC and not campaign.warnings:
            yield case
        else:
            lines = text_format.campaign_lines(campaign, view, three_sides=plan.base is not None)
            yield replace(case, body="\n".join(lines))
    for gone in plan.abandoned:
        told = phrases.ABANDONED
        place = _case(gone.file, gone.id, gone.name)
        yield replace(place, tag="skipped", kind="abandoned", message=told, body=told)


def _judged(case: _Case, campaign: CampaignPlan, plan: Plan, view: View) -> _Case:
    """A case that passed, failed, or could not be tried; it fails by what the call fails by."""
    found = status_of(campaign)
    if found in (CampaignStatus.MISSING, CampaignStatus.FAILED):
        return replace(
            case, tag="error", kind=found.value, message=phrases.describe_failure(campaign)
        )
    counted = [change for change in campaign.changes if change.kind in view.counting]
    if fields := {change.field for change in counted}:
        by_branch = plan.base and all(change.kind is ChangeKind.CHANGE for change in counted)
        verb = "differs" if len(fields) == 1 else "differ"
        message = f"{formatting.count(len(fields), 'field')} {verb}"
        kind = "change" if by_branch else "drift"
        return replace(case, tag="failure", kind=kind, message=message)
    return case


def _unmanaged(plan: Plan) -> Iterator[_Case]:
    if plan.unlisted is not None:
        why = f"they could not be listed: {terminal(phrases.describe_unlisted(plan))}"
        yield _Case("unmanaged", "list", "error", "unlisted", why, why)
    tag = "failure" if plan.unmanaged_counts else "skipped"
    for found in plan.unmanaged:
        told = "VOXO has it, and no definition does"
        body = f"{terminal(phrases.describe_unmanaged(found))}\n{told}"
        case = _Case("unmanaged", _name(found.id, found.name))
        yield replace(case, tag=tag, kind="unmanaged", message=told, body=body)


def _case(file: str, number: int, name: str | None) -> _Case:
    """A case without a verdict; its class is the file's path, in the dots that Jenkins groups by."""
    path = PurePosixPath(file)
    return _Case(".".join((*path.parent.parts, path.stem)), _name(number, name))


def _name(number: int, name: str | None) -> str:
    return str(number) if name is None else f"{number} {name}"


def _suite(title: str, cases: list[_Case], plan: Plan) -> Element:
    def count(tag: str) -> str:
        return str(sum(case.tag == tag for case in cases))

    suite = Element(
        "testsuite",
        name=_safe(title),
        tests=str(len(cases)),
        failures=count("failure"),
        errors=count("error"),
        skipped=count("skipped"),
        time="0",
        timestamp=f"{plan.created_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    )
    for case in cases:
        _add(suite, case)
    return suite


def _add(suite: Element, case: _Case) -> None:
    names = {"classname": _safe(case.classname), "name": _safe(case.name)}
    found = SubElement(suite, "testcase", names, time="0")
    if case.body:
        told = {"type": case.kind, "message": _safe(case.message)} if case.kind else {}
        SubElement(found, case.tag, told).text = "\n".join(map(_safe, case.body.split("\n")))


def _safe(text: str) -> str:
    """Text for XML, which has no room for most controls, and for the logs and pages it ends in."""
    return terminal(text).replace(_ATTACHMENT, _ATTACHMENT.replace("[[", "[\\x5b"))
