"""`--max-rate N` limits the requests of each command per second, and accepts only rates."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_voxo import answer
from voxosync.voxo import run_limiter

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo
    from tests.fakes.http_server import ReceivedRequest, Reply


class Clock:
    """A clock that advances only by `sleep`, without waiting; for one worker."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 1e-6)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(
        run_limiter, "RunLimiter", partial(run_limiter.RunLimiter, clock=clock, sleep=clock.sleep)
    )
    return clock


@pytest.fixture
def arrivals(clock: Clock, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of each request by that clock."""
    moments: list[float] = []
    reply_to = voxo.reply_to

    def record_arrival(received: ReceivedRequest) -> Reply:
        moments.append(clock.now)
        return reply_to(received)

    monkeypatch.setattr(voxo, "reply_to", record_arrival)
    return moments


def gaps(moments: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(moments)]


@pytest.mark.parametrize(
    ("arguments", "requests"),
    [
        (("plan",), 1),
        (("drift",), 1),
        (("snapshot", "--out", "saved.json"), 1),
        (("apply", "--yes"), 3),
        (("rollback", "RUN", "--yes"), 3),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_each_command_observes_the_maximum_rate(
    arguments: tuple[str, ...], requests: int, project: Project, arrivals: list[float]
) -> None:
    project.spring("callFrequency: 60")
    if arguments[0] == "rollback":
        assert project.run("apply", "--yes").status == 0
        (journal,) = (project.folder / ".voxosync/runs").iterdir()
        arguments = tuple(journal.stem if argument == "RUN" else argument for argument in arguments)
        arrivals.clear()
    ran = project.run(*arguments, "--max-rate", "2", "--concurrency", "1")
    assert ran.status in (0, 2)
    assert len(arrivals) == requests
    for first in arrivals:  # a read and the write that depends on it count as two
        assert sum(0 <= moment - first < 1 - 1e-6 for moment in arrivals) <= 2
    assert arrivals[-1] == pytest.approx(0.5 * (requests - 1), abs=0.01)


def test_retries_count_toward_the_maximum_rate(
    project: Project, voxo: FakeVoxo, arrivals: list[float]
) -> None:
    voxo.say(answer(503), times=3)
    assert project.run("plan", "--max-rate", "4").status == 0
    assert len(arrivals) == 4
    assert all(gap >= 0.25 - 1e-9 for gap in gaps(arrivals))


def test_requests_do_not_wait_without_a_maximum_rate(
    project: Project, clock: Clock, arrivals: list[float]
) -> None:
    project.spring("callFrequency: 60")
    assert project.run("apply", "--yes").status == 0
    assert clock.now == 0
    assert len(arrivals) == 3


@pytest.mark.parametrize("rate", ["0", "-1", "0.05", "nan", "inf", "many", ""])
def test_invalid_rate_is_a_usage_error(rate: str, project: Project, voxo: FakeVoxo) -> None:
    ran = project.run("plan", "--max-rate", rate)
    assert ran.status == 1
    assert "--max-rate" in ran.err
    assert voxo.asked == []
