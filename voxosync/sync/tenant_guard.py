"""The guard that keeps a run from touching the campaigns of another tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voxosync.model.campaign import LiveCampaign


def wrong_tenant(live: LiveCampaign, *guards: int | None) -> str | None:
    """Why a live campaign may not be touched, where a guard names another tenant than VOXO does."""
    for guard in guards:
        if guard is not None and live.tenant_id != guard:
            belongs = (
                "names no tenant" if live.tenant_id is None else f"is of tenant {live.tenant_id}"
            )
            return (
                f"the live campaign {belongs}, but tenant {guard} is expected: choose another environment with --env, "
                "or correct VOXO_TENANT_ID, or tenantId in voxosync.yaml or in the definition"
            )
    return None
