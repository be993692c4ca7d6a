"""`voxosync schema` prints a JSON Schema, or writes all of them into a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from voxosync.cli.schema import command
from voxosync.resources import schema_text

if TYPE_CHECKING:
    from tests.cli.cli_project import Project

NAMES = list(command.params[0].type.choices)  # type: ignore[attr-defined]  # the type is a Choice


@pytest.mark.parametrize("name", NAMES)
def test_schema_command_prints_a_valid_json_schema(name: str, project: Project) -> None:
    ran = project.run("schema", name)
    assert ran.status == 0
    Draft202012Validator.check_schema(ran.json)


@pytest.mark.parametrize("name", NAMES)
def test_schema_command_prints_the_bundled_schema(name: str, project: Project) -> None:
    assert project.run("schema", name).out == schema_text(f"{name}.schema.json")


def test_schema_command_prints_the_schema_of_definitions_by_default(project: Project) -> None:
    assert project.run("schema").out == project.run("schema", "campaign").out


def test_schema_command_writes_all_schemas_into_a_folder(project: Project) -> None:
    ran = project.run("schema", "--write", "made/here")
    assert ran.status == 0
    assert ran.out == ""
    names = {path.name for path in (project.folder / "made/here").iterdir()}
    assert {f"{name}.schema.json" for name in NAMES} <= names
    for name in names:
        assert name in ran.err
        json.loads((project.folder / "made/here" / name).read_text())


def test_schema_command_refuses_a_path_that_is_not_a_folder(project: Project) -> None:
    ran = project.run("schema", "--write", "campaigns/spring.yaml")
    assert ran.status == 1
    assert "campaigns/spring.yaml" in ran.err


def test_schema_command_needs_no_definitions(project: Project) -> None:
    (project.folder / "campaigns/spring.yaml").unlink()
    assert project.run("schema").status == 0
