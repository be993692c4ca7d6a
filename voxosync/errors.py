"""Everything voxosync raises on purpose, and the exit status that each means.

    VoxosyncError
    ├── InvocationError         1  the call, the settings or a definition is wrong: nothing was sent
    │   ├── UsageError             an argument, an option or an environment variable
    │   ├── SettingsError          voxosync.yaml, or settings that contradict each other
    │   ├── DefinitionsError       definitions with errors; carries the problems
    │   ├── PlanFileError          a saved plan that does not verify
    │   ├── GuardError             a guard refuses, and no flag lifts it
    │   ├── JournalError           a run's journal cannot be written or read
    │   └── RecordError            the record of what was applied cannot be read, used or moved
    └── VoxoError               3  VOXO could not be asked, or did not do what was asked
        ├── RunEnded               no further request of this run can succeed
        │   ├── TokenRejected      401
        │   ├── Unreachable        no usable answer for too long
        │   └── Interrupted        Ctrl-C or SIGTERM: no request that writes is begun any more
        └── CampaignError          one campaign fails, the others go on
            ├── NotFound           VOXO does not know it, or does not show it
            ├── Refused            VOXO answered with a refusal (4xx)
            ├── BadAnswer          not what the reference documents (HTML, truncated, another id …)
            ├── WriteDeferred      a write that did not happen; it may be tried after another read
            └── OutcomeUnknown     a write may or may not have happened

Messages are for people: what is wrong and what to do instead. They may hold text from outside,
so whoever prints one escapes it. They never hold the token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.model.problem import Problem


class VoxosyncError(Exception):
    """The root: catch it to catch everything that voxosync raises on purpose."""

    exit_status = 3


class InvocationError(VoxosyncError):
    """The call, the settings or a definition is wrong; nothing was sent."""

    exit_status = 1


class UsageError(InvocationError):
    """An argument, an option or an environment variable is wrong."""


class SettingsError(InvocationError):
    """`voxosync.yaml` is wrong, or two settings contradict each other."""


class PlanFileError(InvocationError):
    """A saved plan cannot be read, does not verify, or belongs to another VOXO."""


class GuardError(InvocationError):
    """A guard refuses to apply a plan; names the flag that lifts it."""


class JournalError(InvocationError):
    """A run's journal cannot be written, so nothing is sent, or cannot be read."""


class RecordError(InvocationError):
    """The record of what was applied cannot be read, used or moved."""


class DefinitionsError(InvocationError):
    """Definitions, or a list of numbers, have errors; `problems` holds every one of them, warnings included."""

    def __init__(self, problems: Sequence[Problem], source: str = "the definitions") -> None:
        self.problems = tuple(problems)
        count = sum(problem.is_error for problem in self.problems)
        super().__init__(f"{count} error{'' if count == 1 else 's'} in {source}")


class VoxoError(VoxosyncError):
    """VOXO could not be asked, or did not do what was asked."""


class RunEnded(VoxoError):
    """No further request of this run can succeed, so none is made."""


class TokenRejected(RunEnded):
    """VOXO answered 401."""


class Unreachable(RunEnded):
    """VOXO has given no usable answer for too long."""


class Interrupted(RunEnded):
    """The run was interrupted, so no request that writes is begun; reads still are."""


class CampaignError(VoxoError):
    """One campaign fails; the others go on."""


class NotFound(CampaignError):
    """VOXO does not know the campaign, or does not show it to this token."""


class Refused(CampaignError):
    """VOXO answered with a refusal (4xx); the message holds VOXO's own words."""


class BadAnswer(CampaignError):
    """An answer that is not what the reference documents: HTML, truncated, of another id."""


class WriteDeferred(CampaignError):
    """A write that did not happen: VOXO asked to wait, or the write could not leave at once.

    What it was judged by is out of date by the time it could be sent, so read the campaign again first.
    """


class OutcomeUnknown(CampaignError):
    """A write that may or may not have happened: only reading the campaign again can tell."""
