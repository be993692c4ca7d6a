"""Verifies that edited definitions hold the desired values, and everything else as before. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from voxosync.model.numbers import NUMBERS_FIELD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voxosync.definitions.load import LoadedDefinitions
    from voxosync.model.campaign import Definition
    from voxosync.model.numbers import Numbers
    from voxosync.model.values import Value
    from voxosync.sync.pull import Wish

Violation: TypeAlias = tuple[str, str]
"""The file of a definition that is wrong, and what is wrong with it."""

_UNREADABLE = "could not be edited so that it reads as VOXO's value: write it by hand"


def new_errors(before: LoadedDefinitions, after: LoadedDefinitions) -> Iterator[Violation]:
    """The errors that only the edited definitions have."""
    for problem in after.new_errors(before):
        message = f"with VOXO's value the definition would be wrong: {problem.message}"
        yield problem.position.file, message


def differences_here(
    before: LoadedDefinitions, after: LoadedDefinitions, wishes: Sequence[Wish]
) -> Iterator[Violation]:
    """Where the edited definitions differ in anything other than the desired values."""
    desired: dict[tuple[str, int], dict[str, Value]] = {}
    for wish in wishes:
        desired.setdefault(_key(wish.definition), {})[wish.field] = wish.value
    edited_definitions = {_key(definition): definition for definition in after.definitions}
    for original in before.definitions:
        file, key = original.position.file, _key(original)
        edited, own_wishes = edited_definitions.get(key), desired.get(key, {})
        if edited is None:
            yield file, f"the definition {_UNREADABLE}"
            continue
        expected = {**original.values, **own_wishes}
        for name in {**expected, **edited.values}:
            if expected.get(name) != edited.values.get(name):
                yield file, f"{name} {_UNREADABLE}" if name in own_wishes else _also(original, name)
        if not _rest_is_equal(original, edited, own_wishes.get(NUMBERS_FIELD)):
            yield file, _also(original, NUMBERS_FIELD)


def differences_elsewhere(
    before: LoadedDefinitions, after: LoadedDefinitions, wishes: Sequence[Wish]
) -> Iterator[Violation]:
    """The same for another environment: a definition for several environments changes in all of them."""
    desired = {(w.definition.position.file, w.field): w.value for w in wishes}
    edited_definitions = {_key(definition): definition for definition in after.definitions}
    for original in before.definitions:
        file, edited = original.position.file, edited_definitions.get(_key(original))
        for name, value in original.values.items():
            allowed = (value, desired.get((file, name), value))
            if edited is None or edited.values.get(name) not in allowed:
                yield file, _also(original, name)


def _rest_is_equal(original: Definition, edited: Definition, numbers: Value) -> bool:
    """Whether everything that is not a field value is unchanged, including `field1` … `field9` of numbers that stay."""
    stays: Numbers | None = numbers if isinstance(numbers, Mapping) else None
    fields = {n: f for n, f in original.number_fields.items() if stays is None or n in stays}
    return (original.tenant_id, original.add_numbers, original.ignore, fields) == (
        edited.tenant_id,
        edited.add_numbers,
        edited.ignore,
        dict(edited.number_fields),
    )


def _also(definition: Definition, name: str) -> str:
    message = f"that would also change {name} of campaign {definition.id}, which has it from the same place"
    return f"{message}: write it by hand"


def _key(definition: Definition) -> tuple[str, int]:
    return definition.position.file, definition.id
