"""What every test starts from: an environment without settings, and hypothesis with the same examples every time."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# "ci": the same examples in every run, so that a failure comes from a change; a slow machine is not a failure either.
# Half of hypothesis's usual number of examples takes half of the time. "search": more of them, at random.
# "coverage": few, because more of them rarely run other lines.
_patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", _patient, derandomize=True, max_examples=50)
settings.register_profile("search", _patient, max_examples=1000)
settings.register_profile("coverage", _patient, derandomize=True, max_examples=10)
settings.load_profile("ci")

_SAYS_SOMETHING = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GITHUB_", "CI", "VOXO")


@pytest.fixture(autouse=True)
def _scrubbed_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No token, address or preference of whoever runs the tests reaches the code, or a process it starts."""
    for name in os.environ:
        if name.startswith(_SAYS_SOMETHING) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _unsynced_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test cuts the power, so none waits for the disk; tests/faults checks what is synced, and when."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
