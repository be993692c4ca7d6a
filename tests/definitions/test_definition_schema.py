"""The schemas in `schemas/`: made from the OpenAPI file, complete, and read alike by both of our libraries."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from voxosync.definitions.check import checker
from voxosync.definitions.derive import DERIVED, OPENAPI, derived
from voxosync.model.fields import FIELDS, NUMBER_FIELDS, READ_ONLY, WRITABLE, Kind
from voxosync.resources import folder, schema_text

CAMPAIGN = json.loads(schema_text("campaign.schema.json"))
COMPONENTS = yaml.safe_load(schema_text(OPENAPI))["components"]["schemas"]
ENTRIES = {
    f"{name}.{key}": schema
    for name in WRITABLE
    if CAMPAIGN["properties"][name].get("items")
    for key, schema in CAMPAIGN["properties"][name]["items"]["properties"].items()
}


@pytest.mark.parametrize("name", DERIVED)
def test_the_file_in_the_tree_is_up_to_date(name: str) -> None:
    wanted = json.dumps(derived(name), indent=2, ensure_ascii=False) + "\n"
    assert schema_text(name) == wanted, "out of date: run python3 dev.py schemas"


@pytest.mark.parametrize("path", sorted(folder("schemas").glob("*.json")), ids=lambda p: p.name)
def test_every_schema_is_one(path: Any) -> None:
    Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


def test_catalogue_reference_and_schema_name_the_same_fields() -> None:
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


def test_the_defaults_schema_is_the_campaign_schema_without_an_id() -> None:
    defaults = json.loads(schema_text("defaults.schema.json"))
    campaign = {key: schema for key, schema in CAMPAIGN["properties"].items() if key != "id"}
    assert defaults["properties"] == campaign
    assert "required" not in defaults


@pytest.mark.parametrize("name", [*CAMPAIGN["properties"], *ENTRIES])
def test_every_field_is_explained_to_editors(name: str) -> None:
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
def test_examples_are_accepted(name: str, value: object) -> None:
    schema = CAMPAIGN["properties"].get(name) or ENTRIES[name]
    assert jsonschema_rs.is_valid(schema, value)
    assert Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize("name", CAMPAIGN["properties"]["voxosync"]["properties"])
def test_every_setting_is_explained_and_has_a_default(name: str) -> None:
    setting = CAMPAIGN["properties"]["voxosync"]["properties"][name]
    assert setting["title"]
    assert setting["description"]
    assert setting["errorMessage"].startswith("write ")
    for value in (setting["default"], *setting["examples"]):
        assert jsonschema_rs.is_valid(setting, value)


def test_kinds_and_shapes_of_the_reference_agree() -> None:
    body = COMPONENTS["CampaignUpdate"]["properties"]
    shapes = {
        Kind.TEXT: "string",
        Kind.ZONE: "string",
        Kind.DATE: "string",
        Kind.TIME: "string",
        Kind.NUMBER: "number",
        Kind.FLAG: "string",
        Kind.NUMBERS: "array",
        Kind.DESTINATIONS: "array",
    }
    assert {name: shapes[FIELDS[name].kind] for name in WRITABLE} == {
        name: schema["type"] for name, schema in body.items()
    }


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
    """The fast one decides, the other one explains: a refusal without a reason would help nobody."""
    fast = CAMPAIGN_CHECKER._fast  # noqa: SLF001  # the two as they are used, not as they could be
    slow = CAMPAIGN_CHECKER._slow  # noqa: SLF001  # as above
    assert fast.is_valid(document) == slow.is_valid(document)
