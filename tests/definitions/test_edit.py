"""Edits of a definition's text change only the given value and keep the style of the file."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxosync.definitions.contacts_csv import from_csv
from voxosync.definitions.writing import edit_csv
from voxosync.definitions.writing.edit import NotEditable, YamlText, set_value
from voxosync.model.numbers import Numbers
from voxosync.model.phone import phone
from voxosync.model.values import Destination

if TYPE_CHECKING:
    from voxosync.definitions.contacts import Contacts

QUEUE, IVR, DESK = Destination("QUEUE", 12), Destination("IVR", 3), Destination("EXTENSION", 101)

CASES: dict[str, tuple[str, str, Any, str]] = {
    "single quotes are kept and doubled inside": ("name: 'a b'", "name", "it's", "name: 'it''s'"),
    "double quotes are kept": ('callFrequency: "30"', "callFrequency", 60, 'callFrequency: "60"'),
    "value that needs quotes is quoted": ("name: abc", "name", "a: b", 'name: "a: b"'),
    "word that editors read as a boolean is quoted": ("name: abc", "name", "yes", 'name: "yes"'),
    "text that looks like a number is quoted": ("name: abc", "name", "007", 'name: "007"'),
    "number in place of a number is not quoted": ("name: 2026", "name", "2027", "name: 2027"),
    "time is not quoted": ("timeStart: 09:00", "timeStart", "18:30", "timeStart: 18:30"),
    "time in braces is not quoted": ("{timeStart: 09:00}", "timeStart", "18:30", "{timeStart: 18:30}"),
    "several lines without a block are quoted": ("message: a", "message", "a\nb", 'message: "a\\nb"'),
    "anchor is kept": ("name: &n abc # c", "name", "abd", "name: &n abd # c"),
    "value on the next line stays there": ("name:\n  abc", "name", "abd", "name:\n  abd"),
    "literal block is kept": ("message: |-\n    a\n    b\n", "message", "a\n\nc", "message: |-\n    a\n\n    c\n"),
    "mark of a literal block shows its final line end": ("message: |-\n  a\n", "message", "b\n", "message: |\n  b\n"),
    "block that cannot hold the text becomes a quoted value": (
        "message: | # c\n  a\n", "message", " a", 'message: " a" # c\n'),
    "unchanged paragraphs of a folded block keep their lines": (
        "message: >\n  one\n  two\n\n  three\n", "message", "one two\nfour\n", "message: >\n  one\n  two\n\n  four\n"),
    "id is inserted first, below the comment at the top": (
        "# top\nname: abc\n", "id", 4711, "# top\nid: 4711\nname: abc\n"),
    "new key is inserted in the usual order": (
        "id: 1\nrecording: yes\n", "callerId", "6015550100", "id: 1\ncallerId: 6015550100\nrecording: yes\n"),
    "new key is indented like the others": (
        "  id: 1\n  name: abc", "tech", "VOICE", "  id: 1\n  name: abc\n  tech: VOICE"),
    "definition in braces keeps them": (
        "{id: 1}", "numbers", {"6015550123": ""}, "{id: 1, numbers: [{number: 6015550123}]}"),
    "empty definition in braces keeps them": ("{}", "id", 1, "{id: 1}"),
    "number is removed with its line and comment": (
        "numbers:\n  # all\n  - {number: 1}  # one\n  - {number: 2}  # two\n", "numbers", {"2": ""},
        "numbers:\n  # all\n  - {number: 2}  # two\n"),
    "number is added in the style of the others": (
        "numbers:\n-   number: '1'\n    description: a\n", "numbers", {"1": "a", "2": "b"},
        "numbers:\n-   number: '1'\n    description: a\n-   number: '2'\n    description: b\n"),
    "description is added on its own line": (
        "numbers:\n- number: 1\n- number: 2", "numbers", {"1": "", "2": "b"},
        "numbers:\n- number: 1\n- number: 2\n  description: b"),
    "number is removed with a dash on its own line": (
        "numbers:\n  -\n    number: 1\n  -\n    number: 2\n", "numbers", {"2": ""}, "numbers:\n  -\n    number: 2\n"),
    "list in brackets on one line stays there": (
        "numbers: [ { number: 1 }, { number: 2 } ] # c", "numbers", {"1": "", "3": "x"},
        "numbers: [ { number: 1 }, { number: 3, description: x } ] # c"),
    "list in brackets on several lines stays there": (
        "numbers: [\n  {number: 1},  # one\n  {number: 2}   # two\n]", "numbers", {"1": "", "2": "", "3": ""},
        "numbers: [\n  {number: 1},  # one\n  {number: 2},   # two\n  {number: 3}\n]"),
    "last number is removed": (
        "numbers: &n # who\n  - {number: 1}\nname: abc", "numbers", {}, "numbers: &n [] # who\nname: abc"),
    "first number is added": (
        "numbers: []  # none\nname: abc", "numbers", {"1": ""}, "numbers:  # none\n  - {number: 1}\nname: abc"),
    "destination keeps its comment": (
        "destinations:\n  - {type: QUEUE, id: 12}  # desk\n  - {id: 3, type: IVR}\n", "destinations", (DESK, IVR),
        "destinations:\n  - {type: EXTENSION, id: 101}  # desk\n  - {id: 3, type: IVR}\n"),
    "destinations are reordered": (
        "destinations: [{type: QUEUE, id: 12}, {type: IVR, id: 3}]", "destinations", (IVR, QUEUE),
        "destinations: [{type: IVR, id: 3}, {type: QUEUE, id: 12}]"),
    "destination is inserted at the front": (
        "destinations:\n- {type: IVR, id: 3}\n", "destinations", (QUEUE, IVR),
        "destinations:\n- {type: QUEUE, id: 12}\n- {type: IVR, id: 3}\n"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_changed_value_keeps_the_style_of_the_file(case: str) -> None:
    before, key, value, after = CASES[case]
    value = Numbers.spelled(value) if isinstance(value, dict) else value
    assert set_value(before, 0, key, value) == after
    assert set_value(before.replace("\n", "\r\n"), 0, key, value) == after.replace("\n", "\r\n")


def test_changed_alias_of_a_list_becomes_a_separate_list() -> None:
    before = "destinations: &d [{type: IVR, id: 3}]\nmatchDestinations: *d  # the same\n"
    after = "destinations: &d [{type: IVR, id: 3}]\nmatchDestinations:  # the same\n  - {type: QUEUE, id: 12}\n"
    assert set_value(before, 0, "matchDestinations", (QUEUE,)) == after


def test_other_documents_are_unchanged() -> None:
    text = YamlText("id: 1\nname: abc\n--- # two\nid: 2\nname: abc\n")
    assert [text.document_at(line) for line in (1, 2, 3, 5)] == [0, 0, 1, 1]
    text.change(1, "name", "abd")
    assert text.result() == "id: 1\nname: abc\n--- # two\nid: 2\nname: abd\n"


def test_rewritten_numbers_keep_the_fields_that_voxo_does_not_show() -> None:
    text = YamlText("id: 1\n")
    text.change(0, "numbers", Numbers({"6015550123": "a"}), {"6015550123": {"field1": "Gold"}})
    assert "{number: 6015550123, description: a, field1: Gold}" in text.result()


def test_numbers_in_a_csv_file_are_not_replaced_by_a_list() -> None:
    with pytest.raises(NotEditable, match="by hand"):
        set_value("numbers: {file: a.csv}\n", 0, "numbers", Numbers())


class TestCsv:
    CELLS = st.sampled_from(["", "Customer 1042", "a, b", 'say "x"', "two\nlines", " blank "])
    NUMBERS = st.sampled_from([f"601555010{n}" for n in range(6)] + ["+1 601 555 0123"])

    @staticmethod
    @st.composite
    def files(draw: st.DrawFn) -> tuple[list[str], str]:
        """The rows of a file as they are written, and its line ending."""
        header = draw(st.permutations(["number", "description", "field1"]))
        rows = [",".join(header)]
        eol = draw(st.sampled_from(["\n", "\r\n"]))
        for number in draw(st.lists(TestCsv.NUMBERS, unique=True, max_size=5)):
            cells = {name: draw(TestCsv.CELLS) for name in header} | {"number": number}
            buffer = io.StringIO()
            csv.writer(
                buffer,
                quoting=csv.QUOTE_ALL if draw(st.booleans()) else csv.QUOTE_MINIMAL,
                lineterminator="\n",
            ).writerow(cells[name] for name in header)
            rows.append(buffer.getvalue().removesuffix("\n"))
            if draw(st.integers(0, 4)) == 0:
                rows.append("")
        return rows, eol

    @given(files(), st.dictionaries(NUMBERS, CELLS, max_size=5), st.sampled_from(["", "end"]))
    def test_file_has_exactly_the_desired_numbers_and_keeps_other_rows(
        self, rows_and_line_end: tuple[list[str], str], desired: dict[str, str], final_line_end: str
    ) -> None:
        rows, eol = rows_and_line_end
        before = eol.join(rows) + (eol if final_line_end or not rows[-1] else "")
        contacts_before, after = (
            read(before),
            edit_csv.set_numbers(before, Numbers.spelled(desired)),
        )
        contacts = read(after)
        assert contacts.numbers == Numbers.spelled(desired)
        assert contacts.fields == {
            n: fields for n, fields in contacts_before.fields.items() if n in contacts.numbers
        }
        if "" not in rows:  # a blank line has a line end and may become the last line
            assert after.endswith("\n") == before.endswith("\n")
        offset = 0
        column = rows[0].split(",").index("number")
        for row in filter(None, rows):
            number = next(csv.reader(io.StringIO(row, newline=""), strict=True))[column]
            if number == "number" or contacts_before.numbers[phone(number)] == desired.get(number):
                offset = after.index(row, offset) + len(row)


def read(text: str) -> Contacts:
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        path.write_bytes(text.encode())
        contacts = from_csv(path, "a.csv")
    assert not [problem for problem in contacts.problems if problem.is_error]
    return contacts
