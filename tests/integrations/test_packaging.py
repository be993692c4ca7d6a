"""The declared contents of the wheel, its dependencies, and the container image."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_wheel_includes_schemas_samples_and_examples() -> None:
    """In CI, `python3 dev.py wheel` also runs the demo and `init` from an installed wheel."""
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {name: f"voxosync/{name}" for name in ("schemas", "campaigns", "examples")}
    assert (ROOT / "voxosync" / "py.typed").exists()


def test_every_dependency_has_a_comment() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start = lines.index("dependencies = [")
    dependencies = lines[start + 1 : lines.index("]", start)]
    assert len(dependencies) == len(PROJECT["project"]["dependencies"])
    assert all("  # " in line for line in dependencies)


def test_every_dependency_excludes_the_next_incompatible_version() -> None:
    """A release 1.0 of httpx could break every command; only the time zone data has no such versions."""
    dependencies = (
        PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["sandbox"]
    )
    unbounded = [line for line in dependencies if not re.search(r",<[0-9]+$", line)]
    assert [re.split(r"[<>=]", line)[0] for line in unbounded] == ["tzdata"]


def test_container_is_slim_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM")]
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    assert all(base.endswith("-slim") for base in bases)
    assert users == ["10001"]
    assert lines.index("USER 10001") < lines.index('ENTRYPOINT ["voxosync"]')
