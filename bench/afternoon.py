"""What a user would write in an afternoon: `afternoon.py PROJECT BASE_URL SCHEMA`."""

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
        wanted = yaml.safe_load(path.read_text())
        for key, value in wanted.items():
            if isinstance(value, dt.date):
                wanted[key] = value.isoformat()
            elif key.startswith(("time", "callHours")) and isinstance(value, int):
                wanted[key] = f"{value // 60:02}:{value % 60:02}"  # YAML 1.1 reads 18:30 as 1110
        wanted["recording"] = "yes" if wanted["recording"] else "no"
        jsonschema.validate(wanted, schema)
        answer = client.get(f"{base_url}/v2/admin/call-campaigns/{wanted['id']}")
        live = answer.raise_for_status().json()
        managed = {key: live.get(key) for key in wanted}
        if DeepDiff(managed, wanted, ignore_order=True):
            different += 1
print(f"{different} campaigns differ")
