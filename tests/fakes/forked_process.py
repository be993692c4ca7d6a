"""A process forked from one that has imported voxosync, because the imports take most of the time of a call.

The fork has its own streams, session, folder and environment, and ends by itself or by a signal, as a process that
`subprocess` starts. Run as a script, this module is the process that is forked.
"""

from __future__ import annotations

import atexit
import importlib
import io
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

VOXOSYNC = 'import runpy\nrunpy.run_module("voxosync", run_name="__main__", alter_sys=True)\n'
"""The program that `python -m voxosync` runs."""

_LONGEST_MESSAGE = 100_000  # bytes
_STREAMS = ("stdin", "stdout", "stderr")
_STDIN, _, _STDERR = range(len(_STREAMS))


class ForkedProcess:
    """A process that `start` returns, and that several threads can wait for."""

    def __init__(self, connection: socket.socket) -> None:
        self._pid = int(connection.recv(_LONGEST_MESSAGE))
        executor = ThreadPoolExecutor(1)
        self._status = executor.submit(lambda: int(connection.recv(_LONGEST_MESSAGE)))
        executor.shutdown(wait=False)

    def wait(self, seconds: float) -> int:
        """The exit status, or the negative number of a signal; raises a TimeoutError."""
        return self._status.result(seconds)

    def kill(self) -> None:
        if not self._status.done():
            os.kill(self._pid, signal.SIGKILL)


def start(
    program: str,
    *arguments: str,
    folder: Path,
    environment: dict[str, str],
    streams: tuple[int | None, int | None, int | None],
) -> ForkedProcess:
    """Start a program, in a session of its own. The one before must have ended.

    Args:
        program: Python code, such as `VOXOSYNC`.
        arguments: of the program.
        folder: where it runs.
        environment: its variables. Those that Python reads when it starts have no effect.
        streams: the file descriptors of its stdin, stdout and stderr; None for a closed one.
    """
    call = {
        "program": program,
        "arguments": ["-c", *arguments],
        "folder": str(folder),
        "environment": environment,
        "is_open": [stream is not None for stream in streams],
    }
    connection = _server()
    descriptors = [stream for stream in streams if stream is not None]
    socket.send_fds(connection, [json.dumps(call).encode()], descriptors)
    return ForkedProcess(connection)


@cache
def _server() -> socket.socket:
    """The connection to the process that is forked, which ends when this one does."""
    from tests.fakes.processes import inherited_variables  # noqa: PLC0415  # the script cannot import other tests

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server = subprocess.Popen(
        [sys.executable, "-P", __file__, str(theirs.fileno())],
        env={**inherited_variables(), "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        start_new_session=True,  # a Ctrl-C is for pytest
    )
    theirs.close()
    atexit.register(server.wait)
    atexit.register(ours.close)
    return ours


def _serve(connection: socket.socket) -> None:
    """Fork for each call, and send the number and the exit status of the process."""
    for module in pkgutil.walk_packages(importlib.import_module("voxosync").__path__, "voxosync."):
        if module.name != "voxosync.__main__":
            importlib.import_module(module.name)
    pid = 0
    while True:
        message, descriptors, *_ = socket.recv_fds(connection, _LONGEST_MESSAGE, len(_STREAMS))
        if pid:
            os.waitpid(pid, 0)  # not earlier: until now, no other process can have its number
        if not message:
            break
        if (pid := os.fork()) == 0:
            try:
                _run(json.loads(message), descriptors)
            except BaseException:  # noqa: BLE001  # Python would show any exception
                traceback.print_exc()
            finally:
                os._exit(70)  # voxosync exits by itself
        for descriptor in descriptors:
            os.close(descriptor)
        connection.send(str(pid).encode())
        ending = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert ending is not None
        status = ending.si_status if ending.si_code == os.CLD_EXITED else -ending.si_status
        connection.send(str(status).encode())


def _run(call: dict[str, Any], descriptors: list[int]) -> None:
    """Run a program in the fork, which has as little of its parent as a process that Python starts."""
    os.setsid()
    for number, is_open in enumerate(call["is_open"]):
        if is_open:
            os.dup2(descriptors.pop(0), number)
        else:
            os.close(number)
    os.closerange(len(_STREAMS), os.sysconf("SC_OPEN_MAX"))
    for number, name in enumerate(_STREAMS):
        stream = _text_stream(number)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os.chdir(call["folder"])
    os.environ.clear()
    os.environ.update(call["environment"])
    time.tzset()
    sys.path.insert(0, "")
    sys.argv = call["arguments"]
    exec(call["program"], {"__name__": "__main__"})  # noqa: S102  # code of the tests


def _text_stream(number: int) -> io.TextIOWrapper | None:
    """A standard stream as Python makes it when it starts; None if it is closed."""
    with suppress(OSError):
        raw = io.FileIO(number, "r" if number == _STDIN else "w", closefd=False)
        return io.TextIOWrapper(
            io.BufferedReader(raw) if number == _STDIN else io.BufferedWriter(raw),
            "utf-8",
            "backslashreplace" if number == _STDERR else "surrogateescape",
            newline="\n",
            line_buffering=number == _STDERR or raw.isatty(),
        )
    return None


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
