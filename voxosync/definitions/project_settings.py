"""`voxosync.yaml`: the settings of a project."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voxosync.definitions.check_settings import read_checks
from voxosync.definitions.guard_settings import read_guards
from voxosync.definitions.nodes import as_text, position
from voxosync.definitions.schema_check import checker
from voxosync.definitions.yaml_reader import read_documents
from voxosync.errors import SettingsError
from voxosync.model.checks.check import Checks
from voxosync.model.guard import Guards
from voxosync.model.problem import error

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from voxosync.model.problem import Position, Problem

FILE = "voxosync.yaml"


@dataclass(frozen=True, slots=True)
class Environment:
    """One VOXO account of the project. A value is None if the file does not give it."""

    base_url: str | None = None
    tenant_id: int | None = None
    campaigns: str | None = None
    token_variable: str = "VOXO_API_TOKEN"  # noqa: S105  # the variable's name, not a token
    read: str | None = None
    protected: bool = False
    base_url_position: Position | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AppliedRecordSettings:
    """Where the applied record is kept.

    Attributes:
        ref: its full name, in which `{env}` stands for the environment.
        remote: the name of the Git remote.
    """

    ref: str = "refs/voxosync/applied/{env}"
    remote: str = "origin"

    def ref_of(self, environment: str | None) -> str:
        """The ref of an environment; None: of a project without environments."""
        return self.ref.replace("{env}", environment or "default")


@dataclass(frozen=True, slots=True)
class Settings:
    """The content of the file; without a file, the defaults."""

    environments: Mapping[str, Environment] = field(default_factory=dict)
    guards: Guards = field(default_factory=Guards)
    applied: AppliedRecordSettings = field(default_factory=AppliedRecordSettings)
    checks: Checks = field(default_factory=Checks)


def read_settings(folder: Path) -> Settings:
    """The settings of a project folder.

    Raises:
        SettingsError: the file is wrong; the message has every problem on a line of its own.
    """
    path = folder / FILE
    if not os.path.lexists(path):
        return Settings()
    documents, problems = read_documents(path, FILE, "settings", folder)
    for extra in documents[1:]:
        message = f"{FILE} holds one document: join them"
        problems.append(error(position(FILE, extra), "settings", message))
    for node in documents[:1]:
        problems += checker("settings.schema.json").problems(node, FILE)
    guards, checks = Guards(), Checks()
    if not problems:
        values = documents[0].values  # type: ignore[union-attr]  # the schema: a mapping
        guards, guard_problems = read_guards(values.get("guards"), FILE)
        checks, check_problems = read_checks(values.get("checks"), FILE)
        problems = [*guard_problems, *check_problems] or _shared_record(documents[0])
    if problems:
        lines = map(str, sorted(problems, key=lambda problem: problem.position))
        raise SettingsError("\n".join(["the settings are wrong", *lines]))
    texts: dict[str, Any] = as_text(documents[0])
    environments = texts.get("environments", {})
    nodes: Any = documents[0].values.get("environments")  # type: ignore[union-attr]  # the schema: a mapping
    return Settings(
        {name: _environment(values, nodes.values[name]) for name, values in environments.items()},
        guards,
        AppliedRecordSettings(**texts.get("applied", {})),
        checks,
    )


def _shared_record(document: Any) -> list[Problem]:
    """A problem if several environments would share one applied record."""
    applied = document.values.get("applied")
    ref = None if applied is None else applied.values.get("ref")
    if ref is None or "environments" not in document.values or "{env}" in ref.text:
        return []
    message = "each environment needs a record of its own: write {env} where its name belongs"
    return [error(position(FILE, ref), "settings", message)]


def _environment(values: Mapping[str, str], node: Any) -> Environment:
    at = node.values.get("baseUrl")
    return Environment(
        base_url=values.get("baseUrl"),
        tenant_id=int(float(values["tenantId"])) if "tenantId" in values else None,
        campaigns=values.get("campaigns"),
        token_variable=values.get("tokenEnv", "VOXO_API_TOKEN"),
        read=values.get("read"),
        protected=values.get("protected") == "true",
        base_url_position=None if at is None else position(FILE, at),
    )
