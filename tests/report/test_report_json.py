"""JSON documents follow their published schemas."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import given

from tests.report import samples
from tests.report.hostile import plan, texts_for_places, validation
from voxosync.model.document import digest, from_document
from voxosync.model.validation import Validation
from voxosync.report import json_format
from voxosync.report.view import View
from voxosync.resources import schema_text

if TYPE_CHECKING:
    from voxosync.model.plan import Plan

OF_A_SNAPSHOT = samples.in_sync_plan(live_as_of=samples.NOW - timedelta(days=2))


def schema(name: str) -> Any:
    return jsonschema_rs.validator_for(json.loads(schema_text(f"{name}.schema.json")))


PLAN, VALIDATION = schema("plan"), schema("validation")


@pytest.mark.parametrize("command", ["plan", "drift"])
@pytest.mark.parametrize(
    "sample", [samples.plan(), samples.three_sided_plan(), samples.in_sync_plan(), OF_A_SNAPSHOT]
)
def test_plan_and_drift_follow_the_schema_and_can_be_read_back(sample: Plan, command: str) -> None:
    document = json.loads(json_format.render_plan(sample, View(command=command)))
    PLAN.validate(document)
    assert document.get("command") == (None if command == "plan" else command)
    assert document["digest"] == digest(document)
    assert from_document(document) == sample


@pytest.mark.parametrize("sample", [samples.validation(), Validation(0, 0, ())])
def test_validation_follows_the_schema_and_counts_problems(sample: Validation) -> None:
    document = json.loads(json_format.render_validation(sample, View()))
    VALIDATION.validate(document)
    assert document["summary"] == {
        "files": sample.files,
        "campaigns": sample.campaigns,
        "error": sum(problem.is_error for problem in sample.problems),
        "warning": sum(not problem.is_error for problem in sample.problems),
    }


@given(hostile_texts=texts_for_places)
def test_hostile_text_is_read_back_unchanged(hostile_texts: dict[str, str]) -> None:
    text_of = hostile_texts.__getitem__
    output = json_format.render_plan(plan(text_of), View())
    assert output.isascii()
    document = json.loads(output)
    PLAN.validate(document)
    assert from_document(document) == plan(text_of)
    problems = json.loads(json_format.render_validation(validation(text_of), View()))["problems"]
    assert problems[0]["message"] == hostile_texts["message"]
    assert problems[0]["file"] == hostile_texts["file"]


def test_plan_has_the_documented_keys_and_values() -> None:
    """Compares with the documented format of a plan, key by key."""
    document = json.loads(json_format.render_plan(samples.plan(), View()))
    assert document["formatVersion"] == 1
    assert document["summary"] == {"inSync": 2, "update": 1, "error": 1}
    assert document["createdAt"] == "2026-03-01T12:00:00Z"
    spring, autumn, _, failed = document["campaigns"]
    assert [campaign["status"] for campaign in (spring, autumn, failed)] == [
        "update",
        "in-sync",
        "error",
    ]
    assert failed["error"]
    changes = {change["field"]: change for change in spring["changes"]}
    assert changes["message"]["before"] is None
    assert changes["destinations"]["after"] == [
        {"type": "QUEUE", "id": 12},
        {"type": "EXTENSION", "id": 101},
    ]
    numbers = changes["numbers"]
    assert (numbers["before"], numbers["after"]) == ({"count": 2}, {"count": 2})
    assert (numbers["added"], numbers["removed"]) == (["6015550123"], ["6015550124"])
    assert numbers["beforeDigest"].startswith("sha256:")
    assert set(spring["patch"]) == set(changes)
