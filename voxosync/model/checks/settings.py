"""The settings of checks, as `checks:` in `voxosync.yaml` gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from voxosync.model.problem import Position, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

FILE = "voxosync.yaml"

Options: TypeAlias = "Mapping[str, Any]"
"""The other settings of one check as text, or lists of texts, in the form that the settings schema accepts."""


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
    position: Position = field(default_factory=lambda: Position(FILE))


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
