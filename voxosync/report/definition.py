"""A definition with its defaults applied, and the position of each value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from voxosync.model.document import position_to
from voxosync.model.fields import FIELDS, WRITABLE
from voxosync.report import formatting
from voxosync.report.escape import dump_json, terminal

if TYPE_CHECKING:
    from voxosync.model.campaign import Definition
    from voxosync.model.values import Value
    from voxosync.report.view import View


_MAX_WIDTH = 44
"""The largest column at which positions are aligned; longer values push theirs to the right."""


def render_text(definition: Definition, view: View) -> str:
    """One line per field: its value and position."""
    lines = [*_lines(definition, view)]
    width = min(_MAX_WIDTH, max(len(text) for text, position in lines if position))
    aligned = (f"{text:<{width}}  # {position}" if position else text for text, position in lines)
    return "".join(f"{line}\n" for line in aligned)


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


def _lines(definition: Definition, view: View) -> Iterator[tuple[str, str]]:
    """(text, position) of each line; an empty position is not shown."""
    yield f"id: {definition.id or '(new)'}", terminal(str(definition.position))
    if definition.tenant_id is not None:
        yield f"tenantId: {definition.tenant_id}", _position(definition, "tenantId")
    for name, value in _managed(definition):
        position = _position(definition, name)
        if not isinstance(value, Mapping):
            yield f"{name}: {terminal(FIELDS[name].kind.describe(value))}", position
            continue
        yield f"{name}: {formatting.count(len(value), 'number')}", position
        if view.verbose or view.show_numbers:
            for number, description in value.as_written().items():
                entry = f"  {view.number(number)}  {description}".rstrip()
                yield terminal(entry), ""
    for name, setting in _settings(definition).items():
        yield (
            f"voxosync.{name}: {terminal(_setting_text(setting))}",
            _position(definition, "voxosync"),
        )


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
