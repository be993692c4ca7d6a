"""The environment of the processes that tests start."""

from __future__ import annotations

import os
from pathlib import Path

_INHERITED = ("PATH", "SYSTEMROOT", "COVERAGE_PROCESS_CONFIG")


def inherited_variables() -> dict[str, str]:
    """The variables that a program needs to start, or that coverage needs to measure it; and a faster httpx."""
    variables = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**variables, "PYTHONPATH": str(Path(__file__).with_name("without_rich"))}
