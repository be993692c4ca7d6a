"""SARIF 2.1.0, for code scanning and for editors."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from voxosync import __version__
from voxosync.model.problem import Position
from voxosync.report.annotations import RULES, Annotation, plan_annotations, validation_annotations
from voxosync.report.escape import dump_json, quoted_path, sarif, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voxosync.model.plan import Plan
    from voxosync.model.validation import Validation
    from voxosync.report.view import View

_PROJECT = Position(".")


def render_plan(plan: Plan, view: View) -> str:
    """A plan or drift report as one SARIF run."""
    first = Position(plan.campaigns[0].file) if plan.campaigns else _PROJECT
    return _log(plan_annotations(plan, view), view, succeeded=not plan.failed, fallback=first)


def render_validation(validation: Validation, view: View) -> str:
    """The problems of definitions as one SARIF run."""
    return _log(validation_annotations(validation), view, succeeded=True)


def _log(
    annotations: Iterable[Annotation], view: View, *, succeeded: bool, fallback: Position = _PROJECT
) -> str:
    """A SARIF log with one run.

    Args:
        annotations: the results.
        view: how they are displayed.
        succeeded: whether everything could be examined.
        fallback: the position of an annotation without one: SARIF allows that, but GitHub rejects the whole log.
    """
    results = [
        _result(annotation, annotation.position or fallback, view) for annotation in annotations
    ]
    if any("suppressions" in result for result in results):
        for result in results:  # either all results have it, or none (SARIF 2.1.0, 3.27.23)
            result.setdefault("suppressions", [])
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
    return dump_json({"version": "2.1.0", "runs": [run]})


def _rule(name: str) -> dict[str, Any]:
    description = RULES.get(name)
    return {"id": name, "shortDescription": {"text": description}} if description else {"id": name}


def _result(annotation: Annotation, position: Position, view: View) -> dict[str, Any]:
    identity = f"{annotation.rule}/{annotation.identity}".encode(errors="surrogatepass")
    result: dict[str, Any] = {
        "ruleId": annotation.rule,
        "level": annotation.level.value,
        "message": {"text": sarif(annotation.message)},
        "locations": [{"physicalLocation": _location(position, view)}],
        "partialFingerprints": {"voxosync/v1": sha256(identity).hexdigest()},
    }
    if annotation.justification is not None:
        suppression = {"kind": "inSource", "justification": visible(annotation.justification)}
        result["suppressions"] = [suppression]
    return result


def _location(position: Position, view: View) -> dict[str, Any]:
    return {
        "artifactLocation": {
            "uri": quoted_path(view.from_repository(position.file)),
            "uriBaseId": "%SRCROOT%",
        },
        "region": {"startLine": position.line, "startColumn": position.column},
    }
