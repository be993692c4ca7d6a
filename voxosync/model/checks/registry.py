"""All checks, and the function that runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.checks import called_hours, do_not_call, same_phone, shared_phones, unreachable
from voxosync.model.checks.check import OFF, Check, CheckFinding, CheckSettings, Terms
from voxosync.model.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from voxosync.model.checks.check import CheckedCampaign, Checks

CHECKS: dict[str, Check] = {
    check.name: check
    for check in (
        do_not_call.CHECK,
        called_hours.CHECK,
        same_phone.CHECK,
        shared_phones.CHECK,
        unreachable.CHECK,
    )
}
"""By name, in the order in which reports list their findings."""

_DEFAULT_SETTINGS = {
    **{name: CheckSettings(check.severity) for name, check in CHECKS.items()},
    do_not_call.NAME: OFF,  # without settings, there are no lists
}


def settings_of(checks: Checks, name: str) -> CheckSettings:
    """The settings of a check, with its default severity where none is set."""
    return checks.settings.get(name) or _DEFAULT_SETTINGS[name]


def may_refuse(checks: Checks) -> bool:
    """Whether a finding may be an error."""
    return any(settings_of(checks, name).severity is Severity.ERROR for name in CHECKS)


def findings(
    campaigns: Sequence[CheckedCampaign], checks: Checks, now: datetime
) -> Iterator[CheckFinding]:
    """The findings of all checks that are on.

    Args:
        campaigns: the campaigns, including those that are only compared with.
        checks: the settings.
        now: the present moment, aware.
    """
    for check in CHECKS.values():
        settings = settings_of(checks, check.name)
        if settings.severity is not None:
            terms = Terms(check.name, settings, settings.severity, now, checks.do_not_call)
            yield from check.find(campaigns, terms)
