"""The formats of each report by name; the command line takes its choices from here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from voxosync.model.plan import Plan
from voxosync.model.validation import Validation
from voxosync.report import as_json, as_sarif, github, markdown, text
from voxosync.report.view import View

PlanFormatter: TypeAlias = Callable[[Plan, View], str]
ValidationFormatter: TypeAlias = Callable[[Validation, View], str]

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
    "sarif": as_sarif.plan,
}
VALIDATION: dict[str, ValidationFormatter] = {
    "text": text.validation,
    "json": as_json.validation,
    "github": github.validation,
    "sarif": as_sarif.validation,
}
ANNOTATIONS = ("github", "sarif")
"""The formats in which definitions with errors are still a result, for plan and drift too."""
