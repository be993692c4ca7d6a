"""A straightforward script, as written in an afternoon: `afternoon.py PROJECT BASE_URL SCHEMA`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import httpx
import jsonschema
import yaml
from deepdiff import DeepDiff

project, base_url, schema_file = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
schema = json.loads(schema_file.read_text())
different = 0
with httpx.Client(headers={"Authorization": "Bearer benchmark-token"}) as client:
    for path in sorted((project / "campaigns").glob("*.yaml")):
        definition = yaml.safe_load(path.read_text())
        for key, value in definition.items():
            if isinstance(value, dt.date):
                definition[key] = value.isoformat()
            elif key.startswith(("time", "callHours")) and isinstance(value, int):
                definition[key] = (
                    f"{value // 60:02}:{value % 60:02}"  # YAML 1.1 reads 18:30 as 1110
                )
        definition["recording"] = "yes" if definition["recording"] else "no"
        jsonschema.validate(definition, schema)
        response = client.get(f"{base_url}/v2/admin/call-campaigns/{definition['id']}")
        live = response.raise_for_status().json()
        managed = {key: live.get(key) for key in definition}
        if DeepDiff(managed, definition, ignore_order=True):
            different += 1
print(f"{different} campaigns differ")
