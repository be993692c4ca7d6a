"""A difference that is left alone is not reported as in sync, in any format or count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.fakes.json_schema import check_document
from voxosync.app import project as project_module
from voxosync.report.registry import DRIFT, FORMATS, PLAN, ReportPart

if TYPE_CHECKING:
    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import FakeVoxo

REASONS = {
    "ignore": ("voxosync: {ignore: [callFrequency]}", ()),
    "acknowledge": (
        "voxosync: {acknowledge: [{field: callFrequency, until: 2096-12-31, reason: a trial, owner: us}]}",
        (),
    ),
    "kind": ("", ("--base", "main", "--kind", "change")),
    "since": ("", ("--history", "drift.sqlite", "--since", "0d")),
}
CALLS = [
    *(("plan", reason, name) for reason in ("ignore", "acknowledge", "kind") for name in PLAN),
    *(("drift", reason, name) for reason in ("ignore", "acknowledge", "since") for name in DRIFT),
]
SAYS_IN_SYNC = re.compile(
    r"""[1-9][0-9]* in sync|agrees? with VOXO|= in sync|Nothing to do|"status": "in-sync"|"in-sync"\} [1-9]"""
)


def leave_difference_alone(project: Project, voxo: FakeVoxo, reason: str) -> tuple[str, ...]:
    """Make VOXO differ in one field that is left alone for this reason, and return the options of the call."""
    line, options = REASONS[reason]
    project.spring(*([line] if line else []))
    if reason == "kind":
        project.git("init", "--quiet", "--initial-branch", "main")
        project.commit()
    voxo.has(callFrequency=45)
    if reason == "since":
        yesterday = project_module.now().replace(year=2026)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(project_module, "now", lambda: yesterday)
            project.run("drift", "--history", "drift.sqlite")
    return options


def counts(ran: Ran) -> set[str]:
    """How many campaigns a report says are left alone, in its words, or as the value of a key."""
    in_words = re.findall(r"([0-9]+) left alone", ran.out)
    by_key = re.findall(r'left-?alone"?[:},;\t] ?"?([0-9]+)', ran.out, re.IGNORECASE)
    return {*in_words, *by_key}


@pytest.mark.parametrize(("command", "reason", "name"), CALLS, ids=str)
def test_difference_left_alone_is_not_in_sync_in_any_format(
    command: str, reason: str, name: str, project: Project, voxo: FakeVoxo
) -> None:
    options = leave_difference_alone(project, voxo, reason)
    ran = project.run(command, "--format", name, *options)
    assert ran.status == 0
    assert not SAYS_IN_SYNC.search(ran.out)
    if name == "json":
        check_document(ran.json, "plan")
    assert counts(ran) == ({"1"} if FORMATS[name].shows(ReportPart.COUNTS) else set())


def test_apply_does_not_show_a_difference_left_alone_as_in_sync(
    project: Project, voxo: FakeVoxo
) -> None:
    leave_difference_alone(project, voxo, "ignore")
    ran = project.run("apply", "--yes")
    assert (ran.status, voxo.sent) == (0, [])
    assert ran.out.endswith("Plan: 0 to update, 1 left alone, 0 in sync.\n")


@pytest.mark.parametrize("reason", REASONS)
def test_json_has_the_difference_left_alone_and_its_reason(
    reason: str, project: Project, voxo: FakeVoxo
) -> None:
    options = leave_difference_alone(project, voxo, reason)
    command = "drift" if reason == "since" else "plan"
    document = project.run(command, "--format", "json", *options).json
    [campaign] = document["campaigns"]
    assert (campaign["status"], campaign["changes"], campaign["patch"]) == ("left-alone", [], {})
    assert document["summary"] == {"inSync": 0, "update": 0, "error": 0, "leftAlone": 1}
    [difference] = campaign["acknowledged" if reason == "acknowledge" else "leftAlone"]
    assert (difference["field"], difference["before"], difference["after"]) == (
        "callFrequency",
        45,
        30,
    )
    assert difference["reason"] == ("a trial" if reason == "acknowledge" else reason)


def test_left_alone_is_not_mentioned_if_nothing_is(project: Project) -> None:
    document = project.run("plan", "--format", "json").json
    assert "leftAlone" not in document["summary"]
    assert "left alone" not in project.run("plan").out


@pytest.fixture
def one_campaign_per_status(project: Project, voxo: FakeVoxo) -> Project:
    """4711 differs, 4712 and 4713 are left alone, 4714 agrees, 4715 is missing."""
    ignoring, acknowledging = REASONS["ignore"][0], REASONS["acknowledge"][0]
    for number, *lines in ((4711,), (4712, ignoring), (4713, acknowledging), (4714,), (4715,)):
        project.spring(*lines, name=f"campaigns/c{number}.yaml", number=number)
        voxo.has(number, callFrequency=30 if number == 4714 else 45)
    (project.folder / "campaigns/spring.yaml").unlink()
    del voxo.campaigns[4715]
    return project


SUMMARY = {"inSync": 1, "update": 1, "error": 1, "leftAlone": 2}


def test_each_campaign_is_counted_once(one_campaign_per_status: Project) -> None:
    assert one_campaign_per_status.run("plan", "--format", "json").json["summary"] == SUMMARY
    assert one_campaign_per_status.run("plan").out.endswith(
        "Plan: 1 to update, 2 left alone, 1 in sync, 1 missing.\n"
    )
    assert "1 to update, 2 left alone, 1 in sync, 1 missing" in (
        one_campaign_per_status.run("plan", "--format", "markdown").out
    )


def test_merged_shards_have_the_same_counts(one_campaign_per_status: Project) -> None:
    for part in ("1", "2"):
        ran = one_campaign_per_status.run("drift", "--shard", f"{part}/2", "--format", "json")
        one_campaign_per_status.write(f"{part}.json", ran.out)
    merged = one_campaign_per_status.run("merge", "1.json", "2.json", "--format", "json").json
    assert merged["summary"] == SUMMARY
    assert (
        one_campaign_per_status.run("merge", "1.json", "2.json").out
        == one_campaign_per_status.run("drift").out
    )


def test_history_counts_campaigns_left_alone_separately(one_campaign_per_status: Project) -> None:
    calls = ("drift", "--format", "json", "--history", "drift.sqlite")
    one_campaign_per_status.run(*calls)
    runs = one_campaign_per_status.run(*calls).json["history"]["runs"]
    assert [{key: run[key] for key in SUMMARY} for run in runs] == [SUMMARY, SUMMARY]


def test_since_leaves_older_differences_alone(one_campaign_per_status: Project) -> None:
    one_campaign_per_status.run("drift", "--history", "drift.sqlite")
    calls = ("drift", "--history", "drift.sqlite", "--since", "2099-01-01")
    assert one_campaign_per_status.run(*calls, "--format", "json").json["summary"] == {
        "inSync": 1,
        "update": 0,
        "error": 1,
        "leftAlone": 3,
    }
    assert "4711" not in one_campaign_per_status.run(*calls).out
