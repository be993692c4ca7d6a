"""Files of a project, replaced whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.cli.output import file_errors
from voxosync.definitions.files import MAX_CSV, Unusable, is_inside, read_file
from voxosync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def replace_all(
    contents: Mapping[Path, bytes], before: Mapping[Path, bytes | None], root: Path
) -> None:
    """Replaces or makes files, each in one step that no crash can halve; permissions stay as they are.

    All new contents are on the disk before the first file is replaced, so that a full disk leaves
    every file as it was.

    Args:
        contents: what each file is to hold, by its path, links resolved.
        before: what each must still hold, else somebody has changed it meanwhile; None: it must not be
            there, and is made, with the folders that it needs.
        root: the project folder; nothing outside of it is written.

    Raises:
        UsageError: a file cannot be replaced, must not be, or was changed; none is replaced then.
    """
    staged: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            with file_errors(path, "write"):
                if content_of(path, root) != before[path]:
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


def content_of(path: Path, root: Path) -> bytes | None:
    """What a file holds that is to be replaced; None: it is not there.

    Args:
        path: the file, or a link to it.
        root: the project folder, in which it must lie.

    Raises:
        UsageError: it is no regular file, or a link leads out of the project folder.
    """
    if not is_inside(path, root):
        raise UsageError(f"cannot write {path}: a link leads out of the project folder")
    if not os.path.lexists(path):
        return None
    try:
        return read_file(path, root, MAX_CSV)
    except Unusable as reason:
        raise UsageError(f"cannot write {path}: {reason}") from reason


def _staged(path: Path, content: bytes) -> Path:
    """The new content in a file beside the old one, with its permissions, or those of any new file."""
    if path.exists():
        mode = path.stat().st_mode
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
