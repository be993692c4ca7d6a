"""To whom a command speaks: over TLS that verifies, to VOXO alone, whatever the environment says.

`tests/voxo/test_voxo_http_sender.py` shows the client alone; here it is whole commands.
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


def made(folder: Path, name: str) -> Path:
    """A certificate for a name or an address that nobody has signed but its own key, both in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("makes its certificates with openssl")
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
    return made(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")


@pytest.fixture(scope="module")
def of_another(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("tls"), "DNS:other.test")


@pytest.fixture
def encrypted(server: FakeVoxo) -> Callable[[Path], str]:
    """Put the server behind TLS; returns its URL."""

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
"""Variables by which other programs are told not to look, or by which ours might."""


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


def test_no_option_and_no_setting_switches_it_off() -> None:
    words = {
        word
        for command in commands(cli)
        for option in command.params
        if isinstance(option, click.Option)
        for word in (*option.opts, *option.secondary_opts)
    }
    told = " ".join(words) + (SOURCES.parent / "schemas/settings.schema.json").read_text()
    for switch in ("insecure", "verify", "ssl", "tls", "cert", "-k "):
        assert switch not in told.lower()


@pytest.mark.parametrize(
    "word", ["verify=", "CERT_NONE", "_unverified", "check_hostname", "SSLContext"]
)
def test_no_line_of_the_code_does_either(word: str) -> None:
    files = [path for path in SOURCES.rglob("*.py") if "sandbox" not in path.parts]
    assert files
    assert [path.name for path in files if word in path.read_text(encoding="utf-8")] == []


def test_a_trusted_certificate_of_another_host_is_not_trusted(
    project: Project, server: FakeVoxo, of_another: Path, encrypted: Callable[[Path], str]
) -> None:
    url = encrypted(of_another)
    ran = project.run("plan", VOXO_API_BASE_URL=url, SSL_CERT_FILE=str(of_another))
    assert is_untrusted(ran, server)


def test_a_ca_bundle_in_ssl_cert_file_is_trusted_by_whole_commands(
    project: Project, server: FakeVoxo, certificate: Path, encrypted: Callable[[Path], str]
) -> None:
    ran = project.run(
        "plan", VOXO_API_BASE_URL=encrypted(certificate), SSL_CERT_FILE=str(certificate)
    )
    assert ran.status == 0
    assert server.received[0].headers["Authorization"] == f"Bearer {MARKED}"


def test_so_is_one_in_ssl_cert_dir(
    project: Project,
    certificate: Path,
    encrypted: Callable[[Path], str],
    tmp_path: Path,
) -> None:
    command = ["openssl", "x509", "-hash", "-noout", "-in", str(certificate)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    folder = tmp_path / "authorities"
    folder.mkdir()
    shutil.copy(certificate, folder / f"{done.stdout.strip()}.0")
    ran = project.run("plan", VOXO_API_BASE_URL=encrypted(certificate), SSL_CERT_DIR=str(folder))
    assert ran.status == 0


# Plain HTTP

ELSEWHERE = "http://voxo.test"


@pytest.mark.parametrize("command", ["plan", "drift", "snapshot", "apply"])
@pytest.mark.parametrize("where", ["option", "variable", "environment"])
def test_plain_http_to_another_machine_is_refused_wherever_it_is_written(
    where: str, command: str, project: Project
) -> None:
    """Before anything is looked up: pytest-socket would say so."""
    more = {"snapshot": ("--out", "live.json"), "apply": ("--yes",)}.get(command, ())
    arguments: tuple[str, ...] = (command, *more)
    variables = {}
    if where == "option":
        arguments += ("--base-url", ELSEWHERE)
    elif where == "variable":
        variables = {"VOXO_API_BASE_URL": ELSEWHERE}
    else:
        project.write("voxosync.yaml", f"environments: {{prod: {{baseUrl: '{ELSEWHERE}'}}}}\n")
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
    """A proxy that connects whoever asks to wherever he wants, and keeps what goes by."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, to: int | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Connect)
        self.to = to
        """The port where everybody is led; None: where he wants."""
        self.asked = b""
        self.seen = b""
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
        self.server.asked += line
        while (header := self.rfile.readline()) not in (b"\r\n", b""):
            self.server.asked += header
        host, _, port = line.split()[1].decode().rpartition(":")
        with socket.create_connection((host, self.server.to or int(port))) as behind:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            answers = threading.Thread(target=self.pass_on, args=(behind, self.connection))
            answers.start()
            self.pass_on(self.connection, behind)
            answers.join()

    def pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                self.server.seen += piece
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def tunnel() -> Iterator[Tunnel]:
    tunnel = Tunnel()
    yield tunnel
    tunnel.stop()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_carries_what_it_cannot_read(
    variable: str,
    project: Project,
    server: FakeVoxo,
    certificate: Path,
    encrypted: Callable[[Path], str],
    tunnel: Tunnel,
) -> None:
    trusting = {"VOXO_API_BASE_URL": encrypted(certificate), "SSL_CERT_FILE": str(certificate)}
    ran = project.run("plan", **trusting, **{variable: f"http://somebody:hunter2@{tunnel.address}"})
    assert ran.status == 0
    assert server.received[0].headers["Authorization"] == f"Bearer {MARKED}"
    assert tunnel.asked.startswith(b"CONNECT 127.0.0.1:")
    assert b"Proxy-Authorization: Basic " in tunnel.asked
    assert MARKED.encode() not in tunnel.asked + tunnel.seen
    assert b"call-campaigns" not in tunnel.asked + tunnel.seen


def test_a_proxy_that_answers_in_voxos_place_is_not_believed(
    project: Project, server: FakeVoxo, certificate: Path, encrypted: Callable[[Path], str]
) -> None:
    """Unless its own CA is trusted, as users of such proxies do by SSL_CERT_FILE."""
    encrypted(certificate)
    liar = Tunnel(to=server.server_port)
    try:
        url, proxy = "https://127.0.0.1:9", f"http://somebody:hunter2@{liar.address}"
        ran = project.run("plan", VOXO_API_BASE_URL=url, HTTPS_PROXY=proxy)
        assert is_untrusted(ran, server)
        assert "hunter2" not in ran.said
        trusting = {"SSL_CERT_FILE": str(certificate)}
        assert project.run("plan", VOXO_API_BASE_URL=url, HTTPS_PROXY=proxy, **trusting).status == 0
    finally:
        liar.stop()


def test_the_password_of_a_proxy_that_is_not_there_is_not_told(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_limiter.RunLimiter, "backoff", lambda *_: 0.001)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()[1]
    ran = project.run(
        "plan",
        VOXO_API_BASE_URL="https://voxo.test",
        HTTPS_PROXY=f"http://somebody:hunter2@127.0.0.1:{closed}",
    )
    assert ran.status == 3
    assert "hunter2" not in ran.said


# Who else might speak in our name


def test_a_netrc_does_not_replace_the_token(project: Project, server: FakeVoxo) -> None:
    server.say(answer(200, campaign()))
    netrc = project.write("../.netrc", "machine 127.0.0.1 login somebody password hunter2\n")
    netrc.chmod(0o600)
    ran = project.run("plan", VOXO_API_BASE_URL=server.url, NETRC=str(netrc))
    assert ran.status == 0
    assert {one.headers["Authorization"] for one in server.received} == {f"Bearer {MARKED}"}
