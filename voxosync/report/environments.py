"""The environments of a project, as text or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def render_text(environments: Sequence[Mapping[str, object]]) -> str:
    """A line for each environment."""
    if not environments:
        return "No environments: voxosync.yaml has none.\n"
    return "".join(f"{terminal(_line(environment))}\n" for environment in environments)


def render_json(environments: Sequence[Mapping[str, object]]) -> str:
    """A list on one line, for a CI system that makes a job of each."""
    return json.dumps(environments) + "\n"


def _line(environment: Mapping[str, object]) -> str:
    tenant_id = environment["tenantId"]
    tenant = f"tenant {tenant_id}" if tenant_id is not None else "any tenant"
    cells = [environment["name"], environment["baseUrl"], tenant]
    cells += [environment["campaigns"], environment["tokenEnv"]]
    return "  ".join(map(str, [*cells, "protected"] if environment["protected"] else cells))
