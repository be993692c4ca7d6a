"""The Slack message: within Slack's limits, and no text of others is a link, a mention or a command."""

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


def plan(*campaigns: CampaignPlan) -> Plan:
    return Plan(samples.NOW, "https://api.voxo.co", campaigns)


def starting(number: int, name: str = "Spring") -> CampaignPlan:
    dialing = DialingEffect(Effect.STARTS, ("becomes READY",), phones=2, open=2)
    return CampaignPlan(number, name, "campaigns/spring.yaml", dialing=dialing)


def message(plan: Plan, **options: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render_plan(plan, View(**options)))
    return document


def texts(document: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in document["blocks"]]


def test_names_neither_mention_nor_link_anyone() -> None:
    document = message(plan(starting(1, "<!channel> & <https://evil.example|ok>\n*bold*")))
    text = "\n".join([document["text"], *texts(document)])
    assert "<" not in text
    assert "&lt;!channel&gt; &amp; &lt;https" in text
    assert r"\n*bold*" in text


def test_a_title_links_to_the_definition() -> None:
    document = message(
        plan(starting(7, "a|b")), link_base="https://github.com/acme/calls/blob/main"
    )
    link = "https://github.com/acme/calls/blob/main/campaigns/spring.yaml#L1"
    assert f"<{link}|7 a¦b>" in texts(document)[2]


def test_a_large_plan_stays_within_slacks_limits_and_names_every_campaign_that_rings() -> None:
    failed = [
        CampaignPlan(5000 + n, None, "c.yaml", error=f"{n}: " + "no answer " * 500)
        for n in range(1, 100, 2)
    ]
    silent = [
        CampaignPlan(9000 + n, None, "c.yaml", changes=(FieldChange("message", "a", f"b{n}"),))
        for n in range(99)
    ]
    document = message(plan(*(starting(n) for n in range(1, 400)), *silent, *failed))
    assert len(document["blocks"]) <= 50
    assert len(document["blocks"][0]["text"]["text"]) <= 150
    assert all(len(text) <= 3000 for text in texts(document))
    assert "STARTS DIALING: 11-399" in texts(document)
    assert "89 more campaigns without an effect on dialing" in texts(document)
    ids = ", ".join(str(5000 + n) for n in range(11, 100, 2))
    assert f"*failed* 45 more campaigns: {ids}" in texts(document)


def test_what_is_the_same_in_many_campaigns_is_said_once_with_their_ids() -> None:
    faster = (FieldChange("callFrequency", 30, 20),)
    renamed = (FieldChange("message", "a", "b"),)
    more = DialingEffect(Effect.MORE, ("calls every 20 s instead of 30 s",), 2, 2)
    ringing = [replace(starting(n), changes=faster, dialing=more) for n in range(1, 41)]
    silent = [CampaignPlan(n, None, "c.yaml", renamed) for n in range(101, 131)]
    failed = [
        CampaignPlan(n, None, "c.yaml", error=f"GET /{n}: no answer " + "x" * 5000)
        for n in range(5000, 9000, 2)
    ]
    entries = texts(message(plan(*ringing, *silent, *failed)))
    assert entries[2].startswith(
        "*DIALS MORE* 40 campaigns (1-40): calls every 20 s instead of 30 s; 80 phones in all"
    )
    assert entries[3] == "30 campaigns (101-130): message"
    assert entries[4].startswith("*failed* 2000 campaigns (5000, 5002, ")
    assert all(len(text) <= 3000 for text in entries)
    failures = " ".join(entries[4:])
    assert [number for number in range(5000, 9000, 2) if str(number) not in failures] == []
    assert "GET /ID: no answer" in failures


def test_says_what_is_pending_and_what_is_to_be_created() -> None:
    pending = CampaignPlan(
        7, "Old", "a.yaml", (FieldChange("message", "a", "b", ChangeKind.PENDING),)
    )
    new = replace(starting(0), changes=(FieldChange("state", None, "READY"),), is_new=True)
    silent = replace(new, name="Quiet", dialing=None)
    entries = texts(message(replace(plan(pending, new, silent), base=samples.COMMIT)))
    assert "7 Old (pending): message" in entries
    assert "*STARTS DIALING* (new) Spring (to be created): becomes READY" in "\n".join(entries)
    assert "(new) Quiet (to be created): state" in entries


def test_a_removed_campaign_that_dials_comes_first() -> None:
    dialing = DialingEffect(Effect.UNAPPROVED, ("its state is READY",), phones=4, open=4)
    removed = AbandonedCampaign(9, "Winter", "campaigns/winter.yaml", "READY", dialing)
    entries = texts(
        message(replace(plan(starting(7)), abandoned=(removed,)), link_base="https://x")
    )
    assert entries[2].startswith("*DIALING WITHOUT APPROVAL* 9 Winter: its state is READY")


def test_guards_and_an_unlisted_tenant_are_named() -> None:
    refused = Refusal(
        GuardName.MAX_CAMPAIGNS, "1 campaign would change, but at most 0 may", "--flag"
    )
    document = message(replace(plan(starting(7)), refusals=(refused,), unlisted="no answer"))
    assert f"*guard maxCampaigns* {refused.verdict}: {refused}" in texts(document)
    assert "*failed* the campaigns without a definition: no answer" in texts(document)


def test_however_much_there_is_it_fits_and_says_how_much_is_left_out() -> None:
    """Every sort of entry, more of each than is shown; ids that no range shortens take several sections."""
    ids = range(1_000_001, 1_003_001, 2)
    ringing = [
        replace(starting(number), dialing=DialingEffect(effect, phones=1))
        for number, effect in zip(ids, [*Effect][:3] * 500, strict=True)
    ]
    silent = [
        CampaignPlan(n, None, "c.yaml", (FieldChange("message", "a", f"b{n}"),))
        for n in range(1, 99)
    ]
    failed = [CampaignPlan(5000 + n, None, "c.yaml", error=f"no answer, x{n}") for n in range(50)]
    of_checks = [replace(entry, severity=Severity.WARNING) for entry in samples.findings() * 50]
    document = message(replace(plan(*ringing, *silent, *failed), findings=of_checks))
    assert len(document["blocks"]) <= 50
    assert all(len(text) <= 3000 for text in texts(document))
    assert [number for number in ids if str(number) not in "\n".join(texts(document))] == []
    assert "40 more alarms" in texts(document)
    assert re.fullmatch(r"… \d+ more lines", texts(document)[-1])


def test_colors_of_a_terminal_stay_out() -> None:
    failed = CampaignPlan(7, "Old", "a.yaml", error="no answer")
    assert "x1b" not in str(message(plan(failed), color=True))


def test_an_environment_is_in_the_title() -> None:
    assert (
        texts(message(plan(), environment="prod", prefix="calls/"))[0] == "voxosync plan prod calls"
    )
