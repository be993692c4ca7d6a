"""What `drift` looks at beyond what a plan compares: unmanaged campaigns, and who acknowledged a difference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voxosync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any

    from voxosync.cli.context import Context
    from voxosync.cli.request import Request
    from voxosync.cli.target import Target
    from voxosync.model.plan import Acknowledged, Plan
    from voxosync.model.shard import Shard


@dataclass(frozen=True, slots=True)
class Watch:
    """What `drift` looks at beyond the definitions' campaigns.

    Attributes:
        unmanaged: what becomes of live campaigns without a definition: `ignore`, `report`, or `fail`;
            None: they are reported where that is possible.
    """

    unmanaged: str | None

    def lists(self, request: Request, unable: str | None) -> bool:
        """Whether the tenant's campaigns are listed.

        Args:
            request: what is compared with what.
            unable: why there is no list of them; None: there is.

        Raises:
            UsageError: somebody asked for that where it cannot be done.
        """
        if self.unmanaged == "ignore":
            return False
        if self.unmanaged is not None and request.is_limited:
            raise UsageError("--unmanaged is about all definitions: leave out PATH and --only")
        if self.unmanaged is not None and unable is not None:
            raise UsageError(f"--unmanaged needs {unable}")
        return unable is None and not request.is_limited


NO_TENANT = "the tenant: set VOXO_TENANT_ID, or pass --tenant-id"
NOT_ALL = "a snapshot of all campaigns: make it with voxosync snapshot --all"


def with_unmanaged(  # each is one input
    plan: Plan,
    watch: Watch,
    listed: Iterable[Mapping[str, Any]],
    known: Collection[int],
    target: Target,
    shard: Shard | None,
) -> Plan:
    """A plan with the listed campaigns that no definition manages.

    Args:
        plan: the plan.
        watch: what is to become of them.
        listed: campaigns as VOXO lists them.
        known: the ids of all definitions.
        target: whose campaigns count.
        shard: the part that this call is about.
    """
    from voxosync.sync.unmanaged import unmanaged  # noqa: PLC0415  # as in pipeline.connect

    found = unmanaged(listed, known, target.tenant_id)
    here = tuple(campaign for campaign in found if shard is None or shard.holds(campaign.id))
    return replace(plan, unmanaged=here, unmanaged_counts=watch.unmanaged == "fail")


def with_owners(context: Context, plan: Plan) -> Plan:
    """A plan whose acknowledged differences have an owner: who wrote the line, where it names none."""
    nameless = [
        known.by.position.file
        for campaign in plan.campaigns
        for known in campaign.acknowledged
        if known.by.owner is None
    ]
    if not nameless:
        return plan
    from voxosync.definitions.git import authors  # noqa: PLC0415  # only then does Git matter

    wrote = {file: authors(context.folder, file) for file in dict.fromkeys(nameless)}

    def owned(known: Acknowledged) -> Acknowledged:
        place = known.by.position
        owner = known.by.owner or wrote[place.file].get(place.line)
        return replace(known, by=replace(known.by, owner=owner))

    campaigns = [
        replace(campaign, acknowledged=tuple(map(owned, campaign.acknowledged)))
        for campaign in plan.campaigns
    ]
    return replace(plan, campaigns=campaigns)
