"""The Slack message: within Slack's limits, and no text of others is a link, a mention or a command."""

from __future__ import annotations

import json
from typing import Any

from tests.report import samples
from voxosync.model.change import FieldChange
from voxosync.model.dialing.dialing_effect import DialingEffect, Effect
from voxosync.model.plan import CampaignPlan, Plan
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
        CampaignPlan(5000 + n, None, "c.yaml", error="no answer " * 500) for n in range(1, 100, 2)
    ]
    silent = [
        CampaignPlan(9000 + n, None, "c.yaml", changes=(FieldChange("message", "a", "b"),))
        for n in range(99)
    ]
    document = message(plan(*(starting(n) for n in range(1, 400)), *silent, *failed))
    assert len(document["blocks"]) <= 50
    assert len(document["blocks"][0]["text"]["text"]) <= 150
    assert all(len(text) <= 3000 for text in texts(document))
    assert "STARTS DIALING: 11-399" in texts(document)
    assert "89 more campaigns without an effect on dialing" in texts(document)
    assert "*failed* 45 more campaigns" in texts(document)


def test_an_environment_is_in_the_title() -> None:
    assert (
        texts(message(plan(), environment="prod", prefix="calls/"))[0] == "voxosync plan prod calls"
    )
