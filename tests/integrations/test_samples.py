"""The samples in campaigns/: at least six, without problems, with every field, and only with fictional numbers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from voxosync.definitions.load import LoadedDefinitions, load
from voxosync.definitions.project_layout import ProjectLayout
from voxosync.model.fields import WRITABLE

ROOT = Path(__file__).resolve().parents[2]
FICTIONAL = re.compile(r"[2-9][0-9]{2}55501[0-9]{2}")


def samples() -> LoadedDefinitions:
    return load(ProjectLayout(ROOT, ROOT / "campaigns"), [], datetime(2026, 12, 1, tzinfo=UTC))


def test_samples_have_no_errors_or_warnings() -> None:
    assert samples().problems == []
    assert len(samples().definitions) >= 6


def test_samples_use_every_field() -> None:
    definitions = samples().definitions
    assert {name for definition in definitions for name in definition.values} == set(WRITABLE)
    assert any(definition.number_fields for definition in definitions)
    assert any(definition.tenant_id for definition in definitions)
    assert any(definition.add_numbers and definition.ignore for definition in definitions)


def test_numbers_of_samples_are_in_the_fictional_range() -> None:
    for path in (ROOT / "campaigns").rglob("*.*"):
        for number in re.findall(r"(?<![0-9])[0-9]{10}(?![0-9])", path.read_text()):
            assert FICTIONAL.fullmatch(number), f"{number} in {path.name}"
