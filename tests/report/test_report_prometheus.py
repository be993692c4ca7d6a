"""Metrics for the textfile collector, read by the Prometheus project's own parser."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import samples
from hostile import chosen, drifted, plan, unlisted
from hypothesis import given
from prometheus_client.parser import text_string_to_metric_families

from voxosync.model.kind import ChangeKind
from voxosync.model.plan import CampaignPlan
from voxosync.report import prometheus_format
from voxosync.report.escape import terminal
from voxosync.report.view import View

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric
    from prometheus_client.samples import Sample

    from voxosync.model.plan import Plan


def families(found: Plan, **options: Any) -> dict[str, Metric]:
    told = prometheus_format.render_plan(found, View(command="drift", **options))
    return {each.name: each for each in text_string_to_metric_families(told)}


def series(found: Plan, name: str, **options: Any) -> list[Sample]:
    """The samples of one gauge; none where there is no such gauge."""
    known = families(found, **options)
    return known[f"voxosync_{name}"].samples if f"voxosync_{name}" in known else []


def test_every_campaign_is_counted_once() -> None:
    counts = {each.labels["status"]: each.value for each in series(samples.drifted(), "campaigns")}
    assert counts == {"drifted": 1, "left-alone": 1, "in-sync": 2, "missing": 1, "failed": 1}


def test_counts_are_there_when_they_are_0() -> None:
    counts = {each.labels["status"]: each.value for each in series(samples.in_sync(), "campaigns")}
    assert counts == {"drifted": 0, "left-alone": 0, "in-sync": 2, "missing": 0, "failed": 0}


def test_there_is_a_series_for_each_difference() -> None:
    found = series(samples.drifted(), "campaign_drift")
    assert [each.labels["field"] for each in found] == [
        "state", "callerId", "callFrequency", "message", "numbers", "destinations",
    ]  # fmt: skip
    assert {each.value for each in found} == {1}
    assert found[0].labels == {
        "id": "4711", "name": "Spring renewal reminders", "file": "campaigns/spring.yaml",
        "field": "state", "kind": "drift",
    }  # fmt: skip


def test_what_is_repaired_leaves_no_series() -> None:
    assert series(samples.drifted(), "campaign_drift")
    assert not series(samples.in_sync(), "campaign_drift")


def test_with_a_base_the_kinds_are_told_apart() -> None:
    found = series(samples.three_sided(), "campaign_drift")
    kinds = Counter(each.labels["kind"] for each in found)
    assert kinds == Counter({kind.value: 2 for kind in ChangeKind})


def test_moments_are_in_seconds_of_unix_time() -> None:
    found = {
        each.labels["field"]: each.value
        for each in series(samples.drifted(), "campaign_drift_since_timestamp_seconds")
    }
    assert found["callFrequency"] == samples.NOW.timestamp()
    assert found["state"] == samples.NOW.timestamp() - 14 * 86_400
    (run,) = series(samples.drifted(), "drift_run_timestamp_seconds")
    assert run.value == samples.NOW.timestamp()


def test_without_a_history_nobody_knows_since_when() -> None:
    assert series(samples.plan(), "campaign_drift")
    assert not series(samples.plan(), "campaign_drift_since_timestamp_seconds")


def test_an_acknowledgement_says_when_it_expires() -> None:
    found = series(samples.drifted(), "campaign_acknowledged_until_timestamp_seconds")
    assert [(each.labels["id"], each.labels["field"]) for each in found] == [
        ("4711", "dateEnd"), ("4716", "dateEnd"), ("4716", "numbers"),
    ]  # fmt: skip
    assert {each.value for each in found} == {1_798_675_200}  # 2026-12-31 00:00 UTC


@pytest.mark.parametrize(
    ("found", "success"),
    [(samples.in_sync(), 1), (samples.drifted(), 0), (samples.in_sync(unlisted="503"), 0)],
)
def test_a_run_succeeds_where_all_could_be_compared(found: Plan, success: int) -> None:
    (run,) = series(found, "drift_run_success")
    assert run.value == success


def test_unmanaged_campaigns_are_counted_where_they_could_be_listed() -> None:
    (count,) = series(samples.drifted(), "unmanaged_campaigns")
    assert count.value == 2
    assert not series(samples.in_sync(unlisted="503"), "unmanaged_campaigns")


def test_environments_are_a_label_of_every_series() -> None:
    for family in families(samples.drifted(), environment="prod").values():
        assert {each.labels["environment"] for each in family.samples} == {"prod"}
    for family in families(samples.drifted()).values():
        assert not any("environment" in each.labels for each in family.samples)


@pytest.mark.parametrize("make", [samples.drifted, samples.in_sync])
def test_every_gauge_says_what_it_is_and_no_series_has_a_timestamp(make: type[Plan]) -> None:
    """The textfile collector refuses a file with timestamps."""
    for family in families(make(), environment="prod").values():
        assert family.type == "gauge"
        assert family.documentation
        assert all(each.timestamp is None for each in family.samples)


@given(found=chosen)
def test_labels_come_back_as_a_log_may_hold_them(found: dict[str, str]) -> None:
    hostile = drifted(found.__getitem__)
    for each in series(hostile, "campaign_drift", environment=found["zone"] + "x"):
        assert each.labels["name"] == terminal(found["name"])
        assert each.labels["file"] == terminal(found["file"])
        assert each.labels["environment"] == terminal(found["zone"] + "x")


@given(found=chosen)
def test_no_text_adds_a_line_or_a_series(found: dict[str, str]) -> None:
    for make in (plan, drifted, unlisted):
        told = prometheus_format.render_plan(make(found.__getitem__), View(command="drift"))
        calm = prometheus_format.render_plan(make("x".__add__), View(command="drift"))
        assert len(told.splitlines()) == len(calm.splitlines())
        assert all(
            line.startswith(("# HELP ", "# TYPE ", "voxosync_")) for line in told.splitlines()
        )


def test_series_are_unique() -> None:
    changes = samples.three_sided().campaigns[0].changes
    found = samples.three_sided()
    found = type(found)(
        found.created_at, "", [*found.campaigns, CampaignPlan(1, None, "x.yaml", changes)], "c0ffee"
    )
    keys = [tuple(sorted(each.labels.items())) for each in series(found, "campaign_drift")]
    assert len(keys) == len(set(keys)) == 12
