"""Annotations for GitHub's job log, as workflow commands, and a summary line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.report.annotations import Annotation, Level, plan_annotations, validation_annotations
from voxosync.report.escape import workflow_data, workflow_property
from voxosync.report.plan_summary import summary_line
from voxosync.report.problem_text import validation_summary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voxosync.model.plan import Plan
    from voxosync.model.validation import Validation
    from voxosync.report.view import View

_COMMANDS = {Level.NOTE: "notice", Level.WARNING: "warning", Level.ERROR: "error"}


def render_plan(plan: Plan, view: View) -> str:
    """A plan as annotations on the lines of its definitions."""
    return _commands(plan_annotations(plan, view), view) + summary_line(plan, view) + "\n"


def render_validation(validation: Validation, view: View) -> str:
    """Problems as annotations on the lines of definitions."""
    return (
        _commands(validation_annotations(validation), view) + validation_summary(validation) + "\n"
    )


def _commands(annotations: Iterable[Annotation], view: View) -> str:
    return "".join(f"{_command(annotation, view)}\n" for annotation in annotations)


def _command(annotation: Annotation, view: View) -> str:
    properties = {"title": f"voxosync {annotation.rule}"}
    if (position := annotation.position) is not None:
        properties = {
            "file": view.from_repository(position.file),
            "line": str(position.line),
            "col": str(position.column),
            **properties,
        }
    parameters = ",".join(f"{key}={workflow_property(value)}" for key, value in properties.items())
    return f"::{_COMMANDS[annotation.level]} {parameters}::{workflow_data(annotation.message)}"
