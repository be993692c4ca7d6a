"""The creation of a campaign: the definition that asks for it, and what an earlier run did about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voxosync.model.body import to_body

if TYPE_CHECKING:
    from voxosync.model.campaign import Definition
    from voxosync.model.journal import CreationRecord, NewDefinition


@dataclass(frozen=True, slots=True)
class PastCreation:
    """A POST of an earlier run that created the campaign of a definition, or may have."""

    run_id: str
    created: CreationRecord

    @property
    def campaign(self) -> int | None:
        """The id that VOXO gave, where the run received it."""
        return self.created.campaign


@dataclass(frozen=True, slots=True)
class Creation:
    """A definition without an id, whose campaign is to be created.

    Attributes:
        new: the definition as the journal identifies it.
        tenant_id: the tenant of the new campaign.
        past: the creation by an earlier run that did not write the id, which is all that is left to do.
        second_to: the campaign that an earlier run created, where a second one is requested.
    """

    new: NewDefinition
    definition: Definition
    tenant_id: int
    past: PastCreation | None = None
    second_to: int | None = None

    @property
    def is_paused_by_default(self) -> bool:
        """Whether the definition gives no state, so that PAUSED is requested; VOXO's own default is READY [L]."""
        return "state" not in self.definition.values

    @property
    def desired(self) -> Definition:
        """The definition with the values that it does not give: the tenant of the call, and the state PAUSED."""
        values = {"state": "PAUSED", **self.definition.values}
        return replace(self.definition, tenant_id=self.tenant_id, values=values)

    @property
    def body(self) -> dict[str, Any]:
        """The body that creates the campaign. Source: *Create Campaign*, body."""
        return {
            "tenantId": self.tenant_id,
            **to_body(self.desired.values, self.definition.number_fields),
        }
