"""JUnit XML, as Jenkins' schema, GitLab's reader and a parser of others want it."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from junitparser import Error, Failure, JUnitXml, Skipped
from lxml import etree

from tests.report import samples
from tests.report.hostile import FRAGMENTS, benign, chosen, drifted, plan, unlisted
from voxosync.model.change import FieldChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.drift import UnmanagedCampaign
from voxosync.model.plan import AbandonedCampaign, CampaignPlan, Plan
from voxosync.report import junit_format
from voxosync.report.escape import terminal
from voxosync.report.view import View

VIEW = View(command="drift")
SCHEMA = Path(__file__).resolve().parents[3] / "shared/data/junit-10.xsd"
BY_HAND = (ChangeKind.DRIFT, ChangeKind.CONFLICT)
TELLING = ("failure", "error", "skipped")

SAMPLES = {
    "plan": samples.plan,
    "three sides": samples.three_sided,
    "drifted": samples.drifted,
    "in sync": samples.in_sync,
    "unmanaged counts": partial(samples.drifted, unmanaged_counts=True),
    "unlisted": partial(samples.drifted, unmanaged=(), unlisted="VOXO answered 503"),
}


def render(plan: Plan, **options: Any) -> str:
    return junit_format.render_plan(plan, View(command="drift", **options))


def read(plan: Plan, **options: Any) -> ET.Element:
    return ET.fromstring(render(plan, **options))  # noqa: S314  # our own


def cases(root: ET.Element) -> dict[str, ET.Element]:
    return {case.get("name", ""): case for case in root.iter("testcase")}


@cache
def schema() -> etree.XMLSchema:
    if not SCHEMA.is_file():
        pytest.skip("the schema that Jenkins publishes is not next to this checkout")
    return etree.XMLSchema(etree.parse(SCHEMA))


@pytest.mark.parametrize("name", SAMPLES)
def test_jenkins_schema_accepts_it(name: str) -> None:
    schema().assertValid(etree.fromstring(render(SAMPLES[name]()).encode()))


@given(hostile_texts=chosen)
def test_jenkins_schema_accepts_it_whatever_the_text(hostile_texts: dict[str, str]) -> None:
    for make in (drifted, unlisted):
        schema().assertValid(etree.fromstring(render(make(hostile_texts.__getitem__)).encode()))


def test_each_campaign_is_a_case_with_its_verdict() -> None:
    types = {
        case.name: [type(result) for result in case.result]
        for suite in JUnitXml.fromstring(render(samples.drifted()).encode())
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
def test_the_counts_are_those_of_the_cases(name: str) -> None:
    root = read(SAMPLES[name]())
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


def test_a_failure_says_in_short_and_at_length_what_differs() -> None:
    failure = cases(read(samples.drifted()))["4711 Spring renewal reminders"].find("failure")
    assert failure is not None
    assert failure.attrib == {"type": "drift", "message": "STARTS DIALING: 6 fields differ"}
    assert "  ~ callerId: VOXO 6015550199, Git 6015550100  (since 2026-02-22 12:00 UTC)" in (
        failure.text or ""
    ).split("\n")


def test_a_field_with_differences_of_several_kinds_is_one_field() -> None:
    failure = cases(read(samples.three_sided()))["4711 Spring"].find("failure")
    assert failure is not None
    assert failure.attrib == {"type": "drift", "message": "DIALS MORE: 5 fields differ"}


def test_with_a_base_counted_kinds_fail_and_the_others_are_listed() -> None:
    def of(*kinds: ChangeKind, counting: tuple[ChangeKind, ...] = BY_HAND) -> ET.Element:
        changes = tuple(
            FieldChange(name, "a", "b", k, "c")
            for name, k in zip(("name", "message", "tech", "timeEnd"), kinds, strict=False)
        )
        campaigns = [CampaignPlan(1, None, "x.yaml", changes)]
        return cases(read(Plan(samples.NOW, "", campaigns, samples.COMMIT), counting=counting))["1"]

    assert of(ChangeKind.DRIFT).find("failure") is not None
    assert of(ChangeKind.CONFLICT).find("failure") is not None
    change = of(ChangeKind.CHANGE)
    assert change.find("failure") is None
    assert "~ name: VOXO a, Git b  (change)" in (change.findtext("system-out") or "")
    every_kind = of(*ChangeKind).find("failure")
    assert every_kind is not None
    assert every_kind.attrib == {"type": "drift", "message": "2 fields differ"}
    drift = of(ChangeKind.DRIFT, ChangeKind.CHANGE, counting=(ChangeKind.CHANGE,)).find("failure")
    assert drift is not None
    assert drift.attrib == {"type": "change", "message": "1 field differs"}
    pending = of(ChangeKind.CHANGE, ChangeKind.PENDING, counting=(ChangeKind.PENDING,))
    assert pending.find("failure").attrib["type"] == "pending"  # type: ignore[union-attr]  # else the test fails


def test_the_riskiest_come_first_with_their_effect() -> None:
    def of(number: int, effect: Effect | None) -> CampaignPlan:
        dialing = effect and DialingEffect(effect, ("a reason",), 1, 1)
        return CampaignPlan(
            number, "x", "x.yaml", (FieldChange("state", "a", "b"),), dialing=dialing
        )

    effects = (None, Effect.STOPS, Effect.STARTS, Effect.MORE)
    unapproved = DialingEffect(Effect.UNAPPROVED, (), 4, 4)
    removed = (
        AbandonedCampaign(8, "x", "x.yaml"),
        AbandonedCampaign(9, "x", "x.yaml", dialing=unapproved),
    )
    root = read(
        Plan(
            samples.NOW,
            "",
            [of(number, effect) for number, effect in enumerate(effects, start=1)],
            abandoned=removed,
        )
    )
    messages = {
        name.split()[0]: next(iter(case)).get("message") for name, case in cases(root).items()
    }
    assert list(messages) == ["9", "3", "4", "2", "1", "8"]
    assert messages["3"] == "STARTS DIALING: 1 field differs"
    assert messages["1"] == "1 field differs"
    assert "DIALING WITHOUT APPROVAL" in messages["9"]


def test_acknowledged_differences_pass_and_are_listed() -> None:
    trial = cases(read(samples.drifted()))["4716 Trial"]
    assert not any(trial.find(tag) is not None for tag in TELLING)
    assert "acknowledged until 2026-12-31 by support team: agreed trial" in (
        trial.findtext("system-out") or ""
    )


def test_a_case_without_anything_to_say_is_empty() -> None:
    assert len(cases(read(samples.drifted()))["4712 Autumn"]) == 0


def test_unmanaged_campaigns_fail_where_they_count() -> None:
    tags = [(4720, "failure"), (4721, "failure")]
    unmanaged = tuple(UnmanagedCampaign(number, None, "READY") for number, _ in tags)
    root = read(samples.in_sync(unmanaged=unmanaged, unmanaged_counts=True))
    for number, tag in tags:
        assert cases(root)[str(number)].find(tag) is not None


def test_unmanaged_campaigns_that_could_not_be_listed_are_an_error() -> None:
    root = read(samples.in_sync(unlisted="VOXO answered 503"))
    assert cases(root)["list"].findtext("error") == "could not be listed: VOXO answered 503"


def test_classes_are_paths_in_dots_by_which_jenkins_groups() -> None:
    withdrawn = cases(read(samples.drifted()))["4717 Withdrawn"]
    assert withdrawn.get("classname") == "campaigns.prod.withdrawn"


def test_environments_are_suites_of_their_own() -> None:
    root = read(samples.drifted(), environment="prod")
    assert [suite.get("name") for suite in root] == [
        "voxosync drift prod", "voxosync drift prod unmanaged",
    ]  # fmt: skip


def test_colours_stay_out_of_xml() -> None:
    assert render(samples.drifted(), color=True) == render(samples.drifted())


def shape(element: ET.Element) -> Any:
    return element.tag, sorted(element.keys()), [shape(child) for child in element]


@given(hostile_texts=chosen)
def test_the_structure_does_not_depend_on_the_text(hostile_texts: dict[str, str]) -> None:
    for make in (plan, drifted, unlisted):
        assert shape(read(make(hostile_texts.__getitem__))) == shape(read(make(benign)))


@given(hostile_texts=chosen)
def test_the_text_comes_out_as_a_log_may_hold_it(hostile_texts: dict[str, str]) -> None:
    root = read(drifted(hostile_texts.__getitem__))
    names = [case.get("name") for case in root.iter("testcase")]
    assert terminal(f"4711 {hostile_texts['name']}") in names
    assert terminal(f"4720 {hostile_texts['unmanaged name']}") in names
    missing = root.find(".//error[@type='missing']")
    assert missing is not None
    assert (missing.get("message") or "").startswith(terminal(hostile_texts["error"]))


@given(hostile_texts=chosen)
def test_gitlab_finds_what_it_shows(hostile_texts: dict[str, str]) -> None:
    """It tells cases apart by suite, class and name, and shows the text inside a verdict."""
    root = read(drifted(hostile_texts.__getitem__))
    keys = [
        (suite.get("name"), case.get("classname"), case.get("name"))
        for suite in root
        for case in suite
    ]
    assert len(keys) == len(set(keys))
    for tag in TELLING:
        assert all((element.text or "").strip() for element in root.iter(tag))


@pytest.mark.parametrize("fragment", ["[[ATTACHMENT|/etc/passwd]]", "[[[ATTACHMENT|x", *FRAGMENTS])
def test_no_text_names_a_file_to_attach(fragment: str) -> None:
    hostile = render(drifted(lambda _: f"{fragment}[[ATTACHMENT|/etc/passwd]]"))
    assert not re.search(r"\[\[ATTACHMENT\|", hostile)
