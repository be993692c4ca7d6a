"""The generated parts of the docs are in the checkout as the site shows them, and a change of the code changes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docs.generate import PARTS
from docs.generate.pages import current, pages

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_a_page_is_current(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert current(text) == text, "run python3 dev.py reference"


def test_every_part_is_on_a_page_and_is_no_placeholder() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages())
    assert set(re.findall(r"generated: ([a-z-]+) -->", text)) == set(PARTS)
    assert text.count("<!-- end of the generated part -->") == len(PARTS)
    assert len(text) > 50_000
