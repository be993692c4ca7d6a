"""Time zones by name: which names exist, and which ones are the same zone because the tz data link them.

All data come from the tzdata package and none from the system, so that all machines agree.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_LINK = "L"
_WORDS_OF_A_LINK = 3


def is_zone(name: str) -> bool:
    """Whether this is the name of an IANA time zone."""
    return name in _zones()


@cache
def zone_of(name: str) -> ZoneInfo | None:
    """The IANA time zone of this name, or None."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # most commands only look at names

    if not is_zone(name):
        return None
    with open(_file(f"zoneinfo/{name}"), "rb") as data:  # noqa: PTH123  # the model imports no pathlib
        return ZoneInfo.from_file(data, key=name)


def is_same_zone(first: str, second: str) -> bool:
    """Whether two names mean the same zone, as `US/Central` and `America/Chicago` do."""
    return first == second or zone_name(first) == zone_name(second)


def zone_name(name: str) -> str:
    """One name for all names of a zone: the final target of a link; a name that is not a link is returned unchanged."""
    links = _links()
    visited = set()
    while name in links and name not in visited:
        visited.add(name)
        name = links[name]
    return name


@cache
def _links() -> dict[str, str]:
    """Each link with its target; only read when two names differ, which is rare.

    The lines `L TARGET NAME` are links. Source: zic(8).
    """
    lines = (line.split() for line in _text("zoneinfo/tzdata.zi").splitlines())
    return {
        words[2]: words[1]
        for words in lines
        if words[:1] == [_LINK] and len(words) >= _WORDS_OF_A_LINK
    }


@cache
def _zones() -> frozenset[str]:
    return frozenset(_text("zones").split())


def _text(name: str) -> str:
    with open(_file(name), encoding="utf-8") as file:  # noqa: PTH123  # as in zone_of
        return file.read()


def _file(name: str) -> str:
    """A file of the package; not by importlib.resources, which takes 15 ms to import."""
    spec = find_spec("tzdata")
    assert spec  # noqa: S101  # a dependency
    assert spec.submodule_search_locations  # noqa: S101  # a package
    return f"{spec.submodule_search_locations[0]}/{name}"
