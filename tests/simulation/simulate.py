"""Play histories of the simulated world, one seed after the other, and tell which promises were broken."""

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
    """Play what the command line asks for; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="dev.py simulate", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for how long (default: 60)")
    parser.add_argument("--seed", type=int, help="play this one alone, and tell what happens in it")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default: 0)")
    parser.add_argument("--histories", type=int, default=sys.maxsize, help="how many at most")
    options = parser.parse_args()
    with virtual(), folders() as home:
        if options.seed is None:
            return _many(
                range(options.first, options.first + options.histories), options.seconds, home
            )
        result = play(options.seed, home)
    print("\n".join(result.lines))
    return 1 if result.violations else 0


def _many(seeds: range, seconds: float, home: Path) -> int:
    kinds: Counter[str] = Counter()
    began = time.monotonic()
    for seed in seeds:
        for violation in play(seed, home).violations:
            print(f"python3 dev.py simulate --seed {seed}: {violation}", flush=True)
            kinds[violation.kind] += 1
        if time.monotonic() - began > seconds:
            break
    took, played = time.monotonic() - began, seed - seeds[0] + 1
    broken = ", ".join(f"{kind} {number}" for kind, number in kinds.most_common())
    print(f"{played} histories in {took:.0f} s; broken: {broken or 'nothing'}")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
