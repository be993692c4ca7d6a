"""Live campaigns that no definition manages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.model.drift import UnmanagedCampaign
from voxosync.model.fields import FIELDS
from voxosync.model.values import Unreadable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any


def unmanaged(
    listed: Iterable[Mapping[str, Any]], managed: Collection[int], tenant_id: int | None
) -> tuple[UnmanagedCampaign, ...]:
    """The campaigns of a list that have no definition, by id.

    Args:
        listed: campaigns from a list of VOXO; each has an id.
        managed: the ids of all definitions.
        tenant_id: the tenant whose campaigns count; None: those of all tenants.
    """
    campaigns = (
        UnmanagedCampaign(int(raw["id"]), _text(raw, "name"), _text(raw, "state"))
        for raw in listed
        if int(raw["id"]) not in managed and _is_of(raw, tenant_id)
    )
    return tuple(sorted(campaigns, key=lambda campaign: campaign.id))


def _is_of(raw: Mapping[str, Any], tenant_id: int | None) -> bool:
    """Whether a campaign belongs to the tenant; entries that name no tenant do, since it is the tenant's list."""
    if tenant_id is None:
        return True
    try:
        return FIELDS["tenantId"].kind.from_live(raw.get("tenantId")) in (None, tenant_id)
    except Unreadable:
        return True


def _text(raw: Mapping[str, Any], name: str) -> str | None:
    try:
        value = FIELDS[name].kind.from_live(raw.get(name))
    except Unreadable:
        return None
    return value if isinstance(value, str) else None
