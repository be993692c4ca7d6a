"""The environment of the processes that tests start."""

from __future__ import annotations

import os

_INHERITED = ("PATH", "SYSTEMROOT", "COVERAGE_PROCESS_CONFIG")


def inherited_variables() -> dict[str, str]:
    """The variables that a program needs to start, or that coverage needs to measure it."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}
