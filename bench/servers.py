"""The servers: nginx with static files, and a proxy that delays every request."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LATENCY = 0.05  # the seconds by which the slow server delays each request
_STARTS_WITHIN = 10  # seconds

_NGINX = """\
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes auto;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  default_type application/json;
  sendfile on;
  tcp_nodelay on;
  keepalive_requests 100000;
  {temporary}
  server {{ listen 127.0.0.1:{port}; root {web}; }}
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def nginx(web: Path, folder: Path) -> Iterator[str]:
    """Runs nginx with the files of `web`, and yields its base URL; its own files are in `folder`."""
    port = _free_port()
    temporary = " ".join(f"{name}_temp_path {folder};" for name in _TEMPORARY)
    config = folder / "nginx.conf"
    user = (
        "" if os.geteuid() else "user root;"
    )  # otherwise its workers could not read a private folder
    text = _NGINX.format(folder=folder, port=port, web=web, temporary=temporary, user=user)
    config.write_text(text, encoding="utf-8")
    with _running(["nginx", "-e", str(folder / "error.log"), "-c", str(config)], port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def slow(base_url: str) -> Iterator[str]:
    """Runs a proxy that passes requests on after `LATENCY`, and yields its base URL."""
    port, server_port = _free_port(), base_url.rpartition(":")[2]
    script = str(Path(__file__).with_name("slow_proxy.py"))
    with _running([sys.executable, script, str(port), server_port, str(LATENCY)], port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command)
    try:
        _wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(_STARTS_WITHIN * 100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.01)
        else:
            return
    sys.exit(f"{process.args!r} does not answer on its port")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
