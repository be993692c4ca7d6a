"""Files that tests write many times, such as once for each example of a property."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_new(path: Path, content: str | bytes) -> None:
    """Replaces a file, byte for byte, by a new one.

    To overwrite it would take milliseconds: ext4 writes to the disk what replaces the content of a file.
    """
    path.unlink(missing_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
