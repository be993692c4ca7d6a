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

NAMES = list(command.params[0].type.choices)  # type: ignore[attr-defined]  # a Choice has some


@pytest.mark.parametrize("name", NAMES)
def test_prints_one(name: str, project: Project) -> None:
    ran = project.run("schema", name)
    assert ran.status == 0
    Draft202012Validator.check_schema(ran.json)


@pytest.mark.parametrize("name", NAMES)
def test_prints_the_one_that_ships(name: str, project: Project) -> None:
    assert project.run("schema", name).out == schema_text(f"{name}.schema.json")


def test_prints_that_of_definitions_unless_told_otherwise(project: Project) -> None:
    assert project.run("schema").out == project.run("schema", "campaign").out


def test_writes_all_of_them(project: Project) -> None:
    ran = project.run("schema", "--write", "made/here")
    assert ran.status == 0
    assert ran.out == ""
    names = {path.name for path in (project.folder / "made/here").iterdir()}
    assert {f"{name}.schema.json" for name in NAMES} <= names
    for name in names:
        assert name in ran.err
        json.loads((project.folder / "made/here" / name).read_text())


def test_says_why_it_cannot_write(project: Project) -> None:
    ran = project.run("schema", "--write", "campaigns/spring.yaml")
    assert ran.status == 1
    assert "campaigns/spring.yaml" in ran.err


def test_needs_no_project(project: Project) -> None:
    (project.folder / "campaigns/spring.yaml").unlink()
    assert project.run("schema").status == 0
