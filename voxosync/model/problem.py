"""What is wrong in files that people write, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Severity(StrEnum):
    """An error is what VOXO would refuse or what contradicts itself; a warning is a doubt; a remark is neither."""

    ERROR = "error"
    WARNING = "warning"
    REMARK = "remark"


class Position(NamedTuple):  # made for each value; three times as fast as a dataclass
    """A place in a file: its path as shown to people, and line and column, both from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem: where it is, how severe, which rule found it, and what to write instead.

    Attributes:
        phones: how many phones it concerns, where a check counts them.
        campaign: the id of the campaign that a check found it in; not compared, because campaigns may share a file.
    """

    position: Position
    severity: Severity
    rule: str
    message: str
    phones: int | None = None
    campaign: int | None = field(default=None, compare=False)

    @property
    def is_error(self) -> bool:
        """Whether this problem prevents the use of the definitions."""
        return self.severity is Severity.ERROR

    def to_document(self) -> dict[str, Any]:
        """The problem as JSON documents hold it."""
        return {
            **self.position._asdict(),
            "severity": self.severity.value,
            "rule": self.rule,
            "message": self.message,
            **({"phones": self.phones} if self.phones is not None else {}),
            **({"campaign": self.campaign} if self.campaign else {}),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Problem:
        """The inverse of `to_document`."""
        return cls(
            Position(document["file"], document["line"], document["column"]),
            Severity(document["severity"]),
            document["rule"],
            document["message"],
            document.get("phones"),
            document.get("campaign"),
        )

    def __str__(self) -> str:
        return f"{self.position}: {self.severity}: {self.message}"


@dataclass(frozen=True, slots=True)
class AllowedProblem:
    """A problem that a comment in the definition silences, and the reason that it gives."""

    problem: Problem
    reason: str

    @property
    def position(self) -> Position:
        """Where the problem is."""
        return self.problem.position

    def to_document(self) -> dict[str, Any]:
        """The same as JSON documents hold it."""
        return {**self.problem.to_document(), "reason": self.reason}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> AllowedProblem:
        """The inverse of `to_document`."""
        return cls(Problem.from_document(document), document["reason"])

    def __str__(self) -> str:
        return f"{self.position}: allowed: {self.problem.message} ({self.reason})"


def error(position: Position, rule: str, message: str) -> Problem:
    """A problem that prevents the use of the definitions."""
    return Problem(position, Severity.ERROR, rule, message)


def warning(position: Position, rule: str, message: str) -> Problem:
    """A problem that is shown and prevents nothing."""
    return Problem(position, Severity.WARNING, rule, message)
