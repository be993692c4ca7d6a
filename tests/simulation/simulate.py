"""Play histories of the simulated world, one seed after the other, and report which promises were broken."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from tests.simulation.cooperative import virtual
from tests.simulation.world import folders, play

if TYPE_CHECKING:
    from pathlib import Path


def main() -> int:
    """Play the histories that the command line asks for; returns 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="dev.py simulate", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long to play (default: 60)")
    parser.add_argument("--seed", type=int, help="play only this history, and print it")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default: 0)")
    parser.add_argument(
        "--histories", type=int, default=sys.maxsize, help="the maximum number of histories"
    )
    options = parser.parse_args()
    with virtual(), folders() as folder:
        if options.seed is None:
            return _play_many(
                range(options.first, options.first + options.histories), options.seconds, folder
            )
        result = play(options.seed, folder)
    print("\n".join(result.lines))
    return 1 if result.violations else 0


def _play_many(seeds: range, seconds: float, folder: Path) -> int:
    kinds: Counter[str] = Counter()
    start = time.monotonic()
    for seed in seeds:
        for violation in play(seed, folder).violations:
            print(f"python3 dev.py simulate --seed {seed}: {violation}", flush=True)
            kinds[violation.kind] += 1
        if time.monotonic() - start > seconds:
            break
    duration, played = time.monotonic() - start, seed - seeds[0] + 1
    broken = ", ".join(f"{kind} {number}" for kind, number in kinds.most_common())
    print(f"{played} histories in {duration:.0f} s; broken: {broken or 'nothing'}")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
