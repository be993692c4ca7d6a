"""Every error has the exit status that the tree in the docstring of `voxosync.errors` shows."""

from __future__ import annotations

import inspect
import re

import pytest

from voxosync import errors

CLASSES: dict[str, type[errors.VoxosyncError]] = {
    name: value
    for name, value in vars(errors).items()
    if inspect.isclass(value)
    and issubclass(value, errors.VoxosyncError)
    and value.__module__ == errors.__name__
}


def documented_tree() -> dict[str, tuple[str | None, int | None]]:
    """The parent and exit status of each class by the docstring; a child inherits the status of its parent."""
    tree: dict[str, tuple[str | None, int | None]] = {}
    ancestors: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"    ([│├└─ ]*)([A-Z]\w+)(?: +(\d)\b)?", line)
        if not match:
            continue
        depth = len(match[1])
        ancestors = [(indent, name) for indent, name in ancestors if indent < depth]
        parent = ancestors[-1][1] if ancestors else None
        inherited = tree[parent][1] if parent else None
        tree[match[2]] = (parent, int(match[3]) if match[3] else inherited)
        ancestors.append((depth, match[2]))
    return tree


def test_tree_shows_exactly_the_existing_classes() -> None:
    assert set(documented_tree()) == set(CLASSES)


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_class_has_the_parent_and_exit_status_of_the_tree(name: str) -> None:
    parent, status = documented_tree()[name]
    error_class = CLASSES[name]
    assert error_class.__base__ is (CLASSES[parent] if parent else Exception)
    if status is not None:
        assert error_class.exit_status == status


def test_errors_have_only_the_exit_statuses_1_and_3() -> None:
    """Exit status 2 is only for differences."""
    assert {error_class.exit_status for error_class in CLASSES.values()} == {1, 3}
