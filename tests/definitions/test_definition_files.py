"""Which files are read: those below the campaigns folder, or those named on the command line; which are unreadable."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from voxosync.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.definitions.definition_folder import DefinitionFolder


def ids(project: DefinitionFolder, *paths: Path) -> list[int]:
    loaded = project.load(*paths)
    assert not loaded.problems
    return [definition.id for definition in loaded.definitions]


def test_definitions_are_read_from_all_folders_in_order_of_their_names(
    project: DefinitionFolder,
) -> None:
    for identity, name in enumerate(["a.yaml", "b.yml", "a/x.yaml", "a/b/y.yaml", "b/z.yaml"], 1):
        project.write(name, f"id: {identity}")
    for name in (".hidden.yaml", ".git/x.yaml", "notes.txt", "x.yaml.bak", "x.json", "readme.md"):
        project.write(name, "no definition")
    assert ids(project) == [1, 2, 3, 4, 5]
    assert project.load().files == 5


def test_only_the_given_paths_are_read(project: DefinitionFolder) -> None:
    file = project.write("one.yaml", "id: 1")
    two = project.write("folder/two.yaml", "id: 2")
    project.write("folder/three.yaml", "id: 3")
    assert ids(project, two) == [2]
    assert ids(project, two.parent) == [3, 2]
    assert ids(project, two, file, file, two.parent) == [2, 1, 3]


def test_project_folder_stands_for_its_campaigns_folder(project: DefinitionFolder) -> None:
    project.write("one.yaml", "id: 1")
    (project.folder / "voxosync.yaml").write_text("environments: {prod: {tenantId: 17}}")
    assert ids(project, project.folder) == [1]


def test_path_through_a_parent_folder_is_the_same_file(project: DefinitionFolder) -> None:
    project.write("_defaults.yaml", "name: Everywhere")
    project.write("inner/_defaults.yaml", "name: Inside")
    project.write("inner/other.yaml", "id: 2")
    path = project.write("one.yaml", "id: 1")
    detour = path.parent / "inner" / ".." / path.name
    (definition,) = project.load(detour, path).definitions
    assert definition.values == {"name": "Everywhere"}
    assert str(definition.position) == "campaigns/one.yaml:1:5"


def test_defaults_apply_to_a_file_named_through_a_symbolic_link(project: DefinitionFolder) -> None:
    project.write("_defaults.yaml", "name: Everywhere")
    project.write("inner/one.yaml", "id: 1")
    link = project.folder / "link"
    link.symlink_to(project.campaigns, target_is_directory=True)
    (definition,) = project.load(link / "inner" / "one.yaml", project.campaigns).definitions
    assert definition.values == {"name": "Everywhere"}


def test_path_of_a_defaults_file_stands_for_its_folder(project: DefinitionFolder) -> None:
    project.write("one.yaml", "id: 1")
    defaults = project.write("inner/_defaults.yaml", "name: Inside")
    project.write("inner/two.yaml", "id: 2")
    assert ids(project, defaults) == [2]


@pytest.mark.parametrize("name", ["nowhere.yaml", "one.yaml/x.yaml", "a\0b", "x" * 5000])
def test_path_that_does_not_exist_is_a_usage_error(project: DefinitionFolder, name: str) -> None:
    project.write("one.yaml", "id: 1")
    with pytest.raises(UsageError, match="file or folder not found"):
        project.load(project.campaigns / name)


def test_missing_campaigns_folder_is_an_error(project: DefinitionFolder) -> None:
    assert project.problems() == ["campaigns:1:1: missing"]


def test_a_folder_without_definitions_is_an_error(project: DefinitionFolder) -> None:
    defaults = project.write("_defaults.yaml", "tech: VOICE")
    assert project.problems() == ["campaigns:1:1: empty"]
    assert project.problems(defaults.parent) == ["campaigns:1:1: empty"]


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing\n", "\ufeff"])
def test_an_empty_file_is_an_error(project: DefinitionFolder, content: str) -> None:
    assert project.problems_of(content) == ["1:1: empty"]


def test_broken_symbolic_link_is_unreadable(project: DefinitionFolder) -> None:
    link = project.write("one.yaml", "id: 1").parent / "two.yaml"
    link.symlink_to("nowhere.yaml")
    assert project.problems() == ["campaigns/two.yaml:1:1: unreadable"]
    assert project.problems(link) == ["campaigns/two.yaml:1:1: unreadable"]


def test_loop_of_symbolic_links_is_unreadable(project: DefinitionFolder) -> None:
    link = project.write("one.yaml", "id: 1").parent / "two.yaml"
    link.symlink_to("two.yaml")
    assert project.problems() == ["campaigns/two.yaml:1:1: unreadable"]


def test_folder_with_the_name_of_a_file_is_a_folder(project: DefinitionFolder) -> None:
    project.write("one.yaml/two.yaml", "id: 2")
    assert ids(project) == [2]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_unreadable(project: DefinitionFolder) -> None:
    project.write("one.yaml", "id: 1").chmod(0)
    assert project.problems() == ["campaigns/one.yaml:1:1: unreadable"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_permission_is_unreadable(project: DefinitionFolder) -> None:
    project.write("one.yaml", "id: 1")
    folder = project.write("inner/two.yaml", "id: 2").parent
    folder.chmod(0)
    try:
        assert project.problems() == ["campaigns/inner:1:1: unreadable"]
    finally:
        folder.chmod(0o700)


def test_folder_that_cannot_be_listed_is_unreadable(
    project: DefinitionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same as a folder without permission, for people who run tests as root."""
    project.write("one.yaml", "id: 1")
    inner = project.write("inner/two.yaml", "id: 2").parent
    scandir = os.scandir

    def denied(path: str) -> object:
        if os.fspath(path) == str(inner):
            raise PermissionError(13, "Permission denied", str(inner))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)
    assert project.problems() == ["campaigns/inner:1:1: unreadable"]


@pytest.mark.parametrize("value", ["../../secret.csv", "link.csv", "linked/secret.csv"])
def test_csv_file_outside_the_project_is_refused(project: DefinitionFolder, value: str) -> None:
    outside = project.folder.parent / f"{project.folder.name}-outside"
    outside.mkdir()
    (outside / "secret.csv").write_text("number\n6015550123\n")
    (project.folder.parent / "secret.csv").write_text("number\n6015550123\n")
    project.write("one.yaml", f"id: 1\nnumbers: {{file: {value}}}")
    (project.campaigns / "link.csv").symlink_to(outside / "secret.csv")
    (project.campaigns / "linked").symlink_to(outside, target_is_directory=True)
    assert "campaigns/one.yaml:2:17: outside" in project.problems()


def test_absolute_csv_path_outside_is_refused_even_if_it_does_not_exist(
    project: DefinitionFolder,
) -> None:
    project.write("one.yaml", "id: 1\nnumbers: {file: /nowhere/numbers.csv}")
    assert "campaigns/one.yaml:2:17: outside" in project.problems()


def test_symbolic_link_within_the_project_is_followed(project: DefinitionFolder) -> None:
    project.write("numbers.csv", "number\n6015550123\n")
    (project.campaigns / "link.csv").symlink_to("numbers.csv")
    definition = project.definition("id: 1\nnumbers: {file: link.csv}")
    assert definition.values == {"numbers": {"6015550123": ""}}


@pytest.mark.parametrize("name", ["loop.csv", "x" * 5000, "one.yaml/x.csv", "folder"])
def test_csv_path_that_is_not_a_file_is_an_error(project: DefinitionFolder, name: str) -> None:
    project.write("folder/x.txt", "")
    (project.campaigns / "loop.csv").symlink_to("loop.csv")
    project.write("one.yaml", f"id: 1\nnumbers: {{file: {name}}}")
    assert project.problems() == ["campaigns/one.yaml:2:17: csv"]


def test_csv_file_may_have_number_fields(project: DefinitionFolder) -> None:
    project.write("one.csv", 'field2,number,field9\nGold,6015550123,\n,6015550124,"a\nb"\n')
    definition = project.definition("id: 1\nnumbers: {file: one.csv}")
    assert definition.number_fields == {
        "6015550123": {"field2": "Gold"},
        "6015550124": {"field9": "a\nb"},
    }


def test_time_zone_of_a_phone_comes_from_its_first_row_in_csv(project: DefinitionFolder) -> None:
    rows = "6015550123,America/Denver\n6015550124,\n601-555-0123,America/Phoenix\n16015550125,US/Eastern\n"
    project.write("one.csv", f"number,timezone\n{rows}")
    project.write("one.yaml", "id: 1\nnumbers: {file: one.csv}")
    (definition,) = project.load().definitions
    assert definition.number_zones == {"6015550123": "America/Denver", "6015550125": "US/Eastern"}


def test_numbers_in_yaml_may_have_number_fields(project: DefinitionFolder) -> None:
    definition = project.definition(
        "id: 1\nnumbers:\n  - {number: 6015550123, field1: 010, field2: yes}\n"
        "  - {number: 6015550124, description: x}\n"
    )
    assert definition.number_fields == {"6015550123": {"field1": "010", "field2": "yes"}}


def test_csv_file_may_begin_with_a_byte_order_mark(project: DefinitionFolder) -> None:
    project.write("one.csv", b"\xef\xbb\xbfnumber\r\n6015550123\r\n")
    definition = project.definition("id: 1\nnumbers: {file: one.csv}")
    assert definition.values == {"numbers": {"6015550123": ""}}
