"""The environments of a project, as text or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from voxosync.report.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voxosync.model.environment import ListedEnvironment


def render_text(environments: Sequence[ListedEnvironment]) -> str:
    """A line for each environment."""
    if not environments:
        return "No environments: voxosync.yaml has none.\n"
    return "".join(f"{terminal(_line(environment))}\n" for environment in environments)


def render_json(environments: Sequence[ListedEnvironment]) -> str:
    """A list on one line, from which a CI system makes a matrix of jobs."""
    return json.dumps([_document(environment) for environment in environments]) + "\n"


def _line(environment: ListedEnvironment) -> str:
    tenant = "any tenant" if environment.tenant_id is None else f"tenant {environment.tenant_id}"
    cells = [environment.name, environment.base_url, tenant]
    cells += [environment.campaigns, environment.token_variable]
    return "  ".join([*cells, "protected"] if environment.is_protected else cells)


def _document(environment: ListedEnvironment) -> dict[str, Any]:
    return {
        "name": environment.name,
        "baseUrl": environment.base_url,
        "tenantId": environment.tenant_id,
        "campaigns": environment.campaigns,
        "tokenEnv": environment.token_variable,
        "protected": environment.is_protected,
    }
