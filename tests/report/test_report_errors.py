"""Every error means the exit status that the tree in the docstring of `voxosync.errors` draws."""

from __future__ import annotations

import inspect
import re

import pytest

from voxosync import errors

CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if inspect.isclass(value)
    and issubclass(value, Exception)
    and value.__module__ == errors.__name__
}


def drawn() -> dict[str, tuple[str | None, int | None]]:
    """Name to (parent, status) as the docstring draws them; a child has its parent's status."""
    tree: dict[str, tuple[str | None, int | None]] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"    ([│├└─ ]*)([A-Z]\w+)(?: +(\d)\b)?", line)
        if not match:
            continue
        depth = len(match[1])
        above = [(other, name) for other, name in above if other < depth]
        parent = above[-1][1] if above else None
        inherited = tree[parent][1] if parent else None
        tree[match[2]] = (parent, int(match[3]) if match[3] else inherited)
        above.append((depth, match[2]))
    return tree


def test_the_tree_draws_every_class_and_no_other() -> None:
    assert set(drawn()) == set(CLASSES)


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_a_class_is_what_the_tree_says(name: str) -> None:
    parent, status = drawn()[name]
    error_class = CLASSES[name]
    assert error_class.__base__ is (CLASSES[parent] if parent else Exception)
    if status is not None:
        assert error_class.exit_status == status


def test_findings_and_failures_never_share_a_status() -> None:
    """2 is for differences alone."""
    assert {error_class.exit_status for error_class in CLASSES.values()} == {1, 3}
