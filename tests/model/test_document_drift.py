"""What a drift report adds to the document of a plan is valid by the schema and survives a round trip."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxosync.model.called_zones import US_ZONES
from voxosync.model.change import Change, FieldChange, NumbersChange, change_from_document
from voxosync.model.change_kind import ChangeKind
from voxosync.model.dialing.schedule import Schedule, Schedules
from voxosync.model.document import digest, from_document, to_document
from voxosync.model.drift import Acknowledgement, DriftRun, History, UnmanagedCampaign
from voxosync.model.fields import FIELDS, MAX_ID, WRITABLE
from voxosync.model.kinds.destinations import DestinationsKind
from voxosync.model.kinds.scalars import ScalarKind
from voxosync.model.numbers import Digest
from voxosync.model.plan import AcknowledgedChange, CampaignPlan, LeftAloneChange, Plan, Reason
from voxosync.model.problem import AllowedProblem, Position, Problem, Severity
from voxosync.model.shard import PlanPart, Shard
from voxosync.model.values import Destination
from voxosync.resources import schema_text

if TYPE_CHECKING:
    from voxosync.model.kinds.field_kind import FieldKind

SCHEMA = jsonschema.Draft202012Validator(json.loads(schema_text("plan.schema.json")))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

_texts = st.text(max_size=8)
_moments = st.datetimes().map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC))
_ids = st.integers(1, MAX_ID)
_counts = st.integers(0, 1000)
_shards = st.builds(Shard, st.integers(1, 3), st.just(3))
_positions = st.builds(Position, _texts, st.integers(1, 99), st.integers(1, 99))
_destinations = st.lists(st.builds(Destination, _texts, st.integers(1, 9)), max_size=2).map(tuple)
_scalars = st.none() | _texts | st.integers(0, 99) | st.sampled_from([30.5])
_common: dict[str, Any] = {
    "kind": st.sampled_from(ChangeKind),
    "position": st.none() | _positions,
    "since": st.none() | _moments,
}
_entries = st.lists(_texts, max_size=2).map(tuple)


def _field_changes(
    kinds: tuple[type[FieldKind], ...], values: st.SearchStrategy[Any]
) -> st.SearchStrategy[Change]:
    names = [name for name in WRITABLE if isinstance(FIELDS[name].kind, kinds)]
    return st.builds(FieldChange, st.sampled_from(names), values, values, base=values, **_common)


_changes: st.SearchStrategy[Change] = (
    _field_changes((ScalarKind,), _scalars)
    | _field_changes((DestinationsKind,), st.none() | _destinations)
    | st.builds(
        NumbersChange,
        _counts,
        _counts,
        _entries,
        _entries,
        _entries,
        st.just(Digest(f"sha256:{'0' * 64}")),
        field=st.just("numbers"),
        **_common,
    )
)


@st.composite
def _acknowledged(draw: st.DrawFn) -> AcknowledgedChange:
    change = draw(_changes)
    until = draw(st.dates(date(1000, 1, 1)))
    owner = draw(st.none() | _texts)
    return AcknowledgedChange(
        change, Acknowledgement(change.field, until, draw(_texts), owner, draw(_positions))
    )


_schedules = st.builds(
    Schedule, **dict.fromkeys(("state", "dateStart", "timeEnd", "callerId"), st.none() | _texts)
)
_zones = st.lists(st.sampled_from(US_ZONES), max_size=2).map(tuple)
_phones_by_zones = st.lists(st.tuples(_zones, st.integers(1, 9)), max_size=2).map(tuple)
_campaigns = st.builds(
    CampaignPlan,
    _ids,
    st.none() | _texts,
    _texts,
    changes=st.lists(_changes, max_size=2).map(tuple),
    error=st.none() | _texts,
    missing=st.booleans(),
    acknowledged=st.lists(_acknowledged(), max_size=2).map(tuple),
    left_alone=st.lists(
        st.builds(LeftAloneChange, _changes, st.sampled_from(Reason)), max_size=2
    ).map(tuple),
    schedules=st.none()
    | st.builds(
        Schedules,
        _schedules,
        _schedules,
        definition_phones=_phones_by_zones,
        live_phones=_phones_by_zones,
    ),
    line=st.integers(1, 99),
    tenant_id=st.none() | _ids,
)
_histories = st.builds(
    History,
    st.lists(st.builds(DriftRun, _moments, _counts, _counts, _counts, _counts), max_size=3).map(
        tuple
    ),
    st.none() | _moments,
)
_plans = st.builds(
    Plan,
    _moments,
    _texts,
    st.lists(_campaigns, max_size=3),
    live_as_of=st.none() | _moments,
    part=st.builds(PlanPart, st.none() | _counts, st.none() | _shards, st.none() | _counts),
    unmanaged=st.lists(
        st.builds(UnmanagedCampaign, _ids, st.none() | _texts, st.none() | _texts), max_size=2
    ).map(tuple),
    unmanaged_counts=st.booleans(),
    unlisted=st.none() | _texts,
    history=st.none() | _histories,
    allowed=st.lists(
        st.builds(
            AllowedProblem,
            st.builds(
                Problem,
                _positions,
                st.sampled_from([Severity.ERROR, Severity.WARNING]),
                _texts,
                _texts,
            ),
            _texts,
        ),
        max_size=2,
    ).map(tuple),
)


def document_of(plan: Plan) -> dict[str, Any]:
    """The document of a drift run, as read from a file."""
    document: dict[str, Any] = json.loads(json.dumps(to_document(plan, "drift")))
    return document


@given(_plans)
def test_document_is_valid_and_survives_a_round_trip(plan: Plan) -> None:
    document = document_of(plan)
    SCHEMA.validate(document)
    assert from_document(document) == plan
    assert document["digest"] == digest(document)


def complete_plan() -> Plan:
    """A plan with everything that a drift report adds."""
    position = Position("campaigns/spring.yaml", 7, 3)
    change = FieldChange("message", "live", "wanted", ChangeKind.DRIFT, "base", position, NOW)
    acknowledgement = Acknowledgement("message", date(2026, 12, 31), "a trial", None, position)
    schedules = Schedules(Schedule(state="READY"), Schedule(state="PAUSED"))
    drifted = CampaignPlan(
        1,
        "Spring",
        "a.yaml",
        acknowledged=(AcknowledgedChange(change, acknowledgement),),
        schedules=schedules,
    )
    missing = CampaignPlan(2, None, "b.yaml", error="VOXO answered 404", missing=True)
    return Plan(
        NOW,
        "https://api.example",
        [drifted, missing],
        unmanaged=(UnmanagedCampaign(3, "Pilot", "READY"),),
        unmanaged_counts=True,
        unlisted="refused",
        history=History((DriftRun(NOW, 1, 2, 3),), NOW),
    )


def test_document_has_everything_that_a_drift_report_adds() -> None:
    document = document_of(complete_plan())
    drifted, missing = document["campaigns"]
    position = {"file": "campaigns/spring.yaml", "line": 7, "column": 3}
    assert drifted["acknowledged"] == [
        {
            "field": "message",
            "kind": "drift",
            "before": "live",
            "after": "wanted",
            "base": "base",
            "position": position,
            "since": "2026-03-01T12:00:00Z",
            "until": "2026-12-31",
            "reason": "a trial",
            "owner": None,
            "acknowledgedAt": position,
        }
    ]
    assert drifted["schedules"]["live"]["state"] == "PAUSED"
    assert missing["missing"] is True
    assert document["unmanaged"] == [{"id": 3, "name": "Pilot", "state": "READY"}]
    assert document["unmanagedCounts"] is True
    assert document["unlisted"] == "refused"
    assert document["history"] == {
        "runs": [{"at": "2026-03-01T12:00:00Z", "inSync": 1, "update": 2, "error": 3}],
        "since": "2026-03-01T12:00:00Z",
    }
    assert from_document(document) == complete_plan()


def test_document_of_a_plan_has_no_keys_of_drift_reports() -> None:
    """Documents of plans are the same as before drift reports existed."""
    document = to_document(Plan(NOW, "https://api.example", [CampaignPlan(1, None, "a.yaml")]))
    keys = {"unmanaged", "unmanagedCounts", "unlisted", "history", "command"}
    assert keys & document.keys() == set()
    assert {"missing", "acknowledged", "schedules"} & document["campaigns"][0].keys() == set()


@pytest.mark.parametrize(
    "path",
    [
        ("campaigns", 0, "acknowledged", 0, "acknowledgedAt"),
        ("campaigns", 0, "schedules"),
        ("campaigns", 0, "schedules", "live"),
        ("unmanaged", 0),
        ("history",),
        ("history", "runs", 0),
    ],
)
def test_schema_refuses_unknown_keys_in_a_drift_report(path: tuple[str | int, ...]) -> None:
    """Otherwise a crafted saved plan could pass the schema and break the code that reads it."""
    document = document_of(complete_plan())
    inner: Any = document
    for step in path:
        inner = inner[step]
    inner["another"] = 1
    assert not SCHEMA.is_valid(document)


@pytest.mark.parametrize("key", ["field", "until", "reason", "owner", "acknowledgedAt", "kind"])
def test_an_acknowledged_difference_needs_every_key(key: str) -> None:
    document = document_of(complete_plan())
    del document["campaigns"][0]["acknowledged"][0][key]
    assert not SCHEMA.is_valid(document)


@pytest.mark.parametrize("value", [None, "QUEUE", 12, 30.5, [{"type": "QUEUE", "id": 12}]])
@pytest.mark.parametrize("name", [name for name in WRITABLE if name != "numbers"])
def test_every_value_that_the_schema_accepts_survives_a_round_trip(name: str, value: Any) -> None:
    document = {"field": name, "kind": "change", "before": value, "after": value}
    change = change_from_document(document, kind=ChangeKind.CHANGE)
    assert {"field": name, "kind": "change", **change.to_document()} == document
    assert str(change).startswith(f"{name}: ")


def test_time_zone_of_a_newer_version_is_read_as_unknown() -> None:
    phones = ((("America/Chicago",), 2),)
    schedules = Schedules(Schedule(), Schedule(), None, phones)
    plan = Plan(NOW, "https://api.voxo.co", [CampaignPlan(1, None, "a.yaml", schedules=schedules)])
    document = json.loads(json.dumps(to_document(plan, "drift")).replace("/Chicago", "/Atlantis"))
    [campaign] = from_document(document).campaigns
    assert campaign.schedules == Schedules(Schedule(), Schedule(), None, (((), 2),))
