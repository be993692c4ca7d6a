"""Callbacks of the application: what a caller hears while it works, and what it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from voxosync.model.journal import NewDefinition
    from voxosync.model.problem import AllowedProblem, Problem


class ProgressBar(Protocol):
    """The progress of work with a known number of steps; a context manager around that work."""

    def __enter__(self) -> Self:
        """Starts."""

    def advance(self) -> None:
        """Counts one step."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        """Ends."""


class Listener:
    """Hears about the work and ignores it; answers no; override what you need."""

    @property
    def is_interactive(self) -> bool:
        """Whether a person can answer `confirm`."""
        return False

    def problems(self, problems: Iterable[Problem]) -> None:
        """Hears warnings about definitions; errors are raised."""

    def allowed(self, allowed: Iterable[AllowedProblem]) -> None:
        """Hears the findings of policies that a comment allows."""

    def warning(self, text: str) -> None:
        """Hears of something that does not stop the work."""

    def error(self, text: str) -> None:
        """Hears of a failure that does not end the work at once; the text may contain phone numbers from VOXO."""

    def created(self, new: NewDefinition, campaign: int) -> None:
        """Hears that a campaign exists, and that its definition has its id."""

    def not_created(self, new: NewDefinition) -> None:
        """Hears that a campaign is not created, because the run ended before it."""

    def id_not_written(self, new: NewDefinition, campaign: int, reason: str) -> None:
        """Hears that a campaign exists whose id could not be written into the definition."""

    def progress(self, label: str, total: int) -> ProgressBar:  # noqa: ARG002  # for subclasses
        """Begins work of `total` steps."""
        return _Silent()

    def confirm(self, question: str) -> bool:  # noqa: ARG002  # for subclasses
        """Answers a yes-or-no question."""
        return False

    def confirm_count(self, question: str, number: int) -> bool:  # noqa: ARG002  # for subclasses
        """Answers whether the person typed the number that the question names, to approve a large run."""
        return False


class _Silent:
    """Progress that is not shown."""

    def __enter__(self) -> Self:
        return self

    def advance(self) -> None:
        """Counts nothing."""

    def __exit__(self, *_: object) -> None:
        pass
