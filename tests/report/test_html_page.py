"""The HTML page of a plan or a drift report: one complete file that loads nothing and escapes all text."""

from __future__ import annotations

import re
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from lxml import html

from tests.report import hostile, html_samples, samples
from voxosync.model.change import Description, Detail, FieldChange
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.dialing.schedule import Schedule, Schedules
from voxosync.model.drift import Acknowledgement, DriftRun, History, UnmanagedCampaign
from voxosync.model.guard import GuardName, Refusal
from voxosync.model.plan import AbandonedCampaign, AcknowledgedChange, CampaignPlan, Plan
from voxosync.model.problem import AllowedProblem, Position, Problem, Severity
from voxosync.model.values import Destination
from voxosync.report import plan_summary
from voxosync.report.escape import terminal
from voxosync.report.registry import DRIFT, PLAN
from voxosync.report.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

VIEW = View(command="drift", prefix="calls/")
BASE = "https://github.com/acme/calls/blob/main"
LINKED = replace(VIEW, link_base=BASE)
PLANS: dict[str, Callable[[], Plan]] = {
    "rich": html_samples.full_plan,
    "three-sided": samples.three_sided_plan,
    "in-sync": samples.in_sync_plan,
    "empty": lambda: replace(samples.in_sync_plan(), campaigns=()),
}


def page(plan: Plan, view: View = VIEW) -> str:
    return DRIFT["html"](plan, view)


def drift_document(plan: Plan, view: View = VIEW) -> Any:
    return html.document_fromstring(page(plan, view))


def text_of(node: Any) -> str:
    """The text of an element as people read it."""
    return " ".join(" ".join(node.itertext()).split())


def entry(document: Any, key: str) -> Any:
    return document.get_element_by_id(key)


@pytest.mark.parametrize("make", PLANS.values(), ids=PLANS)
class TestFile:
    def test_is_one_document(self, make: Callable[[], Plan]) -> None:
        source = page(make())
        assert source.startswith("<!DOCTYPE html>\n<html ")
        assert source.endswith("</html>\n")

    def test_closes_every_element(self, make: Callable[[], Plan]) -> None:
        source = re.sub(r"<(style|script)>.*?</\1>", "", page(make(), LINKED), flags=re.DOTALL)
        void = {"meta", "input", "br", "col"}
        open_tags: list[str] = []
        for closing, name, inner in re.findall(r"<(/?)([a-z][a-zA-Z0-9]*)([^<>]*)>", source):
            if closing:
                assert open_tags.pop() == name
            elif name not in void and not inner.endswith("/"):
                open_tags.append(name)
        assert open_tags == []

    def test_has_unique_ids_and_labels_of_existing_elements(self, make: Callable[[], Plan]) -> None:
        document = drift_document(make())
        ids = document.xpath("//@id")
        assert len(ids) == len(set(ids))
        assert set(document.xpath("//@aria-labelledby | //@for")) <= set(ids)

    def test_links_only_to_the_repository_and_within_itself(self, make: Callable[[], Plan]) -> None:
        document = drift_document(make(), LINKED)
        assert not document.xpath("//@src | //@srcset | //@action | //@style | //link | //base")
        for address in document.xpath("//@*[contains(name(), 'href')]"):
            assert address.startswith((f"{BASE}/calls/campaigns/", "#"))
        for address in re.findall(r"url\(([^)]*)\)", page(make(), LINKED)):
            assert address.strip("\"'").startswith("#")

    def test_has_no_handler_in_an_attribute(self, make: Callable[[], Plan]) -> None:
        assert not drift_document(make()).xpath("//@*[starts-with(name(), 'on')]")

    def test_has_a_policy_that_allows_only_its_own_style_and_script(
        self, make: Callable[[], Plan]
    ) -> None:
        source = page(make())
        [policy] = drift_document(make()).xpath(
            "//head/meta[@http-equiv='Content-Security-Policy']/@content"
        )
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
        assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
        for name in ("style", "script"):
            [content] = re.findall(f"<{name}>(.*?)</{name}>", source, flags=re.DOTALL)
            digest = b64encode(sha256(content.encode()).digest()).decode()
            assert rules[f"{name}-src"] == f"'sha256-{digest}'"
        assert set(rules) == {
            "default-src", "base-uri", "form-action", "style-src", "script-src"
        }  # fmt: skip

    def test_has_the_same_summary_as_text(self, make: Callable[[], Plan]) -> None:
        [summary] = drift_document(make()).find_class("verdict")
        assert text_of(summary) == plan_summary.summary_line(make(), VIEW)

    def test_is_the_same_for_the_same_plan(self, make: Callable[[], Plan]) -> None:
        assert page(make()) == page(make())


class TestLinks:
    def test_lead_to_the_line_of_the_value_or_of_its_default(self) -> None:
        document = drift_document(html_samples.full_plan(), LINKED)
        spring = entry(document, "c4711")
        assert f"{BASE}/calls/campaigns/spring.yaml#L2" in spring.xpath(".//@href")
        assert f"{BASE}/calls/campaigns/spring.yaml#L3" in spring.xpath(".//@href")
        assert f"{BASE}/calls/campaigns/_defaults.yaml#L2" in spring.xpath(".//@href")
        assert "campaigns/_defaults.yaml:2" in text_of(spring)

    def test_are_only_within_the_page_without_a_base_address(self) -> None:
        document = drift_document(html_samples.full_plan())
        assert all(address.startswith("#") for address in document.xpath("//@href"))
        assert "line 3" in text_of(entry(document, "c4711"))

    @pytest.mark.parametrize(
        "base",
        [
            "javascript:alert(1)//", " javascript:alert(1)//", "JavaScript:alert(1)//", "java\nscript:alert(1)//",
            "data:text/html,x", "vbscript:x", "file:///", "//evil.test", "https:evil", "",
        ],
    )  # fmt: skip
    def test_are_only_within_the_page_if_the_base_is_not_a_web_address(self, base: str) -> None:
        document = drift_document(html_samples.full_plan(), replace(VIEW, link_base=base))
        assert all(address.startswith("#") for address in document.xpath("//@href"))

    def test_cannot_end_their_attribute(self) -> None:
        document = drift_document(
            html_samples.full_plan(), replace(VIEW, link_base=f'{BASE}"><script>x</script>')
        )
        assert len(document.xpath("//script")) == 1
        assert any("<script>" in address for address in document.xpath("//@href"))


class TestEntries:
    def test_are_one_for_each_campaign_in_order_of_risk(self) -> None:
        document = drift_document(html_samples.full_plan())
        sections = {
            section.get("aria-labelledby"): [
                int(node.get("data-id")) for node in section.find_class("entry")
            ]
            for section in document.iter("section")
        }
        assert sections == {
            "decisions": [4711, 4715, 4712, 4713],
            "noted": [4716],
            "unmanaged": [4801, 4802],
            "abandoned": [4790],
            "calm": [4721, 4722, 4723, 4724, 4725],
        }

    def test_of_campaigns_in_sync_are_folded_and_no_others(self) -> None:
        document = drift_document(html_samples.full_plan())
        [fold] = document.find_class("fold")
        assert fold.get("open") is None
        assert len(fold.find_class("entry")) == 5
        assert "In sync 5" in text_of(fold.find("summary"))

    @pytest.mark.parametrize(
        ("key", "status", "section"),
        [
            ("c4711", "Drifted", "decisions"),
            ("c4712", "Missing in VOXO", "decisions"),
            ("c4713", "Not compared", "decisions"),
            ("c4716", "Left alone", "noted"),
            ("c4721", "In sync", "calm"),
            ("u4801", "Without a definition", "unmanaged"),
            ("a4790", "No longer managed", "abandoned"),
        ],
    )
    def test_state_their_status_in_words(self, key: str, status: str, section: str) -> None:
        node = entry(drift_document(html_samples.full_plan()), key)
        [badge] = node.find_class("badge")
        assert text_of(badge) == status
        [labeled] = node.iterancestors("section")
        assert labeled.get("aria-labelledby") == section

    @pytest.mark.parametrize(
        ("key", "commands"),
        [
            ("c4711", ["voxosync apply --only 4711", "voxosync pull --only 4711"]),
            ("c4712", []),
            ("c4716", []),
            ("c4721", []),
            ("u4801", ["voxosync import --id 4801"]),
        ],
    )
    def test_show_commands_that_resolve_the_difference(self, key: str, commands: list[str]) -> None:
        node = entry(drift_document(html_samples.full_plan()), key)
        assert [text_of(code) for code in node.xpath(".//code")] == commands

    def test_quote_the_environment_for_a_shell(self) -> None:
        node = entry(
            drift_document(html_samples.full_plan(), replace(VIEW, environment="us east;id")),
            "c4715",
        )
        assert text_of(node.xpath(".//code")[0]) == "voxosync --env 'us east;id' apply --only 4715"

    def test_show_both_sides_and_the_time_of_a_difference(self) -> None:
        rows = entry(drift_document(html_samples.full_plan()), "c4711").xpath(".//tbody/tr")
        assert text_of(rows[0]) == "state line 3 READY PAUSED 2026-02-28 08:48 UTC 1 day ago"
        assert text_of(rows[2]) == "timeEnd line 8 (none) 17:00 unknown"

    def test_mark_the_words_of_a_long_text_that_differ(self) -> None:
        row = entry(drift_document(html_samples.full_plan()), "c4711").xpath(".//tbody/tr")[1]
        assert [mark.text for mark in row.xpath(".//p[@class='live']//mark")] == ["Dial", "9"]
        assert [mark.text for mark in row.xpath(".//p[@class='defined']//mark")] == ["Press", "1"]

    def test_list_differing_numbers_masked_in_the_same_way_as_text(self) -> None:
        row, inner = entry(drift_document(html_samples.full_plan()), "c4711").xpath(".//tbody/tr")[
            3:5
        ]
        assert text_of(row).startswith("numbers line 14 2 numbers 2 numbers ")
        assert [text_of(line) for line in inner.iter("li")] == [
            "+ only in Git: 601•••0123",
            "- only in VOXO: 601•••0124",
            '~ 601•••0125: VOXO "Customer 1043", Git "Customer 1043, call 601•••0177"',
        ]
        document = drift_document(html_samples.full_plan(), replace(VIEW, show_numbers=True))
        assert "- only in VOXO: 6015550124" in text_of(entry(document, "c4711"))

    def test_show_which_entries_of_a_list_were_added_removed_and_moved(self) -> None:
        change = FieldChange(
            "destinations",
            (Destination("QUEUE", 12), Destination("USER", 7)),
            (Destination("USER", 7), Destination("EXTENSION", 3)),
            details=(Detail("QUEUE 12", before=1), Detail("USER 7", 2, 1), Detail("EXTENSION 3", after=2)),
        )  # fmt: skip
        description = Description("6015550123", "Ann 6015550199", "Ann B")
        texts = replace(samples.numbers(changed=("6015550123",)), descriptions=(description,))
        plan = Plan(samples.NOW, "", [CampaignPlan(1, "Spring", "a.yaml", (change, texts))])
        document = html.document_fromstring(PLAN["html"](plan, View()))
        assert [text_of(line) for line in document.xpath("//tr[@class='inner']//li")] == [
            "- QUEUE 12 removed from place 1", "~ USER 7 moved from place 2 to 1", "+ EXTENSION 3 added at place 2",
            '~ 601•••0123: "Ann 601•••0199" → "Ann B"',
        ]  # fmt: skip

    def test_show_acknowledged_differences_apart_with_date_owner_and_reason(self) -> None:
        node = entry(drift_document(html_samples.full_plan()), "c4711")
        [acknowledged] = node.find_class("acknowledged")
        assert "callFrequency" in text_of(acknowledged)
        assert "until 2026-03-15 by the outreach team: Trial until the audit is over" in text_of(
            acknowledged
        )
        assert "callFrequency" not in text_of(node.find_class("differences")[0])

    def test_state_the_effect_on_dialing_first(self) -> None:
        node = entry(drift_document(html_samples.full_plan()), "c4715")
        assert text_of(node).startswith("STARTS DIALING 4715 Flu shots")
        [lead] = node.find_class("lead")
        assert text_of(lead).startswith(
            "VOXO starts to dial this campaign: becomes READY; 1200 phones (1100 open) from 2026-03-02 08:00"
        )

    def test_of_a_plan_state_what_applying_does(self) -> None:
        plan = html_samples.full_plan()
        document = html.document_fromstring(PLAN["html"](plan, View()))
        node = entry(document, "c4715")
        [lead] = node.find_class("lead")
        assert text_of(lead).startswith(
            "Applying makes this campaign start dialing: becomes READY;"
        )
        [legend] = node.find_class("strip")[0].find_class("legend")
        assert "dials only after applying" in text_of(legend)
        assert text_of(node.find_class("brief")[0]) == "state: PAUSED → READY"
        assert text_of(node.find(".//thead")) == "Field In VOXO After applying Since"
        drift = entry(drift_document(plan), "c4715")
        assert text_of(drift.find_class("brief")[0]) == "state: VOXO PAUSED, Git READY"
        assert "→" not in text_of(drift)

    def test_of_new_campaigns_have_unique_ids(self) -> None:
        new = CampaignPlan(0, "Autumn", "campaigns/autumn fair.yaml", is_new=True)
        plan = replace(html_samples.full_plan(), campaigns=[new, replace(new, name="Winter")])
        document = html.document_fromstring(PLAN["html"](plan, View()))
        nodes = [node for node in document.find_class("entry") if node.get("data-status") == "new"]
        assert [node.get("id") for node in nodes] == ["new0", "new1"]
        assert "voxosync create 'campaigns/autumn fair.yaml'" in text_of(nodes[0])

    def test_of_a_removed_definition_that_dials_come_first(self) -> None:
        dialing = DialingEffect(Effect.UNAPPROVED, ("its definition was removed",), 3, 3)
        removed = AbandonedCampaign(4790, "Winter", "campaigns/winter.yaml", dialing=dialing)
        document = drift_document(html_samples.full_plan(abandoned=(removed,)))
        [section] = document.xpath("//section[@aria-labelledby='decisions']")
        assert section.find_class("entry")[0].get("id") == "a4790"

    def test_show_the_kind_of_each_change_if_there_is_a_base(self) -> None:
        document = drift_document(samples.three_sided_plan())
        kinds = [text_of(cell) for cell in document.find_class("kind")]
        assert kinds[:4] == ["drift", "conflict: was 30", "change", "pending: cafecafecafe"]
        assert entry(document, "c4711").get("data-kinds") == "change conflict drift pending"
        assert not drift_document(samples.plan()).find_class("kind")


def plan_document(plan: Plan, **options: Any) -> Any:
    return html.document_fromstring(PLAN["html"](plan, View(**options)))


class TestCampaignsWithTheSameChange:
    def test_share_a_card_with_their_ids_and_their_total_effect(self) -> None:
        document = plan_document(html_samples.similar_plan())
        cards = document.find_class("entry")
        assert [card.get("id") for card in cards] == ["c4711", "c5900"]
        card = cards[0]
        assert card.get("data-size") == "300"
        assert text_of(card.find(".//h3")).startswith("DIALS MORE 300 campaigns 4711-5010 ")
        [lead] = card.find_class("lead")
        assert text_of(lead).startswith(
            "Applying makes these 300 campaigns dial more: calls every 20 s instead of 30 s; "
            "+30 min a day; 60000 phones in all from 2026-02-16 09:00 (America/Chicago)"
        )
        assert len(card.find_class("cal-row")) == 1
        assert "The calendar shows 4711, the first of them." in text_of(card)
        [members] = card.find_class("members")
        assert members.get("open") is None
        assert len(members.findall(".//li")) == 300
        assert [text_of(line) for line in document.get_element_by_id("decisions").iter("span")] == [
            "301"
        ]

    def test_show_the_position_of_a_value_only_if_it_is_the_same_for_all(self) -> None:
        rows = entry(plan_document(html_samples.similar_plan()), "c4711").xpath(".//tbody/tr/th")
        assert [text_of(row) for row in rows] == [
            "callFrequency campaigns/clinics/_defaults.yaml:2",
            "callHoursEnd",
        ]

    def test_are_reached_by_each_id_and_found_by_each_name(self) -> None:
        document = plan_document(html_samples.similar_plan())
        assert "campaigns/clinics/300.yaml" in text_of(entry(document, "c5010"))
        assert "Reminders of clinic 300" in entry(document, "c4711").get("data-search")

    def test_name_the_campaigns_of_a_remark_that_is_not_about_all(self) -> None:
        remarks = [
            text_of(remark)
            for remark in entry(plan_document(html_samples.similar_plan(200)), "c4711").find_class(
                "remark"
            )
        ]
        assert "Warning: 4711-4760, 4811-4860: it dials now" in remarks

    def test_name_each_campaign_that_shares_a_caller_id_although_only_one_is_drawn(self) -> None:
        plan = html_samples.similar_plan(4)
        schedule = replace(html_samples.DAYS, callerId="6015550113")
        other = replace(plan.campaigns[-1], schedules=Schedules(schedule, schedule))
        document = plan_document(replace(plan, campaigns=[*plan.campaigns[:-1], other]))
        marks = [text_of(mark) for mark in entry(document, "c4711").find_class("caller-id")]
        assert any(mark.startswith("4714: ") and "6015550113" in mark for mark in marks)

    def test_have_commands_for_all_of_them_in_drift(self) -> None:
        node = entry(drift_document(html_samples.similar_plan(3)), "c4711")
        assert (
            "Keep the definitions: voxosync apply --only 4711 --only 4712 --only 4713"
            in text_of(node)
        )

    def test_make_a_short_page_even_if_there_are_300(self) -> None:
        assert len(PLAN["html"](html_samples.similar_plan(), View())) < 140_000

    def test_are_shown_one_by_one_in_a_verbose_report(self) -> None:
        cards = plan_document(html_samples.similar_plan(4), verbose=True).find_class("entry")
        assert [card.get("data-size") for card in cards] == ["1"] * 5


class TestAllowedProblems:
    def test_are_listed_with_their_reasons_in_a_fold(self) -> None:
        problem = Problem(Position("a.yaml", 3), Severity.ERROR, "hours", "hours: too late")
        allowed = AllowedProblem(problem, "agreed with the clinic")
        document = drift_document(replace(samples.in_sync_plan(), allowed=[allowed]), LINKED)
        [section] = document.xpath("//section[@aria-labelledby='allowed']")
        assert section.find("details").get("open") is None
        [line] = section.iter("li")
        assert text_of(line) == "a.yaml:3:1 : hours: too late (agreed with the clinic)"
        assert line.xpath(".//@href") == [f"{BASE}/calls/a.yaml#L3"]

    def test_have_no_section_if_there_are_none(self) -> None:
        assert not drift_document(samples.in_sync_plan()).xpath("//*[@id='allowed']")


class TestInnerLines:
    def test_are_limited_unless_the_report_is_verbose(self) -> None:
        plan = html_samples.full_plan()
        change = samples.numbers(added=tuple(f"60155501{n}" for n in range(10, 20)))
        plan = replace(plan, campaigns=[replace(plan.campaigns[0], changes=(change,))])
        for verbose, number in ((False, 6), (True, 10)):
            document = drift_document(plan, replace(VIEW, verbose=verbose))
            [inner] = entry(document, "c4711").find_class("inner")
            assert len(list(inner.iter("li"))) == number


class TestNewCampaigns:
    def test_show_their_values_without_a_column_for_voxo(self) -> None:
        new = CampaignPlan(
            0,
            "Summer",
            "summer.yaml",
            (FieldChange("state", None, "READY"), FieldChange("message", None, "Hello\nyou")),
            is_new=True,
            dialing=DialingEffect(Effect.STARTS, ("becomes READY",), 2, 2, None, "UTC"),
        )
        card = entry(plan_document(replace(samples.in_sync_plan(), campaigns=[new])), "new0")
        assert [text_of(cell) for cell in card.xpath(".//thead//th")] == ["Field", "In Git"]
        assert [text_of(row) for row in card.xpath(".//tbody/tr")] == [
            "state READY",
            'message "Hello\\nyou"',
        ]
        assert text_of(card.find_class("lead")[0]).startswith(
            "Creating this campaign makes it start dialing: becomes READY; 2 phones"
        )


class TestVerdict:
    @pytest.mark.parametrize(
        ("effect", "drift", "plan"),
        [(Effect.STARTS, "rings", "drifted"), (Effect.STOPPED_BY_HAND, "drifted", "drifted")],
    )
    def test_is_an_alarm_in_drift_if_voxo_dials_more_than_git(
        self, effect: Effect, drift: str, plan: str
    ) -> None:
        dialing = DialingEffect(effect, (), 2, 2, None, "UTC")
        changes = (FieldChange("state", "READY", "PAUSED"),)
        sample = replace(samples.in_sync_plan(), campaigns=[
            CampaignPlan(4711, "Spring", "a.yaml", changes, dialing=dialing)
        ])  # fmt: skip
        for document, verdict in ((drift_document(sample), drift), (plan_document(sample), plan)):
            [summary] = list(document.find_class("verdict"))
            assert summary.get("class") == f"verdict {verdict}"


class TestProvenance:
    def test_names_the_author_of_the_value_in_git_and_the_run_that_last_sent_it(self) -> None:
        row, inner, _ = entry(drift_document(html_samples.similar_plan(1)), "c4711").xpath(
            ".//tbody/tr"
        )
        assert text_of(row).startswith("callFrequency ")
        assert [text_of(line) for line in inner.iter("li")] == [
            (
                "in Git since 2026-02-09 by Outreach team (1a2b3c4d5e6f); "
                "last sent 2026-02-10 08:48 UTC by run 20260210T091200"
            )
        ]

    def test_of_campaigns_with_the_same_change_is_shown_once(self) -> None:
        [line] = entry(drift_document(html_samples.similar_plan(4)), "c4711").find_class(
            "provenance"
        )
        assert text_of(line).startswith("in Git since 2026-02-09 by Outreach team ")


def failed_plan(*ids: int, missing: bool = True) -> Plan:
    """A plan of one campaign in sync and others for which VOXO answers 404."""
    plans = [
        CampaignPlan(
            number,
            None,
            f"campaigns/{number}.yaml",
            error=f"GET /v2/…/{number}: VOXO answered 404: not found",
            missing=missing,
        )
        for number in ids
    ]
    return replace(
        samples.in_sync_plan(), campaigns=[*samples.in_sync_plan().campaigns[:1], *plans]
    )


class TestCampaignsWithTheSameError:
    def test_share_a_card_with_the_reason_and_their_files(self) -> None:
        document = drift_document(failed_plan(4801, 4802, 4803, 4807), LINKED)
        cards = document.find_class("missing")
        [card] = [card for card in cards if "entry" in card.get("class")]
        assert card.get("data-size") == "4"
        assert text_of(card.find(".//h3")) == "4 campaigns 4801-4803, 4807 Missing in VOXO"
        [lead] = card.find_class("lead")
        assert text_of(lead).startswith("GET /v2/…/ID: VOXO answered 404: not found; ")
        [members] = card.find_class("members")
        assert f"{BASE}/calls/campaigns/4807.yaml#L1" in members.xpath(".//@href")
        assert "4807" in card.get("data-search")
        assert not card.find_class("note")

    def test_have_a_hint_if_no_campaign_could_be_compared(self) -> None:
        plan = failed_plan(4801, 4802, 4803)
        document = drift_document(replace(plan, campaigns=plan.campaigns[1:]))
        [note] = entry(document, "c4801").find_class("note")
        assert text_of(note).startswith("this is so for every campaign: check --env NAME, ")

    def test_have_separate_cards_if_they_are_few(self) -> None:
        assert len(drift_document(failed_plan(4801, 4802)).find_class("missing")) == 2 * 2, (
            "entry and badge"
        )

    def test_have_separate_cards_if_a_check_reports_one_of_them(self) -> None:
        plan = failed_plan(4801, 4802, 4803)
        finding = html_samples.outside_hours(plan.campaigns[2])
        document = drift_document(replace(plan, findings=[finding]))
        assert "calledHours" in text_of(entry(document, "c4802"))
        assert "calledHours" not in text_of(entry(document, "c4801"))


class TestMarks:
    def test_of_people_called_too_early_are_not_shown_if_a_check_reports_them(self) -> None:
        plan = html_samples.similar_plan(1)
        early = "14 of 200 phones would be called from 07:00 (America/Los_Angeles)"
        [campaign, _] = plan.campaigns
        assert campaign.schedules
        schedules = replace(campaign.schedules, definition_phones=html_samples.CALLED_ZONES,
                            live_phones=html_samples.CALLED_ZONES)  # fmt: skip
        plan = replace(plan, campaigns=[replace(campaign, schedules=schedules)], findings=())
        assert text_of(entry(plan_document(plan), "c4711")).count(early) == 1
        with_finding = replace(plan, findings=[html_samples.outside_hours(campaign)])
        assert text_of(entry(plan_document(with_finding), "c4711")).count(early) == 1

    def test_that_differ_between_campaigns_are_summarized(self) -> None:
        marks = entry(plan_document(html_samples.similar_plan()), "c4711").find_class("caller-id")
        assert [text_of(mark) for mark in marks] == [
            "campaigns that dial at the same time have the same callerId"
        ]


class TestFindings:
    def test_are_on_the_card_of_their_campaign_with_hour_and_time_zone(self) -> None:
        plan = html_samples.full_plan()
        finding = html_samples.outside_hours(plan.campaigns[0])
        document = drift_document(replace(plan, findings=(finding,)), LINKED)
        [remark] = [
            node
            for node in entry(document, "c4711").find_class("remark")
            if "calledHours" in text_of(node)
        ]
        assert "from 07:00 (America/Los_Angeles)" in text_of(remark)
        assert f"{BASE}/calls/campaigns/spring.yaml#L6" in remark.xpath(".//@href")
        assert not document.find_class("remarks")[0].xpath(".//li[contains(., 'calledHours')]")

    def test_of_a_campaign_in_sync_are_not_folded(self) -> None:
        plan = samples.in_sync_plan()
        document = drift_document(
            replace(plan, findings=[html_samples.outside_hours(plan.campaigns[0])])
        )
        [section] = entry(document, "c4711").iterancestors("section")
        assert section.get("aria-labelledby") == "decisions"

    def test_are_at_the_top_if_they_are_alarms_or_have_no_card(self) -> None:
        plan = html_samples.full_plan()
        alarm, other = samples.findings()
        document = drift_document(replace(plan, findings=(alarm, replace(other, campaign=4999))))
        [header] = document.find_class("page")
        assert "doNotCall: " in text_of(header)
        assert "unreachable: " in text_of(header)

    def test_of_many_campaigns_with_the_same_change_are_shown_once_with_ids(self) -> None:
        remarks = entry(plan_document(html_samples.similar_plan()), "c4711").find_class("remark")
        assert text_of(remarks[0]) == (
            "4711-4740: warning: calledHours: 14 of 200 phones would be called from 07:00 (America/Los_Angeles): "
            "start at 10:00 or split the list"
        )

    def test_are_folded_except_for_the_most_severe_if_there_are_many(self) -> None:
        plan = html_samples.similar_plan()
        findings = [
            replace(
                finding,
                message=f"finding {n}",
                severity=Severity.ERROR if n == 9 else Severity.WARNING,
            )
            for n, finding in enumerate(plan.findings[:10])
        ]
        card = entry(plan_document(replace(plan, findings=findings)), "c4711")
        assert text_of(card.find_class("remark")[0]) == "4720: error: finding 9"
        [details] = card.xpath(".//details[@class='remark']")
        assert text_of(details.find("summary")) == "7 more findings of checks"
        assert len(details.findall(".//li")) == 7

    def test_have_no_link_with_a_script(self) -> None:
        plan = replace(html_samples.full_plan(), findings=samples.findings())
        document = drift_document(plan, replace(VIEW, link_base="javascript:alert(1)//"))
        assert all(address.startswith("#") for address in document.xpath("//@href"))


class TestChart:
    def test_shows_the_runs_as_a_picture_a_label_and_a_table(self) -> None:
        [figure] = drift_document(html_samples.full_plan()).xpath("//figure")
        [label] = figure.xpath(".//svg/@aria-label")
        assert label.startswith("40 runs: 0 drifted on 2026-01-21, 4 on 2026-03-01; at most 6")
        assert len(figure.xpath(".//tbody/tr")) == 40
        assert text_of(figure.xpath(".//tbody/tr")[0]) == "2026-03-01 12:00 UTC 4 0 0 8"

    @pytest.mark.parametrize("runs", [0, 1])
    def test_needs_two_runs(self, runs: int) -> None:
        history = History([DriftRun(samples.NOW, 1, 1, 0)] * runs)
        assert not drift_document(html_samples.full_plan(history=history)).xpath("//figure")

    def test_stays_small_with_a_long_history(self) -> None:
        source = page(html_samples.full_plan(history=html_samples.history(20_000)))
        assert len(source) < len(page(html_samples.full_plan())) + 20_000
        assert "and 19955 earlier runs" in source

    def test_includes_the_worst_run_of_a_long_history(self) -> None:
        runs = [*html_samples.history(5_000).runs]
        runs[2_501] = DriftRun(runs[2_501].at, 0, 77, 0)
        [label] = drift_document(html_samples.full_plan(history=History(runs))).xpath(
            "//figure//svg/@aria-label"
        )
        assert "at most 77" in label
        [path] = drift_document(html_samples.full_plan(history=History(runs))).xpath(
            "//path[@class='drifted']"
        )
        assert "V0H" in path.get("d")

    def test_is_drawn_for_runs_at_the_same_time(self) -> None:
        history = History([DriftRun(samples.NOW, 1, 0, 0)] * 3)
        assert drift_document(html_samples.full_plan(history=history)).xpath("//figure")


def test_other_formats_load_no_templates() -> None:
    call = "import sys, voxosync.report.registry; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", call], check=False).returncode == 0


def hostile_plan(text: Callable[[str], str]) -> Plan:
    """A plan of `drift` with text in every place that the page shows."""
    base_plan = hostile.drift_plan(text)
    position = Position(text("default file"), 2, 3)
    acknowledgement = Acknowledgement(
        "state", date(2026, 4, 1), text("message"), text("detail"), position
    )
    acknowledged = AcknowledgedChange(
        FieldChange("state", text("before"), text("after"), position=position), acknowledgement
    )
    schedule = Schedule(*[text("zone")] * 9)
    first = replace(
        base_plan.campaigns[0],
        acknowledged=(acknowledged,),
        schedules=Schedules(schedule, schedule),
    )
    return replace(
        base_plan,
        campaigns=[first, *base_plan.campaigns[1:]],
        unmanaged=(UnmanagedCampaign(4801, text("name"), text("type")),),
        unlisted=text("error"),
        refusals=(Refusal(GuardName.FROZEN, text("reason"), text("detail")),),
        base_url=text("message"),
    )


HARMLESS = drift_document(hostile_plan(hostile.harmless_text))
ELEMENT_COUNTS = {
    name: len(HARMLESS.xpath(f"//{name}"))
    for name in ("script", "style", "article", "section", "form", "a", "table", "tr", "code")
}
ELEMENTS = (
    {element.tag for element in HARMLESS.iter()}
    | {element.tag for element in drift_document(html_samples.full_plan(), LINKED).iter()}
    | {"br", "i"}
)
ATTRIBUTES = {
    name
    for plan in (hostile_plan(hostile.harmless_text), html_samples.full_plan())
    for element in drift_document(plan, LINKED).iter()
    for name in element.keys()  # noqa: SIM118  # an element iterates over its children
} | {"display"}


class TestHostileText:
    @given(hostile_texts=hostile.texts_for_places)
    def test_never_becomes_markup(self, hostile_texts: dict[str, str]) -> None:
        document = drift_document(hostile_plan(hostile_texts.__getitem__))
        for name, number in ELEMENT_COUNTS.items():
            assert len(document.xpath(f"//{name}")) == number
        for element in document.iter():
            assert element.tag in ELEMENTS
            assert set(element.keys()) <= ATTRIBUTES

    @given(hostile_texts=hostile.texts_for_places)
    def test_is_displayed_completely_and_hides_nothing(self, hostile_texts: dict[str, str]) -> None:
        source = page(hostile_plan(hostile_texts.__getitem__))
        assert all(hostile.is_visible(character) for character in source.replace("\n", ""))
        document = html.document_fromstring(source)
        if hostile_texts["name"]:
            [name] = entry(document, "c4711").find_class("name")
            assert name.text == terminal(hostile_texts["name"])
        if hostile_texts["abandoned file"]:
            [file] = entry(document, "a4714").find_class("file")
            assert file.text_content() == terminal(hostile_texts["abandoned file"])

    @given(hostile_texts=hostile.texts_for_places)
    def test_in_file_names_stays_within_links(self, hostile_texts: dict[str, str]) -> None:
        file = hostile_texts["file"].encode("utf-8", "replace").decode()
        default_file = hostile_texts["default file"].encode("utf-8", "replace").decode()
        texts = {**hostile_texts, "file": file, "default file": default_file}
        document = drift_document(hostile_plan(texts.__getitem__), LINKED)
        links = [link for link in document.xpath("//@href") if not link.startswith("#")]
        assert links
        assert all(
            re.fullmatch(rf"{re.escape(BASE)}/calls/[\w%/.~-]*#L\d+", link) for link in links
        )
