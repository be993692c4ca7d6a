"""Text from outside, made safe for the place where it lands. One function a place."""

from __future__ import annotations

import unicodedata

# Controls (ANSI sequences begin with one), formats (bidi overrides, zero-width), line and paragraph
# separators, lone surrogates, private use, unassigned: nothing of them is shown as itself.
_HIDDEN_OR_ACTIVE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def terminal(text: str) -> str:
    r"""Text for a terminal or a log line: anything that could move, colour or hide becomes `\x1b` and the like."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _escaped(character) if unicodedata.category(character) in _HIDDEN_OR_ACTIVE else character
        for character in text
    )


def _escaped(character: str) -> str:
    short = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}
    return short.get(character) or character.encode("unicode_escape", "surrogatepass").decode(
        "ascii"
    )
