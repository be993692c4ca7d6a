"""The environments of a project, as a CI system can make a matrix of jobs from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.app.target import DEFAULT_BASE_URL
from voxosync.definitions.project_settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path


def list_environments(folder: Path) -> list[dict[str, object]]:
    """Each environment of a project folder: its name, its settings, and their defaults.

    Raises:
        SettingsError: `voxosync.yaml` is wrong.
    """
    return [
        {
            "name": name,
            "baseUrl": environment.base_url or DEFAULT_BASE_URL,
            "tenantId": environment.tenant_id,
            "campaigns": environment.campaigns or "campaigns",
            "tokenEnv": environment.token_variable,
            "protected": environment.protected,
        }
        for name, environment in read_settings(folder).environments.items()
    ]
