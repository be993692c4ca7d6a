"""Files of `examples/accepted` and `examples/refused` have the meaning and the problems that their comments state.

The comments at the top of a file:
    # expect: 7:16: value                a problem of this rule at line and column; all problems, in order
    # expect: contacts/a.csv:3:1: csv    the same, in another file
    # says: write yes or no              words in the message of a problem
    # means: {"id": 4711, …}             the canonical values of a document; one line for each document
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.definitions.definition_folder import NOW, problem_text
from voxosync.definitions.load import load
from voxosync.definitions.project_layout import ProjectLayout
from voxosync.model.checks.check import Checks
from voxosync.model.fields import WRITABLE
from voxosync.model.numbers import Numbers

if TYPE_CHECKING:
    from voxosync.definitions.load import LoadedDefinitions
    from voxosync.model.campaign import Definition
    from voxosync.model.drift import Acknowledgement

EXAMPLES = Path(__file__).parent.parent / "examples"
ACCEPTED = sorted((EXAMPLES / "accepted").glob("*.yaml"))
REFUSED = sorted((EXAMPLES / "refused").glob("*.yaml"))


def loaded(path: Path) -> LoadedDefinitions:
    return load(ProjectLayout(EXAMPLES, path.parent), [path], NOW, checks=Checks())


def comments(path: Path, word: str) -> list[str]:
    mark = f"# {word}: "
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(mark) for line in lines if line.startswith(mark)]


def expected(path: Path) -> list[str]:
    name = f"{path.parent.name}/{path.name}"
    return [
        comment if comment.startswith("contacts/") else f"{name}:{comment}"
        for comment in comments(path, "expect")
    ]


def meaning(definition: Definition) -> dict[str, Any]:
    """The canonical values of a definition, and its settings that differ from their defaults."""
    values: dict[str, Any] = {"id": definition.id, **definition.values}
    if isinstance(numbers := values.get("numbers"), Numbers):
        values["numbers"] = numbers.as_written()
    if definition.tenant_id is not None:
        values["tenantId"] = definition.tenant_id
    if definition.add_numbers:
        values["manageNumbers"] = "add"
    if definition.ignore:
        values["ignore"] = sorted(definition.ignore)
    if definition.acknowledge:
        values["acknowledge"] = [
            _acknowledgement(acknowledgement) for acknowledgement in definition.acknowledge
        ]
    as_json: dict[str, Any] = json.loads(json.dumps(values))
    return as_json


def _acknowledgement(acknowledgement: Acknowledgement) -> dict[str, str]:
    values = {
        "field": acknowledgement.field,
        "until": acknowledgement.until.isoformat(),
        "reason": acknowledgement.reason,
    }
    return values if acknowledgement.owner is None else {**values, "owner": acknowledgement.owner}


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_accepted_definition_has_the_stated_meaning(path: Path) -> None:
    loaded_files = loaded(path)
    assert [problem_text(problem) for problem in loaded_files.problems] == expected(path)
    assert not loaded_files.failed
    assert [meaning(definition) for definition in loaded_files.definitions] == [
        json.loads(line) for line in comments(path, "means")
    ]


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_refused_definition_has_the_stated_problems(path: Path) -> None:
    loaded_files = loaded(path)
    assert [problem_text(problem) for problem in loaded_files.problems] == expected(path)
    assert loaded_files.failed
    messages = [problem.message for problem in loaded_files.problems]
    for words in comments(path, "says"):
        assert any(words in message for message in messages), messages


def test_accepted_definitions_use_every_field() -> None:
    used = {
        name
        for path in ACCEPTED
        for definition in loaded(path).definitions
        for name in definition.values
    }
    assert used == set(WRITABLE)


def test_every_example_states_what_is_expected() -> None:
    assert all(comments(path, "means") for path in ACCEPTED)
    assert all(comments(path, "expect") for path in REFUSED)
