"""Drift as metrics, in the text format that node_exporter's textfile collector reads.

Only differences and failures have series of their own: the series of a resolved difference disappears, and the number
of series grows with the drift, not with the number of campaigns.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from voxosync.report import phrases
from voxosync.report.campaign_listing import (
    CampaignStatus,
    riskiest_first,
    status_counts,
    status_of,
)
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from prometheus_client.metrics_core import Metric

    from voxosync.model.change import Change
    from voxosync.model.plan import AbandonedCampaign, CampaignPlan, Plan
    from voxosync.report.view import View

    _Samples = Sequence[tuple[Mapping[str, str], float]]

_STATUSES = [status for status in CampaignStatus if status is not CampaignStatus.NEW]
"""What a drift report can say about a campaign."""


def render_plan(plan: Plan, view: View) -> str:
    """Drift as gauges, without timestamps, which the textfile collector rejects."""
    from prometheus_client import generate_latest  # noqa: PLC0415  # slow to import, and only this format needs it
    from prometheus_client.metrics_core import GaugeMetricFamily  # noqa: PLC0415  # slow to import
    from prometheus_client.registry import Collector  # noqa: PLC0415  # slow to import

    common_labels = {"environment": view.environment} if view.environment else {}

    class PlanCollector(Collector):
        """The gauges of this plan. The global registry would add metrics of this process."""

        def collect(self) -> Iterable[Metric]:
            for name, description, samples in _gauges(plan):
                labels = [*samples[0][0], *common_labels] if samples else []
                gauge = GaugeMetricFamily(f"voxosync_{name}", description, labels=labels)
                for sample_labels, value in samples:
                    values = (*sample_labels.values(), *common_labels.values())
                    gauge.add_metric([terminal(text) for text in values], value)
                yield gauge

    return generate_latest(PlanCollector()).decode()


def _gauges(plan: Plan) -> Iterator[tuple[str, str, _Samples]]:
    """(name, description, samples); all samples of a gauge have the same labels."""
    counts = status_counts(plan)
    yield (
        "campaigns", "Managed campaigns by status.",
        [({"status": status.value}, counts[status]) for status in _STATUSES],
    )  # fmt: skip
    yield (
        "campaign_drift", "1 for each field of a campaign that differs from its definition.",
        [(labels, 1) for labels, _ in _differences(plan)],
    )  # fmt: skip
    yield (
        "campaign_dialing", "1 for each campaign that dials without approval or was stopped by hand, by effect.",
        _effects(plan),
    )  # fmt: skip
    yield (
        "campaign_drift_since_timestamp_seconds", "Unix time at which a field was first seen to differ.",
        [(labels, change.since.timestamp())
         for labels, change in _differences(plan) if change.since is not None],
    )  # fmt: skip
    yield (
        "campaign_acknowledged_until_timestamp_seconds",
        "Unix time at which an acknowledgement expires and the difference counts again.",
        _acknowledged(plan),
    )
    yield (
        "campaign_not_compared", "1 for each campaign that is missing in VOXO or could not be compared.",
        [({**_labels(campaign), "status": status_of(campaign).value}, 1)
         for campaign in plan.campaigns if campaign.error is not None],
    )  # fmt: skip
    if plan.unlisted is None:
        description = "Live campaigns without a definition; 0 unless the run lists them."
        yield "unmanaged_campaigns", description, [({}, len(plan.unmanaged))]
    if plan.findings:
        yield "check_findings", "Findings of checks.", _findings(plan, phones=False)
        yield (
            "check_phones", "Phones that findings of checks are about.",
            _findings(plan, phones=True),
        )  # fmt: skip
    yield (
        "drift_run_timestamp_seconds", "Unix time of the comparison with VOXO.",
        [({}, plan.created_at.timestamp())],
    )  # fmt: skip
    yield (
        "drift_run_success", "1 if everything could be compared, otherwise 0.",
        [({}, 0 if plan.failed else 1)],
    )  # fmt: skip


def _differences(plan: Plan) -> Iterator[tuple[Mapping[str, str], Change]]:
    """Each difference with its labels."""
    for campaign in plan.campaigns:
        for change in campaign.changes:
            kind = phrases.kind_in_drift(change, plan).value
            yield {**_labels(campaign), "field": change.field, "kind": kind}, change


def _findings(plan: Plan, *, phones: bool) -> _Samples:
    """The findings of each check and severity, or the phones that they are about."""
    counts: Counter[tuple[str, str]] = Counter()
    for finding in plan.findings:
        amount = (finding.phones or 0) if phones else 1
        counts[finding.rule, finding.severity.value] += amount
    return [
        ({"check": check, "severity": severity}, count)
        for (check, severity), count in counts.items()
    ]


def _effects(plan: Plan) -> _Samples:
    """What VOXO does now against definitions, including removed ones."""
    campaigns: list[CampaignPlan | AbandonedCampaign] = [*plan.abandoned, *riskiest_first(plan)]
    return [
        ({**_labels(campaign), "effect": campaign.dialing.effect.value}, 1)
        for campaign in campaigns
        if campaign.dialing is not None and campaign.dialing.effect is not None
    ]


def _acknowledged(plan: Plan) -> _Samples:
    """The expiry of each acknowledgement, once per field."""
    return [
        ({**_labels(campaign), "field": field}, datetime.combine(day, time(), UTC).timestamp())
        for campaign in plan.campaigns
        for field, day in {
            acknowledged.by.field: acknowledged.by.until for acknowledged in campaign.acknowledged
        }.items()
    ]


def _labels(campaign: CampaignPlan | AbandonedCampaign) -> dict[str, str]:
    return {"id": str(campaign.id), "name": campaign.name or "", "file": campaign.file}
