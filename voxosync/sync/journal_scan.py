"""Reads many journals at once, only as far as needed, and skips what is damaged."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from voxosync.errors import JournalError
from voxosync.sync.json_documents import validator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SUFFIX = ".jsonl"
_BEGINNING = 512  # bytes, more than its keys before the plan need


def journal_files(folder: Path) -> list[Path]:
    """The journals of a folder, oldest first; none where there is no folder.

    Raises:
        JournalError: the folder cannot be read.
    """
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(SUFFIX))  # noqa: PTH208  # creating a thousand paths takes longer than listing their names
    except FileNotFoundError:
        return []
    except OSError as failure:
        raise JournalError(f"cannot read {folder}: {failure.strerror}") from failure
    return [folder / name for name in names]


def content(path: Path) -> bytes:
    """The content of a journal.

    Raises:
        JournalError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as failure:
        raise JournalError(f"cannot read {path}: {failure.strerror}") from failure


def beginning(path: Path) -> bytes:
    """The part of a journal before its plan, with the command, the saved plan, and whether it quiesces.

    Raises:
        JournalError: it cannot be read.
    """
    try:
        file = os.open(path, os.O_RDONLY)
        try:
            return os.read(file, _BEGINNING)
        finally:
            os.close(file)
    except OSError as failure:
        raise JournalError(f"cannot read {path}: {failure.strerror}") from failure


def events(journal: bytes) -> Iterator[Mapping[str, Any]]:
    """The events of a journal that can be read, in order; a damaged line is left out."""
    for line in journal.splitlines():
        try:
            event = json.loads(line)
            if validator("journal").is_valid(event):
                yield event
        except (ValueError, RecursionError):
            continue
