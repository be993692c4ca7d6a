"""Rules for hostile text in all formats of the registry; new formats are tested automatically."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from tests.report.hostile import (
    drift_plan,
    is_visible,
    plan,
    texts_for_places,
    unlisted_plan,
    validation,
)
from voxosync.report.registry import DRIFT, PLAN, VALIDATION
from voxosync.report.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMATS = sorted({*PLAN, *DRIFT, *VALIDATION})


def reports(name: str, texts: dict[str, str]) -> Iterator[str]:
    """Every report in a format, with these texts."""
    text = texts.__getitem__
    for command, formats in (("plan", PLAN), ("drift", DRIFT)):
        if name in formats:
            for make in (plan, drift_plan, unlisted_plan):
                yield formats[name](make(text), View(command=command, verbose=True))
    if name in VALIDATION:
        yield VALIDATION[name](validation(text), View())


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=20)
@given(hostile_texts=texts_for_places)
def test_hostile_text_is_displayed_as_text_and_is_not_a_workflow_command(
    name: str, hostile_texts: dict[str, str]
) -> None:
    """Every character is displayed as itself, and no line is a workflow command.

    The format `github` consists of workflow commands, which tests of annotations parse.
    """
    for output in reports(name, hostile_texts):
        assert all(is_visible(character) for character in output.replace("\n", ""))
        if name != "github":
            assert "##[" not in output
            assert not any(line.lstrip().startswith("::") for line in output.splitlines())
