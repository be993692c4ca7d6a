"""Writes the generated parts of the pages in docs: `python3 dev.py reference`."""

from __future__ import annotations

import re
from pathlib import Path

from docs.generate import generate

DOCS = Path(__file__).resolve().parents[1]

_BLOCK = re.compile(
    r"^<!-- generated: (?P<part>[a-z-]+) -->\n.*?^<!-- end of the generated part -->$",
    re.MULTILINE | re.DOTALL,
)


def current(page: str) -> str:
    """A page with its generated parts generated again."""

    def block(match: re.Match[str]) -> str:
        begin = f"<!-- generated: {match['part']} -->"
        return f"{begin}\n\n{generate(match['part']).strip()}\n\n<!-- end of the generated part -->"

    return _BLOCK.sub(block, page)


def pages() -> list[Path]:
    """The pages with generated parts, and every page of the reference."""
    parts = [page for page in DOCS.rglob("*.md") if _BLOCK.search(page.read_text(encoding="utf-8"))]
    return sorted({*parts, *(DOCS / "reference").glob("*.md")})


if __name__ == "__main__":
    for path in pages():
        path.write_text(current(path.read_text(encoding="utf-8")), encoding="utf-8")
