"""Settings of all tests: a clean environment, and the same hypothesis examples in every run."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Generator

# "ci": the same examples in every run, so that a failure comes from a change; a slow machine is not a failure either.
# Half of hypothesis's usual number of examples takes half of the time. "deep": its usual number, and as many of what
# else tests count with `usual_or_deep`. "search": more of them, at random.
# "coverage": few, because more of them rarely run other lines.
_patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", _patient, derandomize=True, max_examples=50)
settings.register_profile("deep", _patient, derandomize=True, max_examples=100)
settings.register_profile("search", _patient, max_examples=1000)
settings.register_profile("coverage", _patient, derandomize=True, max_examples=10)
settings.load_profile("ci")

_INFLUENTIAL_PREFIXES = (
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "GITHUB_",
    "CI",
    "VOXO",
)


@pytest.hookimpl(wrapper=True, optionalhook=True)  # runs without xdist too
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Let `-n auto` start a worker more for every four cores, because a fifth of the time of all tests is waiting.

    With two cores there are three workers; more of them would cost more than they gain, as each collects all tests.
    """
    cores = yield
    return cores + -(-cores // 4)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector from searching the tests themselves, and let it search new objects less often.

    Ten thousand tests are millions of objects that live as long as the process. The search took a tenth of the time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000, *gc.get_threshold()[1:])
        gc.enable()


@pytest.fixture(autouse=True)
def _scrubbed_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the token, addresses and preferences of the person who runs the tests from voxosync and its processes."""
    for name in os.environ:
        if name.startswith(_INFLUENTIAL_PREFIXES) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _unsynced_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip `fsync`, which matters only in a power failure; tests/faults checks what is synced, and when."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
