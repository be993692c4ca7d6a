"""Every test that docs/security.md names is there, so that no promise in it is held by nothing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::([\w:]+))?`", DOCUMENT)))


def names(path: Path) -> set[str]:
    """The tests of a file as pytest calls them: `test_x`, `TestX` and `TestX::test_x`."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}::{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)
            }
    return found


@pytest.mark.parametrize(("file", "name"), NAMED, ids="::".join)
def test_a_test_that_it_names_is_there(file: str, name: str) -> None:
    assert (ROOT / file).is_file()
    assert not name or name in names(ROOT / file)


def test_it_names_tests() -> None:
    assert len(NAMED) > 30


def test_every_row_of_its_tables_of_promises_names_one() -> None:
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| ")]
    bare = [
        row for row in rows if "`tests/" not in row and not row.startswith(("| promise", "| bound"))
    ]
    assert bare == []
    assert rows


def test_every_path_that_it_links_to_is_there() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", DOCUMENT):
        assert (ROOT / "docs" / link).exists(), link


def test_the_numbers_in_it_are_the_codes() -> None:
    from voxosync.definitions.yaml_reader import MAX_DEPTH, MAX_EXPANSION  # noqa: PLC0415  # only here
    from voxosync.sync.update_campaign import MAX_SENDS  # noqa: PLC0415  # as above
    from voxosync.voxo import http_sender  # noqa: PLC0415  # as above
    from voxosync.voxo.retry_policy import RetryPolicy  # noqa: PLC0415  # as above

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
