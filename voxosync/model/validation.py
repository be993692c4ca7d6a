"""What checking definitions gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.model.problem import Allowed, Problem


@dataclass(frozen=True, slots=True)
class Validation:
    """How many files and campaigns were checked, and every problem of them, in file order.

    Attributes:
        allowed: what comments silence; reported, and never counted.
    """

    files: int
    campaigns: int
    problems: Sequence[Problem]
    allowed: Sequence[Allowed] = ()

    def count(self, *, error: bool) -> int:
        """How many problems are errors, or are not."""
        return sum(problem.is_error is error for problem in self.problems)

    @property
    def exit_status(self) -> int:
        """1 where there is an error, else 0."""
        return 1 if self.count(error=True) else 0
