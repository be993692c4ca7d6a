"""Only parses one large campaign: `parse_only.py yaml FILE`, or `parse_only.py csv FILE JSON`."""

from __future__ import annotations

import sys

if sys.argv[1] == "yaml":
    import yaml

    with open(sys.argv[2], encoding="utf-8") as file:  # noqa: PTH123  # importing pathlib would take longer
        yaml.load(file, yaml.CSafeLoader)
else:
    import csv
    import json

    with open(sys.argv[2], encoding="utf-8", newline="") as file:  # noqa: PTH123  # importing pathlib would take longer
        rows = list(csv.reader(file))
    with open(sys.argv[3], "rb") as file:  # noqa: PTH123  # importing pathlib would take longer
        json.loads(file.read())
