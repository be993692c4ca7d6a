"""The formats of each report by name; the choices of `--format` come from here.

A format is imported on first use: a run needs one of them, and importing all of them takes longer than checking
a hundred definitions.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from voxosync.model.campaign import Definition
    from voxosync.model.plan import Plan
    from voxosync.model.validation import Validation
    from voxosync.report.view import View

PlanFormatter: TypeAlias = "Callable[[Plan, View], str]"
ValidationFormatter: TypeAlias = "Callable[[Validation, View], str]"
DefinitionFormatter: TypeAlias = "Callable[[Definition, View], str]"


def _render(module: str, function: str, subject: Any, view: View) -> str:
    """Calls a formatter, after importing its module of this package."""
    text: str = getattr(import_module(f"voxosync.report.{module}"), function)(subject, view)
    return text


PLAN: dict[str, PlanFormatter] = {
    "text": partial(_render, "text_format", "render_plan"),
    "json": partial(_render, "json_format", "render_plan"),
    "markdown": partial(_render, "markdown.comment", "render_plan"),
    "github": partial(_render, "github_format", "render_plan"),
    "sarif": partial(_render, "sarif_format", "render_plan"),
    "html": partial(_render, "html.page", "render_plan"),
    "slack": partial(_render, "slack_format", "render_plan"),
}
DRIFT: dict[str, PlanFormatter] = {
    "text": PLAN["text"],
    "json": PLAN["json"],
    "markdown": PLAN["markdown"],
    "github": PLAN["github"],
    "junit": partial(_render, "junit_format", "render_plan"),
    "sarif": PLAN["sarif"],
    "prometheus": partial(_render, "prometheus_format", "render_plan"),
    "html": PLAN["html"],
    "slack": PLAN["slack"],
}
VALIDATION: dict[str, ValidationFormatter] = {
    "text": partial(_render, "problem_text", "render_validation"),
    "json": partial(_render, "json_format", "render_validation"),
    "github": partial(_render, "github_format", "render_validation"),
    "sarif": partial(_render, "sarif_format", "render_validation"),
}
DEFINITION: dict[str, DefinitionFormatter] = {
    "text": partial(_render, "definition", "render_text"),
    "json": partial(_render, "definition", "render_json"),
}
ANNOTATIONS = ("github", "sarif")
"""The formats in which errors in definitions are results, also for plan and drift."""
WORLD_READABLE = ("prometheus",)
"""The formats whose files are readable by other users, as node_exporter requires; they never contain phone numbers."""
