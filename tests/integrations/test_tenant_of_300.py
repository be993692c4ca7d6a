"""A tenant of 300 unusual campaigns: imported, committed, planned, changed by hand, pulled, applied, rolled back."""

from __future__ import annotations

import json
import re
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.cli.cli_project import Project
from tests.integrations import odd_tenant
from voxosync.report.registry import DRIFT
from voxosync.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Raw = dict[str, Any]
Fields = dict[int, set[str]]
"""The fields that differ, by campaign id."""

VALID_DATES = ("dateStart: 2096-03-01", "dateEnd: 2096-03-31")
"""Lines of definitions in which all times are valid together."""

ONE_LINE = {
    "name", "tech", "state", "dateStart", "dateEnd", "timeStart", "timeEnd", "callHoursStart", "callHoursEnd",
    "timezone", "callerId", "callFrequency", "recording", "enableVMDetect",
}  # fmt: skip
"""The fields whose value is on one line."""

FLAGS = ("--yes", "--allow-go-live", "--max-campaigns", "100%", "--max-numbers-removed", "100%")


def other_of(*values: Any) -> Callable[[Any], Any]:
    return lambda value: values[1] if value == values[0] else values[0]


def live_numbers(live: Raw) -> list[Raw]:
    """The live numbers in the form in which other tools send them back."""
    keys = ("number", "description", "disposition")
    return [
        {key: str(entry[key]) for key in keys if entry.get(key) is not None}
        for entry in live["numbers"]
    ]


def live_destinations(live: Raw) -> list[Raw]:
    """The live destinations in their order, in the form of a request body."""
    ranked = sorted(
        live["destinations"], key=lambda destination: int(destination.get("order") or 0)
    )
    return [
        {"type": str(destination["destType"]), "id": int(destination["id"])}
        for destination in ranked
    ]


ADDED_NUMBER = {"number": "9995550199", "description": "By hand: # it's new"}

CHANGES: list[tuple[tuple[str, ...], Callable[[Raw], Raw]]] = [
    (("numbers: {file",), lambda live: {"numbers": [*live_numbers(live)[1:], ADDED_NUMBER]}),
    (("dateStart", *VALID_DATES), lambda _: {"dateStart": "2096-03-02"}),
    (("dateEnd", *VALID_DATES), lambda _: {"dateEnd": "2096-04-30"}),
    (("timeStart", *VALID_DATES), lambda _: {"timeStart": "10:15"}),
    (("timeEnd", *VALID_DATES), lambda _: {"timeEnd": "19:45"}),
    (("name",), lambda _: {"name": "Changed: by hand # yes"}),
    (("state",), lambda live: {"state": other_of("PAUSED", "READY")(live["state"])}),
    (
        ("callHoursStart", "callHoursEnd"),
        lambda _: {"callHoursStart": "08:15", "callHoursEnd": "20:45"},
    ),
    (("timezone",), lambda _: {"timezone": "Europe/Paris"}),
    (("callerId",), lambda _: {"callerId": "6015550199"}),
    (("callFrequency",), lambda _: {"callFrequency": 45.5}),
    (("recording",), lambda live: {"recording": other_of("yes", "no")(live["recording"])}),
    (
        ("enableVMDetect",),
        lambda live: {"enableVMDetect": other_of("1", "0")(str(int(live["enableVMDetect"])))},
    ),
    (("message",), lambda _: {"message": "Two lines: # and\n 'quotes' \n\n"}),
    (
        ("numbers", "  - {number: 2005550139"),
        lambda live: {"numbers": [*live_numbers(live)[::-1], ADDED_NUMBER]},
    ),
    (
        ("numbers", "  - {number: 2005550102, description:"),
        lambda live: {
            "numbers": [{**live_numbers(live)[0], "description": "new"}, *live_numbers(live)[2:]],
        },
    ),
    (("numbers", "  - {number:"), lambda _: {"numbers": []}),
    (
        ("destinations", "  - {type: IVR, id: 7}"),
        lambda live: {"destinations": [*live_destinations(live)[::-1], {"type": "a: b", "id": 3}]},
    ),
    (
        ("matchDestinations:\n  - ", "notMatchDestinations"),
        lambda _: {
            "matchDestinations": [],
            "notMatchDestinations": [{"type": "QUEUE", "id": 99}],
        },
    ),
    (
        ("name", "message", "numbers", "destinations", "callFrequency"),
        lambda live: {
            "name": "null",
            "message": "x" * 10_000,
            "numbers": [ADDED_NUMBER, *live_numbers(live)],
            "destinations": [{"type": "#1", "id": 1}, *live_destinations(live)],
            "callFrequency": 10,
        },
    ),
]
"""The keys or beginnings of lines that a definition must contain, and the values that are then changed in VOXO."""


class Tenant:
    """A project and the VOXO that it manages."""

    def __init__(self, project: Project, sandbox: Sandbox) -> None:
        self.project, self.sandbox = project, sandbox

    def ok(self, *arguments: str, status: int = 0) -> str:
        ran = self.project.run(*arguments)
        assert ran.status == status, ran.said[-3000:]
        return ran.out

    def plan(self, *arguments: str, status: int = 0) -> list[Raw]:
        """The campaigns that differ in the report of `plan` or `drift`."""
        document = json.loads(self.ok("-q", *arguments, "--format", "json", status=status))
        assert document["summary"]["error"] == 0
        return [campaign for campaign in document["campaigns"] if campaign["changes"]]

    def drift(self) -> Fields:
        return fields(self.plan("drift", status=2))

    def in_sync(self) -> None:
        assert "Nothing to do: 300 campaigns agree" in self.ok("-q", "plan", "--exit-code")

    def definitions(self) -> dict[int, str]:
        """The text of each definition, by the id at the end of its file name."""
        paths = sorted((self.project.folder / "campaigns").glob("*.yaml"), key=number_of)
        return {number_of(path): path.read_text("utf-8") for path in paths}

    def results_of_calls(self) -> dict[int, set[tuple[str, str]]]:
        """The call results in VOXO; without them, people would be called twice."""
        results: dict[int, set[tuple[str, str]]] = {}
        for campaign_id in odd_tenant.ids():
            numbers = self.sandbox.store.get(campaign_id)["numbers"]
            entries = numbers if isinstance(numbers, list) else []
            results[campaign_id] = {
                (entry["number"], entry["disposition"])
                for entry in entries
                if entry.get("disposition")
            }
        return results


def fields(campaigns: list[Raw]) -> Fields:
    return {
        campaign["id"]: {change["field"] for change in campaign["changes"]}
        for campaign in campaigns
    }


def number_of(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])


def take_first(definitions: dict[int, str], *needs: str) -> int:
    """Removes the first definition with these keys or beginnings of lines, and returns its id."""
    patterns = [f"\n{need}" if ":" in need else f"\n{need}:" for need in needs]
    campaign_id = next(
        i for i, text in definitions.items() if all(pattern in text for pattern in patterns)
    )
    del definitions[campaign_id]
    return campaign_id


def make_reversible_changes(tenant: Tenant, unchanged: dict[int, str]) -> tuple[Fields, Fields]:
    """Makes each change to two campaigns, and returns the changed fields of each half of the 40 campaigns."""
    halves: tuple[Fields, Fields] = ({}, {})
    for half in halves:
        for needs, change in CHANGES:
            campaign_id = take_first(unchanged, *needs)
            body = change(tenant.sandbox.store.get(campaign_id))
            tenant.sandbox.store.patch(campaign_id, body)
            half[campaign_id] = set(body)
    return halves


def make_irreversible_changes(tenant: Tenant, unchanged: dict[int, str]) -> Fields:
    """Makes changes that a PATCH can correct, but not restore, and returns the changed fields."""
    cleared, sms = take_first(unchanged, "message"), take_first(unchanged, "tech")
    tenant.sandbox.store.set_raw(cleared, "message", None)
    tenant.sandbox.store.set_raw(sms, "tech", "SMS")
    return {cleared: {"message"}, sms: {"tech"}}


def make_changes_without_drift(tenant: Tenant, unchanged: dict[int, str]) -> None:
    """Makes changes that are not drift: a running campaign, another order, call results, unmanaged fields."""
    store = tenant.sandbox.store
    store.set_raw(take_first(unchanged, "state: READY"), "state", "RUNNING")
    campaign_id = take_first(unchanged, "numbers", "  - {number: 2005550139")
    numbers = store.get_raw(campaign_id)["numbers"]
    store.set_raw(
        campaign_id, "numbers", [{**entry, "disposition": "NEW"} for entry in numbers[::-1]]
    )
    store.set_raw(take_first(unchanged, "# callerId"), "callerId", "6015550188")
    store.set_raw(take_first(unchanged, "name"), "lastrun", "2096-03-01 10:00:00")


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[Tenant]:
    folder = tmp_path / "project"
    folder.mkdir()
    with Sandbox(tenant_id=odd_tenant.TENANT) as sandbox:
        odd_tenant.fill(sandbox)
        variables = {
            "VOXO_API_BASE_URL": sandbox.base_url,
            "VOXO_API_TOKEN": "sandbox-token",
            "VOXO_TENANT_ID": str(odd_tenant.TENANT),
            "VOXOSYNC_DEBUG": "1",
        }
        yield Tenant(Project(folder, variables), sandbox)


@pytest.mark.slow
@pytest.mark.timeout(300)  # 40 s of processor time
def test_tenant_is_imported_and_kept_in_sync_with_git(tenant: Tenant) -> None:
    import_into_git(tenant)
    assert_agreement_in_every_spelling(tenant)
    unchanged = tenant.definitions()
    pulled, applied = make_reversible_changes(tenant, unchanged)
    irreversible = make_irreversible_changes(tenant, unchanged)
    make_changes_without_drift(tenant, unchanged)
    drift_before = tenant.plan("drift", status=2)
    assert fields(drift_before) == pulled | applied | irreversible
    assert len(drift_before) == 42
    assert_complete_reports(tenant, fields(drift_before))
    differing = tenant.plan("plan", "--base", "HEAD")
    assert {change["kind"] for campaign in differing for change in campaign["changes"]} == {"drift"}

    pull_and_assert_minimal_changes(tenant, pulled)
    assert fields(tenant.plan("plan")) == applied | irreversible
    tenant.project.commit("Keep manual changes")
    assert (
        fields(tenant.plan("plan", "--base", "HEAD~1", "--kind", "drift")) == applied | irreversible
    )

    results = tenant.results_of_calls()
    run = apply_and_assert_minimal_patches(tenant, applied | irreversible)
    tenant.in_sync()
    output = tenant.ok("rollback", run, *FLAGS, status=3)  # two values cannot be restored
    assert "message had no value before, and VOXO documents no way to clear one" in output
    assert "tech was SMS before, which VOXO's reference does not allow to be sent" in output
    drift_after = tenant.plan("drift", status=2)
    assert fields(drift_after) == applied
    before = {
        campaign["id"]: changed_values(campaign)
        for campaign in drift_before
        if campaign["id"] in applied
    }
    assert {campaign["id"]: changed_values(campaign) for campaign in drift_after} == before
    assert tenant.results_of_calls() == results
    assert tenant.project.git("status", "--porcelain") == ""


def import_into_git(tenant: Tenant) -> None:
    tenant.ok("init")
    assert "Imported 300 campaigns.\n" in tenant.ok("import", "--all")
    definitions = tenant.definitions()
    assert sorted(definitions) == sorted(odd_tenant.ids())
    tenant.project.git("init", "--quiet")
    tenant.project.commit("Import the campaigns of VOXO")
    validation = json.loads(tenant.ok("validate", "--format", "json"))
    assert validation["summary"] | {"warning": 0} == {
        "files": 300, "campaigns": 300, "error": 0, "warning": 0,
    }  # fmt: skip
    tenant.in_sync()
    assert tenant.plan("plan", "--base", "HEAD") == []
    output = tenant.ok("import", "--all")
    assert output == "Nothing to import: all of these campaigns have a definition.\n"
    assert not tenant.project.git("status", "--porcelain")


def assert_agreement_in_every_spelling(tenant: Tenant) -> None:
    """Only values that have the spelling already differ, because it is then applied twice."""
    raw = odd_tenant.campaigns()
    for spelling, pattern in {
        "datetimes": r"(?!)",
        "seconds": r"\d\d:\d\d:00",
        "strings": r"\b\d{10}\.0\b",
    }.items():
        tenant.sandbox.faults.set([spelling])
        for campaign in tenant.plan("plan"):
            assert re.search(pattern, str(raw[campaign["id"]])), campaign
    tenant.sandbox.faults.set([])


def assert_complete_reports(tenant: Tenant, fields: Fields) -> None:
    """The report is complete in every format, and hostile text has no effect in it."""
    names = DRIFT.keys() - {"text", "json"}  # JSON is for programs and does not mask numbers
    files = {name: tenant.project.folder.parent / name for name in names}
    options = [word for name, path in files.items() for word in ("--report", f"{name}={path}")]
    texts = {"text": tenant.ok("-q", "drift", *options, status=2)}
    texts |= {name: path.read_text("utf-8") for name, path in files.items()}
    assert f"Drift: {len(fields)} differ (" in texts["text"]
    suites = ET.fromstring(texts["junit"])  # noqa: S314  # our own output
    assert sum(int(suite.get("failures", 0)) for suite in suites.iter("testsuite")) == len(fields)
    (run,) = json.loads(texts["sarif"])["runs"]
    results = [result for result in run["results"] if result["ruleId"] in ("change", "drift")]
    assert len({file_of(result) for result in results}) == len(fields)
    gauges: Fields = {}
    for family in text_string_to_metric_families(texts["prometheus"]):
        for sample in family.samples:
            if sample.name == "voxosync_campaign_drift":
                labels = sample.labels
                gauges.setdefault(int(labels["id"]), set()).add(labels["field"])
    assert gauges == fields
    for name, text in texts.items():
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\x85\u202e\u2028\ufeff\ud800]", text), name
    assert "<script>alert" not in texts["html"] + texts["markdown"]
    assert not re.search("^::error::x", texts["github"], re.MULTILINE)
    masked = "".join(texts.values())
    assert ADDED_NUMBER["number"] not in masked
    assert "999•••0199" in masked


def file_of(result: Raw) -> str:
    return str(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


def pull_and_assert_minimal_changes(tenant: Tenant, pulled: Fields) -> None:
    options = [word for campaign_id in pulled for word in ("--only", str(campaign_id))]
    tenant.ok("pull", "--yes", *options)
    changed = tenant.project.git("diff", "--name-only").splitlines()
    assert {number_of(Path(name)) for name in changed} == pulled.keys()
    assert len(changed) == len(pulled), "only the CSV file if it has the numbers"
    for name in changed:
        keys_pulled = pulled[number_of(Path(name))]
        before = tenant.project.git("show", f"HEAD:{name}").split("\n")
        after = (tenant.project.folder / name).read_text("utf-8").rstrip("\n").split("\n")
        if name.endswith(".csv"):
            assert sorted(set(after) ^ set(before)) == sorted([before[1], after[-1]])
            continue
        steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        removed, new = [], []
        for step, *span in steps:
            if step != "equal":
                changed_keys = keys(before, *span[:2]) | keys(after, *span[2:])
                assert changed_keys <= keys_pulled, (name, span)
                removed += before[slice(*span[:2])]
                new += after[slice(*span[2:])]
        if keys_pulled <= ONE_LINE:
            assert len(removed) == len(new) == len(keys_pulled), name
        elif "destinations" not in keys_pulled:  # their order was changed
            assert not {*removed} & {*new}, name


def keys(lines: list[str], begin: int, end: int) -> set[str]:
    """The keys to whose values the lines belong."""
    return {
        next(match[1] for line in lines[index::-1] if (match := re.match(r"(?:# )?(\w+):", line)))
        for index in range(begin, end)
    }


def apply_and_assert_minimal_patches(tenant: Tenant, fields: Fields) -> str:
    """Applies, and returns the id of the run."""
    refusal = tenant.ok("apply", "--yes", status=1)
    assert f"Plan: {len(fields)} to update" in refusal
    assert patches(tenant) == []
    before = tenant.results_of_calls()
    output = tenant.ok("apply", *FLAGS)
    assert f"Apply: {len(fields)} applied." in output
    sent = patches(tenant)
    assert len(sent) == len(fields)
    assert {campaign_id: set(body) for campaign_id, body in sent} == fields
    for campaign_id, results in tenant.results_of_calls().items():
        assert results == before[campaign_id]
    return tenant.ok("history").splitlines()[1].split()[0]


def patches(tenant: Tenant) -> list[tuple[int, Raw]]:
    return [
        (int(request.path.rpartition("/")[2]), request.body)
        for request in tenant.sandbox.requests
        if request.method == "PATCH"
    ]


def changed_values(campaign: Raw) -> Raw:
    """The changes of a campaign, without the order of numbers and without the author and sender of values."""
    return {
        change["field"]: {
            key: sorted(value) if key in ("added", "removed", "changed") else value
            for key, value in change.items()
            if key not in ("revision", "lastSent")
        }
        for change in campaign["changes"]
    }
