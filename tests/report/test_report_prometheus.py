"""Metrics for the textfile collector, read with the parser of the Prometheus project."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from prometheus_client.parser import text_string_to_metric_families

from tests.report import samples
from tests.report.hostile import drift_plan, plan, texts_for_places, unlisted_plan
from voxosync.model.change_kind import ChangeKind
from voxosync.model.plan import CampaignPlan
from voxosync.report import prometheus_format
from voxosync.report.escape import terminal
from voxosync.report.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from prometheus_client.metrics_core import Metric
    from prometheus_client.samples import Sample

    from voxosync.model.plan import Plan


def metric_families(plan: Plan, **options: Any) -> dict[str, Metric]:
    output = prometheus_format.render_plan(plan, View(command="drift", **options))
    return {metric.name: metric for metric in text_string_to_metric_families(output)}


def series(plan: Plan, name: str, **options: Any) -> list[Sample]:
    """The samples of a gauge, or none if the gauge does not exist."""
    metrics = metric_families(plan, **options)
    return metrics[f"voxosync_{name}"].samples if f"voxosync_{name}" in metrics else []


def test_each_campaign_is_counted_once() -> None:
    counts = {
        sample.labels["status"]: sample.value
        for sample in series(samples.drift_plan(), "campaigns")
    }
    assert counts == {"drifted": 1, "left-alone": 1, "in-sync": 2, "missing": 1, "failed": 1}


def test_counts_of_0_are_included() -> None:
    counts = {
        sample.labels["status"]: sample.value
        for sample in series(samples.in_sync_plan(), "campaigns")
    }
    assert counts == {"drifted": 0, "left-alone": 0, "in-sync": 2, "missing": 0, "failed": 0}


def test_each_difference_has_a_series() -> None:
    drift = series(samples.drift_plan(), "campaign_drift")
    assert [sample.labels["field"] for sample in drift] == [
        "state", "callerId", "callFrequency", "message", "numbers", "destinations",
    ]  # fmt: skip
    assert {sample.value for sample in drift} == {1}
    assert drift[0].labels == {
        "id": "4711", "name": "Spring renewal reminders", "file": "campaigns/spring.yaml",
        "field": "state", "kind": "drift",
    }  # fmt: skip


def test_series_disappear_with_their_differences() -> None:
    assert series(samples.drift_plan(), "campaign_drift")
    assert not series(samples.in_sync_plan(), "campaign_drift")


def test_differences_from_a_base_are_labeled_with_their_kind() -> None:
    drift = series(samples.three_sided_plan(), "campaign_drift")
    kinds = Counter(sample.labels["kind"] for sample in drift)
    assert kinds == Counter({kind.value: 2 for kind in ChangeKind})


def test_times_are_in_unix_seconds() -> None:
    since = {
        sample.labels["field"]: sample.value
        for sample in series(samples.drift_plan(), "campaign_drift_since_timestamp_seconds")
    }
    assert since["callFrequency"] == samples.NOW.timestamp()
    assert since["state"] == samples.NOW.timestamp() - 14 * 86_400
    (run,) = series(samples.drift_plan(), "drift_run_timestamp_seconds")
    assert run.value == samples.NOW.timestamp()


def test_differences_have_no_times_without_a_history() -> None:
    assert series(samples.plan(), "campaign_drift")
    assert not series(samples.plan(), "campaign_drift_since_timestamp_seconds")


def test_acknowledgements_have_their_expiry_date() -> None:
    drift = series(samples.drift_plan(), "campaign_acknowledged_until_timestamp_seconds")
    assert [(sample.labels["id"], sample.labels["field"]) for sample in drift] == [
        ("4711", "dateEnd"), ("4716", "dateEnd"), ("4716", "numbers"),
    ]  # fmt: skip
    assert {sample.value for sample in drift} == {1_798_675_200}  # 2026-12-31 00:00 UTC


@pytest.mark.parametrize(
    ("plan", "success"),
    [
        (samples.in_sync_plan(), 1),
        (samples.drift_plan(), 0),
        (samples.in_sync_plan(unlisted="503"), 0),
    ],
)
def test_run_succeeds_only_if_everything_could_be_compared(plan: Plan, success: int) -> None:
    (run,) = series(plan, "drift_run_success")
    assert run.value == success


def test_unmanaged_campaigns_are_counted_if_they_could_be_listed() -> None:
    (count,) = series(samples.drift_plan(), "unmanaged_campaigns")
    assert count.value == 2
    assert not series(samples.in_sync_plan(unlisted="503"), "unmanaged_campaigns")


def test_every_series_is_labeled_with_the_environment() -> None:
    for family in metric_families(samples.drift_plan(), environment="prod").values():
        assert {sample.labels["environment"] for sample in family.samples} == {"prod"}
    for family in metric_families(samples.drift_plan()).values():
        assert not any("environment" in sample.labels for sample in family.samples)


@pytest.mark.parametrize("make", [samples.drift_plan, samples.in_sync_plan])
def test_every_metric_is_a_documented_gauge_without_timestamps(make: Callable[[], Plan]) -> None:
    """The textfile collector rejects files with timestamps."""
    for family in metric_families(make(), environment="prod").values():
        assert family.type == "gauge"
        assert family.documentation
        assert all(sample.timestamp is None for sample in family.samples)


@given(hostile_texts=texts_for_places)
def test_hostile_labels_are_escaped_for_logs(hostile_texts: dict[str, str]) -> None:
    hostile = drift_plan(hostile_texts.__getitem__)
    for sample in series(hostile, "campaign_drift", environment=hostile_texts["zone"] + "x"):
        assert sample.labels["name"] == terminal(hostile_texts["name"])
        assert sample.labels["file"] == terminal(hostile_texts["file"])
        assert sample.labels["environment"] == terminal(hostile_texts["zone"] + "x")


@given(hostile_texts=texts_for_places)
def test_hostile_text_adds_no_lines_or_series(hostile_texts: dict[str, str]) -> None:
    for make in (plan, drift_plan, unlisted_plan):
        output = prometheus_format.render_plan(
            make(hostile_texts.__getitem__), View(command="drift")
        )
        harmless = prometheus_format.render_plan(make("x".__add__), View(command="drift"))
        assert len(output.splitlines()) == len(harmless.splitlines())
        assert all(
            line.startswith(("# HELP ", "# TYPE ", "voxosync_")) for line in output.splitlines()
        )


def test_series_are_unique() -> None:
    changes = samples.three_sided_plan().campaigns[0].changes
    base_plan = samples.three_sided_plan()
    plan = type(base_plan)(
        base_plan.created_at,
        "",
        [*base_plan.campaigns, CampaignPlan(1, None, "x.yaml", changes)],
        "c0ffee",
    )
    keys = [tuple(sorted(sample.labels.items())) for sample in series(plan, "campaign_drift")]
    assert len(keys) == len(set(keys)) == 16
