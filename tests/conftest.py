"""What every test starts from: an environment that says nothing, and hypothesis that repeats itself."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# "ci": the same examples on every run, so that a failure is a change's and not the day's. A slow machine is no
# failure either. Half of hypothesis's usual number of examples takes half of the time; for more, and at random:
# `--hypothesis-profile=search`.
_patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", _patient, derandomize=True, max_examples=50)
settings.register_profile("search", _patient, max_examples=1000)
settings.load_profile("ci")

_SAYS_SOMETHING = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GITHUB_", "CI", "VOXO")


@pytest.fixture(autouse=True)
def _scrubbed_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No token, address or wish of whoever runs the tests reaches the code, or a process it starts."""
    for name in os.environ:
        if name.startswith(_SAYS_SOMETHING) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
