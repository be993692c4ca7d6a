"""Names of time zones: which ones the tz data links, so that they are one zone."""

from __future__ import annotations

from functools import cache
from importlib import resources

_LINK = "L"
_WORDS_OF_A_LINK = 3


def is_same_zone(left: str, right: str) -> bool:
    """Whether two names are of one zone, as `US/Central` and `America/Chicago` are."""
    return left == right or _target(left) == _target(right)


def _target(name: str) -> str:
    """The name that a link leads to in the end; a name that is not a link stays as it is."""
    links = _links()
    seen = set()
    while name in links and name not in seen:
        seen.add(name)
        name = links[name]
    return name


@cache
def _links() -> dict[str, str]:
    """Each link with its target; read when two names differ, which they seldom do.

    From the package that says which names there are (`definitions/rules.py`), so that every machine compares alike.
    The lines `L TARGET NAME` are links. Source: zic(8).
    """
    text = resources.files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text(encoding="utf-8")
    lines = (line.split() for line in text.splitlines())
    return {
        words[2]: words[1]
        for words in lines
        if words[:1] == [_LINK] and len(words) >= _WORDS_OF_A_LINK
    }
