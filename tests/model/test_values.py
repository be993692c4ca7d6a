"""The canonical form, in which responses of VOXO, request bodies and definitions are compared."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.documented_fields import ANSWERED, RULES, SENT
from voxosync.definitions.load import load
from voxosync.definitions.project_layout import ProjectLayout
from voxosync.model.body import to_body
from voxosync.model.campaign import LiveCampaign
from voxosync.model.dialing.schedule import dials
from voxosync.model.fields import FIELDS, NUMBER_FIELDS, WRITABLE
from voxosync.model.kinds.destinations import DESTINATIONS
from voxosync.model.kinds.phone_list import NUMBERS
from voxosync.model.kinds.scalars import DATE, FLAG, NUMBER, TEXT, TIME, ZONE
from voxosync.model.numbers import Digest, Numbers, numbers_from_live, wire_numbers
from voxosync.model.values import Destination, Unreadable, number_from_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from voxosync.model.kinds.field_kind import FieldKind
    from voxosync.model.values import Value

SPRING: dict[str, Any] = {
    **ANSWERED,
    "tenantId": 17,
    "callHoursStart": None,
    "callHoursEnd": None,
    "message": None,
    "lastrun": "2022-02-16 14:33:45",
    "numbers": [
        {"number": "6015550123", "description": "Customer 1042", "disposition": "ANSWERED"}
    ],
    "destinations": [{"typeSrc": "CALLCAMPAIGN", "destType": "QUEUE", "id": 12, "order": 0}],
    "matchDestinations": [],
    "notMatchDestinations": [],
}
"""A campaign as VOXO returns it."""


def test_response_becomes_a_live_campaign() -> None:
    live = LiveCampaign.from_response(SPRING)
    assert (live.id, live.tenant_id, live.state) == (4711, 17, "PAUSED")
    assert live.unreadable == {}
    assert live.listed.repeated == 0
    assert live.dispositions == {"6015550123": "ANSWERED"}
    assert live.values == {
        **SENT,
        "callHoursStart": None,
        "callHoursEnd": None,
        "message": None,
        "numbers": {"6015550123": "Customer 1042"},
        "destinations": (Destination("QUEUE", 12),),
        "matchDestinations": (),
        "notMatchDestinations": (),
    }


@pytest.mark.parametrize(
    ("name", "raw", "canonical"),
    [
        ("dateStart", "2026-03-01T00:00:00.000Z", "2026-03-01"),
        ("dateStart", "2026-03-01 00:00:00", "2026-03-01"),
        ("dateStart", "2026-03-01T23:59:59-05:00", "2026-03-01"),
        ("timeStart", "09:00:00", "09:00"),
        ("timeStart", "09:00:00.000", "09:00"),
        ("callFrequency", "30", 30),
        ("callFrequency", 30.0, 30),
        ("callFrequency", "30.0", 30),
        ("callFrequency", 10.5, 10.5),
        ("callerId", 6015550100, "6015550100"),
        ("callerId", 6015550100.0, "6015550100"),
        ("enableVMDetect", 0, "0"),
        ("enableVMDetect", "1", "1"),
        ("enableVMDetect", 1.0, "1"),
        ("name", 2026, "2026"),
        ("message", "", ""),
        ("message", None, None),
        ("recording", None, None),
        ("state", "RUNNING", "RUNNING"),
        ("tech", "SMS", "SMS"),
    ],
)
def test_formatting_of_the_server_does_not_affect_the_canonical_value(
    name: str, raw: object, canonical: Value
) -> None:
    value = FIELDS[name].kind.from_live(raw)
    assert value == canonical
    assert type(value) is type(canonical)


def test_seconds_other_than_zero_are_kept() -> None:
    assert FIELDS["timeStart"].kind.from_live("09:00:30") == "09:00:30"


def test_date_is_kept_as_written_and_not_converted_to_another_zone() -> None:
    assert FIELDS["dateEnd"].kind.from_live("2026-03-31T23:30:00-05:00") == "2026-03-31"


def test_numbers_have_no_order_and_descriptions_may_be_missing() -> None:
    entries = [
        {"number": "6015550123", "description": None, "disposition": None, "field1": "?"},
        {"number": 6015550124},
        {"number": "6015550125", "description": 1042},
    ]
    numbers = numbers_from_live(entries).numbers
    assert numbers == {"6015550123": "", "6015550124": "", "6015550125": "1042"}
    assert numbers == numbers_from_live(entries[::-1]).numbers


def test_destinations_are_in_the_order_that_voxo_gives() -> None:
    entries = [
        {"destType": "QUEUE", "id": "12", "order": 2},
        {"destType": "IVR", "id": 3, "order": "1"},
        {"destType": "EXTENSION", "id": 101.0, "order": 10},
    ]
    expected = (Destination("IVR", 3), Destination("QUEUE", 12), Destination("EXTENSION", 101))
    assert FIELDS["destinations"].kind.from_live(entries) == expected
    assert FIELDS["destinations"].kind.from_live(entries[::-1]) == expected


def test_destinations_without_an_order_are_in_the_order_of_the_list() -> None:
    entries = [{"destType": "QUEUE", "id": 12}, {"destType": "IVR", "id": 3}]
    assert FIELDS["destinations"].kind.from_live(entries) == (
        Destination("QUEUE", 12),
        Destination("IVR", 3),
    )


def test_a_missing_scalar_is_null() -> None:
    live = LiveCampaign.from_response({"id": 4711, "numbers": []})
    scalars = [name for name in WRITABLE if FIELDS[name].kind not in (NUMBERS, DESTINATIONS)]  # fmt: skip
    assert {live.values[name] for name in scalars} == {None}


@pytest.mark.parametrize("name", ["numbers", "destinations", "matchDestinations", "notMatchDestinations"])  # fmt: skip
@pytest.mark.parametrize("spelling", ["missing", "null"])
def test_missing_array_is_unreadable_rather_than_empty(name: str, spelling: str) -> None:
    raw = {key: value for key, value in SPRING.items() if key != name}
    if spelling == "null":
        raw[name] = None
    live = LiveCampaign.from_response(raw)
    assert name not in live.values
    assert live.unreadable == {name: "nothing where a list was expected"}


def test_unknown_keys_are_ignored() -> None:
    raw = {**SPRING, "createdAt": "2020-01-01", "numbers": [{**SPRING["numbers"][0], "x": {}}]}
    assert LiveCampaign.from_response(raw) == LiveCampaign.from_response(SPRING)


def test_repeated_numbers_are_counted() -> None:
    live = LiveCampaign.from_response({**SPRING, "numbers": SPRING["numbers"] * 3})
    assert live.listed.repeated == 2


@pytest.mark.parametrize("state", ["READY", "RUNNING"])
def test_campaign_that_is_ready_or_running_dials(state: str) -> None:
    assert dials(LiveCampaign.from_response({**SPRING, "state": state}).state)


def test_whether_a_campaign_without_a_state_dials_is_unknown() -> None:
    assert dials(LiveCampaign.from_response({**SPRING, "state": None}).state) is None


HUGE = 10**5000
"""A number with more digits than Python converts to text."""

MALFORMED = [
    True,
    [],
    {},
    [1],
    {"a": 1},
    [[]],
    [{}],
    [{"number": None}],
    [{"number": []}],
    [{"number": "1", "description": {}}],
    [{"number": "1", "disposition": []}],
    [{"destType": "QUEUE", "id": "front"}],
    [{"destType": "QUEUE", "id": 1.5}],
    [{"destType": None, "id": 1}],
    [{"destType": "QUEUE", "id": 1, "order": "first"}],
    [{"destType": "QUEUE", "id": 1, "order": []}],
    float("nan"),
    float("inf"),
    HUGE,
    "1e999",
    "9" * 5000,
    "\ud800",
]


@pytest.mark.parametrize("raw", MALFORMED, ids=range(len(MALFORMED)))
@pytest.mark.parametrize("name", [*WRITABLE, "tenantId"])
def test_malformed_value_is_at_worst_unreadable(name: str, raw: object) -> None:
    with suppress(Unreadable):
        LiveCampaign.from_response({**SPRING, name: raw})


@pytest.mark.parametrize("raw", MALFORMED, ids=range(len(MALFORMED)))
@pytest.mark.parametrize("name", ["callFrequency", "enableVMDetect", "tenantId"])
def test_value_that_is_not_a_number_is_unreadable(name: str, raw: object) -> None:
    if raw is True and name == "enableVMDetect":
        assert FIELDS[name].kind.from_live(raw) == "1"
        return
    with pytest.raises(Unreadable, match=r"number|one value"):
        FIELDS[name].kind.from_live(raw)


@pytest.mark.parametrize(
    "identity",
    [None, "", "x", [], {}, True, 1.5, float("nan"), pytest.param(HUGE, id="huge")],
)
def test_response_without_a_usable_id_is_unreadable(identity: object) -> None:
    with pytest.raises(Unreadable):
        LiveCampaign.from_response({**SPRING, "id": identity})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["number", "id", "destType", "order", ""]), inner)
    ),
    max_leaves=6,
)
_keys = st.sampled_from(["id", *FIELDS])


@given(st.dictionaries(_keys | st.text(max_size=3), json_values), st.booleans())
def test_every_value_of_a_response_is_read_or_unreadable(raw: dict[str, Any], has_id: bool) -> None:  # noqa: FBT001  # drawn by hypothesis
    if has_id:
        raw["id"] = 4711
    try:
        live = LiveCampaign.from_response(raw)
    except Unreadable:
        return
    assert set(live.values) | set(live.unreadable) == set(WRITABLE)
    assert not set(live.values) & set(live.unreadable)


@pytest.mark.parametrize(
    ("text", "number"),
    [("30", 30), ("030", 30), ("+30", 30), ("30.0", 30), ("3e1", 30), ("10.5", 10.5), ("-1", -1)],
)
def test_text_of_a_decimal_number_is_read(text: str, number: float) -> None:
    value = number_from_text(text)
    assert value == number
    assert type(value) is type(number)


@pytest.mark.parametrize(
    "text",
    ["", " 30", "0x1E", "0o36", "1_000", "٣٠", "30\n", ".inf", "nan", "1e999", "1e1000", "9" * 401],
)
def test_text_that_is_not_a_decimal_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        number_from_text(text)


# Definitions, made field by field from what the contract allows.
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_ids = st.integers(1, 2**53 - 1)
_phones = st.from_regex(
    r"\A([+] ?1 )?[(]?[2-9][0-9]{2}[)]?[-. ]?555[-. /]?01[0-9]{2}( ?(x|ext) ?[1-9])?\Z"
)
_times = st.times().map(lambda time: f"{time:%H:%M}")
_dates = st.dates(min_value=datetime(1000, 1, 1, tzinfo=UTC).date()).map(str)
_destinations = st.lists(
    st.builds(Destination, _texts.filter(bool), _ids), max_size=3
).map(tuple)  # fmt: skip
BY_KIND: Mapping[FieldKind, st.SearchStrategy[Any]] = {
    TEXT: _texts,
    ZONE: _texts,
    DATE: _dates,
    TIME: _times,
    FLAG: st.sampled_from(["0", "1"]),
    NUMBERS: st.dictionaries(_phones, _texts, max_size=4).map(Numbers.spelled),
    DESTINATIONS: _destinations,
}
BY_NAME: Mapping[str, st.SearchStrategy[Any]] = {
    "name": _texts.filter(lambda text: len(text) >= 3),
    "timezone": st.sampled_from(["UTC", "America/Chicago", "Asia/Kathmandu"]),
    "dateStart": _dates.filter(lambda day: day < "2000"),
    "dateEnd": _dates.filter(lambda day: day > "2000"),
}
"""Fields whose rule is more than a set, a pattern or limits."""


def accepted(name: str) -> st.SearchStrategy[Any]:
    """Any value of a field that VOXO's reference allows."""
    rule, kind = RULES[name], FIELDS[name].kind
    if name in BY_NAME:
        return BY_NAME[name]
    if "enum" in rule:
        return st.sampled_from(rule["enum"])
    if kind is NUMBER:
        return _numbers(rule)
    if kind is TEXT and "pattern" in rule:
        return st.from_regex(rule["pattern"], fullmatch=True)
    return BY_KIND[kind]


def _numbers(rule: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    lowest = rule["minimum"] if "minimum" in rule else rule["exclusiveMinimum"] + 1
    highest = rule.get("maximum", 10**6)
    whole = st.integers(lowest, highest)
    if rule["type"] == "integer":
        return whole
    return whole | st.floats(lowest - 0.5, highest).filter(lambda x: not x.is_integer())


canonical_values = st.fixed_dictionaries(
    {},
    optional={name: accepted(name) for name in WRITABLE},
)


@given(values=canonical_values, as_yaml=st.booleans())
def test_request_body_read_as_a_definition_has_the_same_values(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, Value], *, as_yaml: bool
) -> None:
    """canonical(wire(canonical(x))) is canonical(x) for definitions."""
    document = {"id": 4711, **to_body(values)}
    folder: Path = tmp_path_factory.mktemp("definition")
    text = yaml.safe_dump(document) if as_yaml else _json(document)
    (folder / "one.yaml").write_bytes(text.encode())
    loaded = load(ProjectLayout(folder, folder), [], datetime(2026, 6, 1, tzinfo=UTC))
    assert [problem for problem in loaded.problems if problem.is_error] == []
    assert loaded.definitions[0].values == values


def _json(document: dict[str, Any]) -> str:
    """JSON that is also YAML: characters that YAML readers refuse, or treat as line ends, are escaped."""
    text = json.dumps(document, ensure_ascii=False)
    return "".join(
        f"\\u{ord(character):04x}"
        if character in "\x7f\u2028\u2029\ufeff\ufffe\uffff" or "\x80" <= character <= "\x9f"
        else character
        for character in text
    )


@given(values=canonical_values, reverse=st.booleans())
def test_request_body_that_voxo_returns_reads_back_equal(
    values: dict[str, Value], *, reverse: bool
) -> None:
    """canonical(wire(canonical(x))) is canonical(x) for responses."""
    live = LiveCampaign.from_response({"id": 4711, **response_to(to_body(values), reverse=reverse)})
    assert {name: live.values[name] for name in values} == values


def response_to(sent: dict[str, Any], *, reverse: bool) -> dict[str, Any]:
    """The response of VOXO to a body. Source: *Update Campaign*, body and response."""
    response = dict(sent)
    if "enableVMDetect" in response:
        response["enableVMDetect"] = int(response["enableVMDetect"])
    for name in ("destinations", "matchDestinations", "notMatchDestinations"):
        if name in response:
            response[name] = [
                {"typeSrc": "CALLCAMPAIGN", "destType": entry["type"], "id": entry["id"], "order": index}
                for index, entry in enumerate(response[name])
            ][:: -1 if reverse else 1]  # fmt: skip
    if "numbers" in response:
        response["numbers"] = response["numbers"][:: -1 if reverse else 1]
    return response


def test_body_repeats_results_and_fields_that_would_be_lost() -> None:
    numbers = Numbers({"6015550123": "Jo", "6015550124": ""})
    assert wire_numbers(
        numbers, {"6015550124": {"field1": "Gold"}}, {"6015550123": "ANSWERED", "6015550199": "BUSY"}
    ) == [
        {"number": "6015550123", "description": "Jo", "disposition": "ANSWERED"},
        {"number": "6015550124", "description": "", "field1": "Gold"},
    ]  # fmt: skip


def test_sent_values_have_the_types_of_the_request_body() -> None:
    assert TEXT.to_wire("1") == "1"
    assert NUMBER.to_wire(30) == 30
    assert DESTINATIONS.to_wire((Destination("QUEUE", 12),)) == [{"id": 12, "type": "QUEUE"}]
    numbers = Numbers({"6015550123": ""})
    assert wire_numbers(numbers, {}, {}) == [{"number": "6015550123", "description": ""}]


@given(st.permutations(["6015550123", "6015550124", "6015550125"]))
def test_digest_of_numbers_does_not_depend_on_their_order(order: list[str]) -> None:
    assert Digest(dict.fromkeys(order, "x")) == Digest(dict.fromkeys(sorted(order), "x"))


def test_digest_of_numbers_depends_on_every_description() -> None:
    digests = {
        Digest({"6015550123": "a", "6015550124": "b"}),
        Digest({"6015550123": "b", "6015550124": "a"}),
        Digest({"6015550123": "a"}),
        Digest({}),
    }
    assert len(digests) == 4


def test_numbers_have_nine_fields_of_their_own() -> None:
    assert tuple(f"field{n}" for n in range(1, 10)) == NUMBER_FIELDS
