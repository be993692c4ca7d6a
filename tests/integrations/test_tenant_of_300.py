"""From nothing to production: 300 odd campaigns imported, put in Git, planned, changed by hand, pulled, put back."""

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
"""Which fields differ, by campaign."""

SOUND = ("dateStart: 2096-03-01", "dateEnd: 2096-03-31")
"""Lines of definitions in which any hour fits any other."""

ONE_LINE = {
    "name", "tech", "state", "dateStart", "dateEnd", "timeStart", "timeEnd", "callHoursStart", "callHoursEnd",
    "timezone", "callerId", "callFrequency", "recording", "enableVMDetect",
}  # fmt: skip
"""The fields of which each stands on a line of its own."""

FLAGS = ("--yes", "--allow-go-live", "--max-campaigns", "100%", "--max-numbers-removed", "100%")


def next_of(*values: Any) -> Callable[[Any], Any]:
    return lambda value: values[1] if value == values[0] else values[0]


def entries(live: Raw) -> list[Raw]:
    """The live numbers as a person's tool sends them back."""
    keys = ("number", "description", "disposition")
    return [
        {key: str(entry[key]) for key in keys if entry.get(key) is not None}
        for entry in live["numbers"]
    ]


def places(live: Raw) -> list[Raw]:
    """The live destinations, in their order, as a body has them."""
    ranked = sorted(
        live["destinations"], key=lambda destination: int(destination.get("order") or 0)
    )
    return [
        {"type": str(destination["destType"]), "id": int(destination["id"])}
        for destination in ranked
    ]


ONE_MORE = {"number": "9995550199", "description": "By hand: # it's new"}

CHANGES: list[tuple[tuple[str, ...], Callable[[Raw], Raw]]] = [
    (("numbers: {file",), lambda live: {"numbers": [*entries(live)[1:], ONE_MORE]}),
    (("dateStart", *SOUND), lambda _: {"dateStart": "2096-03-02"}),
    (("dateEnd", *SOUND), lambda _: {"dateEnd": "2096-04-30"}),
    (("timeStart", *SOUND), lambda _: {"timeStart": "10:15"}),
    (("timeEnd", *SOUND), lambda _: {"timeEnd": "19:45"}),
    (("name",), lambda _: {"name": "Changed: by hand # yes"}),
    (("state",), lambda live: {"state": next_of("PAUSED", "READY")(live["state"])}),
    (
        ("callHoursStart", "callHoursEnd"),
        lambda _: {"callHoursStart": "08:15", "callHoursEnd": "20:45"},
    ),
    (("timezone",), lambda _: {"timezone": "Europe/Paris"}),
    (("callerId",), lambda _: {"callerId": "6015550199"}),
    (("callFrequency",), lambda _: {"callFrequency": 45.5}),
    (("recording",), lambda live: {"recording": next_of("yes", "no")(live["recording"])}),
    (
        ("enableVMDetect",),
        lambda live: {"enableVMDetect": next_of("1", "0")(str(int(live["enableVMDetect"])))},
    ),
    (("message",), lambda _: {"message": "Two lines: # and\n 'quotes' \n\n"}),
    (
        ("numbers", "  - {number: 2005550139"),
        lambda live: {"numbers": [*entries(live)[::-1], ONE_MORE]},
    ),
    (
        ("numbers", "  - {number: 2005550102, description:"),
        lambda live: {
            "numbers": [{**entries(live)[0], "description": "new"}, *entries(live)[2:]],
        },
    ),
    (("numbers", "  - {number:"), lambda _: {"numbers": []}),
    (
        ("destinations", "  - {type: IVR, id: 7}"),
        lambda live: {"destinations": [*places(live)[::-1], {"type": "a: b", "id": 3}]},
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
            "numbers": [ONE_MORE, *entries(live)],
            "destinations": [{"type": "#1", "id": 1}, *places(live)],
            "callFrequency": 10,
        },
    ),
]
"""What a definition must hold, as keys or as lines begin, and what somebody then changes in VOXO."""


class Tenant:
    """A project, the VOXO that it is about, and what was changed there by hand."""

    def __init__(self, project: Project, sandbox: Sandbox) -> None:
        self.project, self.sandbox = project, sandbox

    def ok(self, *arguments: str, status: int = 0) -> str:
        ran = self.project.run(*arguments)
        assert ran.status == status, ran.said[-3000:]
        return ran.out

    def plan(self, *arguments: str, status: int = 0) -> list[Raw]:
        """What differs, campaign by campaign; `drift` is a plan too."""
        document = json.loads(self.ok("-q", *arguments, "--format", "json", status=status))
        assert document["summary"]["error"] == 0
        return [campaign for campaign in document["campaigns"] if campaign["changes"]]

    def drift(self) -> Fields:
        return fields(self.plan("drift", status=2))

    def in_sync(self) -> None:
        assert "Nothing to do: 300 campaigns agree" in self.ok("-q", "plan", "--exit-code")

    def definitions(self) -> dict[int, str]:
        """The text of each definition, by the id at the end of its file's name."""
        paths = sorted((self.project.folder / "campaigns").glob("*.yaml"), key=number_of)
        return {number_of(path): path.read_text("utf-8") for path in paths}

    def results_of_calls(self) -> dict[int, set[tuple[str, str]]]:
        """What VOXO knows of calls: lost, somebody would be called twice."""
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


def first(definitions: dict[int, str], *needs: str) -> int:
    """Takes away the first definition that has these keys, or lines that begin so; its id."""
    patterns = [f"\n{need}" if ":" in need else f"\n{need}:" for need in needs]
    campaign_id = next(
        i for i, text in definitions.items() if all(pattern in text for pattern in patterns)
    )
    del definitions[campaign_id]
    return campaign_id


def changed_by_hand(tenant: Tenant, free: dict[int, str]) -> tuple[Fields, Fields]:
    """Changes 40 campaigns, each kind of change to two of them; what each half of them has."""
    halves: tuple[Fields, Fields] = ({}, {})
    for half in halves:
        for needs, change in CHANGES:
            chosen = first(free, *needs)
            body = change(tenant.sandbox.store.get(chosen))
            tenant.sandbox.store.patch(chosen, body)
            half[chosen] = set(body)
    return halves


def changed_for_good(tenant: Tenant, free: dict[int, str]) -> Fields:
    """Changes what a PATCH can correct, and no PATCH can bring back."""
    cleared, texted = first(free, "message"), first(free, "tech")
    tenant.sandbox.store.set_raw(cleared, "message", None)
    tenant.sandbox.store.set_raw(texted, "tech", "SMS")
    return {cleared: {"message"}, texted: {"tech"}}


def changed_without_drift(tenant: Tenant, free: dict[int, str]) -> None:
    """What is nobody's business: a campaign that runs, another order, call results, unmanaged fields."""
    store = tenant.sandbox.store
    store.set_raw(first(free, "state: READY"), "state", "RUNNING")
    chosen = first(free, "numbers", "  - {number: 2005550139")
    numbers = store.get_raw(chosen)["numbers"]
    store.set_raw(chosen, "numbers", [{**entry, "disposition": "NEW"} for entry in numbers[::-1]])
    store.set_raw(first(free, "# callerId"), "callerId", "6015550188")
    store.set_raw(first(free, "name"), "lastrun", "2096-03-01 10:00:00")


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
def test_is_taken_into_git_and_kept_in_agreement_with_it(tenant: Tenant) -> None:
    taken_into_git(tenant)
    agrees_however_voxo_spells_it(tenant)
    free = tenant.definitions()
    pulled, applied = changed_by_hand(tenant, free)
    lost = changed_for_good(tenant, free)
    changed_without_drift(tenant, free)
    drifted = tenant.plan("drift", status=2)
    assert fields(drifted) == pulled | applied | lost
    assert len(drifted) == 42
    reported(tenant, fields(drifted))
    differing = tenant.plan("plan", "--base", "HEAD")
    assert {change["kind"] for campaign in differing for change in campaign["changes"]} == {"drift"}

    only_what_had_to_change_is_pulled(tenant, pulled)
    assert fields(tenant.plan("plan")) == applied | lost
    tenant.project.commit("Take over what was changed by hand")
    assert fields(tenant.plan("plan", "--base", "HEAD~1", "--kind", "drift")) == applied | lost

    results = tenant.results_of_calls()
    run = only_what_differs_is_sent(tenant, applied | lost)
    tenant.in_sync()
    output = tenant.ok("rollback", run, *FLAGS, status=3)  # two values cannot be put back
    assert "message had no value before, and VOXO documents no way to clear one" in output
    assert "tech was SMS before, which VOXO's reference does not allow to be sent" in output
    again = tenant.plan("drift", status=2)
    assert fields(again) == applied
    before = {
        campaign["id"]: without_place(campaign) for campaign in drifted if campaign["id"] in applied
    }
    assert {campaign["id"]: without_place(campaign) for campaign in again} == before
    assert tenant.results_of_calls() == results
    assert tenant.project.git("status", "--porcelain") == ""


def taken_into_git(tenant: Tenant) -> None:
    tenant.ok("init")
    assert "Imported 300 campaigns.\n" in tenant.ok("import", "--all")
    definitions = tenant.definitions()
    assert sorted(definitions) == sorted(odd_tenant.ids())
    tenant.project.git("init", "--quiet")
    tenant.project.commit("Take over what VOXO has")
    checked = json.loads(tenant.ok("validate", "--format", "json"))
    assert checked["summary"] | {"warning": 0} == {
        "files": 300, "campaigns": 300, "error": 0, "warning": 0,
    }  # fmt: skip
    tenant.in_sync()
    assert tenant.plan("plan", "--base", "HEAD") == []
    output = tenant.ok("import", "--all")
    assert output == "Nothing to import: all of these campaigns have a definition.\n"
    assert not tenant.project.git("status", "--porcelain")


def agrees_however_voxo_spells_it(tenant: Tenant) -> None:
    """Only what is spelled so already differs: with seconds, or a point, twice it is something else."""
    raw = odd_tenant.campaigns()
    for spelling, already in {
        "datetimes": r"(?!)",
        "seconds": r"\d\d:\d\d:00",
        "strings": r"\b\d{10}\.0\b",
    }.items():
        tenant.sandbox.faults.set([spelling])
        for campaign in tenant.plan("plan"):
            assert re.search(already, str(raw[campaign["id"]])), campaign
    tenant.sandbox.faults.set([])


def reported(tenant: Tenant, fields: Fields) -> None:
    """The report in every format: whole to whoever reads such files, and nothing in it acts."""
    names = DRIFT.keys() - {"text", "json"}  # JSON is for programs, and has whole phones
    files = {name: tenant.project.folder.parent / name for name in names}
    options = [word for name, path in files.items() for word in ("--report", f"{name}={path}")]
    texts = {"text": tenant.ok("-q", "drift", *options, status=2)}
    texts |= {name: path.read_text("utf-8") for name, path in files.items()}
    assert f"Drift: {len(fields)} differ (" in texts["text"]
    suites = ET.fromstring(texts["junit"])  # noqa: S314  # our own
    assert sum(int(suite.get("failures", 0)) for suite in suites.iter("testsuite")) == len(fields)
    (run,) = json.loads(texts["sarif"])["runs"]
    results = [result for result in run["results"] if result["ruleId"] in ("change", "drift")]
    assert len({place_of(result) for result in results}) == len(fields)
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
    assert ONE_MORE["number"] not in masked
    assert "999•••0199" in masked


def place_of(result: Raw) -> str:
    return str(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])


def only_what_had_to_change_is_pulled(tenant: Tenant, pulled: Fields) -> None:
    chosen = [word for campaign_id in pulled for word in ("--only", str(campaign_id))]
    tenant.ok("pull", "--yes", *chosen)
    changed = tenant.project.git("diff", "--name-only").splitlines()
    assert {number_of(Path(name)) for name in changed} == pulled.keys()
    assert len(changed) == len(pulled), "the CSV file alone where it has the numbers"
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
                touched = keys(before, *span[:2]) | keys(after, *span[2:])
                assert touched <= keys_pulled, (name, span)
                removed += before[slice(*span[:2])]
                new += after[slice(*span[2:])]
        if keys_pulled <= ONE_LINE:
            assert len(removed) == len(new) == len(keys_pulled), name
        elif "destinations" not in keys_pulled:  # whose order was changed
            assert not {*removed} & {*new}, name


def keys(lines: list[str], begin: int, end: int) -> set[str]:
    """The keys whose values the lines are part of."""
    return {
        next(match[1] for line in lines[index::-1] if (match := re.match(r"(?:# )?(\w+):", line)))
        for index in range(begin, end)
    }


def only_what_differs_is_sent(tenant: Tenant, fields: Fields) -> str:
    """Applies; the run's id."""
    refused = tenant.ok("apply", "--yes", status=1)
    assert f"Plan: {len(fields)} to update" in refused
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


def without_place(campaign: Raw) -> Raw:
    """What differs, whatever the order of VOXO's numbers, and whoever wrote or sent Git's value."""
    return {
        change["field"]: {
            key: sorted(value) if key in ("added", "removed", "changed") else value
            for key, value in change.items()
            if key not in ("revision", "lastSent")
        }
        for change in campaign["changes"]
    }
