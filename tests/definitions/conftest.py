from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.definitions.definition_folder import DefinitionFolder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> DefinitionFolder:
    """An empty project folder for the files of the test."""
    return DefinitionFolder(tmp_path)
