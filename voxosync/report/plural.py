"""How many of something, in words."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """`1 campaign`, `2 campaigns`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
