"""Whether edited definitions hold what was wished for, and everything else as before. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.definitions.load import Loaded
    from voxosync.model.campaign import Definition
    from voxosync.model.numbers import Numbers
    from voxosync.model.values import Value
    from voxosync.sync.pull import Wish

Wrong: TypeAlias = tuple[str, str]
"""The file of a definition with which something is wrong, and what."""

_UNREADABLE = "could not be edited so that it reads as VOXO's value: write it by hand"


def new_errors(before: Loaded, after: Loaded) -> Iterator[Wrong]:
    """The errors that the edited definitions have and the others had not."""
    known = {(found.position.file, found.rule, found.message) for found in before.problems}
    for found in after.problems:
        if found.is_error and (found.position.file, found.rule, found.message) not in known:
            what = f"with VOXO's value the definition would be wrong: {found.message}"
            yield found.position.file, what


def differences_here(before: Loaded, after: Loaded, wishes: Sequence[Wish]) -> Iterator[Wrong]:
    """What the edited definitions hold beside, or instead of, what was wished for."""
    wanted: dict[tuple[str, int], dict[str, Value]] = {}
    for wish in wishes:
        wanted.setdefault(_key(wish.definition), {})[wish.field] = wish.value
    now = {_key(definition): definition for definition in after.definitions}
    for was in before.definitions:
        file, found, wished = was.position.file, now.get(_key(was)), wanted.get(_key(was), {})
        if found is None:
            yield file, f"the definition {_UNREADABLE}"
            continue
        expected = {**was.values, **wished}
        for name in {**expected, **found.values}:
            if expected.get(name) != found.values.get(name):
                yield file, f"{name} {_UNREADABLE}" if name in wished else _also(was, name)
        if not _rest_is_equal(was, found, wished.get("numbers")):
            yield file, _also(was, "numbers")


def differences_elsewhere(before: Loaded, after: Loaded, wishes: Sequence[Wish]) -> Iterator[Wrong]:
    """The same for another environment: a definition that is of several changes for all of them."""
    wanted = {(w.definition.position.file, w.field): w.value for w in wishes}
    now = {_key(definition): definition for definition in after.definitions}
    for was in before.definitions:
        file, found = was.position.file, now.get(_key(was))
        for name, value in was.values.items():
            allowed = (value, wanted.get((file, name), value))
            if found is None or found.values.get(name) not in allowed:
                yield file, _also(was, name)


def _rest_is_equal(was: Definition, found: Definition, numbers: Value) -> bool:
    """Whether all that is no value of a field stayed as it was; `field1` … `field9` of numbers that stay."""
    stays: Numbers | None = numbers if isinstance(numbers, Mapping) else None
    fields = {n: f for n, f in was.number_fields.items() if stays is None or n in stays}
    return (was.tenant_id, was.add_numbers, was.ignore, fields) == (
        found.tenant_id,
        found.add_numbers,
        found.ignore,
        dict(found.number_fields),
    )


def _also(definition: Definition, name: str) -> str:
    what = f"that would also change {name} of campaign {definition.id}, which has it from the same place"
    return f"{what}: write it by hand"


def _key(definition: Definition) -> tuple[str, int]:
    return definition.position.file, definition.id
