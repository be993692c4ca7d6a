"""Plans, drift reports and validations as versioned JSON documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voxosync import __version__
from voxosync.model.document import FORMAT_VERSION, to_document
from voxosync.model.problem import Severity
from voxosync.report.escape import dump_json

if TYPE_CHECKING:
    from voxosync.model.plan import Plan
    from voxosync.model.validation import Validation
    from voxosync.report.view import View


def render_plan(plan: Plan, view: View) -> str:
    """The plan document, with phone numbers in full. Schema: `schemas/plan.schema.json`."""
    command: str | None = view.command
    if command == "plan":
        command = "merge" if plan.merged else None
    return dump_json(to_document(plan, command))


def render_validation(validation: Validation, view: View) -> str:  # noqa: ARG001  # every formatter takes a view
    """The validation document. Schema: `schemas/validation.schema.json`."""
    document: dict[str, Any] = {
        "formatVersion": FORMAT_VERSION,
        "voxosyncVersion": __version__,
        "summary": {
            "files": validation.files,
            "campaigns": validation.campaigns,
            "error": validation.count(Severity.ERROR),
            "warning": validation.count(Severity.WARNING),
            **({"remark": remarks} if (remarks := validation.count(Severity.REMARK)) else {}),
        },
        "problems": [problem.to_document() for problem in validation.problems],
    }
    if validation.allowed:
        document["allowed"] = [allowed.to_document() for allowed in validation.allowed]
    return dump_json(document)
