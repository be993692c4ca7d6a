"""SARIF 2.1.0, for code scanning and for editors."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from voxosync import __version__
from voxosync.report.escape import dumped, sarif
from voxosync.report.findings import RULES, Finding, of_plan, of_validation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voxosync.model.plan import Plan
    from voxosync.model.validation import Validation
    from voxosync.report.view import View


def plan(plan: Plan, view: View) -> str:
    """A plan, or what drifted, as one SARIF run."""
    return _log(of_plan(plan, view.command), view, succeeded=not plan.failed)


def validation(validation: Validation, view: View) -> str:
    """The problems of definitions as one SARIF run."""
    return _log(of_validation(validation), view, succeeded=True)


def _log(findings: Iterable[Finding], view: View, *, succeeded: bool) -> str:
    results = [_result(finding, view) for finding in findings]
    rules = sorted({result["ruleId"] for result in results})
    driver = {
        "name": "voxosync",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(name) for name in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": succeeded}],
        "results": results,
    }
    return dumped({"version": "2.1.0", "runs": [run]})


def _rule(name: str) -> dict[str, Any]:
    told = RULES.get(name)
    return {"id": name, "shortDescription": {"text": told}} if told else {"id": name}


def _result(finding: Finding, view: View) -> dict[str, Any]:
    place = finding.position
    file = view.from_repository(place.file)
    location = {
        "artifactLocation": {"uri": _uri(file), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": place.line, "startColumn": place.column},
    }
    identity = f"{finding.rule}/{finding.identity}".encode(errors="surrogatepass")
    return {
        "ruleId": finding.rule,
        "level": finding.level.value,
        "message": {"text": sarif(finding.message)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"voxosync/v1": sha256(identity).hexdigest()},
    }


def _uri(file: str) -> str:
    """A path as a relative URI; the bytes of a name that is no UTF-8 as the file system has them."""
    try:
        return quote(file, errors="surrogateescape")
    except UnicodeEncodeError:  # no file system's
        return quote(file, errors="replace")
