"""The environments of a project, for callers that need no definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.app.target import DEFAULT_BASE_URL
from voxosync.definitions.project_settings import read_settings
from voxosync.model.environment import ListedEnvironment

if TYPE_CHECKING:
    from pathlib import Path


def list_environments(folder: Path) -> list[ListedEnvironment]:
    """Each environment of a project folder, in the order of `voxosync.yaml`.

    Raises:
        SettingsError: `voxosync.yaml` is wrong.
    """
    return [
        ListedEnvironment(
            name,
            environment.base_url or DEFAULT_BASE_URL,
            environment.tenant_id,
            environment.campaigns or "campaigns",
            environment.token_variable,
            environment.protected,
        )
        for name, environment in read_settings(folder).environments.items()
    ]
