"""The formats of `voxosync drift` that other tools read: output of real runs, given to parsers of those tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped
from prometheus_client.parser import text_string_to_metric_families

from tests.cli.cli_voxo import TENANT

if TYPE_CHECKING:
    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import FakeVoxo

ACKNOWLEDGED = """\
voxosync: {acknowledge: [{field: callFrequency, until: 2096-12-31, reason: agreed trial, owner: support}]}"""


@pytest.fixture(autouse=True)
def _live(project: Project, voxo: FakeVoxo) -> None:
    """4711 has drifted, the drift of 4712 is acknowledged, 4713 is missing, and 4714 has no definition."""
    voxo.has(callFrequency=45)
    project.spring(ACKNOWLEDGED, name="campaigns/trial.yaml", number=4712)
    voxo.has(4712, callFrequency=45)
    project.spring(name="campaigns/withdrawn.yaml", number=4713)
    voxo.has(4714)


def drift(project: Project, name: str, *arguments: str) -> Ran:
    return project.run("drift", "--format", name, "--tenant-id", str(TENANT), *arguments)


def junit_results(ran: Ran) -> dict[str, list[type]]:
    suites = JUnitXml.fromstring(ran.out.encode())
    return {
        case.name.split()[0]: [type(child) for child in case.result]
        for suite in suites
        for case in suite
    }


def metric_values(ran: Ran) -> dict[tuple[str, str], float]:
    """The samples by name and by the label that distinguishes them in these tests."""
    return {
        (sample.name, sample.labels.get("status", sample.labels.get("id", ""))): sample.value
        for family in text_string_to_metric_families(ran.out)
        for sample in family.samples
    }


def test_text_distinguishes_drifted_acknowledged_missing_and_unmanaged(project: Project) -> None:
    ran = drift(project, "text")
    assert ran.status == 3
    assert (
        "≈ callFrequency: VOXO 45, Git 30  (acknowledged until 2096-12-31 by support: agreed"
        in ran.out
    )
    assert "! missing: " in ran.out
    assert "? 4714 Spring renewal (PAUSED)" in ran.out
    assert "Drift: 1 differs, 1 left alone, 0 in sync, 1 missing, 1 unmanaged." in ran.out


def test_plan_leaves_acknowledged_drift_alone(project: Project) -> None:
    ran = project.run("plan", "--only", "4712", "--exit-code")
    assert ran.status == 0
    assert "≈ callFrequency: 45 → 30  (left alone; acknowledged until 2096-12-31" in ran.out


def test_junit_has_a_case_for_each_campaign(project: Project) -> None:
    ran = drift(project, "junit")
    assert ran.status == 3
    assert junit_results(ran) == {"4711": [Failure], "4712": [], "4713": [Error], "4714": [Skipped]}


def test_junit_fails_unmanaged_campaigns_if_they_count_as_drift(project: Project) -> None:
    assert junit_results(drift(project, "junit", "--unmanaged", "fail"))["4714"] == [Failure]


def test_junit_on_a_terminal_is_plain_xml(project: Project) -> None:
    ran = project.terminal("drift", "--format", "junit")
    assert "<testsuites" in ran.out
    assert "\x1b" not in ran.out


def test_prometheus_drops_the_metrics_of_repaired_drift(project: Project, voxo: FakeVoxo) -> None:
    drifted = metric_values(drift(project, "prometheus"))
    assert drifted["voxosync_campaign_drift", "4711"] == 1
    assert drifted["voxosync_campaigns", "missing"] == 1
    assert drifted["voxosync_unmanaged_campaigns", ""] == 1
    assert drifted["voxosync_drift_run_success", ""] == 0
    voxo.has(callFrequency=30)
    voxo.has(4713)
    repaired = metric_values(drift(project, "prometheus"))
    assert ("voxosync_campaign_drift", "4711") not in repaired
    assert repaired["voxosync_campaigns", "missing"] == 0
    assert repaired["voxosync_drift_run_success", ""] == 1
