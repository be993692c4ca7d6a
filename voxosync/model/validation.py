"""The result of checking definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.model.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.model.problem import AllowedProblem, Problem


@dataclass(frozen=True, slots=True)
class Validation:
    """How many files and campaigns were checked, and every problem of them, in file order.

    Attributes:
        campaigns: how many definitions are well-formed, those of campaigns that are not created yet included.
        allowed: what comments allow; reported, but never counted.
    """

    files: int
    campaigns: int
    problems: Sequence[Problem]
    allowed: Sequence[AllowedProblem] = ()

    def count(self, severity: Severity) -> int:
        """How many problems are of a severity."""
        return sum(problem.severity is severity for problem in self.problems)

    @property
    def exit_status(self) -> int:
        """1 where there is an error, else 0."""
        return 1 if self.count(Severity.ERROR) else 0
