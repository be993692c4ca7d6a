"""Reads the files of a project, as bytes or text: regular files inside its folder, links resolved, up to a size."""

from __future__ import annotations

import codecs
import os
import re
import stat
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from voxosync.model.problem import Position, Problem, error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_YAML = 64 << 20
"""Bytes of a YAML file: a list of a million numbers has about 50 MiB."""
MAX_CSV = 256 << 20
"""Bytes of a CSV file: a million numbers with a description have about 30 MiB."""

LFS_POINTER = b"version https://git-lfs.github.com/spec/"
"""The first bytes of a file that Git LFS has not fetched yet."""

LINE_END = re.compile(r"\r\n?|\n")

# Without O_NONBLOCK, opening a named pipe waits until another process writes to it.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_INSTEAD: ContextVar[Mapping[Path, bytes]] = ContextVar("instead", default=MappingProxyType({}))


class Unusable(Exception):  # caught wherever files are read or written
    """A file that cannot or must not be read; the message says why, and what to do.

    Attributes:
        rule: the rule that it breaks.
    """

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


def read_file(path: Path, root: Path | None, limit: int = MAX_YAML) -> bytes:
    """The content of a file.

    Args:
        path: the file, or a link to it.
        root: the folder that it must be in, links resolved; None: the caller has checked that.
        limit: how many bytes it may have at most.

    Raises:
        Unusable: it cannot or must not be read.
    """
    instead = _INSTEAD.get()
    if instead and (content := instead.get(path.resolve())) is not None:
        return content
    try:
        handle = os.open(path, _FLAGS)
    except OSError as failure:
        reason = failure.strerror or "it cannot be read"
        raise Unusable("unreadable", f"cannot read the file: {reason}") from failure
    except ValueError:
        raise Unusable("unreadable", "cannot read the file: its name is not usable") from None
    try:
        return _content(handle, path, root, limit)
    except OSError as failure:
        reason = failure.strerror or "it cannot be read"
        raise Unusable("unreadable", f"cannot read the file: {reason}") from failure
    finally:
        os.close(handle)


def read_text(
    path: Path, file: str, root: Path | None = None, limit: int = MAX_YAML
) -> tuple[str, Problem | None]:
    """The text of a UTF-8 file, or the problem because of which there is none.

    Args:
        path: the file.
        file: its name in messages.
        root: as for `read_file`.
        limit: as for `read_file`.
    """
    try:
        data = read_file(path, root, limit).removeprefix(codecs.BOM_UTF8)
    except Unusable as reason:
        return "", error(Position(file), reason.rule, str(reason))
    if data.startswith(LFS_POINTER):
        message = "this is a Git LFS pointer, which stands for the file: run git lfs pull"
        return "", error(Position(file), "unreadable", message)
    try:
        return data.decode(), None
    except UnicodeDecodeError as failure:
        start = position_after(data[: failure.start].decode(), file)
        return "", error(start, "encoding", "the file is not UTF-8: save it as UTF-8")


def position_after(text: str, file: str) -> Position:
    """The position right after a text with which a file begins."""
    lines = LINE_END.split(text)
    return Position(file, len(lines), len(lines[-1]) + 1)


def exists(path: Path) -> bool:
    """Whether there is a file or a link, even a broken one, or `reading_instead` provides the content."""
    instead = _INSTEAD.get()
    return os.path.lexists(path) or (bool(instead) and path.resolve() in instead)


def is_inside(path: Path, root: Path) -> bool:
    """Whether a path is in a folder once links are resolved; it need not exist."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # such as a loop of links, or a NUL
        return False


@contextmanager
def reading_instead(contents: Mapping[Path, bytes]) -> Iterator[None]:
    """Within this context, reading these files gives these bytes, so that an edit is checked before it is written.

    Args:
        contents: the bytes by path, links resolved.
    """
    token = _INSTEAD.set(contents)
    try:
        yield
    finally:
        _INSTEAD.reset(token)


def _content(handle: int, path: Path, root: Path | None, limit: int) -> bytes:
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        raise Unusable("unreadable", f"this is {_kind(status.st_mode)}: name a file")
    if root is not None and not _lies_in(handle, path, root):
        raise Unusable("outside", "a link leads out of the project folder: keep the file inside it")
    pieces: list[bytes] = []
    size = 0 if status.st_size <= limit else status.st_size
    while size <= limit and (piece := os.read(handle, max(status.st_size - size, 0) + 1)):
        pieces.append(piece)
        size += len(piece)
    if size > limit:
        message = f"the file is too long ({size / (1 << 20):,.0f} MiB): at most {limit >> 20} MiB are read"
        raise Unusable("too-long", f"{message}, so split it")
    return b"".join(pieces)


def _lies_in(handle: int, path: Path, root: Path) -> bool:
    """Whether an open file is in a folder. Linux gives its real path, which no link can change anymore."""
    try:
        real = os.readlink(f"/proc/self/fd/{handle}")  # noqa: PTH115  # Path takes twice as long, for each file
    except OSError:
        real = os.path.realpath(path)
    return real.startswith(os.fspath(root) + os.sep) or is_inside(Path(real), root)


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        return "a pipe"
    return "a device"
