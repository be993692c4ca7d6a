"""One run at a time, where two at once would each miss what the other is about to write down."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from voxosync.errors import JournalError
from voxosync.sync.journal import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAME = "create.lock"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds a lock that no other run with the same folder of journals gets meanwhile.

    The system lets go of it when the process ends, however it ends; the file itself stays, and means nothing.

    Raises:
        JournalError: another run holds it, or there can be no lock there.
    """
    path = folder / _NAME
    try:
        make_folder(folder)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as failure:
        raise JournalError(f"cannot lock {path}: {failure.strerror}") from failure
    try:
        if not _is_locked(file, path):
            raise JournalError(
                "another run is creating campaigns right now: nothing was sent; wait until it is over, "
                "and run it again"
            )
        yield
    finally:
        os.close(file)


def _is_locked(file: int, path: Path) -> bool:
    """Locks a file for this process, if nobody else has it; closing it ends that."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  # Windows alone has it

            try:
                msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            except PermissionError:
                return False
        else:
            import fcntl  # noqa: PLC0415  # Windows has none

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as failure:
        raise JournalError(f"cannot lock {path}: {failure.strerror}") from failure
    return True
