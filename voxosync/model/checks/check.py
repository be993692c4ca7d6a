"""What a check looks at, its settings, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from voxosync.model.campaign import NO_REMARKS, ListRemarks
from voxosync.model.problem import Position, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from voxosync.model.campaign import Definition, ListEntry
    from voxosync.model.values import Value

_SETTINGS_FILE = "voxosync.yaml"

Options: TypeAlias = "Mapping[str, Any]"
"""The other settings of one check as text, or lists of texts, in the form that the settings schema accepts."""

_LISTED_SINGLY = 50
"""How many entries of one list have a finding of their own."""


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """The settings of one check.

    Attributes:
        severity: of its findings; None: the check is off.
        options: its other settings; a key that is absent has the default of the check.
        position: where the settings stand.
    """

    severity: Severity | None
    options: Options = field(default_factory=lambda: MappingProxyType({}))
    position: Position = field(default_factory=lambda: Position(_SETTINGS_FILE))


OFF = CheckSettings(None)
"""The settings of a check that is off."""


@dataclass(frozen=True, slots=True)
class Checks:
    """The settings of all checks.

    Attributes:
        settings: by the name of the check; one that is absent has its default severity and options.
        lists: the do-not-call lists: where each is named, and its path relative to the project folder.
        do_not_call: the phones of those lists, each with the file that lists it, once the lists have been read.
    """

    settings: Mapping[str, CheckSettings] = field(default_factory=dict)
    lists: tuple[tuple[Position, str], ...] = ()
    do_not_call: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckedCampaign:
    """A campaign as checks see it.

    Attributes:
        id: VOXO's id; 0: it does not exist yet, or each environment has its own.
        position: where its definition begins.
        positions: where the values of its fields are written.
        values: canonical; the definition's and, for other fields, VOXO's where it was read.
        is_whole: whether a field that is absent from `values` has no value; otherwise, VOXO may have one.
        name: how reports call a campaign that has no definition.
        called: phones with a call result.
        live: phones that VOXO has now, where the run reports what VOXO does now.
        live_state: the state that VOXO has now, likewise.
        number_zones: phone to the called person's time zone, where the definition's list gives one.
        list_remarks: what the reading of the definition's list showed.
        is_reported: whether this run reports on it; others are only compared with.
        is_compared: whether it is compared with others; False for a campaign as another environment has it.
    """

    id: int
    position: Position
    positions: Mapping[str, Position]
    values: Mapping[str, Value]
    is_whole: bool
    name: str = ""
    called: Collection[str] = frozenset()
    live: Collection[str] = ()
    live_state: str | None = None
    number_zones: Mapping[str, str] = field(default_factory=dict)
    list_remarks: ListRemarks = NO_REMARKS
    is_reported: bool = True
    is_compared: bool = True

    @classmethod
    def of(
        cls,
        definition: Definition,
        *,
        is_new: bool = False,
        is_reported: bool = True,
        is_compared: bool = True,
    ) -> CheckedCampaign:
        """A definition without VOXO's values.

        Args:
            definition: the definition.
            is_new: whether VOXO does not have its campaign yet, so that it has no other values.
            is_reported: as the attribute.
            is_compared: as the attribute.
        """
        return cls(
            definition.id,
            definition.position,
            definition.positions,
            {
                name: value
                for name, value in definition.values.items()
                if is_new or name not in definition.ignore  # VOXO's value stays
            },
            is_whole=is_new,
            number_zones=definition.number_zones,
            list_remarks=definition.list_remarks,
            is_reported=is_reported,
            is_compared=is_compared,
        )

    def position_of(self, *fields: str) -> Position:
        """The position of the first of these fields that is written, or else of the definition."""
        positions = (self.positions[name] for name in fields if name in self.positions)
        return next(positions, self.position)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for all campaigns of one check.

    Attributes:
        name: the check.
        settings: its settings.
        severity: of its findings.
        now: the present moment, aware.
        do_not_call: the phones of the do-not-call lists, each with the file that lists it.
    """

    name: str
    settings: CheckSettings
    severity: Severity
    now: datetime
    do_not_call: Mapping[str, str]

    def finding(
        self,
        campaign: CheckedCampaign,
        position: Position,
        message: str,
        *,
        phones: int | None = None,
        is_sure: bool = True,
    ) -> CheckFinding:
        """A finding of this check.

        Args:
            campaign: the campaign.
            position: of the value that it is about.
            message: what is wrong, and what to do.
            phones: how many phones it concerns.
            is_sure: False: VOXO may have a value that makes it untrue, so it is at most a warning.
        """
        severity = self.severity if is_sure else Severity.WARNING
        text = f"{self.name}: {message}"
        problem = Problem(position, severity, self.name, text, phones, campaign.id or None)
        return CheckFinding(problem, campaign)

    def entry_findings(
        self,
        campaign: CheckedCampaign,
        entries: Sequence[ListEntry],
        message: Callable[[ListEntry], str],
        remainder: str,
    ) -> Iterator[CheckFinding]:
        """A finding for each of some entries of a list; from the fifty-first on, one for all.

        Args:
            campaign: the campaign.
            entries: of its list, in order.
            message: what is wrong with an entry, and what to do.
            remainder: the same for those that are only counted, to follow their count.
        """
        for entry in entries[:_LISTED_SINGLY]:
            yield self.finding(campaign, entry.position, message(entry), phones=1)
        if (more := len(entries) - _LISTED_SINGLY) > 0:
            position = entries[_LISTED_SINGLY].position
            yield self.finding(campaign, position, f"{more} more {remainder}", phones=more)


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """What a check found, and in which campaign."""

    problem: Problem
    campaign: CheckedCampaign


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        name: in the settings, in comments that allow a finding, and in reports.
        severity: of its findings, unless the settings say otherwise.
        find: looks at campaigns, all of them at once.
    """

    name: str
    severity: Severity
    find: Callable[[Sequence[CheckedCampaign], Terms], Iterator[CheckFinding]]
