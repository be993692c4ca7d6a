"""`--max-rate N`: what the option accepts, and that every command that asks VOXO keeps to it."""

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


class Clock:
    """Time that passes only while somebody sleeps, and then at once; for one worker."""

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
def began(clock: Clock, voxo: FakeVoxo, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When each request arrived, by that clock."""
    moments: list[float] = []
    reply_to = voxo.reply_to

    def noted(received: object) -> object:
        moments.append(clock.now)
        return reply_to(received)  # type: ignore[arg-type]  # what the server gives

    monkeypatch.setattr(voxo, "reply_to", noted)
    return moments


def apart(moments: list[float]) -> list[float]:
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
def test_every_command_keeps_to_it(
    arguments: tuple[str, ...], requests: int, project: Project, began: list[float]
) -> None:
    project.spring("callFrequency: 60")
    if arguments[0] == "rollback":
        assert project.run("apply", "--yes").status == 0
        (journal,) = (project.folder / ".voxosync/runs").iterdir()
        arguments = tuple(journal.stem if argument == "RUN" else argument for argument in arguments)
        began.clear()
    ran = project.run(*arguments, "--max-rate", "2", "--concurrency", "1")
    assert ran.status in (0, 2)
    assert len(began) == requests
    for first in began:  # a read and the write that depends on it go together, and count as two
        assert sum(0 <= moment - first < 1 - 1e-6 for moment in began) <= 2
    assert began[-1] == pytest.approx(0.5 * (requests - 1), abs=0.01)


def test_what_is_tried_again_counts_too(
    project: Project, voxo: FakeVoxo, began: list[float]
) -> None:
    voxo.say(answer(503), times=3)
    assert project.run("plan", "--max-rate", "4").status == 0
    assert len(began) == 4
    assert all(gap >= 0.25 - 1e-9 for gap in apart(began))


def test_without_it_nobody_waits(project: Project, clock: Clock, began: list[float]) -> None:
    project.spring("callFrequency: 60")
    assert project.run("apply", "--yes").status == 0
    assert clock.now == 0
    assert len(began) == 3


@pytest.mark.parametrize("rate", ["0", "-1", "0.05", "nan", "inf", "many", ""])
def test_what_is_no_rate_is_a_usage_error(rate: str, project: Project, voxo: FakeVoxo) -> None:
    ran = project.run("plan", "--max-rate", rate)
    assert ran.status == 1
    assert "--max-rate" in ran.err
    assert voxo.asked == []
