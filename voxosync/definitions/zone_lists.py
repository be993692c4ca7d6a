"""Splits a list of numbers into one list for each time zone of the people called."""

from __future__ import annotations

import csv
from collections import defaultdict
from io import StringIO
from typing import TYPE_CHECKING

from voxosync.model.called_zones import zones_of
from voxosync.model.phone import phone
from voxosync.model.zone import zone_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from voxosync.definitions.csv_table import Table
    from voxosync.model.called_zones import Zones


def split_by_zones(
    table: Table, own_zones: Mapping[str, str]
) -> dict[Zones, Sequence[Sequence[str]]]:
    """The rows of a list by the zones of their phones, sorted; the unknown zone comes last.

    Rows of one phone stay together, whatever zone they give. Zones that one area code spans form one group.

    Args:
        table: the list.
        own_zones: by phone, the zone that the list gives for it, which takes precedence over the area code.
    """
    column = table.header.index("number")
    groups: defaultdict[Zones, list[Sequence[str]]] = defaultdict(list)
    names = {name: zone_name(name) for name in {*own_zones.values()}}
    for row in table.rows:
        key = phone(row[column])
        own_zone = own_zones.get(key)
        groups[(names[own_zone],) if own_zone else zones_of(key)].append(row)
    return dict(sorted(groups.items(), key=lambda group: (not group[0], group[0])))


def group_name(zones: Zones) -> str:
    """The part of a file name that names zones: `America-Chicago+America-New_York`, or `unknown`."""
    return "+".join(name.replace("/", "-") for name in zones) or "unknown"


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A list as the text of a CSV file."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()
