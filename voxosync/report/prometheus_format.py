"""What drifted as metrics, in the text format that node_exporter's textfile collector reads.

There is a series for each difference and each failure, and none for what agrees: a difference that is
gone takes its series with it, and the number of series follows the drift, not the number of campaigns.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from voxosync.model.kind import ChangeKind
from voxosync.report.campaign_status import CampaignStatus, status_counts, status_of
from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from prometheus_client.metrics_core import Metric

    from voxosync.model.plan import CampaignPlan, Change, Plan
    from voxosync.report.view import View

    _Samples = Sequence[tuple[Mapping[str, str], float]]


def render_plan(plan: Plan, view: View) -> str:
    """What drifted as gauges; without timestamps, which the textfile collector refuses."""
    from prometheus_client import generate_latest  # noqa: PLC0415  # of use to few, and slow to load
    from prometheus_client.metrics_core import GaugeMetricFamily  # noqa: PLC0415  # as above
    from prometheus_client.registry import Collector  # noqa: PLC0415  # as above

    where = {"environment": view.environment} if view.environment else {}

    class Found(Collector):
        """The gauges of this plan; no global registry, which would add metrics of this process."""

        def collect(self) -> Iterable[Metric]:
            for name, told, samples in _gauges(plan):
                labels = [*samples[0][0], *where] if samples else []
                gauge = GaugeMetricFamily(f"voxosync_{name}", told, labels=labels)
                for found, value in samples:
                    values = (*found.values(), *where.values())
                    gauge.add_metric([terminal(text) for text in values], value)
                yield gauge

    return generate_latest(Found()).decode()


def _gauges(plan: Plan) -> Iterator[tuple[str, str, _Samples]]:
    """(name, meaning, samples); the samples of a gauge have the same labels."""
    found = status_counts(plan)
    yield (
        "campaigns", "Managed campaigns, by how they agree with their definitions.",
        [({"status": each.value}, found[each]) for each in CampaignStatus],
    )  # fmt: skip
    yield (
        "campaign_drift", "1 for each field of a campaign that differs from its definition.",
        [(labels, 1) for labels, _ in _differences(plan)],
    )  # fmt: skip
    yield (
        "campaign_drift_since_timestamp_seconds", "When a field was first seen to differ.",
        [(labels, change.since.timestamp())
         for labels, change in _differences(plan) if change.since is not None],
    )  # fmt: skip
    yield (
        "campaign_acknowledged_until_timestamp_seconds",
        "When a difference that a definition acknowledges begins to count again.",
        _acknowledged(plan),
    )
    yield (
        "campaign_not_compared", "1 for each campaign that is missing in VOXO, or could not be compared.",
        [({**_labels(campaign), "status": status_of(campaign).value}, 1)
         for campaign in plan.campaigns if campaign.error is not None],
    )  # fmt: skip
    if plan.unlisted is None:
        told = "Live campaigns that no definition has, as far as the run looked for them."
        yield "unmanaged_campaigns", told, [({}, len(plan.unmanaged))]
    yield (
        "drift_run_timestamp_seconds", "When VOXO was compared with the definitions.",
        [({}, plan.created_at.timestamp())],
    )  # fmt: skip
    yield (
        "drift_run_success", "Whether all that the run looked for could be compared.",
        [({}, 0 if plan.failed else 1)],
    )  # fmt: skip


def _differences(plan: Plan) -> Iterator[tuple[Mapping[str, str], Change]]:
    """Each difference and its labels; without a base nobody can tell kinds apart, and all is drift."""
    for campaign in plan.campaigns:
        for change in campaign.changes:
            kind = ChangeKind.DRIFT if plan.base is None else change.kind
            yield {**_labels(campaign), "field": change.field, "kind": kind.value}, change


def _acknowledged(plan: Plan) -> _Samples:
    """When each acknowledgement expires, once for each field."""
    return [
        ({**_labels(campaign), "field": field}, datetime.combine(day, time(), UTC).timestamp())
        for campaign in plan.campaigns
        for field, day in {
            known.by.field: known.by.until for known in campaign.acknowledged
        }.items()
    ]


def _labels(campaign: CampaignPlan) -> dict[str, str]:
    return {"id": str(campaign.id), "name": campaign.name or "", "file": campaign.file}
