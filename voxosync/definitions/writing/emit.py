"""Turns a live campaign into the text of a definition and of its CSV file, without I/O.

`acceptable` decides what a definition can have. A value that it refuses is left out, with its message in a comment.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from voxosync.definitions.contacts_csv import from_csv
from voxosync.definitions.file_reader import reading_instead
from voxosync.definitions.writing.acceptable import refusals
from voxosync.definitions.writing.emit_values import (
    flow_mapping,
    listed,
    number_entry,
    scalar_text,
    spell_freely,
)
from voxosync.model.fields import FIELDS, NUMBER_FIELDS, READ_ONLY, WRITABLE
from voxosync.model.kinds.phone_list import NUMBERS
from voxosync.model.numbers import NUMBERS_FIELD, Numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from voxosync.model.campaign import LiveCampaign
    from voxosync.model.values import Value

_LONGEST_SLUG = 60
_LONGEST_COMMENT = 200


@dataclass(frozen=True, slots=True)
class EmitOptions:
    """How a definition is written.

    Attributes:
        schema: the path of the schema for editors, relative to the definition; None: it is not named.
        inline: how many numbers the definition itself has at most.
        contacts: the path of the CSV file for more numbers, relative to the definition.
        defaults: the keys that `_defaults.yaml` files give to this definition.
        settings: its settings below `voxosync:`.
        inherited: the settings that `_defaults.yaml` files give if it has none.
        environment: the environment of the id, if several share the folder; None: it is for all environments.
        fields: by phone, the `field1` … `field9` that an older definition has.
        overridden: the keys that `_defaults.yaml` files override in an environment.
        overrides_for: that environment.
    """

    schema: str | None = None
    inline: int = 200
    contacts: str = "contacts.csv"
    defaults: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict)
    inherited: Mapping[str, Any] = field(default_factory=dict)
    environment: str | None = None
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    overridden: frozenset[str] = frozenset()
    overrides_for: str | None = None


@dataclass(frozen=True, slots=True)
class DefinitionText:
    """A definition as text.

    Attributes:
        text: the YAML file.
        csv: the CSV file that it names; None: it names none.
        left_out: by key, why a live value is only in a comment.
    """

    text: str
    csv: str | None
    left_out: Mapping[str, str]


def slug(name: str | None, campaign_id: int) -> str:
    """The name of a campaign's files, without suffix: `spring-renewal-4711`.

    The id makes it unique, and different from names that a system reserves.
    """
    plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))[:_LONGEST_SLUG].strip("-")
    return f"{words or 'campaign'}-{campaign_id}"


def emit(
    live: LiveCampaign, raw: Mapping[str, Any], options: EmitOptions, now: datetime
) -> DefinitionText:
    """The definition with which a live campaign is in sync.

    Args:
        live: the campaign.
        raw: the response that it was read from, for values that a definition cannot have.
        options: how to write it.
        now: the present moment, aware, for the rules.

    Raises:
        ValueError: this campaign can have no definition; the message says why.
    """
    writer = _Writer(live, raw, options, now)
    text = "\n".join([*writer.lines(), ""])
    return DefinitionText(text, writer.csv, writer.left_out)


class _Writer:
    """The lines of one definition."""

    def __init__(
        self, live: LiveCampaign, raw: Mapping[str, Any], options: EmitOptions, now: datetime
    ) -> None:
        self.live, self.raw, self.options = live, raw, options
        self.left_out = {
            name: f"VOXO's answer cannot be read: {reason}"
            for name, reason in live.unreadable.items()
        }
        present = {"id": live.id, "tenantId": live.tenant_id, **live.values}
        values = {name: value for name, value in present.items() if value is not None}
        self.left_out |= refusals(values, now)
        if "id" in self.left_out:
            raise ValueError(self.left_out["id"])
        self.values = {name: v for name, v in values.items() if name not in self.left_out}
        self.csv: str | None = None

    def lines(self) -> Iterator[str]:
        if self.options.schema is not None:
            yield f"# yaml-language-server: $schema={self.options.schema}"
        yield f"id: {self._identity()}"
        for name in ("tenantId", *WRITABLE):
            if name in self.left_out:
                yield self._comment(name)
            elif name in self.values:
                yield from self._field(name, self.values[name])
        yield from self._settings()
        yield from self._facts()

    def _identity(self) -> str:
        if self.options.environment is None:
            return str(self.live.id)
        return f"{{{spell_freely(self.options.environment, flow=True)}: {self.live.id}}}"

    def _field(self, name: str, value: Value) -> Iterator[str]:
        if isinstance(value, Numbers):
            yield from self._numbers(value)
        elif isinstance(value, tuple):
            entries = [
                flow_mapping({"type": destination.type, "id": destination.id})
                for destination in value
            ]
            yield from listed(name, entries)
        else:
            yield f"{name}: {scalar_text(name, str(value))}"

    def _numbers(self, numbers: Numbers) -> Iterator[str]:
        if self.live.listed.repeated:
            yield f"# VOXO's list repeats {self.live.listed.repeated} of these numbers; each is written once here."
        fields = {phone: self.options.fields.get(phone, {}) for phone in numbers}
        if any(not contact_fields for contact_fields in fields.values()):
            yield "# VOXO does not show field1 … field9: add them to the numbers if you use them."
        if len(numbers) > self.options.inline:
            self.csv = _csv(numbers, fields)
        if self.csv is not None:
            yield f"numbers: {flow_mapping({'file': self.options.contacts})}"
            return
        yield from listed(
            NUMBERS_FIELD,
            [
                flow_mapping(number_entry(numbers.spelling(phone), text, fields[phone]))
                for phone, text in numbers.items()
            ],
        )

    def _settings(self) -> Iterator[str]:
        """The settings that keep defaults from giving values that VOXO does not have."""
        settings = dict(self.options.settings)
        # Overrides apply wherever they are written, so they need not be repeated.
        inherited = {k: v for k, v in self.options.inherited.items() if k != "overrides"}
        unmanaged = (settings or inherited).get("unmanaged", [])
        defaults = self.options.defaults.difference(self.values, unmanaged)
        if unwanted := [name for name in WRITABLE if name in defaults]:
            yield "# Not as _defaults.yaml says: VOXO has other values of these, or none."
            settings = {
                **(settings or inherited),
                "unmanaged": [*unmanaged, *unwanted],
            }
        if overrides := self._overrides():
            yield "# Not as the overrides of _defaults.yaml say: VOXO has these values."
            settings = {
                **(settings or inherited),
                "overrides": {self.options.overrides_for: overrides},
            }
        if settings:
            dumped = yaml.safe_dump(
                {"voxosync": settings},
                default_flow_style=None,
                allow_unicode=True,
                sort_keys=False,
                width=inf,
            )
            yield dumped.rstrip("\n")

    def _overrides(self) -> dict[str, Any]:
        """The values that an override in `_defaults.yaml` would otherwise replace."""
        overrides: dict[str, Any] = {}
        for name, value in self.values.items():
            if name not in self.options.overridden:
                continue
            if isinstance(value, Numbers) and self.csv is not None:
                overrides[name] = {"file": self.options.contacts}
            elif isinstance(value, Numbers):
                overrides[name] = [
                    number_entry(value.spelling(phone), text, self.options.fields.get(phone, {}))
                    for phone, text in value.items()
                ]
            elif isinstance(value, tuple):
                overrides[name] = [{"type": d.type, "id": d.id} for d in value]
            else:
                overrides[name] = str(value)
        return overrides

    def _facts(self) -> Iterator[str]:
        """The values of the fields that only VOXO sets."""
        facts = [n for n in READ_ONLY if n != "tenantId" and self.raw.get(n) is not None]
        if facts:
            yield "# Read-only fields, as they were when this file was written:"
            yield from (f"#   {name}: {_value_text(self.raw[name])}" for name in facts)

    def _comment(self, name: str) -> str:
        reason = _one_line(self.left_out[name].removeprefix(f"{name}: "))
        is_list = name in FIELDS and FIELDS[name].kind is NUMBERS
        live = "" if is_list or name not in self.raw else f" {_value_text(self.raw[name])}"
        return f"# {name}:{live} (left out: {reason})"


def _csv(numbers: Numbers, fields: Mapping[str, Mapping[str, str]]) -> str | None:
    """Numbers as the text of a CSV file; None: no such file would be read as exactly these numbers."""
    import csv  # noqa: PLC0415  # few campaigns need it
    from io import StringIO  # noqa: PLC0415  # few campaigns need it

    used = [
        name
        for name in NUMBER_FIELDS
        if any(name in contact_fields for contact_fields in fields.values())
    ]
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
        text = StringIO(newline="")
        rows = csv.writer(text, lineterminator="\n", quoting=quoting)
        rows.writerow(["number", "description", *used])
        rows.writerows(
            [numbers.spelling(phone), text, *(fields[phone].get(name, "") for name in used)]
            for phone, text in numbers.items()
        )
        path = Path("numbers.csv").resolve()
        with reading_instead({path: text.getvalue().encode()}):
            read = from_csv(path, path.name)
        if read.numbers == numbers and read.fields == {n: f for n, f in fields.items() if f}:
            return text.getvalue()
    return None


def _value_text(value: Any) -> str:
    """A live value for a comment, in quotes if it has unusual characters, or spaces that could be overlooked."""
    if isinstance(value, str) and re.fullmatch(r"[\w+.:/-]+( [\w+.:/-]+)*", value):
        return _one_line(value)
    return _one_line(json.dumps(value, ensure_ascii=False))


def _one_line(text: str) -> str:
    """Text from outside for a comment, escaped so that it cannot end the line, hide, or begin another comment."""
    short = text if len(text) <= _LONGEST_COMMENT else f"{text[:_LONGEST_COMMENT]}…"
    escaped = (c if c.isprintable() else json.dumps(c)[1:-1] for c in short)
    return "".join(escaped).replace("#", r"\u0023")
