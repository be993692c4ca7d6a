"""The formats of each report by name; the choices of `--format` come from here.

A format is imported on first use: a run needs one of them, and importing all of them takes longer than checking
a hundred definitions.
"""

from __future__ import annotations

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


def _lazy(module: str, function: str) -> Callable[[Any, View], str]:
    """A formatter that imports its module of this package when it is called."""

    def formatter(subject: Any, view: View) -> str:
        text: str = getattr(import_module(f"voxosync.report.{module}"), function)(subject, view)
        return text

    return formatter


PLAN: dict[str, PlanFormatter] = {
    "text": _lazy("text_format", "render_plan"),
    "json": _lazy("json_format", "render_plan"),
    "markdown": _lazy("markdown.comment", "render_plan"),
    "github": _lazy("github_format", "render_plan"),
    "sarif": _lazy("sarif_format", "render_plan"),
    "html": _lazy("html.page", "render_plan"),
    "slack": _lazy("slack_format", "render_plan"),
}
DRIFT: dict[str, PlanFormatter] = {
    "text": PLAN["text"],
    "json": PLAN["json"],
    "markdown": PLAN["markdown"],
    "github": PLAN["github"],
    "junit": _lazy("junit_format", "render_plan"),
    "sarif": PLAN["sarif"],
    "prometheus": _lazy("prometheus_format", "render_plan"),
    "html": PLAN["html"],
    "slack": PLAN["slack"],
}
VALIDATION: dict[str, ValidationFormatter] = {
    "text": _lazy("problem_text", "render_validation"),
    "json": _lazy("json_format", "render_validation"),
    "github": _lazy("github_format", "render_validation"),
    "sarif": _lazy("sarif_format", "render_validation"),
}
DEFINITION: dict[str, DefinitionFormatter] = {
    "text": _lazy("definition", "render_text"),
    "json": _lazy("definition", "render_json"),
}
ANNOTATIONS = ("github", "sarif")
"""The formats in which errors in definitions are results, also for plan and drift."""
WORLD_READABLE = ("prometheus",)
"""The formats whose files are readable by other users, as node_exporter requires; they never contain phone numbers."""
