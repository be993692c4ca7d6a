"""Annotations, parsed like the GitHub runner and SARIF readers do."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from jsonschema import Draft7Validator

from tests.report import samples
from tests.report.hostile import (
    drift_plan,
    harmless_text,
    plan,
    texts,
    texts_for_places,
    unlisted_plan,
    validation,
)
from voxosync.model.problem import Position, error
from voxosync.model.validation import Validation
from voxosync.report import github_format, sarif_format
from voxosync.report.annotations import Annotation, plan_annotations, validation_annotations
from voxosync.report.escape import visible
from voxosync.report.view import View

if TYPE_CHECKING:
    from voxosync.model.plan import Plan

VIEW = View(prefix="calls/")
SARIF_SCHEMA = Path(__file__).resolve().parents[3] / "shared/data/sarif-schema-2.1.0.json"


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    message: str


def parse_command(line: str) -> Command | None:
    """The command in a line, parsed like actions/runner does (`ActionCommand.TryParseV2`)."""
    line = line.lstrip()
    if not line.startswith("::") or (end := line.find("::", 2)) < 0:
        return None
    name, _, parameters = line[2:end].partition(" ")
    properties = {}
    for pair in parameters.strip().split(","):
        key, sign, value = pair.partition("=")
        if key and sign:
            properties[key] = _unescaped(value, ("%0D", "%0A", "%3A", "%2C", "%25"))
    return Command(name, properties, _unescaped(line[end + 2 :], ("%0D", "%0A", "%25")))


def _unescaped(text: str, codes: tuple[str, ...]) -> str:
    for code in codes:
        text = text.replace(code, chr(int(code[1:], 16)))
    return text


def check_commands(output: str, annotations: list[Annotation]) -> None:
    """Asserts that each annotation is one command with exactly its content, and that no other line is a command."""
    assert output.endswith("\n")
    *lines, summary = output[:-1].split("\n")
    assert parse_command(summary) is None
    assert len(lines) == len(annotations)
    levels = {"note": "notice", "warning": "warning", "error": "error"}
    for line, annotation in zip(lines, annotations, strict=True):
        command = parse_command(line)
        assert command is not None
        assert command.name == levels[annotation.level.value]
        assert command.message == visible(annotation.message)
        title = {"title": visible(f"voxosync {annotation.rule}")}
        position = annotation.position
        if position is None:
            assert command.properties == title
            continue
        assert command.properties == {
            "file": visible(f"calls/{position.file}"),
            "line": str(position.line),
            "col": str(position.column),
            **title,
        }


@given(hostile_texts=texts_for_places)
def test_commands_for_a_plan_state_its_findings_and_text_cannot_end_them(
    hostile_texts: dict[str, str],
) -> None:
    for make in (plan, drift_plan, unlisted_plan):
        hostile = make(hostile_texts.__getitem__)
        check_commands(
            github_format.render_plan(hostile, VIEW), list(plan_annotations(hostile, VIEW))
        )


@given(hostile_texts=texts_for_places)
def test_commands_for_a_validation_state_its_problems_and_text_cannot_end_them(
    hostile_texts: dict[str, str],
) -> None:
    hostile = validation(hostile_texts.__getitem__)
    check_commands(
        github_format.render_validation(hostile, VIEW), list(validation_annotations(hostile))
    )


@given(file=texts, message=texts)
def test_percent_sign_in_text_is_not_an_escape_sequence(file: str, message: str) -> None:
    hostile = Validation(1, 1, (error(Position(f"%3A{file}"), "rule", f"%0A{message}%25"),))
    check_commands(
        github_format.render_validation(hostile, VIEW), list(validation_annotations(hostile))
    )


def unescaped_sarif(text: str) -> str:
    """The text that a message means by SARIF 2.1.0 (3.11.5, 3.11.6); it must not contain links or placeholders."""
    assert not re.search(r"(?<!\{)\{(?:\{\{)*\d+\}", text), "a placeholder"
    text = text.replace("{{", "{").replace("}}", "}")
    bare = re.sub(r"\\[\\\[\]]", "", text)
    assert "[" not in bare
    assert "]" not in bare
    return re.sub(r"\\([\\\[\]])", r"\1", text)


def check_sarif(
    output: str, annotations: list[Annotation], default: Position | None = None
) -> None:
    (run,) = json.loads(output)["runs"]
    assert len(run["results"]) == len(annotations)
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    for result, annotation in zip(run["results"], annotations, strict=True):
        assert unescaped_sarif(result["message"]["text"]) == visible(annotation.message)
        assert (result["ruleId"], result["level"]) == (annotation.rule, annotation.level.value)
        assert result["ruleId"] in rules
        (location,) = result["locations"]
        physical_location = location["physicalLocation"]
        region = physical_location["region"]
        expected = annotation.position or default
        assert expected is not None
        assert (region["startLine"], region["startColumn"]) == (expected.line, expected.column)
        uri = physical_location["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*", uri)
        try:
            raw = f"calls/{expected.file}".encode(errors="surrogateescape")
        except UnicodeEncodeError:
            continue  # not a possible file name
        assert unquote_to_bytes(uri) == raw


@given(hostile_texts=texts_for_places)
def test_sarif_contains_every_annotation_unchanged(hostile_texts: dict[str, str]) -> None:
    for make in (plan, drift_plan, unlisted_plan):
        hostile = make(hostile_texts.__getitem__)
        default = Position(hostile.campaigns[0].file)
        check_sarif(
            sarif_format.render_plan(hostile, VIEW), list(plan_annotations(hostile, VIEW)), default
        )
    problems = validation(hostile_texts.__getitem__)
    check_sarif(
        sarif_format.render_validation(problems, VIEW), list(validation_annotations(problems))
    )


@cache
def sarif_schema() -> Any:
    if not SARIF_SCHEMA.is_file():
        pytest.skip("the published SARIF schema is not next to this checkout")
    return Draft7Validator(json.loads(SARIF_SCHEMA.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "output",
    [
        sarif_format.render_plan(samples.plan(), VIEW),
        sarif_format.render_plan(samples.three_sided_plan(), View(command="drift")),
        sarif_format.render_plan(samples.drift_plan(), View(command="drift")),
        sarif_format.render_plan(samples.drift_plan(unlisted="503"), View(command="drift")),
        sarif_format.render_plan(samples.in_sync_plan(), VIEW),
        sarif_format.render_validation(samples.validation(), VIEW),
        sarif_format.render_validation(Validation(1, 1, ()), VIEW),
    ],
)
def test_sarif_follows_the_published_schema(output: str) -> None:
    sarif_schema().validate(json.loads(output))


@settings(max_examples=20)
@given(hostile_texts=texts_for_places)
def test_sarif_with_hostile_text_follows_the_published_schema(
    hostile_texts: dict[str, str],
) -> None:
    output = sarif_format.render_plan(drift_plan(hostile_texts.__getitem__), VIEW)
    sarif_schema().validate(json.loads(output))


def fingerprints(sample: Plan) -> list[str]:
    (run,) = json.loads(sarif_format.render_plan(sample, VIEW))["runs"]
    return [result["partialFingerprints"]["voxosync/v1"] for result in run["results"]]


def test_fingerprints_do_not_depend_on_line_numbers() -> None:
    def plan_at(line: int) -> Plan:
        sample = plan(harmless_text)
        campaign = sample.campaigns[0]
        for change in campaign.changes:
            object.__setattr__(change, "position", Position("x.yaml", line))
        object.__setattr__(campaign, "line", line)
        return sample

    assert fingerprints(plan_at(3)) == fingerprints(plan_at(30))
    assert len(set(fingerprints(plan_at(3)))) == len(fingerprints(plan_at(3)))


def test_go_live_is_marked_in_every_format_of_annotations() -> None:
    assert "STARTS DIALING: becomes READY" in github_format.render_plan(samples.plan(), VIEW)
    rules = {
        result["ruleId"]
        for result in json.loads(sarif_format.render_plan(samples.plan(), VIEW))["runs"][0][
            "results"
        ]
    }
    assert "dialing" in rules


def drift_results(sample: Plan) -> list[dict[str, Any]]:
    (run,) = json.loads(sarif_format.render_plan(sample, View(command="drift")))["runs"]
    results: list[dict[str, Any]] = run["results"]
    return results


def test_acknowledged_differences_are_suppressed_notes_in_sarif() -> None:
    acknowledged = [
        result
        for result in drift_results(samples.drift_plan())
        if result["ruleId"] == "acknowledged"
    ]
    assert {result["level"] for result in acknowledged} == {"note"}
    assert acknowledged[0]["suppressions"] == [
        {
            "kind": "inSource",
            "justification": "acknowledged until 2026-12-31 by support team: agreed trial",
        }
    ]


def test_either_all_results_of_sarif_have_suppressions_or_none() -> None:
    """SARIF 2.1.0, section 3.27.23, requires this."""
    for result in drift_results(samples.drift_plan()):
        assert bool(result["suppressions"]) == (result["ruleId"] == "acknowledged")
    assert not any("suppressions" in result for result in drift_results(samples.plan()))


def test_each_result_of_sarif_has_a_file_because_github_requires_one() -> None:
    results = drift_results(samples.drift_plan())
    assert sum(result["ruleId"] == "unmanaged" for result in results) == 2
    for result in results:
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


@pytest.mark.parametrize(("counts", "level"), [(False, "note"), (True, "warning")])
def test_unmanaged_campaigns_are_warnings_only_if_they_count(counts: bool, level: str) -> None:  # noqa: FBT001  # a parameter of the test
    results = drift_results(samples.drift_plan(unmanaged_counts=counts))
    assert {result["level"] for result in results if result["ruleId"] == "unmanaged"} == {level}


def test_missing_campaign_is_distinguished_from_a_failed_one() -> None:
    rules = [result["ruleId"] for result in drift_results(samples.drift_plan())]
    assert (rules.count("missing"), rules.count("failed")) == (1, 1)
