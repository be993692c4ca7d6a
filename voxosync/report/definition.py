"""One definition as it takes effect, its defaults included, with the place that each value comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from voxosync.model.document import position_to, value_to
from voxosync.model.fields import WRITABLE
from voxosync.report import formatting
from voxosync.report.escape import dumped, terminal

if TYPE_CHECKING:
    from voxosync.model.campaign import Definition
    from voxosync.model.values import Value
    from voxosync.report.view import View


_COLUMN = 44
"""Where the places stand, at most: after a long value, right behind it."""


def render_text(definition: Definition, view: View) -> str:
    """A line a field: its value, and where it is written."""
    lines = [*_lines(definition, view)]
    width = min(_COLUMN, max(len(what) for what, place in lines if place))
    told = (f"{what:<{width}}  # {place}" if place else what for what, place in lines)
    return "".join(f"{line}\n" for line in told)


def render_json(definition: Definition, view: View) -> str:  # noqa: ARG001  # a formatter takes a view
    """The same for machines; numbers unmasked."""
    fields = {
        name: {
            "value": value_to(value),
            "position": position_to(definition.positions[name]),
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
    return dumped(document)


def _lines(definition: Definition, view: View) -> Iterator[tuple[str, str]]:
    """Pairs of what is said and where that stands."""
    yield f"id: {definition.id or '(new)'}", terminal(str(definition.position))
    if definition.tenant_id is not None:
        yield f"tenantId: {definition.tenant_id}", _place(definition, "tenantId")
    for name, value in _managed(definition):
        place = _place(definition, name)
        if not isinstance(value, Mapping):
            yield f"{name}: {terminal(formatting.format_value(value))}", place
            continue
        yield f"{name}: {formatting.count(len(value), 'number')}", place
        if view.verbose or view.show_numbers:
            for number, description in value.as_written().items():
                told = f"  {view.number(number)}  {description}".rstrip()
                yield terminal(told), ""
    for name, setting in _settings(definition).items():
        yield f"voxosync.{name}: {terminal(_told(setting))}", _place(definition, "voxosync")


def _place(definition: Definition, name: str) -> str:
    """Where a value stands; nowhere, where the call gives it."""
    return terminal(str(definition.positions.get(name, "")))


def _told(setting: Any) -> str:
    if not isinstance(setting, list):
        return str(setting)
    return ", ".join(
        f"{each['field']} until {each['until']} ({each['reason']})"
        if isinstance(each, dict)
        else each
        for each in setting
    )


def _managed(definition: Definition) -> Iterator[tuple[str, Value]]:
    for name in WRITABLE:
        if name in definition.values:
            yield name, definition.values[name]


def _settings(definition: Definition) -> dict[str, Any]:
    """The settings of voxosync that differ from what holds without them."""
    found: dict[str, Any] = {
        "manageNumbers": "add" if definition.add_numbers else None,
        "ignore": sorted(definition.ignore),
        "acknowledge": [
            {
                "field": known.field,
                "until": known.until.isoformat(),
                "reason": known.reason,
                "owner": known.owner,
                "position": position_to(known.position),
            }
            for known in definition.acknowledge
        ],
    }
    return {name: setting for name, setting in found.items() if setting}
