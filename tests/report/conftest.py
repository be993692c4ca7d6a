"""Golden files: `tests/golden/NAME` holds the exact report of a sample.

After an intended change, rewrite them and read the diff before committing it:

    REWRITE_GOLDEN=1 python -m pytest tests/report
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).resolve().parent.parent / "golden"


@pytest.fixture
def golden(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """A function that compares a text with a golden file; reports state version 0.0.0 instead of the real one."""
    for module in (
        "model.document",
        "report.json_format",
        "report.sarif_format",
        "report.html.page",
    ):
        monkeypatch.setattr(f"voxosync.{module}.__version__", "0.0.0")

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if os.environ.get("REWRITE_GOLDEN"):
            file.write_bytes(text.encode())
        assert text == file.read_bytes().decode(), f"see {Path(__file__).name} for how to rewrite"

    return compare
