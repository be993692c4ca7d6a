"""The formats of each report by name; the command line takes its choices from here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from voxosync.model.plan import Plan
from voxosync.model.validation import Validation
from voxosync.report import as_json, text
from voxosync.report.view import View

PlanFormatter: TypeAlias = Callable[[Plan, View], str]
ValidationFormatter: TypeAlias = Callable[[Validation, View], str]

PLAN: dict[str, PlanFormatter] = {"text": text.plan, "json": as_json.plan}
DRIFT: dict[str, PlanFormatter] = {"text": text.plan, "json": as_json.plan}
VALIDATION: dict[str, ValidationFormatter] = {"text": text.validation, "json": as_json.validation}
