"""Problems of definitions as text for a terminal or a log.

Imports nothing about plans, which would slow down `validate`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.problem import Severity
from voxosync.report.escape import terminal
from voxosync.report.formatting import count
from voxosync.report.problem_text import problem_lines

if TYPE_CHECKING:
    from voxosync.model.problem import Allowed
    from voxosync.model.validation import Validation
    from voxosync.report.view import View


def render_validation(validation: Validation, view: View) -> str:
    """The problems, one line per allowed problem, and a summary line."""
    lines = [*problem_lines(validation.problems, view)]
    lines += [_allowed(allowed, view) for allowed in validation.allowed]
    return "\n".join([*lines, summary_line(validation)]) + "\n"


def summary_line(validation: Validation) -> str:
    """The line that summarizes a validation."""
    allowed = f", {len(validation.allowed)} allowed" if validation.allowed else ""
    number = validation.count(Severity.REMARK)
    remarks = f", {count(number, 'remark')}" if number else ""
    return (
        f"{count(validation.campaigns, 'campaign')} in {count(validation.files, 'file')}: "
        f"{count(validation.count(Severity.ERROR), 'error')}, "
        f"{count(validation.count(Severity.WARNING), 'warning')}{remarks}{allowed}."
    )


def _allowed(allowed: Allowed, view: View) -> str:
    problem = allowed.problem
    text = f"{terminal(problem.message)} ({terminal(allowed.reason)})"
    return f"{terminal(str(problem.position))}: {view.paint('allowed:', 'cyan')} {text}"
