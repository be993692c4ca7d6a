"""What a process that a test starts takes from the test's own environment."""

from __future__ import annotations

import os

_INHERITED = ("PATH", "SYSTEMROOT", "COVERAGE_PROCESS_CONFIG")


def inherited_variables() -> dict[str, str]:
    """The variables without which no program starts, or a coverage run misses what it does."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}
