"""Writes files in one step each: a reader sees the old content or the new one, whatever happens."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from voxosync.definitions.file_reader import MAX_CSV, Unusable, is_inside, read_file
from voxosync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PRIVATE, _PUBLIC = 0o600, 0o644


@contextmanager
def file_errors(path: Path, verb: str) -> Iterator[None]:
    """Turns a failure of the file system into an error that names the file and what was tried."""
    try:
        yield
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
        raise UsageError(f"cannot {verb} {path}: {reason}") from failure


def replace_all(
    contents: Mapping[Path, bytes], before: Mapping[Path, bytes | None], root: Path
) -> None:
    """Replaces or creates files of a project; permissions stay as they are.

    All new contents are on the disk before the first file is replaced, so that a full disk leaves every file as it was.

    Args:
        contents: the new content of each file, by its path with links resolved.
        before: what each file must still hold, otherwise it was changed in the meantime; None: the file must not
            exist; it is created, with the folders that it needs.
        root: the project folder; nothing outside it is written.

    Raises:
        UsageError: a file cannot or must not be replaced, or was changed; then none is replaced.
    """
    staged: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            with file_errors(path, "write"):
                if content_of(path, root) != before[path]:
                    raise UsageError(
                        f"{path} was changed in the meantime: nothing was written; run it again"
                    )
                staged[path] = _stage(path, content, _mode_for(path))
        for path in list(staged):
            with file_errors(path, "write"):
                staged[path].replace(path)
                del staged[path]
    finally:
        for temporary in staged.values():
            with suppress(OSError):
                temporary.unlink()


def content_of(path: Path, root: Path) -> bytes | None:
    """The content of a file that is to be replaced; None: it does not exist.

    Args:
        path: the file, or a link to it.
        root: the project folder, in which it must lie.

    Raises:
        UsageError: it is not a regular file, or a link leads out of the project folder.
    """
    if not is_inside(path, root):
        raise UsageError(f"cannot write {path}: a link leads out of the project folder")
    if not os.path.lexists(path):
        return None
    try:
        return read_file(path, root, MAX_CSV)
    except Unusable as reason:
        raise UsageError(f"cannot write {path}: {reason}") from reason


def check_writable(path: Path) -> None:
    """Refuses a file that `write_output` could not write, as far as that can be checked; leaves no trace.

    Raises:
        UsageError: it cannot be written.
    """
    _refuse_dash(path)
    with file_errors(path, "write"):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.is_file() or not path.exists():
            from tempfile import TemporaryFile  # noqa: PLC0415  # 3 ms that only a call with files needs

            with TemporaryFile(dir=Path(os.path.realpath(path)).parent):
                pass


def write_output(path: Path, text: str, *, is_public: bool = False) -> None:
    """Replaces a file that a caller names, readable by its owner alone: it may hold phone numbers.

    A link is followed. A device or a pipe, such as /dev/null, is written to: replacing it would remove it for
    every program.

    Args:
        path: the file.
        text: its content.
        is_public: whether other users may read it, because it holds nothing private.

    Raises:
        UsageError: it cannot be written.
    """
    _refuse_dash(path)
    with file_errors(path, "write"):
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        path = Path(os.path.realpath(path))
        temporary = _stage(path, text.encode(), _PUBLIC if is_public else _PRIVATE)
        try:
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _refuse_dash(path: Path) -> None:
    """Refuses `-`, by which many programs mean stdout: a file of this name would hold phone numbers unnoticed."""
    if os.fspath(path) == "-":
        raise UsageError("cannot write -: name a file, or /dev/stdout")


def _mode_for(path: Path) -> int:
    """The permissions of a file, or those of a new file, whose folder is then created."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        return 0o666 & ~_umask()
    if not os.access(path, os.W_OK):
        raise UsageError(f"cannot write {path}: it is read-only")
    return stat.S_IMODE(path.stat().st_mode)


def _stage(path: Path, content: bytes, mode: int) -> Path:
    """A temporary file with the new content, in the folder of the file that it is to replace."""
    from tempfile import mkstemp  # noqa: PLC0415  # 3 ms that only a call with files needs

    handle, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _umask() -> int:
    """The permissions that new files do not get; the system returns them only when setting them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
