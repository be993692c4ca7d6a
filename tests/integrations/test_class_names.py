"""Names of classes: a reader who knows one by its name knows which one is meant."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "voxosync"


def test_no_two_classes_of_the_package_share_a_name() -> None:
    modules: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                modules[node.name].append(f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}")
    assert len(modules) > 100
    assert {name: places for name, places in modules.items() if len(places) > 1} == {}
