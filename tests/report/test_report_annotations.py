"""Annotations, as GitHub's runner and readers of SARIF understand them."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_to_bytes

import pytest
import samples
from hostile import benign, chosen, plan, texts, validation
from hypothesis import given, settings
from jsonschema import Draft7Validator

from voxosync.model.problem import Position, error
from voxosync.model.validation import Validation
from voxosync.report import as_sarif, github
from voxosync.report.escape import visible
from voxosync.report.findings import Finding, of_plan, of_validation
from voxosync.report.view import View

if TYPE_CHECKING:
    from voxosync.model.plan import Plan

VIEW = View(prefix="calls/")
SARIF_SCHEMA = Path(__file__).resolve().parents[3] / "shared/data/sarif-schema-2.1.0.json"


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    message: str


def parsed(line: str) -> Command | None:
    """As actions/runner reads a line (`ActionCommand.TryParseV2`)."""
    line = line.lstrip()
    if not line.startswith("::") or (end := line.find("::", 2)) < 0:
        return None
    name, _, rest = line[2:end].partition(" ")
    properties = {}
    for pair in rest.strip().split(","):
        key, sign, value = pair.partition("=")
        if key and sign:
            properties[key] = _unescaped(value, ("%0D", "%0A", "%3A", "%2C", "%25"))
    return Command(name, properties, _unescaped(line[end + 2 :], ("%0D", "%0A", "%25")))


def _unescaped(text: str, codes: tuple[str, ...]) -> str:
    for code in codes:
        text = text.replace(code, chr(int(code[1:], 16)))
    return text


def check_commands(told: str, findings: list[Finding]) -> None:
    """Each finding is one command that says just this, and no other line is one."""
    assert told.endswith("\n")
    *lines, summary = told[:-1].split("\n")
    assert parsed(summary) is None
    assert len(lines) == len(findings)
    levels = {"note": "notice", "warning": "warning", "error": "error"}
    for line, finding in zip(lines, findings, strict=True):
        command = parsed(line)
        assert command is not None
        assert command.name == levels[finding.level.value]
        assert command.message == visible(finding.message)
        place = finding.position
        assert command.properties == {
            "file": visible(f"calls/{place.file}"),
            "line": str(place.line),
            "col": str(place.column),
            "title": visible(f"voxosync {finding.rule}"),
        }


@given(found=chosen)
def test_a_plans_commands_say_what_was_found_and_cannot_be_broken_out_of(
    found: dict[str, str],
) -> None:
    hostile = plan(found.__getitem__)
    check_commands(github.plan(hostile, VIEW), list(of_plan(hostile, "plan")))


@given(found=chosen)
def test_so_do_those_of_a_validation(found: dict[str, str]) -> None:
    hostile = validation(found.__getitem__)
    check_commands(github.validation(hostile, VIEW), list(of_validation(hostile)))


@given(file=texts, message=texts)
def test_a_percent_sign_is_not_an_escape(file: str, message: str) -> None:
    found = Validation(1, 1, (error(Position(f"%3A{file}"), "rule", f"%0A{message}%25"),))
    check_commands(github.validation(found, VIEW), list(of_validation(found)))


def unescaped_sarif(text: str) -> str:
    """A message as SARIF 2.1.0 (3.11.5, 3.11.6) means it; it holds no link and no placeholder."""
    assert not re.search(r"(?<!\{)\{(?:\{\{)*\d+\}", text), "a placeholder"
    text = text.replace("{{", "{").replace("}}", "}")
    bare = re.sub(r"\\[\\\[\]]", "", text)
    assert "[" not in bare
    assert "]" not in bare
    return re.sub(r"\\([\\\[\]])", r"\1", text)


def check_sarif(told: str, findings: list[Finding]) -> None:
    (run,) = json.loads(told)["runs"]
    assert len(run["results"]) == len(findings)
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    for result, finding in zip(run["results"], findings, strict=True):
        assert unescaped_sarif(result["message"]["text"]) == visible(finding.message)
        assert (result["ruleId"], result["level"]) == (finding.rule, finding.level.value)
        assert result["ruleId"] in known
        (location,) = result["locations"]
        place = location["physicalLocation"]
        region = place["region"]
        assert (region["startLine"], region["startColumn"]) == (
            finding.position.line,
            finding.position.column,
        )
        uri = place["artifactLocation"]["uri"]
        assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*", uri)
        try:
            raw = f"calls/{finding.position.file}".encode(errors="surrogateescape")
        except UnicodeEncodeError:
            continue  # no file's name
        assert unquote_to_bytes(uri) == raw


@given(found=chosen)
def test_sarif_gives_back_every_finding(found: dict[str, str]) -> None:
    hostile = plan(found.__getitem__)
    check_sarif(as_sarif.plan(hostile, VIEW), list(of_plan(hostile, "plan")))
    problems = validation(found.__getitem__)
    check_sarif(as_sarif.validation(problems, VIEW), list(of_validation(problems)))


@cache
def sarif_schema() -> Any:
    if not SARIF_SCHEMA.is_file():
        pytest.skip("the published SARIF schema does not lie beside this checkout")
    return Draft7Validator(json.loads(SARIF_SCHEMA.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "told",
    [
        as_sarif.plan(samples.plan(), VIEW),
        as_sarif.plan(samples.three_sided(), View(command="drift")),
        as_sarif.plan(samples.in_sync(), VIEW),
        as_sarif.validation(samples.validation(), VIEW),
        as_sarif.validation(Validation(1, 1, ()), VIEW),
    ],
)
def test_sarif_follows_the_published_schema(told: str) -> None:
    sarif_schema().validate(json.loads(told))


@settings(max_examples=20)
@given(found=chosen)
def test_so_does_sarif_of_any_text(found: dict[str, str]) -> None:
    told = as_sarif.plan(plan(found.__getitem__), VIEW)
    sarif_schema().validate(json.loads(told))


def fingerprints(found: Plan) -> list[str]:
    (run,) = json.loads(as_sarif.plan(found, VIEW))["runs"]
    return [result["partialFingerprints"]["voxosync/v1"] for result in run["results"]]


def test_a_finding_is_the_same_one_wherever_its_line_moves() -> None:
    def moved(line: int) -> Plan:
        found = plan(benign)
        campaign = found.campaigns[0]
        for change in campaign.changes:
            object.__setattr__(change, "position", Position("x.yaml", line))
        object.__setattr__(campaign, "line", line)
        return found

    assert fingerprints(moved(3)) == fingerprints(moved(30))
    assert len(set(fingerprints(moved(3)))) == len(fingerprints(moved(3)))


def test_going_live_is_marked_in_every_format_of_annotations() -> None:
    assert "GOES LIVE: becomes READY" in github.plan(samples.plan(), VIEW)
    rules = {
        result["ruleId"]
        for result in json.loads(as_sarif.plan(samples.plan(), VIEW))["runs"][0]["results"]
    }
    assert "goes-live" in rules
