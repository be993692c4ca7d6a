"""The formats of each report by name; the command line takes its choices from here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from voxosync.model.campaign import Definition
from voxosync.model.plan import Plan
from voxosync.model.validation import Validation
from voxosync.report import (
    as_json,
    as_sarif,
    definition,
    github,
    markdown,
    prometheus,
    text,
)
from voxosync.report.view import View

PlanFormatter: TypeAlias = Callable[[Plan, View], str]
ValidationFormatter: TypeAlias = Callable[[Validation, View], str]
DefinitionFormatter: TypeAlias = Callable[[Definition, View], str]


def _drift_html(plan: Plan, view: View) -> str:
    from voxosync.report.html import page  # noqa: PLC0415  # only a page needs templates

    return page.drift(plan, view)


def _drift_junit(plan: Plan, view: View) -> str:
    from voxosync.report import as_junit  # noqa: PLC0415  # only this format needs XML

    return as_junit.plan(plan, view)


PLAN: dict[str, PlanFormatter] = {
    "text": text.plan,
    "json": as_json.plan,
    "markdown": markdown.plan,
    "github": github.plan,
    "sarif": as_sarif.plan,
}
DRIFT: dict[str, PlanFormatter] = {
    "text": text.plan,
    "json": as_json.plan,
    "markdown": markdown.plan,
    "github": github.plan,
    "junit": _drift_junit,
    "sarif": as_sarif.plan,
    "prometheus": prometheus.plan,
    "html": _drift_html,
}
VALIDATION: dict[str, ValidationFormatter] = {
    "text": text.validation,
    "json": as_json.validation,
    "github": github.validation,
    "sarif": as_sarif.validation,
}
DEFINITION: dict[str, DefinitionFormatter] = {
    "text": definition.as_text,
    "json": definition.as_json,
}
ANNOTATIONS = ("github", "sarif")
"""The formats in which definitions with errors are still a result, for plan and drift too."""
FOR_OTHERS = ("prometheus",)
"""The formats whose files other users may read, as node_exporter must; none of them shows a number."""
