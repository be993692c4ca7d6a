"""`voxosync numbers split` writes one list for each time zone."""

from __future__ import annotations

import csv
import os
import stat
from typing import TYPE_CHECKING

import pytest

from voxosync.definitions.contacts_csv import from_csv

if TYPE_CHECKING:
    from tests.cli.cli_project import Project

LIST = """\
number,description,timezone,field1
6015550123,Ann,,"a, b"
(850) 555-0124,Bob,,
8005550125,Cy,,
2135550126,Di,US/Central,"two
lines"
9285550127,,America/Phoenix,x
16025550128,,,
448-555-0124,Ed,,
"""
SPLIT = {
    "spring.America-Chicago.csv": (
        'number,description,timezone,field1\n6015550123,Ann,,"a, b"\n2135550126,Di,US/Central,"two\nlines"\n'
    ),
    "spring.America-Chicago+America-New_York.csv": (
        "number,description,timezone,field1\n(850) 555-0124,Bob,,\n448-555-0124,Ed,,\n"
    ),
    "spring.America-Phoenix.csv": (
        "number,description,timezone,field1\n9285550127,,America/Phoenix,x\n16025550128,,,\n"
    ),
    "spring.unknown.csv": "number,description,timezone,field1\n8005550125,Cy,,\n",
}


def split(project: Project, *words: str) -> tuple[int, str, str]:
    ran = project.run("numbers", "split", "contacts/spring.csv", "--by", "zone", *words)
    return ran.status, ran.out, ran.err


def lists(project: Project, folder: str = "contacts") -> dict[str, str]:
    return {path.name: path.read_text() for path in (project.folder / folder).glob("spring.*.csv")}


@pytest.fixture(autouse=True)
def _list(project: Project) -> None:
    project.write("contacts/spring.csv", LIST)


def test_each_time_zone_gets_a_list_with_all_columns(project: Project) -> None:
    status, out, err = split(project)
    assert status == 0
    assert out.splitlines() == [
        "contacts/spring.America-Chicago.csv: 2 numbers",
        "contacts/spring.America-Chicago+America-New_York.csv: 2 numbers",
        "contacts/spring.America-Phoenix.csv: 2 numbers",
        "contacts/spring.unknown.csv: 1 number",
    ]
    assert (
        err
        == "contacts/spring.unknown.csv: the time zone is unknown; a timezone column can name it\n"
    )
    assert lists(project) == SPLIT
    assert (project.folder / "contacts/spring.csv").read_text() == LIST


def test_each_phone_is_in_exactly_one_list(project: Project) -> None:
    """A phone that the list has twice, with two time zones, would otherwise be called twice."""
    repeated = f"{LIST}601-555-0123,Ann again,America/Denver,\n"
    project.write("contacts/spring.csv", repeated)
    assert split(project)[0] == 0
    phones = [
        phone
        for name in lists(project)
        for phone in from_csv(project.folder / "contacts" / name, name).numbers
    ]
    assert len(phones) == len({*phones}) == 7
    rows = [row for text in lists(project).values() for row in csv.reader(text.splitlines())]
    assert (
        sum(row[:1] != ["number"] for row in rows)
        == len(list(csv.reader(repeated.splitlines()))) - 1
    )


def test_lists_can_be_written_to_a_new_folder(project: Project) -> None:
    status, out, _ = split(project, "--out-dir", "lists/by-zone")
    assert status == 0
    assert out.startswith("lists/by-zone/spring.America-Chicago.csv: 2 numbers\n")
    assert lists(project, "lists/by-zone") == SPLIT
    assert lists(project) == {}


def test_existing_file_is_replaced_only_with_force(project: Project) -> None:
    project.write("contacts/spring.unknown.csv", "old\n")
    status, out, err = split(project)
    assert (status, out) == (1, "")
    assert (
        err
        == "error: contacts/spring.unknown.csv already exists: nothing was written; to replace files, pass --force\n"
    )
    assert lists(project) == {"spring.unknown.csv": "old\n"}
    assert split(project, "--force")[0] == 0
    assert lists(project) == SPLIT
    status, _, err = split(project)
    assert status == 1
    assert "spring.America-Phoenix.csv and 1 more already exist: nothing was written" in err


def test_list_of_an_earlier_split_is_reported(project: Project) -> None:
    """An old list may hold phones that are in another list now."""
    assert split(project)[0] == 0
    project.write("contacts/spring.csv", "number\n6015550123\n")
    status, out, err = split(project, "--force")
    assert (status, out) == (0, "contacts/spring.America-Chicago.csv: 1 number\n")
    assert [line.partition(":")[0] for line in err.splitlines()] == [
        "contacts/spring.America-Chicago+America-New_York.csv",
        "contacts/spring.America-Phoenix.csv",
        "contacts/spring.unknown.csv",
    ]
    assert "not written by this run; remove it if it is left over from an earlier one" in err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("number\n", "there are no numbers below the header: nothing was written"),
        ("Phone;Name\n6015550123;Ann\n", "run voxosync numbers clean contacts/spring.csv"),
        ("number\n6015550142\nword\n", "contacts/spring.csv:3:1: error: 'word' is not a phone number"),
        ("number,timezone\n6015550142,Mars\n", "'Mars' is not an IANA time zone"),
        ("number\n6015550142\n6015550142\n", "is already on line 2: keep one of them"),
        (None, "cannot read the file"),
    ],
)  # fmt: skip
def test_file_that_is_not_a_list_is_not_split(
    project: Project, content: str | None, message: str
) -> None:
    (project.folder / "contacts/spring.csv").unlink()
    if content is not None:
        project.write("contacts/spring.csv", content)
    status, out, err = split(project)
    assert (status, out) == (1, "")
    assert message in err
    assert lists(project) == {}
    assert "6015550142" not in err


def test_nothing_is_written_if_one_list_cannot_be_written(project: Project) -> None:
    project.write("contacts/lists", "a file")
    status, _, err = split(project, "--out-dir", "contacts/lists/here")
    assert status == 1
    assert "cannot write to contacts/lists/here: Not a directory" in err
    (project.folder / "contacts/spring.unknown.csv").mkdir()
    status, _, err = split(project, "--force")
    assert status == 1
    assert "cannot write contacts/spring.unknown.csv: Is a directory" in err
    assert not (project.folder / "contacts/spring.America-Chicago.csv").exists()


def test_only_the_files_are_reported_with_quiet(project: Project) -> None:
    ran = project.run("-q", "numbers", "split", "contacts/spring.csv", "--by", "zone")
    assert (ran.status, ran.err) == (0, "")
    assert len(ran.out.splitlines()) == 4


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has such modes")
def test_only_the_owner_can_read_the_lists(project: Project) -> None:
    assert split(project)[0] == 0
    for name in SPLIT:
        assert stat.S_IMODE((project.folder / "contacts" / name).stat().st_mode) == 0o600
