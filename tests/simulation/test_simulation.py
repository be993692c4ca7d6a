"""A thousand histories and more, each from a seed. `python3 dev.py simulate --seed N` prints one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.effort import usual_or_deep
from tests.simulation.cooperative import virtual
from tests.simulation.world import play

if TYPE_CHECKING:
    from pathlib import Path

HISTORIES, CHUNK = usual_or_deep(2000), 50
NOT_FIXED: frozenset[str] = frozenset()
"""Promises that are known to be broken; `test_known_faults` has a history of each."""


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, HISTORIES, CHUNK))
def test_every_promise_is_kept_in_every_history(first: int, tmp_path: Path) -> None:
    broken = []
    with virtual():
        for seed in range(first, first + CHUNK):
            result = play(seed, tmp_path)
            broken += [
                f"python3 dev.py simulate --seed {seed}: {violation}"
                for violation in result.violations
                if violation.kind not in NOT_FIXED
            ]
    assert not broken, "\n".join(broken)


def test_seed_determines_the_history(tmp_path: Path) -> None:
    with virtual():
        histories = [[play(seed, tmp_path).lines for seed in range(20)] for _ in range(2)]
    assert histories[0] == histories[1]
