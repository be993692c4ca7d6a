"""`voxosync numbers clean` writes a list of numbers from a spreadsheet export."""

from __future__ import annotations

import csv
import io
import os
import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.effort import usual_or_deep
from voxosync.definitions.contacts_csv import from_csv
from voxosync.definitions.spreadsheet import NotATable, clean

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

CLEAN = "number,description\n6015550123,Ann\n6015550124,Bob\n"


class TestClean:
    @pytest.mark.parametrize(
        "content",
        [
            b"number,description\n6015550123,Ann\n6015550124,Bob\n",
            b"Phone;Name\r\n601-555-0123;Ann\r\n(601) 555-0124;Bob\r\n",
            b"sep=;\r\nName;Mobile;E-mail\r\nAnn;16015550123;a\r\nBob;601.555.0124;b\r\n",
            "Name\tPhone Number\nAnn\t601\u00a0555\u00a00123\nBob\t601\u20135550124\n".encode("utf-16"),
            "\ufeffNumber,Description,\n\n6015550123,Ann,\n,,\n6015550124.0,Bob,\n".encode(),
            b"Customers of spring\n\nTEL,Full name\n'6015550123,Ann\n\"=\"\"6015550124\"\"\",Bob\n",
            b"number,description,note\rtel:+1-601-555-0123,Ann,x\r6015550124,Bob\r",
        ],
    )  # fmt: skip
    def test_an_export_becomes_a_clean_list(self, content: bytes, project: Project) -> None:
        project.write("export.csv", content)
        ran = project.run("numbers", "clean", "export.csv")
        assert (ran.status, ran.out) == (0, CLEAN)
        assert "Wrote 2 numbers" in ran.err
        assert (project.folder / "export.csv").read_bytes() == content

    def test_a_clean_list_stays_the_same(self, project: Project) -> None:
        text = 'number,field1,timezone\n6015550123,"a, b",America/Chicago\n'
        project.write("list.csv", text)
        ran = project.run("numbers", "clean", "list.csv")
        assert (ran.status, ran.out) == (0, text)
        assert ran.err == "Wrote 1 number; 0 rows left out.\n"

    def test_rows_that_cannot_be_read_are_left_out_and_reported(self, project: Project) -> None:
        rows = "601-555-0128\n6.02E+09\n#REF!\n16015550128\n(1 row affected)\n601-555-0124 work\n"
        project.write("export.csv", f"Phone\n{rows}")
        ran = project.run("numbers", "clean", "export.csv")
        assert (ran.status, ran.out) == (2, "number\n6015550128\n")
        for message in (
            "export.csv:3: left out: '6.02E+09' is not a phone number; it looks like a number that a spreadsheet",
            "export.csv:4: left out: '#REF!' is not a phone number",
            "export.csv:5: left out: the phone 1601•••0128 is already on line 2",
            "export.csv:6: left out: '(1 row affected)'",
            "export.csv:7: left out: 601•••0124 is not",
            "Wrote 1 number; 5 rows left out.",
        ):
            assert message in ran.err
        assert "6015550128" not in ran.err
        assert "555-0124" not in ran.err

    @pytest.mark.parametrize(
        "row",
        ['"6015550124,Bob\n6015550125,Cy', '6015550124,"Bob\n6015550125,"Cy"\n6015550126,"Di"'],
    )
    def test_an_unclosed_quote_is_an_error(self, row: str, project: Project) -> None:
        project.write("export.csv", f"Phone,Name\n6015550123,Ann\n{row}\n")
        ran = project.run("numbers", "clean", "export.csv", "--out", "list.csv")
        assert ran.status == 1
        assert "export.csv: line 3 cannot be read" in ran.err
        assert not (project.folder / "list.csv").exists()

    @pytest.mark.parametrize("header", ["Number,Phone", "Mobile,number"])
    def test_two_columns_that_may_hold_the_phones_are_an_error(
        self, header: str, project: Project
    ) -> None:
        project.write("export.csv", f"{header}\n10123,6015550123\n")
        ran = project.run("numbers", "clean", "export.csv")
        assert (ran.status, ran.out) == (1, "")
        assert "export.csv: line 1: both " in ran.err
        assert "may hold the phones: remove one of them" in ran.err

    @pytest.mark.parametrize(
        ("bad_rows", "more"), [(1, None), (50, None), (51, "1 more row"), (52, "2 more rows")]
    )
    def test_reports_of_rows_are_limited_and_the_rest_counted(
        self, bad_rows: int, more: str | None, project: Project
    ) -> None:
        project.write("export.csv", "Phone\n6015550123\n" + "word\n" * bad_rows)
        ran = project.run("numbers", "clean", "export.csv")
        lines = ran.err.splitlines()
        assert lines[-1].endswith(f"; {bad_rows} row{'' if bad_rows == 1 else 's'} left out.")
        assert [line for line in lines if "more row" in line] == (
            [f"export.csv: left out: {more}"] if more else []
        )

    @pytest.mark.parametrize("rows", ["", "word\n", ",\n"])
    def test_a_list_without_numbers_is_not_written(self, rows: str, project: Project) -> None:
        project.write("export.csv", f"Phone,Name\n{rows}")
        project.write("list.csv", CLEAN)
        ran = project.run("numbers", "clean", "export.csv", "--out", "list.csv")
        assert ran.status == 1
        assert "export.csv: there are no numbers below the header" in ran.err
        assert (project.folder / "list.csv").read_text() == CLEAN

    def test_only_rows_left_out_are_reported_with_quiet(self, project: Project) -> None:
        project.write("export.csv", "Phone;X\n601-555-0123;\nword;\n")
        ran = project.run("-q", "numbers", "clean", "export.csv")
        assert ran.status == 2
        assert len(ran.err.splitlines()) == 1

    @pytest.mark.skipif(os.name != "posix", reason="only POSIX has such modes")
    def test_only_the_owner_can_read_a_written_list(self, project: Project) -> None:
        project.write("export.csv", "Phone\n601-555-0123\n")
        ran = project.run("numbers", "clean", "export.csv", "--out", "list.csv")
        assert (ran.status, ran.out) == (0, "")
        path = project.folder / "list.csv"
        assert path.read_text() == "number\n6015550123\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert project.run("numbers", "clean", "export.csv", "--out", "export.csv").status == 0
        assert (project.folder / "export.csv").read_text() == "number\n6015550123\n"

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"Name;E-mail\nAnn;a@example.com\n", "no column is called number, Phone or Mobile"),
            (b"", "no column is called"),
            (b"PK\x03\x04rest", "save the sheet as CSV"),
            (b"\x00\x01\x02", "not a text file"),
            (None, "cannot read the file"),
        ],
    )
    def test_a_file_that_is_not_a_list_is_refused(
        self, content: bytes | None, message: str, project: Project
    ) -> None:
        if content is not None:
            project.write("export.csv", content)
        ran = project.run("numbers", "clean", "export.csv", "--out", "list.csv")
        assert ran.status == 1
        assert message in ran.err
        assert not (project.folder / "list.csv").exists()

    def test_a_list_without_a_header_becomes_one_column(self, project: Project) -> None:
        project.write("export.csv", "Ann,601-555-0123\nBob,601-555-0124\n")
        ran = project.run("numbers", "clean", "export.csv")
        assert (ran.status, ran.out) == (0, "number\n6015550123\n6015550124\n")
        assert "took column 2" in ran.err

    def test_the_error_about_an_export_in_a_definition_names_this_command(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("campaigns/list.csv", "Phone;Name\n601-555-0123;Ann\n")
        project.spring("numbers: {file: list.csv}")
        ran = project.run("plan")
        assert ran.status == 1
        assert (
            "campaigns/list.csv:1:1: error: this file uses semicolons: run voxosync numbers clean"
            in ran.err
        )
        assert voxo.asked == []
        assert (
            project.run(
                "numbers", "clean", "campaigns/list.csv", "--out", "campaigns/list.csv"
            ).status
            == 0
        )
        assert project.run("validate").status == 0


PIECES = st.sampled_from(
    ["Phone", "number", "Name", "field1", "timezone", ";", ",", "\t", "\n", "\r\n", '"', "6015550123", "601-555-0124",
     "1 601 555 0125 x3", "6.02E+09", "'6015550126", "NaN", "America/Chicago", "Mars", " ", "\u00a0", "a, b", "sep=;"]
)  # fmt: skip


@settings(
    max_examples=usual_or_deep(300), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["utf-8", "utf-16", "utf-8-sig"])
)
def test_cleaned_list_has_every_number_and_is_read_without_an_error(
    tmp_path: Path, text: str, encoding: str
) -> None:
    try:
        cleaned = clean(text.encode(encoding))
    except NotATable:
        return
    path = tmp_path / "a.csv"
    path.write_text(cleaned.text, encoding="utf-8", newline="")
    contacts = from_csv(path, "a.csv")
    assert [problem for problem in contacts.problems if problem.rule != "number-format"] == []
    assert len(contacts.numbers) == cleaned.count
    assert len(list(csv.reader(io.StringIO(cleaned.text)))) == cleaned.count + 1
    cleaned_again = clean(cleaned.text.encode())
    assert (cleaned_again.text, cleaned_again.left_out) == (cleaned.text, [])
