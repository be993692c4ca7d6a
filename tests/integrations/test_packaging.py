"""What ships: the wheel's contents as declared, and the container's rules."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_wheel_takes_schemas_samples_and_examples_along() -> None:
    """`python3 dev.py wheel`, in CI, runs the tour and `init` from the wheel alone."""
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {name: f"voxosync/{name}" for name in ("schemas", "campaigns", "examples")}
    assert (ROOT / "voxosync" / "py.typed").exists()


def test_every_dependency_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start = lines.index("dependencies = [")
    needed = lines[start + 1 : lines.index("]", start)]
    assert len(needed) == len(PROJECT["project"]["dependencies"])
    assert all("  # " in line for line in needed)


def test_every_dependency_ends_before_a_version_that_may_break() -> None:
    """A release 1.0 of httpx would fail every command; only the list of time zones has no such versions."""
    needed = (
        PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["sandbox"]
    )
    unbounded = [line for line in needed if not re.search(r",<[0-9]+$", line)]
    assert [re.split(r"[<>=]", line)[0] for line in unbounded] == ["tzdata"]


def test_the_container_is_slim_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM")]
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    assert all(base.endswith("-slim") for base in bases)
    assert users == ["10001"]
    assert lines.index("USER 10001") < lines.index('ENTRYPOINT ["voxosync"]')
