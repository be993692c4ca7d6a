"""The Slack message: it is within the limits of Slack, and text is never a link, a mention or a command."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from tests.report import samples
from voxosync.model.change import FieldChange
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.effect import DialingEffect, Effect
from voxosync.model.guard import GuardName, Refusal
from voxosync.model.plan import AbandonedCampaign, CampaignPlan, Plan
from voxosync.model.problem import Severity
from voxosync.report.slack_format import render_plan
from voxosync.report.view import View


def plan_of(*campaigns: CampaignPlan) -> Plan:
    return Plan(samples.NOW, "https://api.voxo.co", campaigns)


def starting_campaign(number: int, name: str = "Spring") -> CampaignPlan:
    dialing = DialingEffect(Effect.STARTS, ("becomes READY",), phones=2, open=2)
    return CampaignPlan(number, name, "campaigns/spring.yaml", dialing=dialing)


def render_message(plan: Plan, **options: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render_plan(plan, View(**options)))
    return document


def block_texts(document: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in document["blocks"]]


def test_names_cannot_contain_mentions_or_links() -> None:
    document = render_message(
        plan_of(starting_campaign(1, "<!channel> & <https://evil.example|ok>\n*bold*"))
    )
    text = "\n".join([document["text"], *block_texts(document)])
    assert "<" not in text
    assert "&lt;!channel&gt; &amp; &lt;https" in text
    assert r"\n*bold*" in text


def test_title_links_to_the_definition() -> None:
    document = render_message(
        plan_of(starting_campaign(7, "a|b")), link_base="https://github.com/acme/calls/blob/main"
    )
    link = "https://github.com/acme/calls/blob/main/campaigns/spring.yaml#L1"
    assert f"<{link}|7 a¦b>" in block_texts(document)[2]


def test_large_plan_fits_and_names_every_campaign_that_starts_dialing() -> None:
    failed = [
        CampaignPlan(5000 + n, None, "c.yaml", error=f"{n}: " + "no answer " * 500)
        for n in range(1, 100, 2)
    ]
    silent = [
        CampaignPlan(9000 + n, None, "c.yaml", changes=(FieldChange("message", "a", f"b{n}"),))
        for n in range(99)
    ]
    document = render_message(
        plan_of(*(starting_campaign(n) for n in range(1, 400)), *silent, *failed)
    )
    assert len(document["blocks"]) <= 50
    assert len(document["blocks"][0]["text"]["text"]) <= 150
    assert all(len(text) <= 3000 for text in block_texts(document))
    assert "STARTS DIALING: 11-399" in block_texts(document)
    assert "89 more campaigns without an effect on dialing" in block_texts(document)
    ids = ", ".join(str(5000 + n) for n in range(11, 100, 2))
    assert f"*failed* 45 more campaigns: {ids}" in block_texts(document)


def test_same_change_in_many_campaigns_is_shown_once_with_their_ids() -> None:
    faster = (FieldChange("callFrequency", 30, 20),)
    renamed = (FieldChange("message", "a", "b"),)
    more = DialingEffect(Effect.MORE, ("calls every 20 s instead of 30 s",), 2, 2)
    faster_campaigns = [
        replace(starting_campaign(n), changes=faster, dialing=more) for n in range(1, 41)
    ]
    silent = [CampaignPlan(n, None, "c.yaml", renamed) for n in range(101, 131)]
    failed = [
        CampaignPlan(n, None, "c.yaml", error=f"GET /{n}: no answer " + "x" * 5000)
        for n in range(5000, 9000, 2)
    ]
    entries = block_texts(render_message(plan_of(*faster_campaigns, *silent, *failed)))
    assert entries[2].startswith(
        "*DIALS MORE* 40 campaigns (1-40): calls every 20 s instead of 30 s; 80 phones in all"
    )
    assert entries[3] == "30 campaigns (101-130): message"
    assert entries[4].startswith("*failed* 2000 campaigns (5000, 5002, ")
    assert all(len(text) <= 3000 for text in entries)
    failures = " ".join(entries[4:])
    assert [number for number in range(5000, 9000, 2) if str(number) not in failures] == []
    assert "GET /ID: no answer" in failures


def test_pending_and_new_campaigns_are_marked() -> None:
    pending = CampaignPlan(
        7, "Old", "a.yaml", (FieldChange("message", "a", "b", ChangeKind.PENDING),)
    )
    new = replace(starting_campaign(0), changes=(FieldChange("state", None, "READY"),), is_new=True)
    silent = replace(new, name="Quiet", dialing=None)
    entries = block_texts(
        render_message(replace(plan_of(pending, new, silent), base=samples.COMMIT))
    )
    assert "7 Old (pending): message" in entries
    assert "*STARTS DIALING* (new) Spring (to be created): becomes READY" in "\n".join(entries)
    assert "(new) Quiet (to be created): state" in entries


def test_removed_campaign_that_dials_is_first() -> None:
    dialing = DialingEffect(Effect.UNAPPROVED, ("its state is READY",), phones=4, open=4)
    removed = AbandonedCampaign(9, "Winter", "campaigns/winter.yaml", "READY", dialing)
    entries = block_texts(
        render_message(
            replace(plan_of(starting_campaign(7)), abandoned=(removed,)), link_base="https://x"
        )
    )
    assert entries[2].startswith("*DIALING WITHOUT APPROVAL* 9 Winter: its state is READY")


def test_guards_and_unlisted_campaigns_are_reported() -> None:
    refusal = Refusal(
        GuardName.MAX_CAMPAIGNS, "1 campaign would change, but at most 0 may", "--flag"
    )
    document = render_message(
        replace(plan_of(starting_campaign(7)), refusals=(refusal,), unlisted="no answer")
    )
    assert f"*guard maxCampaigns* {refusal.verdict}: {refusal}" in block_texts(document)
    assert "*failed* the campaigns without a definition: no answer" in block_texts(document)


def test_message_of_any_size_fits_and_states_how_much_is_left_out() -> None:
    """There are more entries of every sort than are shown; their ids form no ranges and take several sections."""
    ids = range(1_000_001, 1_003_001, 2)
    dialing_campaigns = [
        replace(starting_campaign(number), dialing=DialingEffect(effect, phones=1))
        for number, effect in zip(ids, [*Effect][:3] * 500, strict=True)
    ]
    silent = [
        CampaignPlan(n, None, "c.yaml", (FieldChange("message", "a", f"b{n}"),))
        for n in range(1, 99)
    ]
    failed = [CampaignPlan(5000 + n, None, "c.yaml", error=f"no answer, x{n}") for n in range(50)]
    findings = [replace(entry, severity=Severity.WARNING) for entry in samples.findings() * 50]
    document = render_message(
        replace(plan_of(*dialing_campaigns, *silent, *failed), findings=findings)
    )
    assert len(document["blocks"]) <= 50
    assert all(len(text) <= 3000 for text in block_texts(document))
    assert [number for number in ids if str(number) not in "\n".join(block_texts(document))] == []
    assert "40 more alarms" in block_texts(document)
    assert re.fullmatch(r"… \d+ more lines", block_texts(document)[-1])


def test_message_has_no_terminal_colors() -> None:
    failed = CampaignPlan(7, "Old", "a.yaml", error="no answer")
    assert "x1b" not in str(render_message(plan_of(failed), color=True))


def test_title_contains_the_environment() -> None:
    assert (
        block_texts(render_message(plan_of(), environment="prod", prefix="calls/"))[0]
        == "voxosync plan prod calls"
    )
