"""Commands only send requests to VOXO, over verified TLS, whatever the environment says.

`tests/voxo/test_voxo_http_sender.py` tests the client alone, and this module complete commands.
"""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING

import click
import pytest

from tests.cli.cli_voxo import FakeVoxo, answer
from tests.security.marked import MARKED, campaign, commands
from voxosync.cli.main import cli
from voxosync.voxo import run_limiter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.cli_project import Project, Ran

SOURCES = Path(__file__).parents[2] / "voxosync"


def create_certificate(folder: Path, name: str) -> Path:
    """A certificate for a name or an address, signed only by its own key; both are in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is needed to create certificates")
    file, key = folder / f"{name.replace(':', '-')}.pem", folder / "key"
    command = (
        f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=voxo.test "
        f"-addext subjectAltName={name} -keyout {key} -out {file}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    file.write_text(key.read_text() + file.read_text())
    return file


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create_certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")


@pytest.fixture(scope="module")
def certificate_of_another_host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create_certificate(tmp_path_factory.mktemp("tls"), "DNS:other.test")


@pytest.fixture
def encrypted(server: FakeVoxo) -> Callable[[Path], str]:
    """A function that lets the server use TLS and returns its URL."""

    def encrypt(certificate: Path) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.say(answer(200, campaign(message="Renew today", callFrequency=60)))
        return server.url.replace("http:", "https:")

    return encrypt


# TLS

SWITCHES = {
    "PYTHONHTTPSVERIFY": "0",
    "CURL_CA_BUNDLE": "",
    "REQUESTS_CA_BUNDLE": "",
    "SSL_NO_VERIFY": "1",
    "SSL_VERIFY": "false",
    "GIT_SSL_NO_VERIFY": "1",
    "NODE_TLS_REJECT_UNAUTHORIZED": "0",
    "HTTPX_VERIFY": "0",
    "VOXO_INSECURE": "1",
    "VOXO_VERIFY": "0",
    "VOXOSYNC_INSECURE": "1",
    "VOXOSYNC_VERIFY": "0",
    "VOXOSYNC_DEBUG": "1",
    "SSL_CERT_FILE": "",
    "SSL_CERT_DIR": "",
}
"""Variables that disable verification in other programs, or that might in ours."""


def is_untrusted(ran: Ran, server: FakeVoxo) -> bool:
    return ran.status == 3 and "certificate" in ran.err and not server.received


def test_no_variable_switches_verification_off(
    project: Project,
    server: FakeVoxo,
    certificate: Path,
    encrypted: Callable[[Path], str],
) -> None:
    url = encrypted(certificate)
    assert is_untrusted(project.run("plan", VOXO_API_BASE_URL=url), server)
    assert is_untrusted(project.run("plan", VOXO_API_BASE_URL=url, **SWITCHES), server)


def test_no_option_and_no_setting_switches_verification_off() -> None:
    words = {
        word
        for command in commands(cli)
        for option in command.params
        if isinstance(option, click.Option)
        for word in (*option.opts, *option.secondary_opts)
    }
    names = " ".join(words) + (SOURCES.parent / "schemas/settings.schema.json").read_text()
    for switch in ("insecure", "verify", "ssl", "tls", "cert", "-k "):
        assert switch not in names.lower()


@pytest.mark.parametrize(
    "word", ["verify=", "CERT_NONE", "_unverified", "check_hostname", "SSLContext"]
)
def test_code_contains_nothing_that_switches_verification_off(word: str) -> None:
    files = [path for path in SOURCES.rglob("*.py") if "sandbox" not in path.parts]
    assert files
    assert [path.name for path in files if word in path.read_text(encoding="utf-8")] == []


def test_certificate_of_another_host_is_not_trusted(
    project: Project,
    server: FakeVoxo,
    certificate_of_another_host: Path,
    encrypted: Callable[[Path], str],
) -> None:
    url = encrypted(certificate_of_another_host)
    ran = project.run("plan", VOXO_API_BASE_URL=url, SSL_CERT_FILE=str(certificate_of_another_host))
    assert is_untrusted(ran, server)


def test_ca_bundle_in_ssl_cert_file_is_trusted(
    project: Project, server: FakeVoxo, certificate: Path, encrypted: Callable[[Path], str]
) -> None:
    ran = project.run(
        "plan", VOXO_API_BASE_URL=encrypted(certificate), SSL_CERT_FILE=str(certificate)
    )
    assert ran.status == 0
    assert server.received[0].headers["Authorization"] == f"Bearer {MARKED}"


def test_ca_certificate_in_ssl_cert_dir_is_trusted(
    project: Project,
    certificate: Path,
    encrypted: Callable[[Path], str],
    tmp_path: Path,
) -> None:
    command = ["openssl", "x509", "-hash", "-noout", "-in", str(certificate)]
    hash_process = subprocess.run(command, check=True, capture_output=True, text=True)
    folder = tmp_path / "authorities"
    folder.mkdir()
    shutil.copy(certificate, folder / f"{hash_process.stdout.strip()}.0")
    ran = project.run("plan", VOXO_API_BASE_URL=encrypted(certificate), SSL_CERT_DIR=str(folder))
    assert ran.status == 0


# Plain HTTP

OTHER_MACHINE = "http://voxo.test"


@pytest.mark.parametrize("command", ["plan", "drift", "snapshot", "apply"])
@pytest.mark.parametrize("where", ["option", "variable", "environment"])
def test_plain_http_to_another_machine_is_refused_from_every_source(
    where: str, command: str, project: Project
) -> None:
    """It is refused before the name is looked up, which pytest-socket would report."""
    required_options = {"snapshot": ("--out", "live.json"), "apply": ("--yes",)}.get(command, ())
    arguments: tuple[str, ...] = (command, *required_options)
    variables = {}
    if where == "option":
        arguments += ("--base-url", OTHER_MACHINE)
    elif where == "variable":
        variables = {"VOXO_API_BASE_URL": OTHER_MACHINE}
    else:
        project.write("voxosync.yaml", f"environments: {{prod: {{baseUrl: '{OTHER_MACHINE}'}}}}\n")
        arguments = ("--env", "prod", *arguments)
    ran = project.run(*arguments, **variables)
    assert ran.status == 1
    assert "https://" in ran.err


# Redirects

CALLS = {
    "plan": ("plan",),
    "drift": ("drift",),
    "snapshot": ("snapshot", "--out", "live.json", "--all", "--tenant-id", "17"),
    "apply": ("apply", "--yes"),
}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("command", CALLS)
def test_no_command_follows_a_redirect(
    command: str, status: int, project: Project, server: FakeVoxo
) -> None:
    other = FakeVoxo()
    try:
        server.say(answer(status, b"", Location=f"{other.url}/v2/admin/call-campaigns/4711"))
        ran = project.run(*CALLS[command], VOXO_API_BASE_URL=server.url)
        assert ran.status == 3
        assert "redirect" in ran.said
        assert server.received
        assert other.received == []
    finally:
        other.stop()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_write_follows_a_redirect(status: int, project: Project, server: FakeVoxo) -> None:
    other = FakeVoxo()
    try:
        server.say(answer(200, campaign()), to="GET")
        server.say(answer(status, b"", Location=f"{other.url}/"), to="PATCH")
        ran = project.run("apply", "--yes", VOXO_API_BASE_URL=server.url)
        assert ran.status == 3
        assert len(server.sent) == 1
        assert other.received == []
    finally:
        other.stop()


# Proxies


class Tunnel(ThreadingTCPServer):
    """A proxy that connects clients to the requested host, and records the transferred bytes."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, to: int | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Connect)
        self.to = to
        """The port to which all clients are connected; None for the requested port."""
        self.request_head = b""
        self.forwarded = b""
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class _Connect(StreamRequestHandler):
    server: Tunnel

    def handle(self) -> None:
        line = self.rfile.readline()
        self.server.request_head += line
        while (header := self.rfile.readline()) not in (b"\r\n", b""):
            self.server.request_head += header
        host, _, port = line.split()[1].decode().rpartition(":")
        with socket.create_connection((host, self.server.to or int(port))) as upstream:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            answers = threading.Thread(target=self.forward, args=(upstream, self.connection))
            answers.start()
            self.forward(self.connection, upstream)
            answers.join()

    def forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                self.server.forwarded += piece
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def tunnel() -> Iterator[Tunnel]:
    tunnel = Tunnel()
    yield tunnel
    tunnel.stop()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_proxy_of_the_environment_cannot_read_the_requests(
    variable: str,
    project: Project,
    server: FakeVoxo,
    certificate: Path,
    encrypted: Callable[[Path], str],
    tunnel: Tunnel,
) -> None:
    trusting_variables = {
        "VOXO_API_BASE_URL": encrypted(certificate),
        "SSL_CERT_FILE": str(certificate),
    }
    ran = project.run(
        "plan", **trusting_variables, **{variable: f"http://user:hunter2@{tunnel.address}"}
    )
    assert ran.status == 0
    assert server.received[0].headers["Authorization"] == f"Bearer {MARKED}"
    assert tunnel.request_head.startswith(b"CONNECT 127.0.0.1:")
    assert b"Proxy-Authorization: Basic " in tunnel.request_head
    assert MARKED.encode() not in tunnel.request_head + tunnel.forwarded
    assert b"call-campaigns" not in tunnel.request_head + tunnel.forwarded


def test_proxy_that_responds_in_place_of_voxo_is_not_trusted(
    project: Project, server: FakeVoxo, certificate: Path, encrypted: Callable[[Path], str]
) -> None:
    """It is only trusted if SSL_CERT_FILE has its own CA, as users of such proxies configure it."""
    encrypted(certificate)
    impostor = Tunnel(to=server.server_port)
    try:
        url, proxy = "https://127.0.0.1:9", f"http://user:hunter2@{impostor.address}"
        ran = project.run("plan", VOXO_API_BASE_URL=url, HTTPS_PROXY=proxy)
        assert is_untrusted(ran, server)
        assert "hunter2" not in ran.said
        trusting_variables = {"SSL_CERT_FILE": str(certificate)}
        assert (
            project.run(
                "plan", VOXO_API_BASE_URL=url, HTTPS_PROXY=proxy, **trusting_variables
            ).status
            == 0
        )
    finally:
        impostor.stop()


def test_password_of_an_unreachable_proxy_is_not_shown(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_limiter.RunLimiter, "backoff", lambda *_: 0.001)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()[1]
    ran = project.run(
        "plan",
        VOXO_API_BASE_URL="https://voxo.test",
        HTTPS_PROXY=f"http://user:hunter2@127.0.0.1:{closed}",
    )
    assert ran.status == 3
    assert "hunter2" not in ran.said


# Other sources of credentials


def test_netrc_does_not_replace_the_token(project: Project, server: FakeVoxo) -> None:
    server.say(answer(200, campaign()))
    netrc = project.write("../.netrc", "machine 127.0.0.1 login user password hunter2\n")
    netrc.chmod(0o600)
    ran = project.run("plan", VOXO_API_BASE_URL=server.url, NETRC=str(netrc))
    assert ran.status == 0
    assert {received.headers["Authorization"] for received in server.received} == {
        f"Bearer {MARKED}"
    }
