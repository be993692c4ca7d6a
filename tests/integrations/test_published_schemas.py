"""The files that other tools read are what those tools' published schemas want."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

FILES = [
    ("vendor.github-actions", "action.yml"),
    *(("vendor.github-workflows", f"examples/github/{path.name}")
      for path in sorted((ROOT / "examples" / "github").glob("*.yml"))),
    *(("vendor.gitlab-ci", path.relative_to(ROOT).as_posix())
      for path in sorted((ROOT / "examples" / "gitlab").iterdir())),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "file"), FILES, ids=[file for _, file in FILES])
def test_the_published_schema_accepts(schema: str, file: str) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, file]
    transform = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []

    process = subprocess.run(
        [*check, *transform], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert process.returncode == 0, process.stdout


@pytest.mark.parametrize(
    "path", sorted((ROOT / "examples" / "kubernetes").glob("*.yaml")), ids=lambda path: path.name
)
def test_kubernetes_accepts(path: Path) -> None:
    check = [sys.executable, "-m", "kubernetes_validate", "--strict", str(path)]

    process = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)

    assert process.returncode == 0, process.stdout + process.stderr
    assert "passed" in process.stdout + process.stderr
