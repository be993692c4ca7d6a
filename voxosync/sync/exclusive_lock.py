"""A lock for runs that must not overlap, because each would miss what the other is about to record."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from voxosync.errors import JournalError
from voxosync.sync.journal import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAME = "create.lock"


@contextmanager
def exclusive_lock(folder: Path) -> Iterator[None]:
    """Holds a lock that only one run per folder of journals can hold at a time.

    The operating system releases it when the process ends, however it ends. A file that remains locks nothing.

    Raises:
        JournalError: another run holds the lock, or it cannot be created.
    """
    path = folder / _NAME
    lock = FileLock(path, timeout=0, mode=0o600)
    try:
        make_folder(folder)
        lock.acquire()
    except Timeout as failure:
        raise JournalError(
            "another run is creating campaigns right now: nothing was sent; wait until it is over, "
            "and run it again"
        ) from failure
    except OSError as failure:
        raise JournalError(f"cannot lock {path}: {failure.strerror}") from failure
    try:
        yield
    finally:
        lock.release()
