"""What a plan cannot do without: `floor.py yaml FOLDER`, or `floor.py csv FILE JSON`.

It imports the libraries that a plan needs, and none of voxosync; then it takes libyaml's events of every file in a
folder, or parses a CSV file and a JSON answer as `parse_only.py` does. Nothing is checked, asked or compared.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import click  # noqa: F401  # to import it is what is measured
import httpx  # noqa: F401  # as above
import jsonschema_rs  # noqa: F401  # as above
import yaml

kind, first, *arguments = sys.argv[1:]
if kind == "yaml":
    for path in Path(first).glob("*.yaml"):
        for _ in iter(yaml.CBaseLoader(path.read_text(encoding="utf-8")).get_event, None):
            pass
else:
    import deepdiff  # noqa: F401  # as above, where something differs

    with open(first, encoding="utf-8", newline="") as file:  # noqa: PTH123  # as in parse_only.py
        rows = list(csv.reader(file))
    json.loads(Path(arguments[0]).read_bytes())
