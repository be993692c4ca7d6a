"""The fields of the catalog as tables: their canonical forms, and their values in policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from docs.generate.html import code, prose, table
from voxosync.model.fields import FIELDS, WRITABLE
from voxosync.model.kinds.destinations import DESTINATIONS
from voxosync.model.kinds.phone_list import NUMBERS
from voxosync.model.kinds.scalars import DATE, FLAG, NUMBER, TEXT, TIME, ZONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from voxosync.model.kinds.field_kind import FieldKind

_CANONICAL: Mapping[FieldKind, str] = {
    TEXT: "text; null equals the empty text",
    ZONE: "text; two names of one zone are equal, as linked in the tz database: `US/Central` is `America/Chicago`",
    DATE: "text `YYYY-MM-DD`",
    TIME: "text `HH:MM`",
    NUMBER: "a number; `30` equals `30.0`",
    FLAG: '`"1"` or `"0"`; a response may have `1`, `"1"` or `true`',
    NUMBERS: "a mapping from phone to spelling and description, in no order; another spelling is not a difference; "
    "a missing or null description is the empty text",
    DESTINATIONS: "a list of `{type, id}`, in order",
}
_SEEN_BY_POLICIES: Mapping[str, str] = {
    "number": "a number",
    "object": "`{count: 3}`, so that no finding shows phone numbers",
    "array": "a list of `{type, id}`",
    "string": 'text: `"09:00"`, `"2027-01-04"`, `"6015550100"`, `"1"`; in `const` and `enum`, quotes do not matter',
}
"""Maps the JSON Schema type of the values of a kind to their description."""


def canonical_forms() -> str:
    """The canonical form of each field; the fields of one kind share a row."""
    kinds = dict.fromkeys(FIELDS[name].kind for name in WRITABLE)
    rows = [
        (
            _names(name for name in WRITABLE if FIELDS[name].kind is kind),
            prose(_CANONICAL[kind]),
        )
        for kind in kinds
    ]
    return table(("field", "canonical form"), rows)


def policy_values() -> str:
    """The values that a rule of a policy sees: the fields of a definition, and facts."""
    rows = [
        (
            _names(name for name in WRITABLE if FIELDS[name].kind.policy_type == policy_type),
            prose(description),
        )
        for policy_type, description in _SEEN_BY_POLICIES.items()
    ]
    ids = "numbers; without `--env`, an `id` with environments is left out"
    return table(
        ("key", "is"),
        [
            (_names(("id", "tenantId")), prose(ids)),
            *rows,
            (code("facts"), "values computed from these, see below"),
        ],
    )


def _names(names: Iterable[str]) -> Markup:
    return Markup(", ").join(map(code, names))
