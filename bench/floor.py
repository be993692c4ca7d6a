"""The lower bound of a plan: `floor.py yaml FOLDER`, or `floor.py csv FILE JSON`.

Imports the libraries that a plan needs, but nothing of voxosync. Then reads libyaml's events of every file in a
folder, or parses a CSV file and a JSON response as `parse_only.py` does. Checks, requests and compares nothing.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import click  # noqa: F401  # its import is measured
import httpx  # noqa: F401  # its import is measured
import jsonschema_rs  # noqa: F401  # its import is measured
import yaml

kind, first, *arguments = sys.argv[1:]
if kind == "yaml":
    for path in Path(first).glob("*.yaml"):
        for _ in iter(yaml.CBaseLoader(path.read_text(encoding="utf-8")).get_event, None):
            pass
else:
    import deepdiff  # noqa: F401  # its import is measured; a plan imports it if something differs

    with open(first, encoding="utf-8", newline="") as file:  # noqa: PTH123  # pathlib takes longer, as in parse_only.py
        rows = list(csv.reader(file))
    json.loads(Path(arguments[0]).read_bytes())
