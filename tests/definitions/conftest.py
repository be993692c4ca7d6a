from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.definitions.written import Written

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Written:
    """An empty project folder, to be written into."""
    return Written(tmp_path)
