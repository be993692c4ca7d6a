"""A project with a VOXO whose responses a test controls; CA certificates are not loaded for plain HTTP."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from tests.faults.fault_world import World
from tests.faults.held_voxo import HeldVoxo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _without_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *_, **__: None)


@pytest.fixture
def voxo() -> Iterator[HeldVoxo]:
    server = HeldVoxo()
    yield server
    server.stop()


@pytest.fixture
def world(tmp_path: Path, voxo: HeldVoxo) -> World:
    """The project of the VOXO whose responses a test controls."""
    world = World(tmp_path / "project", voxo.store, voxo.url)
    voxo.watch = world.watch
    return world
