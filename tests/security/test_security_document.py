"""The tests, paths and numbers in docs/security.md exist, so that every promise in it is tested."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::([\w:]+))?`", DOCUMENT)))


def names(path: Path) -> set[str]:
    """The names of the tests of a file as in pytest: `test_x`, `TestX` and `TestX::test_x`."""
    test_names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            test_names.add(node.name)
        if isinstance(node, ast.ClassDef):
            test_names |= {
                f"{node.name}::{method.name}"
                for method in node.body
                if isinstance(method, ast.FunctionDef)
            }
    return test_names


@pytest.mark.parametrize(("file", "name"), NAMED, ids=str)
def test_named_test_exists(file: str, name: str) -> None:
    assert (ROOT / file).is_file()
    assert not name or name in names(ROOT / file)


def test_document_names_many_tests() -> None:
    assert len(NAMED) > 30


def test_every_promise_names_a_test() -> None:
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| ")]
    rows_without_test = [
        row for row in rows if "`tests/" not in row and not row.startswith(("| promise", "| bound"))
    ]
    assert rows_without_test == []
    assert rows


def test_every_linked_path_exists() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", DOCUMENT):
        assert (ROOT / "docs" / link).exists(), link


def test_numbers_in_the_document_are_those_of_the_code() -> None:
    from voxosync.definitions.yaml_reader import MAX_DEPTH, MAX_EXPANSION  # noqa: PLC0415  # only this test uses it
    from voxosync.sync.update_campaign import MAX_SENDS  # noqa: PLC0415  # only this test uses it
    from voxosync.voxo import http_sender  # noqa: PLC0415  # only this test uses it
    from voxosync.voxo.retry_policy import RetryPolicy  # noqa: PLC0415  # only this test uses it

    retry_policy = RetryPolicy()
    assert (
        retry_policy.silence,
        retry_policy.requested_pause,
        retry_policy.attempts,
        MAX_SENDS,
    ) == (
        40,
        120,
        5,
        5,
    )
    assert (MAX_DEPTH, MAX_EXPANSION) == (20, 100_000)
    assert http_sender.LARGEST_ANSWER == 256 * 2**20
