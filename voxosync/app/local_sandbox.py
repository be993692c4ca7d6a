"""Starts a sandbox, a local VOXO, and fills it from definitions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.definitions.load import load
from voxosync.errors import DefinitionsError, UsageError
from voxosync.model.body import to_body

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.app.project import Project
    from voxosync.sandbox.server import Sandbox


def sandbox(
    *,
    token: str,
    tenant_id: int,
    port: int = 0,
    state: Path | None = None,
    faults: Sequence[str] = (),
) -> Sandbox:
    """A sandbox, not started yet.

    Raises:
        UsageError: its extra is not installed, or a value is wrong.
    """
    try:
        from voxosync.sandbox.server import Sandbox  # noqa: PLC0415  # an optional extra
    except ModuleNotFoundError as missing:
        raise UsageError(
            f"the sandbox needs {missing.name}: pip install 'voxosync[sandbox]'"
        ) from missing
    try:
        return Sandbox(token=token, tenant_id=tenant_id, port=port, state=state, faults=faults)
    except (ValueError, OSError) as failure:
        raise UsageError(str(failure)) from failure


def fill(server: Sandbox, project: Project, folder: Path | None = None) -> int:
    """Loads definitions as live campaigns; returns their number.

    Args:
        server: the sandbox.
        project: the project, whose environment chooses among the ids of a definition.
        folder: the folder of the definitions, in the project or elsewhere; None: the campaigns folder.

    Raises:
        DefinitionsError: a definition has an error.
    """
    layout = project.layout
    if folder is not None:
        layout = replace(layout, folder=folder, campaigns=folder)
    loaded = load(layout, [], project.now)
    if loaded.failed:
        raise DefinitionsError(loaded.problems)
    for definition in loaded.definitions:
        server.store.put(definition.id, to_body(definition.values, definition.number_fields))
    return len(loaded.definitions)
