"""The OpenAPI file agrees with the reference, and the sandbox responds as the file documents."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.documented_fields import CAMPAIGN, RULES
from tests.effort import usual_or_deep
from voxosync.resources import folder, schema_text

if TYPE_CHECKING:
    from voxosync.sandbox.server import Sandbox

NAME = "voxo-call-campaigns.openapi.yaml"

TEXT_KEYWORDS = {"title", "description", "examples", "x-write"}
"""Keywords of a request body that are texts for people and not rules."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(schema_text(NAME))
    return document


@pytest.fixture(scope="module")
def schemas(document: dict[str, Any]) -> dict[str, Any]:
    schemas: dict[str, Any] = document["components"]["schemas"]
    return schemas


def test_file_is_valid_openapi(document: dict[str, Any]) -> None:
    from openapi_spec_validator import validate  # noqa: PLC0415  # takes half a second

    validate(document)


def test_file_has_every_documented_call_with_its_source(document: dict[str, Any]) -> None:
    calls = {
        (method.upper(), path): node["x-source"]
        for path, item in document["paths"].items()
        for method, node in item.items()
        if method != "parameters"
    }

    assert calls == {
        ("PATCH", "/v2/admin/call-campaigns/{campaignId}"): "[U], entries of the arrays [C]",
        ("GET", "/v2/admin/call-campaigns/{campaignId}"): "convention",
        ("GET", "/v2/admin/call-campaigns"): "convention",
        ("POST", "/v2/admin/call-campaigns/"): "[C]",
        ("GET", "/v2/call-campaigns/{campaignId}"): "[L]",
        ("GET", "/v2/call-campaigns"): "[L], the envelope: convention",
    }


@pytest.mark.parametrize(("key", "rule"), RULES.items())
def test_request_body_has_the_documented_keys_and_rules(
    schemas: dict[str, Any], key: str, rule: dict[str, Any]
) -> None:
    node = schemas["CampaignUpdate"]["properties"][key]

    assert {
        keyword: value for keyword, value in node.items() if keyword not in TEXT_KEYWORDS
    } == rule


def test_request_body_has_no_other_keys(schemas: dict[str, Any]) -> None:
    assert list(schemas["CampaignUpdate"]["properties"]) == [*RULES]
    assert list(schemas["CampaignCreate"]["properties"]) == ["tenantId", *RULES]
    assert not schemas["CampaignUpdate"]["additionalProperties"]
    assert not schemas["CampaignCreate"]["additionalProperties"]


@pytest.mark.parametrize(("key", "types"), [(field.name, field.types) for field in CAMPAIGN])
def test_response_has_the_documented_keys_and_types(
    schemas: dict[str, Any], key: str, types: tuple[str, ...]
) -> None:
    properties = schemas["CampaignSummary"]["properties"] | schemas["Campaign"]["properties"]

    node_type = properties[key]["type"]
    assert ([node_type] if isinstance(node_type, str) else node_type) == [*types]


def test_response_has_no_other_keys(schemas: dict[str, Any]) -> None:
    properties = schemas["CampaignSummary"]["properties"] | schemas["Campaign"]["properties"]

    assert properties.keys() == {field.name for field in CAMPAIGN}


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        (
            "NumberEntry",
            ["number", "description", *(f"field{n}" for n in range(1, 10)), "disposition"],
        ),
        ("NumberRead", ["number", "description", "disposition"]),
        ("Destination", ["id", "type"]),
        ("DestinationRead", ["typeSrc", "destType", "id", "order"]),
    ],
)
def test_entries_of_arrays_have_the_documented_keys(
    schemas: dict[str, Any], name: str, keys: list[str]
) -> None:
    assert list(schemas[name]["properties"]) == keys


@pytest.mark.parametrize("name", ["CampaignUpdate", "NumberEntry", "Destination"])
def test_every_key_that_people_write_is_described(schemas: dict[str, Any], name: str) -> None:
    for key, node in schemas[name]["properties"].items():
        assert node.keys() >= TEXT_KEYWORDS, f"{name}.{key}"


def test_patterns_accept_digits_of_no_other_script() -> None:
    assert "\\d" not in schema_text(NAME)


def test_every_phone_number_is_fictional() -> None:
    numbers = re.findall(r"\b[0-9]{10}\b", schema_text(NAME))

    assert numbers
    assert [number for number in numbers if not re.fullmatch("60155501[0-9]{2}", number)] == []


@pytest.mark.slow
def test_sandbox_conforms_to_the_openapi_file(sandbox: Sandbox, tmp_path: Path) -> None:
    """Schemathesis sends generated requests, valid, invalid and in sequences, and runs all its checks."""
    run = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            "run",
            folder("schemas") / NAME,
            f"--url={sandbox.base_url}",
            "--header=Authorization: Bearer sandbox-token",
            "--checks=all",
            f"--max-examples={usual_or_deep(50)}",
            "--generation-deterministic",
            "--no-color",
        ],
        cwd=tmp_path,  # Schemathesis writes files there
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
