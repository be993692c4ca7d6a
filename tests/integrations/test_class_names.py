"""Names of classes are unique, so that a name always refers to the same class."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "voxosync"


def test_class_names_are_unique_in_the_package() -> None:
    modules: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                modules[node.name].append(f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}")
    assert len(modules) > 100
    assert {name: positions for name, positions in modules.items() if len(positions) > 1} == {}
