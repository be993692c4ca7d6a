"""How the sandbox stores and returns a field follows from the OpenAPI file alone."""

from __future__ import annotations

from copy import deepcopy
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING, Any

import pytest

from voxosync.sandbox import openapi, representations

if TYPE_CHECKING:
    from types import ModuleType

TIME = "^([01][0-9]|2[0-3]):([0-5][0-9])$"


def module_with_field(
    monkeypatch: pytest.MonkeyPatch, request_schema: dict[str, Any], response_schema: dict[str, Any]
) -> ModuleType:
    """The module as it would be if the file documented another field, `quietUntil`."""
    document = deepcopy(openapi.document())
    schemas = document["components"]["schemas"]
    schemas["CampaignUpdate"]["properties"]["quietUntil"] = request_schema
    schemas["CampaignCreate"]["properties"]["quietUntil"] = {
        "$ref": "#/components/schemas/CampaignUpdate/properties/quietUntil"
    }
    part = "Campaign" if response_schema["type"] == "array" else "CampaignSummary"
    schemas[part]["properties"]["quietUntil"] = response_schema
    monkeypatch.setattr(openapi, "document", lambda: document)
    spec = spec_from_file_location("representations_with_a_field", representations.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("request_schema", "response_schema", "value", "stored"),
    [
        pytest.param({"type": "string"}, {"type": ["string", "null"]}, "1", "1", id="text"),
        pytest.param(
            {"type": "string"},
            {"type": ["number", "null"]},
            "1",
            1,
            id="text that is read as a number",
        ),
        pytest.param({"type": "number"}, {"type": ["number", "null"]}, 1.5, 1.5, id="number"),
        pytest.param({"type": "integer"}, {"type": "integer"}, 12.0, 12, id="whole number"),
        pytest.param(
            {"type": "array", "items": {"$ref": "#/components/schemas/Destination"}},
            {"type": "array", "items": {"$ref": "#/components/schemas/DestinationRead"}},
            [{"type": "QUEUE", "id": 12}],
            [{"typeSrc": "CALLCAMPAIGN_QUIETUNTIL", "destType": "QUEUE", "id": 12, "order": 1}],
            id="destinations",
        ),
    ],
)
def test_new_field_of_the_openapi_file_is_stored_and_returned(
    monkeypatch: pytest.MonkeyPatch,
    request_schema: dict[str, Any],
    response_schema: dict[str, Any],
    value: object,
    stored: object,
) -> None:
    module = module_with_field(monkeypatch, request_schema, response_schema)
    empty_value: list[object] | None = [] if response_schema["type"] == "array" else None
    assert "quietUntil" in module.KEYS
    assert module.answer(module.new(1, {"name": "Spring"}))["quietUntil"] == empty_value
    campaign = module.new(1, {"name": "Spring", "quietUntil": value})
    assert module.answer(campaign)["quietUntil"] == stored
    assert type(campaign["quietUntil"]) is type(stored)
    assert ("quietUntil" in module.summary(campaign)) is (response_schema["type"] != "array")


def test_field_with_the_pattern_of_a_time_is_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    module = module_with_field(
        monkeypatch, {"type": "string", "pattern": TIME}, {"type": ["string", "null"]}
    )
    assert module.keys_that_hold("09:00") - representations.keys_that_hold("09:00") == {
        "quietUntil"
    }
    assert module.keys_that_hold("2026-03-01") == {"dateStart", "dateEnd"}
