"""JUnit XML that follows the schema of Jenkins, and that GitLab and another parser can read."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from junitparser import Error, Failure, JUnitXml, Skipped
from lxml import etree

from tests.report import samples
from tests.report.hostile import (
    FRAGMENTS,
    drift_plan,
    harmless_text,
    plan,
    texts_for_places,
    unlisted_plan,
)
from voxosync.model.change import FieldChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.drift import UnmanagedCampaign
from voxosync.model.plan import AbandonedCampaign, CampaignPlan, Plan
from voxosync.report import junit_format
from voxosync.report.escape import terminal
from voxosync.report.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

VIEW = View(command="drift")
SCHEMA = Path(__file__).resolve().parents[3] / "shared/data/junit-10.xsd"
COUNTED_KINDS = (ChangeKind.DRIFT, ChangeKind.CONFLICT)
RESULT_TAGS = ("failure", "error", "skipped")

SAMPLES: dict[str, Callable[[], Plan]] = {
    "plan": samples.plan,
    "three sides": samples.three_sided_plan,
    "drifted": samples.drift_plan,
    "in sync": samples.in_sync_plan,
    "unmanaged counts": partial(samples.drift_plan, unmanaged_counts=True),
    "unlisted": partial(samples.drift_plan, unmanaged=(), unlisted="VOXO answered 503"),
}


def render(plan: Plan, **options: Any) -> str:
    return junit_format.render_plan(plan, View(command="drift", **options))


def parse_report(plan: Plan, **options: Any) -> ET.Element:
    return ET.fromstring(render(plan, **options))  # noqa: S314  # our own output


def cases(root: ET.Element) -> dict[str, ET.Element]:
    return {case.get("name", ""): case for case in root.iter("testcase")}


@cache
def schema() -> etree.XMLSchema:
    if not SCHEMA.is_file():
        pytest.skip("the schema that Jenkins publishes is not next to this checkout")
    return etree.XMLSchema(etree.parse(SCHEMA))


@pytest.mark.parametrize("name", SAMPLES)
def test_report_follows_the_schema_of_jenkins(name: str) -> None:
    schema().assertValid(etree.fromstring(render(SAMPLES[name]()).encode()))


@given(hostile_texts=texts_for_places)
def test_report_with_hostile_text_follows_the_schema_of_jenkins(
    hostile_texts: dict[str, str],
) -> None:
    for make in (drift_plan, unlisted_plan):
        schema().assertValid(etree.fromstring(render(make(hostile_texts.__getitem__)).encode()))


def test_each_campaign_is_a_test_case_with_its_result() -> None:
    types = {
        case.name: [type(result) for result in case.result]
        for suite in JUnitXml.fromstring(render(samples.drift_plan()).encode())
        for case in suite
    }
    assert types == {
        "4711 Spring renewal reminders": [Failure],
        "4712 Autumn": [],
        "4713 Surveys": [],
        "4714": [Error],
        "4716 Trial": [],
        "4717 Withdrawn": [Error],
        "4720 Autumn pilot": [Skipped],
        "4721": [Skipped],
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_counts_are_those_of_the_test_cases(name: str) -> None:
    root = parse_report(SAMPLES[name]())
    for element in (root, *root):
        test_cases = list(element.iter("testcase"))
        assert element.get("tests") == str(len(test_cases))
        for attribute, tag in (
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            if attribute != "skipped" or element is not root:
                assert element.get(attribute) == str(
                    sum(case.find(tag) is not None for case in test_cases)
                )


def test_failure_has_a_short_message_and_a_detailed_text() -> None:
    failure = cases(parse_report(samples.drift_plan()))["4711 Spring renewal reminders"].find(
        "failure"
    )
    assert failure is not None
    assert failure.attrib == {"type": "drift", "message": "STARTS DIALING: 6 fields differ"}
    assert "  ~ callerId: VOXO 6015550199, Git 6015550100  (since 2026-02-22 12:00 UTC)" in (
        failure.text or ""
    ).split("\n")


def test_field_with_several_kinds_of_differences_counts_once() -> None:
    failure = cases(parse_report(samples.three_sided_plan()))["4711 Spring"].find("failure")
    assert failure is not None
    assert failure.attrib == {"type": "drift", "message": "DIALS MORE: 5 fields differ"}


def test_only_counted_kinds_of_differences_fail_and_others_are_listed() -> None:
    def case_of(
        *kinds: ChangeKind, exit_kinds: tuple[ChangeKind, ...] = COUNTED_KINDS
    ) -> ET.Element:
        changes = tuple(
            FieldChange(name, "a", "b", k, "c")
            for name, k in zip(("name", "message", "tech", "timeEnd"), kinds, strict=False)
        )
        campaigns = [CampaignPlan(1, None, "x.yaml", changes)]
        return cases(
            parse_report(Plan(samples.NOW, "", campaigns, samples.COMMIT), exit_kinds=exit_kinds)
        )["1"]

    assert case_of(ChangeKind.DRIFT).find("failure") is not None
    assert case_of(ChangeKind.CONFLICT).find("failure") is not None
    change = case_of(ChangeKind.CHANGE)
    assert change.find("failure") is None
    assert "~ name: VOXO a, Git b  (change)" in (change.findtext("system-out") or "")
    every_kind = case_of(*ChangeKind).find("failure")
    assert every_kind is not None
    assert every_kind.attrib == {"type": "drift", "message": "2 fields differ"}
    drift = case_of(ChangeKind.DRIFT, ChangeKind.CHANGE, exit_kinds=(ChangeKind.CHANGE,)).find(
        "failure"
    )
    assert drift is not None
    assert drift.attrib == {"type": "change", "message": "1 field differs"}
    pending = case_of(ChangeKind.CHANGE, ChangeKind.PENDING, exit_kinds=(ChangeKind.PENDING,))
    assert pending.find("failure").attrib["type"] == "pending"  # type: ignore[union-attr]  # else the test fails


def test_campaigns_are_in_order_of_risk_with_their_effect() -> None:
    def campaign(number: int, effect: Effect | None) -> CampaignPlan:
        dialing = DialingEffect(effect, ("a reason",), 1, 1) if effect else None
        return CampaignPlan(
            number, "x", "x.yaml", (FieldChange("state", "a", "b"),), dialing=dialing
        )

    effects = (None, Effect.STOPS, Effect.STARTS, Effect.MORE)
    unapproved = DialingEffect(Effect.UNAPPROVED, (), 4, 4)
    removed = (
        AbandonedCampaign(8, "x", "x.yaml"),
        AbandonedCampaign(9, "x", "x.yaml", dialing=unapproved),
    )
    root = parse_report(
        Plan(
            samples.NOW,
            "",
            [campaign(number, effect) for number, effect in enumerate(effects, start=1)],
            abandoned=removed,
        )
    )
    messages = {
        name.split()[0]: next(iter(case)).get("message", "") for name, case in cases(root).items()
    }
    assert list(messages) == ["9", "3", "4", "2", "1", "8"]
    assert messages["3"] == "STARTS DIALING: 1 field differs"
    assert messages["1"] == "1 field differs"
    assert "DIALING WITHOUT APPROVAL" in messages["9"]


def test_acknowledged_differences_pass_and_are_listed() -> None:
    trial = cases(parse_report(samples.drift_plan()))["4716 Trial"]
    assert not any(trial.find(tag) is not None for tag in RESULT_TAGS)
    assert "acknowledged until 2026-12-31 by support team: agreed trial" in (
        trial.findtext("system-out") or ""
    )


def test_case_of_a_campaign_in_sync_is_empty() -> None:
    assert len(cases(parse_report(samples.drift_plan()))["4712 Autumn"]) == 0


def test_unmanaged_campaigns_fail_if_they_count() -> None:
    tags = [(4720, "failure"), (4721, "failure")]
    unmanaged = tuple(UnmanagedCampaign(number, None, "READY") for number, _ in tags)
    root = parse_report(samples.in_sync_plan(unmanaged=unmanaged, unmanaged_counts=True))
    for number, tag in tags:
        assert cases(root)[str(number)].find(tag) is not None


def test_unmanaged_campaigns_that_could_not_be_listed_are_an_error() -> None:
    root = parse_report(samples.in_sync_plan(unlisted="VOXO answered 503"))
    assert cases(root)["list"].findtext("error") == "could not be listed: VOXO answered 503"


def test_class_name_is_the_path_with_dots_because_jenkins_groups_by_it() -> None:
    withdrawn = cases(parse_report(samples.drift_plan()))["4717 Withdrawn"]
    assert withdrawn.get("classname") == "campaigns.prod.withdrawn"


def test_suites_are_named_after_their_environment() -> None:
    root = parse_report(samples.drift_plan(), environment="prod")
    assert [suite.get("name") for suite in root] == [
        "voxosync drift prod", "voxosync drift prod unmanaged",
    ]  # fmt: skip


def test_xml_has_no_terminal_colors() -> None:
    assert render(samples.drift_plan(), color=True) == render(samples.drift_plan())


def shape(element: ET.Element) -> Any:
    return element.tag, sorted(element.keys()), [shape(child) for child in element]


@given(hostile_texts=texts_for_places)
def test_hostile_text_does_not_change_the_structure(hostile_texts: dict[str, str]) -> None:
    for make in (plan, drift_plan, unlisted_plan):
        assert shape(parse_report(make(hostile_texts.__getitem__))) == shape(
            parse_report(make(harmless_text))
        )


@given(hostile_texts=texts_for_places)
def test_hostile_text_is_escaped_for_logs(hostile_texts: dict[str, str]) -> None:
    root = parse_report(drift_plan(hostile_texts.__getitem__))
    names = [case.get("name") for case in root.iter("testcase")]
    assert terminal(f"4711 {hostile_texts['name']}") in names
    assert terminal(f"4720 {hostile_texts['unmanaged name']}") in names
    missing = root.find(".//error[@type='missing']")
    assert missing is not None
    assert (missing.get("message") or "").startswith(terminal(hostile_texts["error"]))


@given(hostile_texts=texts_for_places)
def test_hostile_text_leaves_the_cases_unique_and_readable_for_gitlab(
    hostile_texts: dict[str, str],
) -> None:
    """GitLab distinguishes cases by suite, class and name, and shows the text of a result."""
    root = parse_report(drift_plan(hostile_texts.__getitem__))
    keys = [
        (suite.get("name"), case.get("classname"), case.get("name"))
        for suite in root
        for case in suite
    ]
    assert len(keys) == len(set(keys))
    for tag in RESULT_TAGS:
        assert all((element.text or "").strip() for element in root.iter(tag))


@pytest.mark.parametrize("fragment", ["[[ATTACHMENT|/etc/passwd]]", "[[[ATTACHMENT|x", *FRAGMENTS])
def test_hostile_text_cannot_attach_a_file(fragment: str) -> None:
    hostile = render(drift_plan(lambda _: f"{fragment}[[ATTACHMENT|/etc/passwd]]"))
    assert not re.search(r"\[\[ATTACHMENT\|", hostile)
