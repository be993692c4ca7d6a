"""Compares two long texts word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_WORD = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")
_MAX_PRODUCT = 250_000
"""The largest product of both word counts that is compared; takes about 0.1 seconds."""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A part of a text, and whether it differs from the other text; a line break can only be at its end."""

    text: str
    differs: bool = False

    @property
    def ends_line(self) -> bool:
        """Whether a line break follows."""
        return self.text.endswith("\n")


def compare_texts(before: str, after: str) -> tuple[tuple[TextPiece, ...], tuple[TextPiece, ...]]:
    """The pieces of both texts; joined, they are the text again."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    head = _common_length(old, new)
    tail = _common_length(old[head:][::-1], new[head:][::-1])
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(inner_old) * len(inner_new) <= _MAX_PRODUCT:
        blocks = SequenceMatcher(None, inner_old, inner_new, autojunk=False).get_matching_blocks()
    else:
        blocks = []
    return (
        _pieces(old, head, tail, [(block.a, block.size) for block in blocks]),
        _pieces(new, head, tail, [(block.b, block.size) for block in blocks]),
    )


def plain_pieces(text: str) -> tuple[TextPiece, ...]:
    """The pieces of a text without a comparison."""
    return (*_lines(text, differs=False),)


def _common_length(old: Sequence[str], new: Sequence[str]) -> int:
    """The number of words with which both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _pieces(
    words: Sequence[str], head: int, tail: int, matches: Iterable[tuple[int, int]]
) -> tuple[TextPiece, ...]:
    end = len(words) - tail
    spans = [(0, head), *((head + start, size) for start, size in matches), (end, tail)]
    pieces: list[TextPiece] = []
    position = 0
    for start, size in spans:
        pieces += _lines("".join(words[position:start]), differs=True)
        pieces += _lines("".join(words[start : start + size]), differs=False)
        position = start + size
    return tuple(pieces)


def _lines(text: str, *, differs: bool) -> Iterator[TextPiece]:
    return (TextPiece(line, differs) for line in re.findall(r"[^\n]*\n|[^\n]+", text))
