"""An environment of a project, as reports list it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListedEnvironment:
    """One VOXO account of a project, with the defaults of the settings that it does not give.

    Attributes:
        name: its name in `voxosync.yaml`.
        base_url: the VOXO.
        tenant_id: the tenant; None: any tenant.
        campaigns: the folder of its definitions, from the project folder.
        token_variable: the environment variable that holds the token.
        is_protected: whether it must be named before anything is sent to it.
    """

    name: str
    base_url: str
    tenant_id: int | None
    campaigns: str
    token_variable: str
    is_protected: bool
