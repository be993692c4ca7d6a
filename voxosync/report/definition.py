"""A definition with its defaults applied, and the position of each value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from voxosync.model.campaign_document import position_to
from voxosync.model.fields import FIELDS, WRITABLE
from voxosync.model.numbers import NUMBERS_FIELD, Numbers
from voxosync.report import formatting
from voxosync.report.columns import align
from voxosync.report.escape import dump_json, terminal

if TYPE_CHECKING:
    from voxosync.model.campaign import Definition
    from voxosync.model.values import Value
    from voxosync.report.view import View


_HEADINGS = ("FIELD", "VALUE", "FROM")
_WIDEST = 44
"""The largest width of a column; a longer value pushes its position to the right."""
_FEW = 3
"""The number of phones that are shown of a list."""


def render_text(definition: Definition, view: View) -> str:
    """A table with a row for each field: its value, and the position that it comes from.

    A list of phones is counted, and shown with a few of them; with `-v` or unmasked, all of them follow.
    """
    rows = [_HEADINGS, *_rows(definition, view)]
    table = align(rows, view, _WIDEST)
    return "".join(f"{line}\n" for line in (*table, *_numbers(definition, view)))


def render_json(definition: Definition, view: View) -> str:  # noqa: ARG001  # every formatter takes a view
    """The same as a JSON document, with phone numbers in full."""
    fields = {
        name: {
            "value": FIELDS[name].kind.to_document(value),
            "position": position_to(definition.positions[name]),
            **(
                {"environment": definition.overridden[name]}
                if name in definition.overridden
                else {}
            ),
        }
        for name, value in _managed(definition)
    }
    document: dict[str, Any] = {
        "id": definition.id,
        "position": position_to(definition.position),
        "fields": fields,
        "settings": _settings(definition),
    }
    if definition.tenant_id is not None:
        document["tenantId"] = definition.tenant_id
    return dump_json(document)


def _rows(definition: Definition, view: View) -> Iterator[tuple[str, str, str]]:
    """Field, value and position of each row."""
    yield "id", str(definition.id or "(new)"), terminal(str(definition.position))
    if definition.tenant_id is not None:
        yield "tenantId", str(definition.tenant_id), _position(definition, "tenantId")
    for name, value in _managed(definition):
        text = (
            _summary(value, view)
            if isinstance(value, Mapping)
            else FIELDS[name].kind.describe(value)
        )
        yield name, terminal(text), _position(definition, name)
    for name, setting in _settings(definition).items():
        position = _position(definition, "voxosync")
        yield f"voxosync.{name}", terminal(_setting_text(setting)), position


def _summary(numbers: Mapping[str, Any], view: View) -> str:
    """How many phones there are, and the first of them: `200: 601•••0123, 601•••0124, 601•••0125, …`."""
    first = [view.number(number) for number in islice(numbers, _FEW)]
    more = ["…"] if len(numbers) > _FEW else []
    count = formatting.count(len(numbers), "number")
    return f"{count}: {', '.join(first + more)}" if first else count


def _numbers(definition: Definition, view: View) -> Iterator[str]:
    numbers = definition.values.get(NUMBERS_FIELD)
    if isinstance(numbers, Numbers) and len(numbers) and (view.verbose or view.show_numbers):
        yield ""
        yield "numbers:"
        for number, description in numbers.as_written().items():
            yield terminal(f"  {view.number(number)}  {description}".rstrip())


def _position(definition: Definition, name: str) -> str:
    """The position of a value, and the environment that it is for; empty if it comes from the command line."""
    environment = definition.overridden.get(name)
    remark = f" (for {environment})" if environment is not None else ""
    return terminal(f"{definition.positions.get(name, '')}{remark}")


def _setting_text(setting: Any) -> str:
    if not isinstance(setting, list):
        return str(setting)
    return ", ".join(
        f"{entry['field']} until {entry['until']} ({entry['reason']})"
        if isinstance(entry, dict)
        else entry
        for entry in setting
    )


def _managed(definition: Definition) -> Iterator[tuple[str, Value]]:
    for name in WRITABLE:
        if name in definition.values:
            yield name, definition.values[name]


def _settings(definition: Definition) -> dict[str, Any]:
    """The settings under `voxosync:` that differ from their defaults."""
    settings: dict[str, Any] = {
        "manageNumbers": "add" if definition.add_numbers else None,
        "ignore": sorted(definition.ignore),
        "acknowledge": [
            {
                "field": acknowledgement.field,
                "until": acknowledgement.until.isoformat(),
                "reason": acknowledgement.reason,
                "owner": acknowledgement.owner,
                "position": position_to(acknowledgement.position),
            }
            for acknowledgement in definition.acknowledge
        ],
    }
    return {name: setting for name, setting in settings.items() if setting}
