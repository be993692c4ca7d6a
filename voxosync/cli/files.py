"""Files of a project, replaced whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.cli.output import file_errors
from voxosync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def replace_all(contents: Mapping[Path, bytes], before: Mapping[Path, bytes | None]) -> None:
    """Replaces or makes files, each in one step that no crash can halve; permissions stay as they are.

    All new contents are on the disk before the first file is replaced, so that a full disk leaves
    every file as it was.

    Args:
        contents: what each file is to hold, by its path, links resolved.
        before: what each must still hold, else somebody has changed it meanwhile; None: it must not be
            there, and is made, with the folders that it needs.

    Raises:
        UsageError: a file cannot be replaced, or was changed; none is replaced then.
    """
    staged: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            with file_errors(path, "write"):
                if (path.read_bytes() if os.path.lexists(path) else None) != before[path]:
                    raise UsageError(
                        f"{path} was changed meanwhile: nothing was written; run it again"
                    )
                staged[path] = _staged(path, content)
        for path in list(staged):
            with file_errors(path, "write"):
                staged[path].replace(path)
                del staged[path]
    finally:
        for temporary in staged.values():
            with suppress(OSError):
                temporary.unlink()


def _staged(path: Path, content: bytes) -> Path:
    """The new content in a file beside the old one, with its permissions, or those of any new file."""
    if path.exists():
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise UsageError(f"cannot write {path}: it is no regular file")
        if not os.access(path, os.W_OK):
            raise UsageError(f"cannot write {path}: it is read-only")
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(stat.S_IMODE(mode))
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _umask() -> int:
    """What new files are not to allow; the system tells only in exchange for another one."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
