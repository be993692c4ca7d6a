"""Drift as JUnit XML, for the test reports of GitLab, Jenkins and others: one test case per campaign, riskiest first.

JUnit XML is not a standard. This follows the schema that Jenkins publishes (`junit-10.xsd`) and the rules of GitLab:
the text of a failure, error or skip must not be empty, and no two test cases may have the same name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from voxosync.model.change_kind import ChangeKind
from voxosync.report import formatting, phrases, text_format
from voxosync.report.campaign_listing import CampaignStatus, riskiest_first, status_of
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxosync.model.plan import AbandonedCampaign, CampaignPlan, Plan
    from voxosync.report.view import View

_ATTACHMENT = "[[ATTACHMENT|"
"""Marks a file to attach, for GitLab and Jenkins, in the output of a test case."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One test case.

    Attributes:
        tag: `failure`, `error`, `skipped`, or `system-out` if it passed.
        kind: the type of the failure, error or skip.
        message: a summary in a few words.
        body: the full text, in lines that are safe for a log; may be empty.
    """

    classname: str
    name: str
    tag: str = "system-out"
    kind: str = ""
    message: str = ""
    body: str = ""


def render_plan(plan: Plan, view: View) -> str:
    """One suite with the managed campaigns, one with those without a definition, and one with findings of checks."""
    view = replace(view, color=False, width=None)
    name = " ".join(filter(None, ("voxosync", view.command, view.environment)))
    suites = {
        name: list(_managed(plan, view)),
        f"{name} unmanaged": list(_unmanaged(plan)),
        f"{name} checks": list(_checks(plan)),
    }
    root = Element("testsuites", name=_safe(name))
    for title, cases in suites.items():
        if cases:
            root.append(_suite(title, cases, plan))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _managed(plan: Plan, view: View) -> Iterator[_Case]:
    removed = sorted(plan.abandoned, key=lambda campaign: campaign.dialing is None)
    dialing = sum(campaign.dialing is not None for campaign in removed)
    yield from map(_removed, removed[:dialing])
    for campaign in riskiest_first(plan):
        case = _with_result(_case(campaign.file, campaign.id, campaign.name), campaign, plan, view)
        if status_of(campaign) is CampaignStatus.IN_SYNC and not campaign.warnings:
            yield case
        else:
            lines = text_format.campaign_lines(campaign, view, three_sides=plan.base is not None)
            yield replace(case, body="\n".join(lines))
    yield from map(_removed, removed[dialing:])


def _removed(abandoned: AbandonedCampaign) -> _Case:
    text = terminal(phrases.describe_abandoned(abandoned))
    case = _case(abandoned.file, abandoned.id, abandoned.name)
    return replace(case, tag="skipped", kind="abandoned", message=text, body=text)


def _with_result(case: _Case, campaign: CampaignPlan, plan: Plan, view: View) -> _Case:
    """The test case with its result; it fails if the differences cause exit status 2."""
    status = status_of(campaign)
    if status in (CampaignStatus.MISSING, CampaignStatus.FAILED):
        return replace(
            case, tag="error", kind=status.value, message=phrases.describe_failure(campaign)
        )
    counted = [change for change in campaign.changes if change.kind in view.exit_kinds]
    if fields := {change.field for change in counted}:
        kinds = {change.kind for change in counted}
        number = len(fields)
        message = f"{formatting.count(number, 'field')} {formatting.verb(number, 'differ')}"
        if campaign.dialing is not None and campaign.dialing.effect is not None:
            message = f"{campaign.dialing.effect}: {message}"
        in_files = plan.base and kinds <= {ChangeKind.CHANGE, ChangeKind.PENDING}
        in_record = ChangeKind.PENDING if ChangeKind.PENDING in kinds else ChangeKind.CHANGE
        kind = in_record.value if in_files else "drift"
        return replace(case, tag="failure", kind=kind, message=message)
    return case


def _unmanaged(plan: Plan) -> Iterator[_Case]:
    if plan.unlisted is not None:
        error = f"could not be listed: {terminal(phrases.describe_unlisted(plan))}"
        yield _Case("unmanaged", "list", "error", "unlisted", error, error)
    tag = "failure" if plan.unmanaged_counts else "skipped"
    for campaign in plan.unmanaged:
        message = "the campaign has no definition"
        body = f"{terminal(phrases.describe_unmanaged(campaign))}\n{message}"
        name = phrases.campaign_title(campaign.id, campaign.name)
        yield _Case("unmanaged", name, tag, "unmanaged", message, body)


def _checks(plan: Plan) -> Iterator[_Case]:
    """A case for each finding of a check; it fails where the finding is an error."""
    for finding in plan.findings:
        tag = "failure" if finding.is_error else "skipped"
        title = f"{finding.position}: {finding.message}"
        body = terminal(f"{finding.position}: {finding.severity}: {finding.message}")
        yield _Case(f"checks.{finding.rule}", title, tag, finding.rule, finding.message, body)


def _case(file: str, campaign_id: int, name: str | None) -> _Case:
    """A test case without a result; its class is the path of the file with dots, by which Jenkins groups."""
    path = PurePosixPath(file)
    return _Case(
        ".".join((*path.parent.parts, path.stem)), phrases.campaign_title(campaign_id, name)
    )


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
    element = SubElement(suite, "testcase", names, time="0")
    if case.body:
        attributes = {"type": case.kind, "message": _safe(case.message)} if case.kind else {}
        SubElement(element, case.tag, attributes).text = "\n".join(
            map(_safe, case.body.split("\n"))
        )


def _safe(text: str) -> str:
    """Text for XML, which cannot represent most control characters, and for the logs and pages it ends up in."""
    return terminal(text).replace(_ATTACHMENT, _ATTACHMENT.replace("[[", "[\\x5b"))
