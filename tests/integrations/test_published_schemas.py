"""Files for other tools follow the schemas that these tools publish."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FILES = {
    "vendor.github-actions": [ROOT / "action.yml"],
    "vendor.github-workflows": sorted((ROOT / "examples" / "github").glob("*.yml")),
    "vendor.gitlab-ci": sorted((ROOT / "examples" / "gitlab").iterdir()),
}


@pytest.mark.parametrize("schema", FILES)
def test_files_follow_their_published_schema(schema: str) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    transform = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []

    process = subprocess.run(
        [*check, *transform, *FILES[schema]], capture_output=True, text=True, check=False
    )

    assert process.returncode == 0, process.stdout


def test_kubernetes_manifests_follow_the_published_schema() -> None:
    paths = sorted((ROOT / "examples" / "kubernetes").glob("*.yaml"))
    check = [sys.executable, "-m", "kubernetes_validate", "--strict"]

    process = subprocess.run([*check, *paths], capture_output=True, text=True, check=False)

    output = process.stdout + process.stderr
    assert process.returncode == 0, output
    assert output.count("passed") >= len(paths)
