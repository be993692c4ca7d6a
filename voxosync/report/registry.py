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
    "text": _in("text", "plan"),
    "json": _in("as_json", "plan"),
    "markdown": _in("markdown", "plan"),
    "github": _in("github", "plan"),
    "sarif": _in("as_sarif", "plan"),
}
DRIFT: dict[str, PlanFormatter] = {
    "text": PLAN["text"],
    "json": PLAN["json"],
    "markdown": PLAN["markdown"],
    "github": PLAN["github"],
    "junit": _in("as_junit", "plan"),
    "sarif": PLAN["sarif"],
    "prometheus": _in("prometheus", "plan"),
    "html": _in("html.page", "drift"),
}
VALIDATION: dict[str, ValidationFormatter] = {
    "text": _in("problems", "validation"),
    "json": _in("as_json", "validation"),
    "github": _in("github", "validation"),
    "sarif": _in("as_sarif", "validation"),
}
DEFINITION: dict[str, DefinitionFormatter] = {
    "text": _in("definition", "as_text"),
    "json": _in("definition", "as_json"),
}
ANNOTATIONS = ("github", "sarif")
"""The formats in which definitions with errors are still a result, for plan and drift too."""
FOR_OTHERS = ("prometheus",)
"""The formats whose files other users may read, as node_exporter must; none of them shows a number."""
