"""The token is never printed or written, in any command, with any fault, or if a server repeats it."""

from __future__ import annotations

import json
import traceback
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click
import pytest

from tests.cli.cli_voxo import FakeVoxo, answer
from tests.security.marked import MARKED, TENANT, campaign, commands
from voxosync.cli.main import COMMANDS, cli
from voxosync.report.registry import DRIFT, PLAN
from voxosync.sandbox.faults import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import Handler, Reply
    from tests.security.conftest import AppliedProject
    from voxosync.sandbox.server import Sandbox

    SandboxWithFaults = Callable[..., AbstractContextManager[Sandbox]]


def in_formats(formats: Iterable[str]) -> Iterator[str]:
    """The options for a report in each format."""
    for name in formats:
        yield from ("--report", f"{name}=report.{name}")


CALLS = {
    "plan": ("plan", "--out", "saved.json", *in_formats(PLAN)),
    "drift": (
        *("drift", "--format", "json", "--output", "drift.json", "--history", "drift.sqlite"),
        *in_formats(DRIFT),
    ),
    "pull": ("pull", "--yes"),
    "import": ("import", "--all", "--tenant-id", str(TENANT)),
    "create": ("create", "new/one.yaml", "--yes", "--allow-go-live", "--tenant-id", str(TENANT)),
    "snapshot": ("snapshot", "--out", "live.json"),
    "snapshot --all": ("snapshot", "--out", "live.json", "--all", "--tenant-id", str(TENANT)),
    "apply": ("apply", "--yes", "--quiesce"),
    "rollback": ("rollback", "2", "--yes", "--force"),  # the id of the only run begins with 2
    "history": ("history", "2"),
}
"""The arguments of each command that sends requests to VOXO or shows its responses."""

OFFLINE = {
    "validate", "schema", "init", "show", "environments", "merge", "numbers",
    "acknowledge", "applied", "tidy",
}  # fmt: skip
OWN_SERVER = {"sandbox", "demo"}
"""Commands that create and print their own token, which is only valid for a sandbox."""

FAULTS = {
    "delay": "delay:0.01",
    "rate-limit": "rate-limit:9",
    "ignore-field": "ignore-field:message",
    "omit-field": "omit-field:numbers",
}
"""The faults whose kind needs an argument, or a suitable one for tests."""

SPELLINGS = {
    spelling.casefold()
    for spelling in (
        MARKED,
        quote(MARKED, safe=""),
        b64encode(MARKED.encode()).decode(),
        MARKED.encode().hex(),
        MARKED[4:],  # parts of the token must not appear either
        MARKED[:-4],
    )
}


def written_files(project: Project) -> Iterator[tuple[str, str]]:
    """The paths and contents of the files that a command has written."""
    for path in project.folder.parent.rglob("*"):
        if path.is_file():
            yield str(path), path.read_text(encoding="utf-8", errors="replace")


def run(project: Project, *arguments: str) -> Ran | str:
    """Run a command; if it ends with a bug, return the traceback that VOXOSYNC_DEBUG shows, with all causes."""
    try:
        return project.run(*arguments)
    except Exception as failure:  # noqa: BLE001  # any bug
        return "".join(traceback.format_exception(failure))


def leaks(project: Project, ran: Ran | str) -> list[str]:
    """The places that contain the token in any spelling."""
    output = (
        {"a traceback": ran} if isinstance(ran, str) else {"stdout": ran.out, "stderr": ran.err}
    )
    everywhere = {**output, **dict(written_files(project))}
    return [
        place
        for place, text in everywhere.items()
        if any(spelling in text.casefold() for spelling in SPELLINGS)
    ]


def assert_no_leak(project: Project, *arguments: str) -> None:
    ran = run(project, *arguments)
    assert leaks(project, ran) == []
    assert not isinstance(ran, str), ran
    assert ran.status in (0, 1, 2, 3)


@pytest.fixture
def applied(
    project: Project,
    sandbox_with_faults: SandboxWithFaults,
    applied_project: AppliedProject,
) -> Iterator[Sandbox]:
    """The sandbox to which the project was applied, so that there is a run to roll back."""
    with sandbox_with_faults() as sandbox:
        sandbox.store.patch(4711, applied_project.patch)
        applied_project.copy_to(project, sandbox.base_url)
        yield sandbox


def test_every_command_is_tested_or_does_not_use_the_token() -> None:
    called = {arguments[0] for arguments in CALLS.values()}
    assert set(COMMANDS) == {*called, *OFFLINE, *OWN_SERVER}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", CALLS)
@pytest.mark.usefixtures("short_waits")
def test_no_command_shows_the_token_with_any_fault(
    command: str, kind: str, project: Project, applied: Sandbox
) -> None:
    applied.faults.set([FAULTS.get(kind, kind)])
    assert_no_leak(project, *CALLS[command])


@pytest.mark.parametrize(
    "kind", [kind for kind, description in KINDS.items() if "PATCH" in description.methods]
)
@pytest.mark.parametrize("command", ["apply", "rollback"])
@pytest.mark.usefixtures("short_waits")
def test_no_command_shows_the_token_with_any_fault_of_a_write(
    command: str, kind: str, project: Project, applied: Sandbox
) -> None:
    fault = FAULTS.get(kind, kind)
    applied.faults.set([f"{fault}@PATCH*1"])
    assert_no_leak(project, *CALLS[command])
    assert_no_leak(project, "history")
    assert_no_leak(project, "history", "2")


@pytest.mark.parametrize("command", [name for name in CALLS if name != "history"])
@pytest.mark.usefixtures("applied", "short_waits")
def test_no_traceback_of_a_bug_shows_the_token(
    command: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bug is raised where the token is in use, and shown with all causes because of VOXOSYNC_DEBUG."""

    def broken(*_: object) -> None:
        raise LookupError("an unexpected error")

    monkeypatch.setattr("voxosync.voxo.http_sender.HttpSender._round_trip", broken)
    ran = run(project, *CALLS[command])
    assert isinstance(ran, str)
    assert "Traceback" in ran
    assert leaks(project, ran) == []


# A server that repeats what it receives


def echo(status: int, content: Callable[[str], Any], **headers: str) -> Reply:
    """A response that repeats the Authorization header in its body and, in place of `{}`, in its headers."""

    def reply(handler: Handler) -> None:
        authorization = handler.headers["Authorization"] or ""
        response_headers = {name: value.format(authorization) for name, value in headers.items()}
        answer(status, content(authorization), **response_headers)(handler)

    return reply


ECHOES: dict[str, Reply] = {
    **{
        f"{status} in the error": echo(status, lambda authorization: {"message": f"no: {authorization}"})
        for status in (400, 401, 403, 404, 409, 422, 429, 500, 502, 503)
    },
    "in every header": echo(
        400, lambda _: {"message": "no"},
        Server="{}", Set_Cookie="token={}", WWW_Authenticate="{}", X_Debug="{}", Retry_After="{}", Content_Type="{}",
    ),
    "in the type of a page": echo(200, lambda _: b"<p>", Content_Type="text/{}"),
    "in the encoding": echo(200, lambda _: b"{}", Content_Encoding="{}"),
    "in a redirect": echo(302, lambda _: b"", Location="https://{}.example/{}"),
    "in a list": echo(400, lambda authorization: {"errors": [{"header": authorization}, authorization]}),
    "as a key": echo(400, lambda authorization: {authorization: "no"}),
    "in a page": echo(200, lambda authorization: f"<pre>{authorization}</pre>".encode()),
    "in broken JSON": echo(200, lambda authorization: f'{{"id": 4711, "x": "{authorization}'.encode()),
    "in a campaign's text": echo(200, lambda authorization: campaign(message=authorization)),
    "in a campaign's state": echo(200, lambda authorization: campaign(state=authorization)),
    "in a number": echo(200, lambda authorization: campaign(numbers=[{"number": authorization}])),
    "in the result of a call": echo(
        200, lambda authorization: campaign(numbers=[{"number": "6015550123", "disposition": authorization}])
    ),
    "in an extra key": echo(200, lambda authorization: campaign(debug={"headers": {"Authorization": authorization}})),
    "in a list of campaigns": echo(200, lambda authorization: [{**campaign(), "debug": authorization}]),
    "escaped in a campaign": echo(
        200,
        lambda authorization: json.dumps(campaign(debug=authorization)).replace("marked", r"\u006darked").encode(),
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", ECHOES)
@pytest.mark.parametrize("command", [name for name in CALLS if name != "history"])
@pytest.mark.usefixtures("short_waits")
def test_no_command_shows_a_token_that_the_server_repeats(
    command: str,
    name: str,
    project: Project,
    server: FakeVoxo,
    applied_project: AppliedProject,
) -> None:
    applied_project.copy_to(project, server.url)
    server.say(ECHOES[name])
    project.variables["VOXO_API_BASE_URL"] = server.url
    assert_no_leak(project, *CALLS[command])
    assert server.asked


@pytest.mark.parametrize("name", ECHOES)
@pytest.mark.usefixtures("short_waits")
def test_apply_does_not_show_a_token_in_the_response_to_a_write(
    name: str, project: Project, server: FakeVoxo
) -> None:
    """The read before the write is valid, so that the journal could only get the token from the write."""
    server.say(answer(200, campaign()), to="GET")
    server.say(ECHOES[name], to="PATCH")
    project.variables["VOXO_API_BASE_URL"] = server.url
    assert_no_leak(project, *CALLS["apply"])
    assert server.sent
    assert_no_leak(project, "history", "2")


def test_campaign_that_contains_a_short_token_is_still_read(
    project: Project, server: FakeVoxo
) -> None:
    """A short token may occur in a campaign by chance."""
    server.say(answer(200, campaign(message="renewal")))
    ran = project.run("plan", VOXO_API_TOKEN="renewal", VOXO_API_BASE_URL=server.url)
    assert ran.status == 0


# Sources of the token


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n", " \n"])
def test_token_file_may_end_with_a_line_end_and_its_token_is_not_shown(
    end: str, project: Project, server: FakeVoxo
) -> None:
    token = project.write("../token", f"{MARKED}{end}")
    token.chmod(0o600)
    server.say(answer(200, campaign()))
    project.variables = {"VOXO_API_BASE_URL": server.url}
    ran = project.run("plan", "--token-file", "../token", "--out", "saved.json")
    assert ran.status == 0
    assert {received.headers["Authorization"] for received in server.received} == {
        f"Bearer {MARKED}"
    }
    token.unlink()
    assert leaks(project, ran) == []


@pytest.mark.parametrize("variable", ["VOXO_API_TOKEN", "VOXO_PROD_TOKEN"])
def test_token_that_is_not_valid_in_a_header_is_not_shown(variable: str, project: Project) -> None:
    arguments = ("--env", "prod", "plan") if "PROD" in variable else ("plan",)
    for value in (f"{MARKED} {MARKED}", f"{MARKED}\n{MARKED}", f"Bearer {MARKED}", f"{MARKED}\x7f"):
        ran = project.run(*arguments, **{variable: value})
        assert ran.status == 1
        assert leaks(project, ran) == []


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("--env", "prod", "plan"), id="against an environment"),
        pytest.param(("plan", "--live", "live.json"), id="against a snapshot"),
        pytest.param(("plan",), id="without options"),
    ],
)
@pytest.mark.parametrize(
    "url", ["https://{}@voxo.test", "https://u:{}@voxo.test", "https://voxo.test?key={}"]
)
def test_token_in_the_base_url_is_refused_and_not_shown(
    arguments: tuple[str, ...], url: str, project: Project, sandbox_with_faults: SandboxWithFaults
) -> None:
    with sandbox_with_faults():
        assert project.run("snapshot", "--out", "live.json").status == 0
    ran = project.run(*arguments, VOXO_API_BASE_URL=url.format(MARKED))
    assert ran.status == 1
    assert leaks(project, ran) == []


def test_no_option_takes_a_token_that_a_list_of_processes_would_show() -> None:
    options = {
        word: option
        for command in commands(cli)
        for option in command.params
        for word in (*option.opts, *option.secondary_opts)
    }
    named = {
        word
        for word in options
        if any(part in word.lower() for part in ("token", "secret", "auth", "key", "password"))
    }
    assert named == {"--token-file"}
    assert isinstance(options["--token-file"].type, click.Path)
    assert all(option.envvar is None for option in options.values())


def test_arguments_of_child_processes_do_not_contain_the_token(
    project: Project, sandbox_with_faults: SandboxWithFaults, monkeypatch: pytest.MonkeyPatch
) -> None:
    import subprocess  # noqa: PLC0415  # to record its calls

    commands_started: list[Any] = []
    original_init = subprocess.Popen.__init__

    def recording(self: Any, args: Any, *rest: Any, **options: Any) -> None:
        commands_started.append(args)
        original_init(self, args, *rest, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", recording)
    project.git("init", "--quiet")
    project.commit()
    commands_started.clear()
    with sandbox_with_faults():
        assert project.run("plan", "--base", "HEAD").status == 0
        assert project.run("apply", "--yes").status == 0
    assert commands_started
    assert MARKED not in str(commands_started)
