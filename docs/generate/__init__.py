"""The generated parts of pages, by name; `pages.py` writes them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from docs.generate import commands, fields, schemas

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS: dict[str, Callable[[], str]] = {
    "commands": commands.every_command,
    "formats": commands.every_format,
    "faults": commands.every_fault,
    "exit-statuses": commands.every_status,
    "read-only-fields": schemas.read_only_fields,
    "canonical-forms": fields.canonical_forms,
    "policy-values": fields.policy_values,
    **{
        name: partial(schemas.described, f"{name}.schema.json")
        for name in ("campaign", "settings", "policy", "plan", "validation", "snapshot", "journal")
    },
}


def generate(name: str) -> str:
    """The Markdown of one part.

    Raises:
        KeyError: there is no such part.
    """
    return PARTS[name]()
