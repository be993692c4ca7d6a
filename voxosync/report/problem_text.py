"""Problems of definitions as text for a terminal or a log: the same problem in many places is shown once.

Imports nothing about plans, which would slow down `validate`.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from voxosync.model.problem import Severity
from voxosync.report.escape import terminal
from voxosync.report.formatting import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voxosync.model.problem import AllowedProblem, Position, Problem
    from voxosync.model.validation import Validation
    from voxosync.report.view import View

FEW = 3
"""The number of places from which the same problem is shown only once, and the number of places that it then names."""
_LONG = 10
"""The number of problems above which a terminal shows a file's problems under the file's path."""
_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.REMARK: "cyan"}


class _Entry(NamedTuple):
    """A problem, and where else the same problem is."""

    problem: Problem
    repeats: list[Position]


def render_validation(validation: Validation, view: View) -> str:
    """The problems, one line per allowed problem, and a summary line."""
    lines = [*problem_lines(validation.problems, view)]
    lines += [_allowed(allowed, view) for allowed in validation.allowed]
    return "\n".join([*lines, validation_summary(validation)]) + "\n"


def validation_summary(validation: Validation) -> str:
    """The line that summarizes a validation."""
    allowed = f", {len(validation.allowed)} allowed" if validation.allowed else ""
    number = validation.count(Severity.REMARK)
    remarks = f", {count(number, 'remark')}" if number else ""
    return (
        f"{count(validation.campaigns, 'campaign')} in {count(validation.files, 'file')}: "
        f"{count(validation.count(Severity.ERROR), 'error')}, "
        f"{count(validation.count(Severity.WARNING), 'warning')}{remarks}{allowed}."
    )


def _allowed(allowed: AllowedProblem, view: View) -> str:
    problem = allowed.problem
    text = f"{terminal(problem.message)} ({terminal(allowed.reason)})"
    return f"{terminal(str(problem.position))}: {view.paint('allowed:', 'cyan')} {text}"


def problem_lines(
    problems: Iterable[Problem], view: View, limit: int | None = None
) -> Iterator[str]:
    """The lines about problems, each of which begins with `file:line:column: severity: message`.

    A problem that is the same in `FEW` or more places is shown at the first of them, with the number of the others.
    On a terminal, the problems of a long list stand under the paths of their files, and long lines are wrapped.
    With `-v`, every problem is shown by itself.

    Args:
        problems: the problems.
        view: how they are displayed.
        limit: how many different problems are shown; the others are counted. None: all.
    """
    entries = list(_entries(problems, view))
    if limit is not None and len(entries) > limit:
        for entry in entries[:limit]:
            yield _described(entry, str(entry.problem.position), view)
        left_out = sum(1 + len(entry.repeats) for entry in entries[limit:])
        yield f"… {left_out} more of {entries[0].problem.rule}: -v shows them"
        return
    if view.width is None or len(entries) <= _LONG:
        for entry in entries:
            yield _described(entry, str(entry.problem.position), view)
        return
    for file, of_file in groupby(entries, key=lambda entry: entry.problem.position.file):
        yield view.bold(terminal(file))
        for entry in of_file:
            _, line, column = entry.problem.position
            yield _described(entry, f"  {line}:{column}", view)


def _entries(problems: Iterable[Problem], view: View) -> Iterator[_Entry]:
    alike: dict[tuple[Severity, str, str], list[Problem]] = {}
    listed = list(problems)
    for problem in listed:
        alike.setdefault(_key(problem), []).append(problem)
    for problem in listed:
        same = alike[_key(problem)]
        if view.verbose or len(same) < FEW:
            yield _Entry(problem, [])
        elif problem is same[0]:
            yield _Entry(problem, [repeat.position for repeat in same[1:]])


def _key(problem: Problem) -> tuple[Severity, str, str]:
    return problem.severity, problem.rule, problem.message


def _described(entry: _Entry, position: str, view: View) -> str:
    """The lines about a problem; the first begins with its position."""
    problem = entry.problem
    severity = f"{problem.severity}:"
    head = f"{terminal(position)}: {severity} "
    painted = f"{terminal(position)}: {view.paint(severity, _COLORS[problem.severity])} "
    text = painted + view.wrap(head, terminal(problem.message))[len(head) :]
    repeats = entry.repeats
    if not repeats:
        return text
    places = ", ".join(terminal(str(position)) for position in repeats[:FEW])
    more = f" and {len(repeats) - FEW} more" if len(repeats) > FEW else ""
    head = f"    the same in {len(repeats)} more places: "
    return f"{text}\n{view.wrap(head, places + more)}"
