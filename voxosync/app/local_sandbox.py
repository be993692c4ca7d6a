"""Starts a sandbox, a local VOXO, and fills it from definitions."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from voxosync.definitions.load import load
from voxosync.errors import DefinitionsError, UsageError
from voxosync.model.body import to_body

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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


@contextmanager
def port_errors(port: int) -> Iterator[None]:
    """Says why a sandbox, which is started in this context, cannot listen on a port.

    Raises:
        UsageError: it cannot.
    """
    try:
        yield
    except OSError as failure:
        reason = (
            "it is in use; choose another with --port, or use --port 0 for any free port"
            if failure.errno == errno.EADDRINUSE
            else failure.strerror
        )
        raise UsageError(f"cannot listen on port {port}: {reason}") from failure
