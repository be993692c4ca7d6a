"""The formats of reports: what each is for, which module writes it, and what it shows.

The choices of `--format` come from here, and the tests of every format hold each to what it declares. A format is
imported on first use: a run needs one of them, and importing all of them takes longer than checking a hundred
definitions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
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


class ReportPart(StrEnum):
    """What a format may leave out, in the words of the reference."""

    VALUES = "values"
    """The values of fields, and not only which fields differ."""
    COUNTS = "counts"
    """How many campaigns have each status."""
    REASONS = "reasons"
    """Reasons, errors and findings in words."""
    ALARMS = "alarms"
    """Effects on dialing, guards that refuse, phones that must not be called, and removed definitions."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of reports.

    Attributes:
        purpose: who or what reads it, for the reference.
        module: the module of this package whose `render_plan` writes plans and drift.
        validation_module: the one whose `render_validation` writes what `validate` finds; None: it has no such report.
        suffix: of the names of its files, without the dot.
        is_of_plan: whether `plan` offers it; `drift` offers every format.
        omits: what it leaves out.
        shows_phones: whether it shows phones in full, even when that is not requested.
        annotates: whether errors in definitions are results of this format, also for `plan` and `drift`.
        is_world_readable: whether other users may read its files, as node_exporter requires; it contains no phones.
    """

    purpose: str
    module: str
    validation_module: str | None = None
    suffix: str = "txt"
    is_of_plan: bool = True
    omits: tuple[ReportPart, ...] = ()
    shows_phones: bool = False
    annotates: bool = False
    is_world_readable: bool = False

    def shows(self, part: ReportPart) -> bool:
        """Whether it contains this part of a report."""
        return part not in self.omits

    def render_plan(self, plan: Plan, view: View) -> str:
        """A plan or a drift report in this format."""
        return _render(self.module, "render_plan", plan, view)

    def render_validation(self, validation: Validation, view: View) -> str:
        """What `validate` found, in this format, which has a `validation_module`."""
        assert self.validation_module  # noqa: S101  # VALIDATION has no other formats
        return _render(self.validation_module, "render_validation", validation, view)


def _render(module: str, function: str, subject: Any, view: View) -> str:
    """Calls a formatter, after importing its module of this package."""
    text: str = getattr(import_module(f"voxosync.report.{module}"), function)(subject, view)
    return text


FORMATS = {
    "text": Format("people at a terminal", "text_format", "problem_text"),
    "json": Format(
        "programs", "json_format", "json_format", suffix="json", shows_phones=True
    ),
    "markdown": Format("comments and issues on GitHub and GitLab", "markdown.comment", suffix="md"),
    "github": Format(
        "annotations of GitHub Actions", "github_format", "github_format", annotates=True
    ),
    "junit": Format(
        "test reports of CI", "junit_format", suffix="xml", is_of_plan=False, omits=(ReportPart.COUNTS,)
    ),
    "sarif": Format(
        "code scanning", "sarif_format", "sarif_format",
        suffix="sarif", omits=(ReportPart.COUNTS,), annotates=True,
    ),
    "prometheus": Format(
        "Prometheus, through node_exporter", "prometheus_format",
        suffix="prom", is_of_plan=False, omits=(ReportPart.VALUES, ReportPart.REASONS),
        is_world_readable=True,
    ),
    "html": Format("people in a browser", "html.page", suffix="html"),
    "slack": Format("messages in Slack", "slack_format", suffix="json", omits=(ReportPart.VALUES,)),
}  # fmt: skip
"""By name, in the order of the choices."""

PLAN: dict[str, PlanFormatter] = {
    name: entry.render_plan for name, entry in FORMATS.items() if entry.is_of_plan
}
DRIFT: dict[str, PlanFormatter] = {name: entry.render_plan for name, entry in FORMATS.items()}
VALIDATION: dict[str, ValidationFormatter] = {
    name: entry.render_validation for name, entry in FORMATS.items() if entry.validation_module
}
DEFINITION: dict[str, DefinitionFormatter] = {
    "text": partial(_render, "definition", "render_text"),
    "json": partial(_render, "definition", "render_json"),
}
