"""The files that ship with the code: JSON Schemas, the OpenAPI description, sample campaigns, CI files.

In a wheel they lie inside the package, in a checkout next to it. Nothing else in the package knows where.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The shipped folder `name` (`schemas`, `campaigns` or `examples`), wherever this installation has it."""
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def schema_text(name: str) -> str:
    """The text of one file of `schemas/`, such as `campaign.schema.json`."""
    return (folder("schemas") / name).read_text(encoding="utf-8")
