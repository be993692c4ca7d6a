"""A sandbox for the commands that start one, filled from definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.cli import pipeline
from voxosync.definitions.load import load
from voxosync.errors import DefinitionsError, UsageError
from voxosync.model.numbers import Numbers, wire_numbers
from voxosync.model.values import to_wire

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.definitions.find import ProjectLayout
    from voxosync.model.campaign import Definition
    from voxosync.sandbox.server import Sandbox


def sandbox(
    *,
    token: str,
    tenant_id: int,
    port: int = 0,
    state: Path | None = None,
    faults: Sequence[str] = (),
) -> Sandbox:
    """A sandbox that is not yet started.

    Raises:
        UsageError: its extra is not installed, or a value is wrong.
    """
    try:
        from voxosync.sandbox.server import Sandbox  # noqa: PLC0415  # an extra that not everybody has
    except ModuleNotFoundError as missing:
        what = f"the sandbox needs {missing.name}: pip install 'voxosync[sandbox]'"
        raise UsageError(what) from missing
    try:
        return Sandbox(token=token, tenant_id=tenant_id, port=port, state=state, faults=faults)
    except (ValueError, OSError) as failure:
        raise UsageError(str(failure)) from failure


def fill(server: Sandbox, project: ProjectLayout) -> int:
    """Takes the definitions of a project as live campaigns; returns how many there are.

    Raises:
        DefinitionsError: one has an error.
    """
    loaded = load(project, [], pipeline.now())
    if loaded.failed:
        raise DefinitionsError(loaded.problems)
    for definition in loaded.definitions:
        server.store.put(definition.id, _body(definition))
    return len(loaded.definitions)


def _body(definition: Definition) -> dict[str, object]:
    """A definition as the body that would create its campaign."""
    return {
        name: wire_numbers(value, definition.number_fields, {})
        if isinstance(value, Numbers)
        else to_wire(value)
        for name, value in definition.values.items()
    }
