"""CSV files of numbers are read as a slow, simple reader reads them, and files of other formats are recognized."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.effort import usual_or_deep
from tests.new_file import write_new
from voxosync.definitions.contacts_csv import from_csv
from voxosync.definitions.csv_table import NotCsv, Table, written_rows

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.definitions.contacts import Contacts

CELLS = st.sampled_from(
    ["6015550123", "16015550123", "6015550124", "601-555-0124", '"6015550125"', "911", "12", "", "", "Anna", '"a, b"',
     '"two\nlines"', '"two\r\nlines"', 'x"y', " ", "6.02E+09", "6015550110.0", "'6015550110", "<<<<<<< HEAD", "NaN",
     "(1 row affected)", "6015550126x1", "\u0661\u0662\u0663\u0664", '"', "601\u00a0555\u00a00127"]
)  # fmt: skip
HEADERS = st.permutations(["number", "description", "field9", "field1"]).flatmap(
    lambda names: st.integers(1, 4).map(lambda count: names[:count])
)
TEXTS = st.builds(
    lambda header, rows, end, last: end.join(",".join(row) for row in (header, *rows)) + last,
    HEADERS,
    st.lists(st.lists(CELLS, min_size=0, max_size=4), max_size=6),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "\n", "\r\n", "\n\n,"]),
)
A_PHONE = re.compile(
    r"[ +(]*[0-9][ ().\-/]*([0-9][ ().\-/]*){2,}((x|X|[eE][xX][tT]\.?) *[0-9]+ *)?"
)


class SimpleContacts(NamedTuple):
    """The content of a file: descriptions and fields by phone, and the lines of each row that is wrong."""

    numbers: dict[str, str]
    fields: dict[str, dict[str, str]]
    wrong: list[range]


def simple_contacts(text: str) -> SimpleContacts | None:
    """Read a file row by row with the csv module; None if it is not CSV."""
    reader = csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), strict=True)
    contacts, spellings, begin, header = SimpleContacts({}, {}, []), set[str](), 1, list[str]()
    try:
        for row in reader:
            lines, begin = range(begin, reader.line_num + 1), reader.line_num + 1
            if not row:
                continue
            if not header:
                header = row
                continue
            entry = dict(zip(header, row, strict=False))
            number = entry.get("number", "")
            is_phone = A_PHONE.fullmatch(number) and not re.fullmatch(r"[0-9]{7,}\.0+", number)
            key = re.sub(r"[^0-9x]", "", re.sub(r"ext\.?", "x", number.lower()))
            key = re.sub(r"^1([0-9]{10})(x|$)", r"\1\2", key)
            if len(row) != len(header) or not is_phone or number in spellings:
                contacts.wrong.append(lines)
            elif key not in contacts.numbers:
                contacts.numbers[key] = entry.get("description", "")
                extra = {name: entry[name] for name in entry if name[:5] == "field" and entry[name]}
                contacts.fields.update({key: extra} if extra else {})
            if len(row) == len(header):  # no cell of any other row is read
                spellings.add(number)
    except csv.Error:
        return None
    return contacts


def read(path: Path, text: str) -> Contacts:
    write_new(path, text)
    return from_csv(path, "a.csv")


@settings(
    max_examples=usual_or_deep(300), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=TEXTS)
@example("number,description\n6015550123,Ann\n,\n")
@example("number\r\n6015550123\r\n\r\n6015550124\r\n")
@example("number\n6015550123\n16015550123\n16015550123\n")
@example("number\n6015550123,6015550123\n6015550123")
def test_file_is_read_as_a_simple_reader_reads_it(tmp_path: Path, text: str) -> None:
    contacts, expected = read(tmp_path / "a.csv", text), simple_contacts(text)
    errors = [problem for problem in contacts.problems if problem.is_error]
    if expected is None:
        assert [problem.rule for problem in errors] == ["csv"]
        return
    if "number" not in text.split("\n", maxsplit=1)[0].split("\r", maxsplit=1)[0].split(","):
        assert {problem.rule for problem in errors} == {"csv-header"}
        return
    lines = sorted(problem.position.line for problem in errors)
    assert len(lines) == len(expected.wrong)
    assert all(line in rows for line, rows in zip(lines, expected.wrong, strict=True))
    assert (contacts.numbers, contacts.fields) == (expected.numbers, expected.fields)


@given(TEXTS | st.text('ab,"\r\n', max_size=12))
def test_rows_with_positions_have_the_same_cells(text: str) -> None:
    try:
        table = Table(text)
    except NotCsv:
        with pytest.raises(NotCsv):
            list(written_rows(text))
        return
    rows = list(written_rows(text))
    assert [row.cells for row in rows] == list(filter(None, [table.header, *table.rows]))
    for row in rows:
        for cell, (start, end) in zip(row.cells, row.spans, strict=True):
            written_cell = text[start:end].replace("\r\n", "\n").replace("\r", "\n")
            unquoted = written_cell[1:-1].replace('""', '"')
            assert cell == (unquoted if written_cell[:1] == '"' else written_cell)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_affect_what_is_read(end: str, tmp_path: Path) -> None:
    text = 'number,description,field1\n6015550123,"two\nlines","a\n\nb"\n6015550124,x,y\n'
    contacts = read(tmp_path / "a.csv", text.replace("\n", end))
    assert contacts.problems == []
    assert contacts.numbers == {"6015550123": "two\nlines", "6015550124": "x"}
    assert contacts.fields == {"6015550123": {"field1": "a\n\nb"}, "6015550124": {"field1": "y"}}


@pytest.mark.parametrize(
    ("content", "position", "words"),
    [
        ("number;description\n6015550123;Ann\n", "1:1", "this file uses semicolons: run voxosync numbers clean a.csv"),
        ("number\tdescription\n6015550123\tAnn\n", "1:1", "this file uses tabs: run voxosync numbers clean a.csv"),
        ("Name,Phone\nAnn,6015550123\n", "1:1", "the column 'Phone' must be called number"),
        ("Number\n6015550123\n", "1:1", "the column 'Number' must be called number"),
        ("Mobile Phone\n6015550123\n", "1:1", "'Mobile Phone' must be called number: run voxosync"),
        ("number,description,\n6015550123,Ann,\n", "1:20", "the header ends in a comma"),
        ("number,description\n6015550123,Ann,\n", "2:1", "this row ends with an extra comma"),
        ("number,description\n6015550123,Ann\n,\n", "3:1", "this row is blank: run voxosync numbers clean"),
        ("number,description\n6015550123,Ann\n , \n", "3:1", "this row is blank"),
        ("number\n \n", "2:1", "this row is blank"),
        ("number,description\n6.02E+09,Ann\n", "2:1", "looks like a number that a spreadsheet rounded"),
        ("description,number\nAnn,'6015550110\n", "2:5", "601•••0110 is not a phone number; it looks like a text with"),
        ("number,description\n<<<<<<< HEAD\n", "2:1", "a Git conflict marker: resolve the merge conflict"),
        ("number,description\n(1 row affected)\n", "2:1", "the last line of a database's output"),
        ("number,description\n(1 row affected),\n", "2:1", "the last line of a database's output"),
        ("number\n#REF!\n", "2:1", "a spreadsheet error"),
        ("number\nNaN\n", "2:1", "a program's word for no value"),
        ("number\n6015550110.0\n", "2:1", "a decimal number from a spreadsheet"),
        ("number,timezone\n6015550123,America/Chicago\n6015550124,Mars\n", "3:12", "'Mars' is not an IANA time zone"),
        ("number\n6015550123\n".encode("utf-16"), "1:1", "this file is UTF-16: run voxosync numbers clean a.csv"),
        ("number\n6015550123\n".encode("utf-16-be"), "1:1", "U+0000"),
        ('number\n"6015550123\n', "2:1", "not CSV: a quote is not closed"),
        ('number\n"6015550123"x\n', "2:1", "not CSV: there is text after the closing quote"),
        ("number,description\n6015550123," + "x" * 200_000, "2:1", "not CSV: a value is too long"),
        (b"PK\x03\x04\x14\x00\xff\xfe", "1:1", "this is a workbook, not CSV: save the sheet as CSV"),
    ],
)  # fmt: skip
def test_message_describes_the_problem_in_a_file(
    content: str | bytes, position: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (problem,) = from_csv(path, "a.csv").problems
    assert problem.is_error
    assert str(problem.position) == f"a.csv:{position}"
    assert words in problem.message


def test_byte_order_mark_blank_lines_and_time_zones_are_accepted(tmp_path: Path) -> None:
    text = "\ufeffnumber,timezone\n\n6015550123,America/Chicago\n\n6015550124,\n\n"
    contacts = read(tmp_path / "a.csv", text)
    assert contacts.problems == []
    assert contacts.numbers == {"6015550123": "", "6015550124": ""}
    assert contacts.fields == {}


def test_many_wrong_rows_are_summarized(tmp_path: Path) -> None:
    rows = "".join(f"word {n}\n,\n" for n in range(500))
    rules = [problem.rule for problem in read(tmp_path / "a.csv", f"number\n{rows}").problems]
    assert len(rules) == 102
    text = "number\n" + "".join(f"55501{n:02}\n" for n in range(100))
    (problem,) = read(tmp_path / "a.csv", text).problems
    assert problem.message.startswith(
        "100 numbers are not 10 digits, or 11 with a leading 1 (lines 2, 3, 4, 5, 6, …)"
    )
