"""A project folder into which a test writes files, and from which it loads definitions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.new_file import write_new
from voxosync.definitions.load import LoadedDefinitions, load
from voxosync.definitions.project_layout import ProjectLayout
from voxosync.model.checks.check import Checks

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.model.campaign import Definition
    from voxosync.model.problem import Problem

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""The current time in every test."""


class DefinitionFolder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.campaigns = folder / "campaigns"

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file below the campaigns folder, byte for byte."""
        path = self.campaigns / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new(path, content)
        return path

    def load(self, *paths: Path, now: datetime = NOW) -> LoadedDefinitions:
        return load(ProjectLayout(self.folder, self.campaigns), paths, now, checks=Checks())

    def problems(self, *paths: Path) -> list[str]:
        """All problems, in the order of the report."""
        return [problem_text(problem) for problem in self.load(*paths).problems]

    def problems_of(self, content: str | bytes) -> list[str]:
        """The problems of one file, as `line:column: rule`."""
        self.write("one.yaml", content)
        return [problem.removeprefix("campaigns/one.yaml:") for problem in self.problems()]

    def definition(self, content: str) -> Definition:
        """The definition in a file without problems."""
        self.write("one.yaml", content)
        loaded = self.load()
        assert not loaded.problems
        return loaded.definitions[0]


def problem_text(problem: Problem) -> str:
    return f"{problem.position}: {problem.rule}"
