"""`python bench/run.py`: measures, and writes bench/results.json and the tables of docs/performance.md.

`--smoke` uses tiny sizes and writes nothing; it only shows that the benchmark runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from cases import SMOKE, Bench, Case, Sizes, missing
from table import tables

RESULTS = Path(__file__).with_name("results.json")
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"


def main() -> None:
    """Measures everything; exits with 1 if a program is missing or fails."""
    parser = argparse.ArgumentParser(
        description="Compare voxosync with lower bounds and other tools."
    )
    parser.add_argument("--smoke", action="store_true", help="use tiny sizes, and write nothing")
    parser.add_argument(
        "--runs", type=int, default=Sizes().runs, help="the number of runs of each process"
    )
    options = parser.parse_args()
    if programs := missing():
        sys.exit(f"missing: {', '.join(programs)}")
    sizes = SMOKE if options.smoke else replace(Sizes(), runs=options.runs)
    with tempfile.TemporaryDirectory(prefix="voxosync-bench-") as temporary:
        bench = Bench(
            Path(temporary), sizes, lambda message: print(message, file=sys.stderr, flush=True)
        )
        results = {
            "python": platform.python_version(),
            "cpus": os.cpu_count(),
            "runs": sizes.runs,
            "cases": [_document(case) for case in bench.cases()],
            "growth": [*bench.growth()],
        }
    text = tables(results)
    print(text)
    if not options.smoke:
        RESULTS.write_text(json.dumps(_rounded(results), indent=1) + "\n", encoding="utf-8")
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}{text}{END}{after}", encoding="utf-8")


def _document(case: Case) -> dict[str, Any]:
    sides = {
        name: {"seconds": sample.median, "all": sample.seconds, "peakMiB": sample.peak}
        for name, sample in case.samples.items()
    }
    ratios = [
        {
            "against": ratio.against,
            "value": ratio.value,
            "target": ratio.target,
            "kind": ratio.kind,
            "isMet": ratio.is_met,
        }
        for ratio in case.ratios
    ]
    return {"name": case.name, "sides": sides, "ratios": ratios}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
