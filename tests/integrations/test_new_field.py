"""A new field of VOXO needs only a line in the OpenAPI file and one in the catalog."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
OPENAPI = Path("schemas/voxo-call-campaigns.openapi.yaml")

NEW_FIELDS = {
    "madeUpText": ("message", "TEXT", "Hello", "Goodbye"),
    "madeUpZone": ("timezone", "ZONE", "America/Chicago", "America/Denver"),
    "madeUpDate": ("dateEnd", "DATE", "2027-03-01", "2027-04-01"),
    "madeUpTime": ("timeEnd", "TIME", "18:00", "19:00"),
    "madeUpNumber": ("callFrequency", "NUMBER", 30, 45),
    "madeUpLimit": ("callFrequency", "NUMBER", 3, 10),
    "madeUpFlag": ("enableVMDetect", "FLAG", "1", "0"),
    "madeUpDestinations": ("destinations", "DESTINATIONS", [{"type": "QUEUE", "id": 12}], []),
}
"""For each new field: a similar field, its kind, its live value, and its value in the definition."""

LIMITS = {"madeUpLimit": {"type": "integer", "minimum": 1, "maximum": 10}}
"""The type and limits of new fields, if they differ from those of the similar field."""

SCRIPT = """
import os, sys
from pathlib import Path
from voxosync.app import local_sandbox
from voxosync.app.project import Project
from voxosync.cli.main import cli

live, desired = map(Path, sys.argv[1:])
server = local_sandbox.sandbox(token="t", tenant_id=17)
with server:
    local_sandbox.fill(server, Project.open(live))
    os.environ.update(VOXO_API_BASE_URL=server.base_url, VOXO_API_TOKEN="t", VOXO_TENANT_ID="17")
    os.chdir(desired)
    for words in sys.stdin.read().splitlines():
        try:
            cli.main(words.split(), prog_name="voxosync", standalone_mode=False)
        except SystemExit as ending:
            print("status", ending.code, flush=True)
"""


@pytest.fixture
def program_copy(tmp_path: Path) -> Path:
    """A copy of the program with the new fields only in the OpenAPI file and in the catalog."""
    for name in ("voxosync", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    openapi = yaml.safe_load((ROOT / OPENAPI).read_text(encoding="utf-8"))
    schemas = openapi["components"]["schemas"]
    request = schemas["CampaignUpdate"]["properties"]
    for new, (similar, *_) in NEW_FIELDS.items():
        for part in ("CampaignUpdate", "CampaignSummary", "Campaign"):
            properties = schemas[part]["properties"]
            if similar in properties:
                properties[new] = properties[similar]
        reference = f"#/components/schemas/CampaignUpdate/properties/{new}"
        schemas["CampaignCreate"]["properties"][new] = {"$ref": reference}
    for new, limits in LIMITS.items():
        annotations = {key: request[new][key] for key in ("title", "description", "x-write")}
        request[new] = {**annotations, **limits}
    (tmp_path / OPENAPI).write_text(yaml.safe_dump(openapi), encoding="utf-8")
    catalog = tmp_path / "voxosync" / "model" / "fields.py"
    lines = "".join(f'    Field("{new}", {kind}),\n' for new, (_, kind, *_) in NEW_FIELDS.items())
    anchor = '    Field("callDelay"'
    text = catalog.read_text(encoding="utf-8")
    assert anchor in text
    catalog.write_text(text.replace(anchor, lines + anchor), encoding="utf-8")
    run(tmp_path, "-m", "voxosync", "schema", "--write", "schemas")
    return tmp_path


def run(program_copy: Path, *words: str | Path, stdin: str = "") -> str:
    """The output of Python in the copy, whose lines are not part of the measured coverage."""
    variables = {**os.environ, "PYTHONPATH": str(program_copy), "NO_COLOR": "1"}
    variables.pop("COVERAGE_PROCESS_CONFIG", None)
    ran = subprocess.run(
        [sys.executable, *words],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=program_copy,
        env=variables,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def project(folder: Path, values: dict[str, Any]) -> Path:
    """Creates a project with one definition that includes these values, and returns its folder."""
    definition = {"id": 4711, "name": "Spring", "numbers": [{"number": "6015550101"}], **values}
    (folder / "campaigns").mkdir(parents=True)
    text = yaml.safe_dump(definition, sort_keys=False)
    (folder / "campaigns" / "spring.yaml").write_text(text, encoding="utf-8")
    return folder


def test_new_field_of_each_kind_needs_only_the_openapi_file_and_the_catalog(
    program_copy: Path,
) -> None:
    live = project(
        program_copy / "live", {new: before for new, (*_, before, _) in NEW_FIELDS.items()}
    )
    desired = project(
        program_copy / "desired", {new: after for new, (*_, after) in NEW_FIELDS.items()}
    )
    commands = (
        "validate",
        "plan --out plan.json",
        "show 4711",
        "apply --yes --plan plan.json",
        "drift",
        "history latest",
    )
    output = run(program_copy, "-c", SCRIPT, live, desired, stdin="\n".join(commands))

    assert "1 to update" in output
    for new, (_, kind, before, after) in NEW_FIELDS.items():
        if kind != "DESTINATIONS":
            assert f"{new}: {before} → {after}" in output
        else:
            assert f"{new}: [QUEUE 12] → []" in output
    assert "4711 Spring: applied" in output
    assert "No drift" in output
    plan = json.loads((desired / "plan.json").read_text(encoding="utf-8"))
    assert plan["campaigns"][0]["patch"] == {new: after for new, (*_, after) in NEW_FIELDS.items()}
    assert [change["field"] for change in plan["campaigns"][0]["changes"]] == [*NEW_FIELDS]
    for name in ("campaign", "plan", "policy"):
        text = (program_copy / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
        assert all(f'"{new}"' in text for new in NEW_FIELDS), name
