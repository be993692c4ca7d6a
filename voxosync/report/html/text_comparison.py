"""Two long texts, taken apart so that a reader sees which words differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_WORD = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")
_MOST = 250_000
"""Words of one text times words of the other, up to which they are compared: a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, and whether the other text has it not; a line ends only at a piece's end."""

    text: str
    differs: bool = False

    @property
    def ends_line(self) -> bool:
        """Whether the text goes on in a new line."""
        return self.text.endswith("\n")


def compared(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts, piece by piece; joined, the pieces are the text."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(inner_old) * len(inner_new) <= _MOST:
        blocks = SequenceMatcher(None, inner_old, inner_new, autojunk=False).get_matching_blocks()
    else:
        blocks = []
    return (
        _pieces(old, head, tail, [(block.a, block.size) for block in blocks]),
        _pieces(new, head, tail, [(block.b, block.size) for block in blocks]),
    )


def plain(text: str) -> tuple[Piece, ...]:
    """A text that is compared with nothing."""
    return (*_lines(text, differs=False),)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """With how many words both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _pieces(
    words: Sequence[str], head: int, tail: int, same: Iterable[tuple[int, int]]
) -> tuple[Piece, ...]:
    end = len(words) - tail
    spans = [(0, head), *((head + start, size) for start, size in same), (end, tail)]
    found: list[Piece] = []
    at = 0
    for start, size in spans:
        found += _lines("".join(words[at:start]), differs=True)
        found += _lines("".join(words[start : start + size]), differs=False)
        at = start + size
    return tuple(found)


def _lines(text: str, *, differs: bool) -> Iterator[Piece]:
    return (Piece(line, differs) for line in re.findall(r"[^\n]*\n|[^\n]+", text))
