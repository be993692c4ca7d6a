"""The generated parts of the docs are committed, and they agree with the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docs.generate import PARTS
from docs.generate.pages import current, pages

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_page_is_current(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert current(text) == text, "run python3 dev.py reference"


def test_every_part_is_generated_on_a_page() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages())
    assert set(re.findall(r"generated: ([a-z-]+) -->", text)) == set(PARTS)
    assert text.count("<!-- end of the generated part -->") == len(PARTS)
    assert len(text) > 50_000
