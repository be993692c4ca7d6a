"""The schemas in `schemas/` are derived from the OpenAPI file, are complete, and mean the same to both libraries."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from operator import ge, gt, le, lt
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from voxosync.app.schemas import schema_file
from voxosync.definitions import completed_schemas
from voxosync.definitions.completed_schemas import COMPLETED
from voxosync.definitions.definition_schemas import DERIVED, OPENAPI
from voxosync.definitions.number_patterns import integer_pattern
from voxosync.definitions.openapi_properties import property_schema
from voxosync.definitions.schema_check import Checker, checker
from voxosync.definitions.yaml_reader import documents_in
from voxosync.model.checks.registry import CHECKS
from voxosync.model.fields import FIELDS, NUMBER_FIELDS, READ_ONLY, WRITABLE
from voxosync.model.kinds.destinations import DESTINATIONS
from voxosync.model.kinds.phone_list import NUMBERS
from voxosync.model.kinds.scalars import DATE, FLAG, NUMBER, TEXT, TIME, ZONE
from voxosync.model.problem import Severity
from voxosync.resources import folder, schema_text

CAMPAIGN = json.loads(schema_text("campaign.schema.json"))
COMPONENTS = yaml.safe_load(schema_text(OPENAPI))["components"]["schemas"]
ENTRIES = {
    f"{name}.{key}": schema
    for name in WRITABLE
    if CAMPAIGN["properties"][name].get("items")
    for key, schema in CAMPAIGN["properties"][name]["items"]["properties"].items()
}


def schema_of_part(schema: Any) -> Any:
    """A schema for one part of the campaign schema, with the properties to which the part may refer."""
    return {"$defs": {"part": schema}, "$ref": "#/$defs/part", "properties": CAMPAIGN["properties"]}


@pytest.mark.parametrize("name", [*DERIVED, *COMPLETED])
def test_schema_file_in_the_repository_is_up_to_date(name: str) -> None:
    assert schema_text(name) == schema_file(name), "out of date: run python3 dev.py schemas"


def test_lists_in_the_plan_schema_are_derived_from_the_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A guard, status, kind or effect that is added to the code is added to the schema as well."""
    for name in ("GuardName", "Status", "ChangeKind", "Effect"):
        members = {**getattr(completed_schemas, name).__members__, "NEW": f"new {name}"}
        monkeypatch.setattr(completed_schemas, name, StrEnum(name, members))
    text = schema_file("plan.schema.json")
    assert re.findall('"new (.*)"', text) == ["GuardName", "Effect", "Status", "ChangeKind"]


def test_settings_of_checks_are_derived_from_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = json.loads(schema_text("settings.schema.json"))["properties"]["checks"]["properties"]
    assert set(settings) == set(CHECKS)
    check = replace(CHECKS["samePhone"], severity=Severity.ERROR)
    monkeypatch.setitem(CHECKS, "samePhone", check)
    changed = json.loads(schema_file("settings.schema.json"))["properties"]["checks"]["properties"]
    assert {name for name in settings if changed[name] != settings[name]} == {"samePhone"}
    assert changed["samePhone"]["properties"]["severity"]["default"] == "error"


def test_a_whole_number_of_the_settings_is_accepted_as_yaml_types_it_and_as_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Otherwise a setting of the type integer would refuse every value, because its text is checked as well."""
    settings = json.loads(schema_text("settings.schema.json"))
    settings["properties"]["days"] = {"type": "integer", "minimum": 1, "maximum": 31}
    monkeypatch.setattr(completed_schemas, "schema_text", lambda _: json.dumps(settings))
    completed = Checker(json.loads(schema_file("settings.schema.json")))

    def is_accepted(text: str) -> bool:
        [document] = documents_in(f"days: {text}\n", "voxosync.yaml").documents
        return not completed.problems(document, "voxosync.yaml")

    texts = ("0", "1", '"1"', "31", "32", "1.5", "one")
    assert [text for text in texts if is_accepted(text)] == ["1", '"1"', "31"]


@pytest.mark.parametrize("path", sorted(folder("schemas").glob("*.json")), ids=lambda p: p.name)
def test_every_schema_file_is_valid_json_schema(path: Any) -> None:
    Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


def test_catalog_openapi_file_and_schema_have_the_same_fields() -> None:
    body = COMPONENTS["CampaignUpdate"]["properties"]
    answer = {
        **COMPONENTS["CampaignSummary"]["properties"],
        **COMPONENTS["Campaign"]["properties"],
    }
    assert set(body) == set(WRITABLE)
    assert set(answer) == {"id", *FIELDS}
    assert set(CAMPAIGN["properties"]) == {"id", "tenantId", "voxosync", *WRITABLE}
    assert set(FIELDS) == {*WRITABLE, *READ_ONLY}
    number = COMPONENTS["NumberEntry"]["properties"]
    assert set(number) == {"number", "description", "disposition", *NUMBER_FIELDS}
    entry = CAMPAIGN["properties"]["numbers"]["items"]["properties"]
    assert set(entry) == {*number} - {"disposition"}


def test_defaults_schema_is_the_campaign_schema_without_an_id() -> None:
    defaults = json.loads(schema_text("defaults.schema.json"))
    campaign = {key: schema for key, schema in CAMPAIGN["properties"].items() if key != "id"}
    assert defaults["properties"] == campaign
    assert "required" not in defaults


@pytest.mark.parametrize("name", [*CAMPAIGN["properties"], *ENTRIES])
def test_every_field_is_described_for_editors(name: str) -> None:
    schema = CAMPAIGN["properties"].get(name) or ENTRIES[name]
    assert schema["title"]
    assert schema["description"]
    assert schema["errorMessage"].startswith("write ")
    assert schema["examples"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, example)
        for name, schema in {**CAMPAIGN["properties"], **ENTRIES}.items()
        for example in schema.get("examples", [])
    ],
)
def test_examples_in_the_campaign_schema_are_accepted(name: str, value: object) -> None:
    schema = schema_of_part(CAMPAIGN["properties"].get(name) or ENTRIES[name])
    assert jsonschema_rs.is_valid(schema, value)
    assert Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize("name", CAMPAIGN["properties"]["voxosync"]["properties"])
def test_every_setting_is_described_for_editors_and_has_a_default(name: str) -> None:
    setting = CAMPAIGN["properties"]["voxosync"]["properties"][name]
    assert setting["title"]
    assert setting["description"]
    assert setting["errorMessage"].startswith("write ")
    for value in (setting["default"], *setting["examples"]):
        assert jsonschema_rs.is_valid(schema_of_part(setting), value)


def test_kinds_of_fields_match_the_types_in_the_openapi_file() -> None:
    body = COMPONENTS["CampaignUpdate"]["properties"]
    openapi_types = {
        TEXT: "string",
        ZONE: "string",
        DATE: "string",
        TIME: "string",
        NUMBER: ("number", "integer"),
        FLAG: "string",
        NUMBERS: "array",
        DESTINATIONS: "array",
    }
    for name in WRITABLE:
        assert body[name]["type"] in openapi_types[FIELDS[name].kind], name


@given(
    st.integers(-1200, 1200) | st.integers(-(10**16), 10**16),
    st.integers(0, 1200) | st.integers(0, 10**16),
    st.data(),
)
def test_pattern_of_a_range_accepts_exactly_its_numbers(
    minimum: int, width: int, data: st.DataObject
) -> None:
    maximum = minimum + width
    schema = {"pattern": integer_pattern(minimum, maximum)}
    near_limits = st.sampled_from([minimum, maximum]).flatmap(
        lambda limit: st.integers(limit - 30, limit + 30)
    )
    number = data.draw(near_limits | st.integers(minimum, maximum) | st.integers(-(10**17), 10**17))
    accepted = minimum <= number <= maximum
    for text in (str(number), f"{number}.0", f"{'-' if number < 0 else '+'}00{abs(number)}"):
        assert jsonschema_rs.is_valid(schema, text) == accepted
        assert Draft202012Validator(schema).is_valid(text) == accepted


@pytest.mark.parametrize("minimum", range(-12, 125))
def test_pattern_of_a_small_range_accepts_exactly_its_numbers(minimum: int) -> None:
    for maximum in (minimum, minimum + 1, minimum + 9, minimum + 37, minimum + 110):
        pattern = jsonschema_rs.validator_for({"pattern": integer_pattern(minimum, maximum)})
        accepted = [number for number in range(-150, 300) if pattern.is_valid(str(number))]
        assert accepted == list(range(minimum, maximum + 1))


def test_range_of_an_integer_applies_to_numbers_and_text() -> None:
    source = {"type": "integer", "minimum": 1, "maximum": 10, "x-write": "1 to 10"}
    schema = property_schema("level", source, {})
    for value in (1, 10, "1", "10", "010"):
        assert jsonschema_rs.is_valid(schema, value)
    for value in (0, 11, "0", "11", 2**53 - 1, str(2**53 - 1)):
        assert not jsonschema_rs.is_valid(schema, value)


LIMITS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")


@st.composite
def limited_sources(draw: st.DrawFn) -> dict[str, Any]:
    """A number or integer of the OpenAPI file, with some limits that leave a number between them."""
    lowest = draw(st.integers(-120, 120))
    highest = lowest + draw(st.integers(2, 120))
    keywords = draw(st.sets(st.sampled_from(LIMITS)))
    limits = {
        key: (lowest if "Min" in key or key == "minimum" else highest)
        + draw(st.sampled_from([0, 0, 1, -1]))
        for key in sorted(keywords)
    }
    return {"type": draw(st.sampled_from(["integer", "number"])), **limits}


def is_in_range(source: dict[str, Any], number: Decimal) -> bool:
    """Whether the OpenAPI file accepts the number."""
    compare = {"minimum": ge, "exclusiveMinimum": gt, "maximum": le, "exclusiveMaximum": lt}
    is_of_type = source["type"] == "number" or number == int(number)
    return is_of_type and all(
        compare[key](number, limit) for key, limit in source.items() if key in compare
    )


@given(limited_sources(), st.data())
def test_every_combination_of_limits_applies_to_numbers_and_text(
    source: dict[str, Any], data: st.DataObject
) -> None:
    """Editors see `10` as a number and the loader sees it as text, so both need the same verdict."""
    try:
        schema = property_schema("level", {**source, "x-write": "a level"}, {})
    except ValueError as refusal:
        assume(not str(refusal).startswith("no "))  # nothing lies between the limits
        raise
    for keyword in LIMITS:
        assert schema.get(keyword) == source.get(keyword)
    near_limits = st.sampled_from([source.get(key, 0) for key in LIMITS]).flatmap(
        lambda limit: st.integers(limit - 2, limit + 2)
    )
    whole = data.draw(near_limits | st.integers(-(10**12), 10**12))
    fraction = data.draw(st.sampled_from(["", ".", ".0", ".00", ".5", ".01", ".99", ".000001"]))
    for text in (f"{whole}{fraction}", f"{'-' if whole < 0 else '+'}00{abs(whole)}{fraction}"):
        accepted = is_in_range(source, Decimal(text))
        for value in (text, float(text)):
            assert jsonschema_rs.is_valid(schema, value) == accepted, (text, schema)
            assert Draft202012Validator(schema).is_valid(value) == accepted


@pytest.mark.parametrize(
    ("source", "accepted", "refused"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 10}, "1 10 3.0 +7", "0 11 -1 1.5 1e1 x"),
        ({"type": "integer", "minimum": 1}, "1 9 10 99999", "0 -1 1.5"),
        ({"type": "integer", "maximum": 9}, "9 0 -1 -99999", "10 8.5"),
        ({"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 4}, "2 3", "1 4 2.5"),
        ({"type": "integer"}, "0 12 -12 007", "0.5 1e3 one"),
        ({"type": "number", "minimum": 1, "maximum": 10}, "1 1.5 10.0 9.999", "0.999 10.001 1e0"),
        ({"type": "number", "minimum": 10}, "10 10.5 100", "9.99 -10"),
        ({"type": "number", "exclusiveMinimum": 10}, "10.1 11 100", "10 10.0 9"),
        ({"type": "number", "exclusiveMaximum": 10}, "9.99 0 -1.5", "10 10.0 11"),
        ({"type": "number", "minimum": -1, "maximum": 1}, "-1 -0.5 0 1.0", "-1.1 1.1"),
        ({"type": "number", "minimum": 3, "exclusiveMinimum": 3}, "3.1 4", "3 2"),
        ({"type": "number", "maximum": 3, "exclusiveMaximum": 4}, "3 2", "3.5 4"),
        ({"type": "number", "exclusiveMinimum": 9}, "9.5 30 3e1 1e300", "9 0.5 9e0"),
        ({"type": "number"}, "0 -0.5 12", "one .5"),
    ],
)
def test_limited_number_accepts_and_refuses_texts(
    source: dict[str, Any], accepted: str, refused: str
) -> None:
    schema = property_schema("level", {**source, "x-write": "a level"}, {})
    for verdict, texts in ((True, accepted), (False, refused)):
        for text in texts.split():
            assert jsonschema_rs.is_valid(schema, text) == verdict, text
            assert Draft202012Validator(schema).is_valid(text) == verdict, text


_LIST = {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}}
_ENTRY = {"type": "object", "required": ["level"], "additionalProperties": False}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"type": "number", "multipleOf": 3}, "level: keyword 'multipleOf' of a number cannot"),
        ({"type": "number", "minimum": 0.5}, "level: 'minimum' 0.5 cannot be derived: .*not whole"),
        ({"type": "number", "maximum": "9"}, "level: 'maximum' 9 cannot be derived"),
        ({"type": "number", "minimum": 3, "exclusiveMaximum": 3}, "no number lies between"),
        ({"type": "integer", "exclusiveMinimum": 3, "maximum": 3}, "no whole number lies from 4"),
        (
            {"type": "integer", "minimum": 0, "maximum": 9, "multipleOf": 3},
            "level: keyword 'multipleOf' of an integer",
        ),
        ({"type": "string", "maxLength": 20}, "level: keyword 'maxLength' of a text"),
        ({"type": "string", "format": "email"}, "level: keyword 'format' of a text"),
        (
            {"type": "string", "pattern": "^a", "minLength": 3},
            "level: keyword 'minLength' of a text with pattern",
        ),
        (
            {"type": "string", "enum": ["a"], "pattern": "^a"},
            "level: keyword 'pattern' of a text with enum",
        ),
        (
            {"type": "string", "minLength": 9, "x-definition": {"pattern": "^[0-9]+$"}},
            "level: keyword 'minLength' above 1",
        ),
        ({**_LIST, "maxItems": 3}, "level: keyword 'maxItems' of a list"),
        ({"type": "array", "items": {"type": "string"}}, "level: keyword 'items' of a list"),
        ({"type": ["string", "null"]}, "level: type .* cannot be derived"),
        ({"$ref": "#/components/schemas/Id"}, "level: type None cannot be derived"),
    ],
)
def test_keyword_that_cannot_be_derived_is_refused_by_name(
    source: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        property_schema("level", {**source, "x-write": "a level"}, {"Entry": _ENTRY})


def test_keyword_inside_an_entry_is_refused_by_its_path() -> None:
    entry = {
        **_ENTRY,
        "properties": {"level": {"type": "string", "maxLength": 3, "x-write": "a level"}},
    }
    with pytest.raises(ValueError, match=r"rows\.level: keyword 'maxLength' of a text"):
        property_schema("rows", {**_LIST, "x-write": "rows"}, {"Entry": entry})
    with pytest.raises(ValueError, match="rows: keyword 'minProperties' of an entry"):
        property_schema(
            "rows", {**_LIST, "x-write": "rows"}, {"Entry": {**entry, "minProperties": 2}}
        )


def test_property_without_the_keyword_x_write_is_refused() -> None:
    with pytest.raises(ValueError, match="level: keyword 'x-write' is missing"):
        property_schema("level", {"type": "string"}, {})


CAMPAIGN_CHECKER = checker("campaign.schema.json")
_other_digits = [
    "\u0660\u0669:\u0660\u0660",
    "\u0968\u0966\u0968\u096c-03-01",
    "\uff14\uff17\uff11\uff11",
]
_texts = (
    st.from_regex(r"\A[0-9:T.+eE-]{1,12}\n?\Z")
    | st.sampled_from(["09:00\n", "30\n", "6015550100\n", "2026-03-01\n", "", "~", *_other_digits])
    | st.text(max_size=5)
)
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _texts
    | st.sampled_from([value for schema in CAMPAIGN["properties"].values() for value in schema.get("examples", [])]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["number", "description", "id", "type", "file", "x"]), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


@given(
    st.dictionaries(st.sampled_from([*CAMPAIGN["properties"], "type", "x"]), _values, max_size=5)
)
def test_both_libraries_give_the_same_verdict(document: dict[str, Any]) -> None:
    """The fast library decides and the slow one explains, so each refusal must come from both."""
    fast = CAMPAIGN_CHECKER._fast  # noqa: SLF001  # compares the validators that are in use
    slow = CAMPAIGN_CHECKER._slow  # noqa: SLF001  # compares the validators that are in use
    assert fast.is_valid(document) == slow.is_valid(document)
