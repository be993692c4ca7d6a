"""Reading back what was written: what counts as a difference, and how long a read may lag behind."""

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
    """Answers the reads in turn, the last one for ever, and counts the waits between them."""

    def __init__(self, *answers: LiveCampaign | Exception) -> None:
        self.answers, self.waits, self.count = answers, list[int](), 0

    def read(self) -> LiveCampaign:
        answer = self.answers[min(self.count, len(self.answers) - 1)]
        self.count += 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    def back(self, body: dict[str, Any] = BODY) -> list[str]:
        return [str(disagreement) for disagreement in read_back(body, self.read, self.waits.append)]


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
def test_each_field_that_differs_is_named(values: dict[str, Any], expected: list[str]) -> None:
    assert [*map(str, disagreements(BODY, live(**{**AGREEING, **values})))] == expected


@pytest.mark.parametrize(
    ("sent", "came", "differs"),
    [
        ("READY", "RUNNING", False),
        ("READY", "PAUSED", True),
        ("READY", "", True),
        ("PAUSED", "RUNNING", True),
    ],
)
def test_a_word_of_voxos_own_is_what_ready_asked_for(
    sent: str, came: str, *, differs: bool
) -> None:
    assert bool(disagreements({"state": sent}, live(state=came))) is differs


def test_numbers_are_counted_and_not_shown() -> None:
    body = {"numbers": [{"number": "6015550123", "description": ""}]}
    [disagreement] = disagreements(body, live(numbers={"6015550124": "", "6015550125": ""}))
    assert str(disagreement) == (
        "numbers: sent 1 number, came back with 1 missing or different, and 2 that were not sent"
    )


@pytest.mark.parametrize("lag", range(MAX_READS))
@pytest.mark.parametrize(
    "early", [lambda: live(**{**AGREEING, "message": "old"}), lambda: NotFound("not yet")]
)
def test_a_read_may_lag(lag: int, early: Callable[[], LiveCampaign | Exception]) -> None:
    reads = Reads(*[early() for _ in range(lag)], live(**AGREEING))
    assert reads.back() == []
    assert reads.count == lag + 1
    assert reads.waits == list(range(1, lag + 1))


def test_what_stays_different_is_named() -> None:
    reads = Reads(live(**{**AGREEING, "message": "old"}))
    assert reads.back() == ['message: sent "new", came back "old"']
    assert reads.count == MAX_READS
    assert len(reads.waits) == MAX_READS - 1


def test_what_was_read_counts_where_the_last_reads_fail() -> None:
    reads = Reads(live(**{**AGREEING, "message": "old"}), BadAnswer("no"))
    assert reads.back() == ['message: sent "new", came back "old"']


def test_what_cannot_be_read_at_all_is_why_the_last_read_failed() -> None:
    reads = Reads(NotFound("not yet"), BadAnswer("the last"))
    with pytest.raises(BadAnswer, match="the last"):
        reads.back()
    assert reads.count == MAX_READS


def test_a_run_that_has_ended_is_not_asked_again() -> None:
    reads = Reads(Unreachable("gone"))
    with pytest.raises(Unreachable):
        reads.back()
    assert reads.count == 1
