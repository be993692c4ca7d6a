from __future__ import annotations

import shutil
import subprocess
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.voxo.scripted_voxo import TOKEN, Clock, Scripted
from voxosync.voxo.api_credentials import ApiCredentials
from voxosync.voxo.client import Voxo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from voxosync.voxo.run_limiter import RunLimiter

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir")


@pytest.fixture(autouse=True)
def _without_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server() -> Iterator[Scripted]:
    server = Scripted()
    yield server
    server.stop()


@pytest.fixture
def connect(server: Scripted, clock: Clock) -> Iterator[Callable[..., Voxo]]:
    """Connect a client to the scripted server, with a clock that does not make tests wait."""
    with ExitStack() as stack:

        def connect(
            *, read: str = "auto", limiter: RunLimiter | None = None, url: str | None = None
        ) -> Voxo:
            credentials = ApiCredentials.of(base_url=url or server.url, token=TOKEN, read=read)
            return stack.enter_context(Voxo(credentials, limiter=limiter or clock.limiter()))

        yield connect


@pytest.fixture
def voxo(connect: Callable[..., Voxo]) -> Voxo:
    return connect()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that is signed only by its own key; both are in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is needed to create a certificate")
    certificate = tmp_path_factory.mktemp("tls") / "certificate.pem"
    command = (
        f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=voxo.example "
        f"-addext subjectAltName=IP:127.0.0.1 -keyout {certificate} -out {certificate}.crt"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    certificate.write_text(
        certificate.read_text() + certificate.with_suffix(".pem.crt").read_text()
    )
    return certificate
