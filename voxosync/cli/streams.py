"""Standard streams that never fail: what a command does and its exit status do not depend on their readers."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Any, TextIO

_ERRORS = "backslashreplace"  # a terminal that cannot show → gets \u2192


class Forgiving(io.RawIOBase):
    """Writes until the first failure; after it, whatever is written is discarded."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.failure: OSError | None = None

    def write(self, data: Any) -> int:
        """Writes some of the data, or discards all of it; returns the number of bytes that are done."""
        while self.failure is None:
            try:
                count: int | None = self._raw.write(data)
                if count is not None:
                    return count
                _wait_for_room(self._raw.fileno())
            except OSError as failure:
                self.failure = failure
        return memoryview(data).nbytes

    def writable(self) -> bool:
        """Always true: a failure does not concern the writer."""
        return True

    def fileno(self) -> int:
        """The file descriptor that is written to."""
        number: int = self._raw.fileno()
        return number

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return bool(self._raw.isatty())


def secure() -> Forgiving:
    """Prepares the standard streams so that nothing fails because of them; call this first.

    If one is closed, as it may be under cron or a service manager, its file descriptor is given to the null device:
    otherwise, the next file that is opened, such as a journal, would get it, and what is written to the stream too.

    Returns:
        What stdout is written through, for `finish`.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            descriptor = os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one
            os.set_inheritable(descriptor, True)  # noqa: FBT003  # the parameter has no name
    if sys.stdin is None:  # it was closed when Python started, and so may the others have been
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123  # stays open until the process exits
    out, err = Forgiving(_raw(sys.stdout)), Forgiving(_raw(sys.stderr))
    sys.stdout, sys.stderr = _text(out, sys.stdout), _text(err, sys.stderr)
    return out


def finish(out: Forgiving) -> None:
    """Flushes, and says on stderr that stdout could not be written, unless its reader went away."""
    sys.stdout.flush()
    if out.failure is not None and out.failure.errno != errno.EPIPE:
        sys.stderr.write(f"warning: cannot write to stdout: {out.failure.strerror}\n")
    sys.stderr.flush()


def _raw(stream: TextIO | None) -> Any:
    """The unbuffered stream below a standard stream; `sys.__stdout__` and `sys.__stderr__` keep it open.

    With PYTHONUNBUFFERED, there is no buffer in between.
    The file descriptor of a closed stream may belong to another file by now, so nothing is written to it.
    """
    if stream is None:
        return io.FileIO(os.devnull, "w")
    return getattr(stream.buffer, "raw", stream.buffer)


def _text(raw: Forgiving, like: TextIO | None) -> TextIO:
    """A stream with the encoding and the buffering of another one."""
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        "utf-8" if like is None else like.encoding,
        _ERRORS,
        line_buffering=bool(like and like.line_buffering),
        write_through=bool(getattr(like, "write_through", False)),
    )


def _wait_for_room(number: int) -> None:
    """Waits until a pipe that another program set to be non-blocking takes more."""
    from select import select  # noqa: PLC0415  # seldom needed

    select([], [number], [])
