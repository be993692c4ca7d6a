"""The formats of each report by name; the command line takes its choices from here.

A format is imported when it is first used: a call needs one of them, and to load them all takes longer than to
check a hundred definitions.
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


def _in(module: str, function: str) -> Callable[[Any, View], str]:
    """A formatter of a module of this package."""

    def formatter(found: Any, view: View) -> str:
        text: str = getattr(import_module(f"voxosync.report.{module}"), function)(found, view)
        return text

    return formatter


PLAN: dict[str, PlanFormatter] = {
    "text": _in("text_format", "render_plan"),
    "json": _in("json_format", "render_plan"),
    "markdown": _in("markdown_format", "render_plan"),
    "github": _in("github_format", "render_plan"),
    "sarif": _in("sarif_format", "render_plan"),
}
DRIFT: dict[str, PlanFormatter] = {
    "text": PLAN["text"],
    "json": PLAN["json"],
    "markdown": PLAN["markdown"],
    "github": PLAN["github"],
    "junit": _in("junit_format", "render_plan"),
    "sarif": PLAN["sarif"],
    "prometheus": _in("prometheus_format", "render_plan"),
    "html": _in("html.page", "render_drift"),
}
VALIDATION: dict[str, ValidationFormatter] = {
    "text": _in("validation_text", "render_validation"),
    "json": _in("json_format", "render_validation"),
    "github": _in("github_format", "render_validation"),
    "sarif": _in("sarif_format", "render_validation"),
}
DEFINITION: dict[str, DefinitionFormatter] = {
    "text": _in("definition", "render_text"),
    "json": _in("definition", "render_json"),
}
ANNOTATIONS = ("github", "sarif")
"""The formats in which definitions with errors are still a result, for plan and drift too."""
FOR_OTHERS = ("prometheus",)
"""The formats whose files other users may read, as node_exporter must; none of them shows a number."""
