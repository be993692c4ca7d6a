"""A problem names the file, line and column of its cause, and one run reports all problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voxosync.model.fields import FIELDS, WRITABLE
from voxosync.model.kinds.destinations import DESTINATIONS
from voxosync.model.kinds.phone_list import NUMBERS
from voxosync.model.kinds.scalars import DATE, FLAG, NUMBER, TEXT, TIME, ZONE
from voxosync.model.problem import Severity

if TYPE_CHECKING:
    from tests.definitions.definition_folder import DefinitionFolder

INVALID_VALUES = {
    TEXT: "[]",
    ZONE: "[]",
    DATE: "tomorrow",
    TIME: "noon",
    NUMBER: "many",
    FLAG: "perhaps",
    NUMBERS: "some",
    DESTINATIONS: "there",
}


@pytest.mark.parametrize("name", WRITABLE)
def test_invalid_value_of_every_field_is_reported_at_its_position(
    project: DefinitionFolder, name: str
) -> None:
    value = INVALID_VALUES[FIELDS[name].kind]
    column = len(name) + 5
    assert project.problems_of(f"id: 4711\n\n{name}:   {value}\n") == [f"3:{column}: value"]
    (problem,) = project.load().problems
    assert problem.severity is Severity.ERROR
    assert problem.message.startswith(f"{name}: ")
    assert ": write " in problem.message


@pytest.mark.parametrize("null", ["", "~", "null", "Null", "NULL"])
@pytest.mark.parametrize("name", [*WRITABLE, "tenantId", "voxosync"])
def test_null_is_refused_for_every_key_in_every_spelling(
    project: DefinitionFolder, name: str, null: str
) -> None:
    column = len(name) + (3 if null else 2)
    assert project.problems_of(f"id: 4711\n{name}: {null}".rstrip(" ")) == [f"2:{column}: null"]


def test_quoted_null_is_text(project: DefinitionFolder) -> None:
    assert project.definition("id: 4711\nmessage: 'null'").values == {"message": "null"}


def test_problem_is_printed_with_position_severity_and_what_to_write(
    project: DefinitionFolder,
) -> None:
    project.write("spring.yaml", "id: 4711\nrecording: true\n")
    assert [str(problem) for problem in project.load().problems] == [
        "campaigns/spring.yaml:2:12: error: recording: 'true' is not accepted: write yes or no"
    ]


def test_columns_count_characters_regardless_of_width(project: DefinitionFolder) -> None:
    assert project.problems_of("id: 4711\nvoxosync: {ignore: ['Grüße 🎉', mesage]}") == [
        "2:21: value",
        "2:32: value",
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_with_every_kind_of_line_ending(
    project: DefinitionFolder, end: str
) -> None:
    assert project.problems_of(end.join(["# ä", "id: 4711", "nam: x", ""])) == ["3:1: unknown-key"]
    assert project.problems_of(end.join(["# ä", "id: 4711", "name: '\a'", ""])) == ["3:8: yaml"]
    invalid_utf_8 = end.join(["# ä", "id: 4711", "name: Gr"]).encode() + b"\xfc\xdfe"
    assert project.problems_of(invalid_utf_8) == ["3:9: encoding"]


def test_byte_order_mark_is_not_counted_as_a_column(project: DefinitionFolder) -> None:
    mark = b"\xef\xbb\xbf"
    assert project.problems_of(mark + b"nam: x\nid: 4711") == ["1:1: unknown-key"]
    assert project.problems_of(mark + b"id: 4711\nname: \xff") == ["2:7: encoding"]


@pytest.mark.parametrize("character", ["\0", "\a", "\x1b", "\x7f", "\x85", "\u2028", "\u2029"])
def test_characters_that_yaml_readers_treat_differently_are_refused(
    project: DefinitionFolder, character: str
) -> None:
    text = f"id: 4711\nmessage: 'ü{character}'\nname: Spring"
    assert project.problems_of(text) == ["2:12: yaml"]
    (problem,) = project.load().problems
    assert f"U+{ord(character):04X} is not allowed" in problem.message


@pytest.mark.parametrize("escape", [r"\a", r"\e", r"\N", r"\L", r"\u202e"])
def test_escaped_special_characters_are_text(project: DefinitionFolder, escape: str) -> None:
    escapes = {r"\e": "\x1b", r"\N": "\x85", r"\L": "\u2028", r"\a": "\a", r"\u202e": "\u202e"}
    definition = project.definition(f'id: 4711\nmessage: "{escape}"')
    assert definition.values == {"message": escapes[escape]}


def test_utf_16_is_refused(project: DefinitionFolder) -> None:
    assert project.problems_of("id: 4711".encode("utf-16")) == ["1:1: encoding"]


def test_all_problems_of_all_files_are_reported_at_once_in_file_order(
    project: DefinitionFolder,
) -> None:
    project.write("b.yaml", "id: 2\nstate: ON\ndateStart: 2026-02-30\nnam: x\n")
    project.write("a/x.yaml", "id: 3\n--- \nid: 4\nrecording: no\n---\nid: 5\nname: x\n")
    project.write("a/_defaults.yaml", "timezone: Nowhere\ntech: SMS\n")
    project.write("c.yml", "id: 2\nnumbers: {file: c.csv}\ncallerId: 1\n")
    project.write("c.csv", "number\n6015550123\n6015550123\n")
    project.write("a.yaml", "id: [\n")
    project.write("z.yaml", "")
    assert project.problems() == [
        "campaigns/a.yaml:1:6: yaml",
        "campaigns/b.yaml:2:8: value",
        "campaigns/b.yaml:3:12: date",
        "campaigns/b.yaml:4:1: unknown-key",
        "campaigns/c.yml:1:5: duplicate-id",
        "campaigns/c.yml:3:11: value",
        "campaigns/c.csv:3:1: duplicate-number",
        "campaigns/z.yaml:1:1: empty",
        "campaigns/a/_defaults.yaml:1:11: timezone",
        "campaigns/a/_defaults.yaml:2:7: value",
        "campaigns/a/x.yaml:4:12: recording-no",
        "campaigns/a/x.yaml:7:7: value",
    ]


def test_only_definitions_without_errors_are_loaded(project: DefinitionFolder) -> None:
    project.write("a.yaml", "id: 1\nname: First\n---\nid: 2\nname: x\n---\nid: 3\n")
    assert [definition.id for definition in project.load().definitions] == [1, 3]


def test_definition_with_errors_has_no_findings_about_missing_values(
    project: DefinitionFolder,
) -> None:
    content = "id: 4711\nenableVMDetect: 1\nmatchDestinations: ~\nnotMatchDestinations: ~\n"
    assert project.problems_of(content) == ["3:20: null", "4:23: null"]


def test_problems_of_one_list_are_limited_in_number(project: DefinitionFolder) -> None:
    invalid_list = "id: 4711\nnumbers:\n" + "  - {numbr: 6015550123}\n" * 120
    problems = project.problems_of(invalid_list)
    assert problems[:3] == ["3:3: schema", "3:5: missing-key", "3:6: unknown-key"]
    assert len(problems) == 101
    assert project.load().problems[0].message.startswith("70 more entries of numbers")


def test_duplicate_numbers_are_reported_up_to_a_limit(project: DefinitionFolder) -> None:
    problems = project.problems_of("id: 4711\nnumbers:\n" + "  - {number: 6015550123}\n" * 120)
    assert len(problems) == 51


@pytest.mark.parametrize(
    ("csv", "expected"),
    [
        ("number\n6015550123\n6015550123\n", ["3:1: duplicate-number"]),
        ("number\r\n6015550123\r\n\r\n6015550123\r\n", ["4:1: duplicate-number"]),
        ("description,number\nJo,6015550123\nÜß🎉,6015550123\n", ["3:5: duplicate-number"]),
        ('description,number\n,6015550123\n"a,""b""","6015550123"\n', ["3:11: duplicate-number"]),
        ('description,number\n,6015550123\n"a\nb",6015550123\n', ["4:4: duplicate-number"]),
        ('field1,description,number\n,,911\n"a\r\nb",c,911\n', ["2:3: number-format", "4:6: duplicate-number"]),
        ('a"b,number\n,1\n', ["1:1: csv-header"]),
        ('"number","nam","disposition",number\n', ["1:10: csv-header", "1:16: read-only", "1:30: csv-header"]),
        ('"number\n",x\n', ["1:1: csv-header"]),
        ("number,description\n6015550123\n\n1,2,3\n", ["2:1: csv", "4:1: csv"]),
        ('description,number\n"a\nb",\n,6015550123\n', ["3:4: csv"]),
        ("number\n6015\x00550123\n", ["2:5: csv"]),
        ("number\n" + "1" * 200_000, ["2:1: csv"]),
        ('number\n"6015550123"x\n', ["2:1: csv"]),
        ("", ["1:1: csv-header"]),
        ("\n\nnumber\n6015550123", ["1:1: csv-header"]),
    ],
)  # fmt: skip
def test_problem_in_a_csv_file_has_the_position_of_its_cell(
    project: DefinitionFolder, csv: str, expected: list[str]
) -> None:
    project.write("one.csv", csv)
    project.write("one.yaml", "id: 4711\nnumbers: {file: one.csv}")
    assert [p.removeprefix("campaigns/one.csv:") for p in project.problems()] == expected


def test_csv_file_that_is_not_utf_8_is_refused_with_a_position(project: DefinitionFolder) -> None:
    project.write("one.csv", b"number,description\n6015550123,Gr\xfc\xdfe\n")
    project.write("one.yaml", "id: 4711\nnumbers: {file: one.csv}")
    assert project.problems() == ["campaigns/one.csv:2:14: encoding"]


def test_invalid_csv_rows_are_reported_up_to_a_limit(project: DefinitionFolder) -> None:
    project.write("one.csv", "number,description\n" + "6015550123\n" * 120)
    project.write("one.yaml", "id: 4711\nnumbers: {file: one.csv}")
    assert len(project.problems()) == 51


def test_duplicate_number_names_the_line_of_the_other(project: DefinitionFolder) -> None:
    project.problems_of("id: 1\nnumbers:\n  - {number: 6015550123}\n  - {number: 6015550123}")
    (problem,) = project.load().problems
    assert problem.position.line == 4
    assert "601•••0123 is already on line 3: keep one of them" in problem.message


def test_fields_of_a_definition_have_positions(project: DefinitionFolder) -> None:
    project.write("_defaults.yaml", "timezone: UTC\n")
    definition = project.definition("# a comment\nid: 4711\nname: Spring\n")
    assert str(definition.position) == "campaigns/one.yaml:2:5"
    assert {name: str(position) for name, position in definition.positions.items()} == {
        "name": "campaigns/one.yaml:3:7",
        "timezone": "campaigns/_defaults.yaml:1:11",
    }
