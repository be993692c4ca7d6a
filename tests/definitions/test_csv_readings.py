"""A CSV file is read in one quick pass, or row by row where something is wrong: with the same result."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voxosync.definitions import contacts

if TYPE_CHECKING:
    from pathlib import Path

CELLS = st.sampled_from(
    [
        "6015550123",
        "16015550124",
        "6015550125",
        "555-0100",
        "",
        "Anna",
        '"a, b"',
        '"two\nlines"',
        'x"y',
        " ",
    ]
)
ROWS = st.lists(st.lists(CELLS, min_size=0, max_size=4), max_size=6)
HEADERS = st.permutations(["number", "description", "field9", "field1"]).flatmap(
    lambda names: st.integers(1, 4).map(lambda count: names[:count])
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(header=HEADERS, rows=ROWS)
def test_both_readings_of_a_csv_file_agree(
    tmp_path: Path, header: list[str], rows: list[list[str]]
) -> None:
    path = tmp_path / "contacts.csv"
    text = "\n".join(",".join(cells) for cells in [header, *rows])
    path.write_text(text, encoding="utf-8", newline="")
    quick = contacts.from_csv(path, "contacts.csv")
    with mock.patch.object(contacts, "_flawless", return_value=None):
        assert contacts.from_csv(path, "contacts.csv") == quick


@pytest.mark.parametrize(
    ("text", "is_quick"),
    [
        ("number,description\n6015550123,Anna\n\n16015550124,\n", True),
        ("field1,number\nx,6015550123\n", True),
        ("number\n6015550123\n6015550123\n", False),
        ("number\n555-0100\n", False),
        ("number,description\n6015550123\n", False),
    ],
)
def test_only_a_file_without_a_flaw_is_read_in_one_pass(
    tmp_path: Path, text: str, *, is_quick: bool
) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(text, encoding="utf-8")
    with mock.patch.object(contacts, "_collect", wraps=contacts._collect) as careful:  # noqa: SLF001  # which of the two ran
        contacts.from_csv(path, "contacts.csv")
    assert careful.called is not is_quick
