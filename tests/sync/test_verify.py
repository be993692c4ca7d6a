"""After a write, fields that read back different are reported, and reads are repeated in case they lag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sync.builders import live
from voxosync.errors import BadAnswer, NotFound, Unreachable
from voxosync.sync.verify import MAX_READS, disagreements, read_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from voxosync.model.campaign import LiveCampaign

BODY = {"tenantId": 7, "state": "PAUSED", "message": "new", "enableVMDetect": "1"}
AGREEING = {"state": "PAUSED", "message": "new", "enableVMDetect": 1}


class Reads:
    """Replies to the reads in turn, then repeats the last reply; counts the pauses between the reads."""

    def __init__(self, *answers: LiveCampaign | Exception) -> None:
        self.answers, self.pauses, self.count = answers, list[int](), 0

    def read(self) -> LiveCampaign:
        answer = self.answers[min(self.count, len(self.answers) - 1)]
        self.count += 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    def back(self, body: dict[str, Any] = BODY) -> list[str]:
        return [
            str(disagreement) for disagreement in read_back(body, self.read, self.pauses.append)
        ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"state": "READY"}, ['state: sent "PAUSED", came back "READY"']),
        ({"state": None}, ['state: sent "PAUSED", came back null']),
        ({"tenant_id": 8}, ["tenantId: sent 7, came back 8"]),
        ({"tenant_id": None}, ["tenantId: sent 7, came back null"]),
        ({"enableVMDetect": "0"}, ['enableVMDetect: sent "1", came back "0"']),
        (
            {"message": ["x"]},
            ['message: sent "new", came back unreadable: a list where one value was expected'],
        ),
    ],
)
def test_each_field_that_differs_is_reported_with_both_values(
    values: dict[str, Any], expected: list[str]
) -> None:
    assert [*map(str, disagreements(BODY, live(**{**AGREEING, **values})))] == expected


@pytest.mark.parametrize(
    ("sent", "returned", "differs"),
    [
        ("READY", "RUNNING", False),
        ("READY", "PAUSED", True),
        ("READY", "", True),
        ("PAUSED", "RUNNING", True),
    ],
)
def test_state_that_only_voxo_sets_agrees_with_ready(
    sent: str, returned: str, *, differs: bool
) -> None:
    assert bool(disagreements({"state": sent}, live(state=returned))) is differs


def test_numbers_are_counted_rather_than_shown() -> None:
    body = {"numbers": [{"number": "6015550123", "description": ""}]}
    [disagreement] = disagreements(body, live(numbers={"6015550124": "", "6015550125": ""}))
    assert str(disagreement) == (
        "numbers: sent 1 number, came back with 1 missing or different, and 2 that were not sent"
    )


@pytest.mark.parametrize("lag", range(MAX_READS))
@pytest.mark.parametrize(
    "lagging", [lambda: live(**{**AGREEING, "message": "old"}), lambda: NotFound("not yet")]
)
def test_read_that_lags_is_repeated(
    lag: int, lagging: Callable[[], LiveCampaign | Exception]
) -> None:
    reads = Reads(*[lagging() for _ in range(lag)], live(**AGREEING))
    assert reads.back() == []
    assert reads.count == lag + 1
    assert reads.pauses == list(range(1, lag + 1))


def test_field_that_stays_different_is_reported() -> None:
    reads = Reads(live(**{**AGREEING, "message": "old"}))
    assert reads.back() == ['message: sent "new", came back "old"']
    assert reads.count == MAX_READS
    assert len(reads.pauses) == MAX_READS - 1


def test_last_successful_read_counts_if_later_reads_fail() -> None:
    reads = Reads(live(**{**AGREEING, "message": "old"}), BadAnswer("no"))
    assert reads.back() == ['message: sent "new", came back "old"']


def test_error_of_the_last_read_is_raised_if_all_reads_fail() -> None:
    reads = Reads(NotFound("not yet"), BadAnswer("the last"))
    with pytest.raises(BadAnswer, match="the last"):
        reads.back()
    assert reads.count == MAX_READS


def test_read_is_not_repeated_after_the_end_of_the_run() -> None:
    reads = Reads(Unreachable("gone"))
    with pytest.raises(Unreachable):
        reads.back()
    assert reads.count == 1
