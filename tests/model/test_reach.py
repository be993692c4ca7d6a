"""Whether a campaign dials more than before: every field that says so takes part in the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voxosync.model.dialing.reach import DIALING_FIELDS, Reach
from voxosync.model.numbers import Numbers

if TYPE_CHECKING:
    from voxosync.model.values import Value

VALUES: dict[str, Value] = {
    "state": "READY",
    "tech": "VOICE",
    "dateStart": "2026-03-01",
    "timeStart": "09:00",
    "dateEnd": "2026-03-31",
    "timeEnd": "18:00",
    "callHoursStart": "10:00",
    "callHoursEnd": "17:00",
    "timezone": "America/Chicago",
    "callFrequency": 30,
    "numbers": Numbers.spelled({"6015550123": ""}),
}


@pytest.mark.parametrize("field", sorted(DIALING_FIELDS))
def test_a_live_value_that_cannot_be_read_counts_as_narrower(field: str) -> None:
    """A field of `reach.py` that no comparison there looks at would go unnoticed."""
    readable = {name: value for name, value in VALUES.items() if name != field}
    before = Reach.of(readable, unreadable=[field])
    widenings = Reach.of(VALUES).beyond(before)
    assert field in {name for widening in widenings for name in widening.fields}


def test_the_same_values_reach_no_further() -> None:
    assert set(VALUES) == DIALING_FIELDS
    assert Reach.of(VALUES).beyond(Reach.of(VALUES)) == ()
