"""The token is in nothing that is printed or written: every command, every fault, every careless echo."""

from __future__ import annotations

import json
import traceback
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.parse import quote

import click
import pytest

from tests.cli.cli_voxo import FakeVoxo, answer
from tests.security.marked import MARKED, TENANT, campaign, commands
from voxosync.cli.main import COMMANDS, cli
from voxosync.report.registry import DRIFT, PLAN
from voxosync.sandbox.faults import KINDS
from voxosync.voxo import retry_policy
from voxosync.voxo.retry_policy import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from tests.cli.cli_project import Project, Ran
    from tests.cli.cli_voxo import Handler, Reply
    from voxosync.sandbox.server import Sandbox

    Misbehaving = Callable[..., AbstractContextManager[Sandbox]]


def in_formats(formats: Iterable[str]) -> Iterator[str]:
    """The options for a report in each of these formats."""
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
    "rollback": ("rollback", "2", "--yes", "--force"),  # the one run, of this millennium
    "history": ("history", "2"),
}
"""A call of each command that speaks to VOXO or shows what was said."""

OFFLINE = {
    "validate", "schema", "init", "show", "environments", "merge", "numbers",
    "acknowledge", "applied", "tidy",
}  # fmt: skip
OWN_SERVER = {"sandbox", "demo"}
"""They make their own token, which opens nothing but a sandbox, and print it on purpose."""

FAULTS = {
    "delay": "delay:0.01",
    "rate-limit": "rate-limit:9",
    "ignore-field": "ignore-field:message",
    "omit-field": "omit-field:numbers",
}
"""A word for each kind of fault that needs an argument, or one that suits a test."""

SPELLINGS = {
    spelling.casefold()
    for spelling in (
        MARKED,
        quote(MARKED, safe=""),
        b64encode(MARKED.encode()).decode(),
        MARKED.encode().hex(),
        MARKED[4:],  # a part of it is no better
        MARKED[:-4],
    )
}


def written(project: Project) -> Iterator[tuple[str, str]]:
    """Every file that a call left behind."""
    for path in project.folder.parent.rglob("*"):
        if path.is_file():
            yield str(path), path.read_text(encoding="utf-8", errors="replace")


def run(project: Project, *arguments: str) -> Ran | str:
    """A call; where it ends with a bug, the traceback that VOXOSYNC_DEBUG shows, with all its causes."""
    try:
        return project.run(*arguments)
    except Exception as failure:  # noqa: BLE001  # whatever it is
        return "".join(traceback.format_exception(failure))


def leaks(project: Project, ran: Ran | str) -> list[str]:
    """Where the token stands, in any spelling."""
    said = {"a traceback": ran} if isinstance(ran, str) else {"stdout": ran.out, "stderr": ran.err}
    everywhere = {**said, **dict(written(project))}
    return [
        place
        for place, text in everywhere.items()
        if any(spelling in text.casefold() for spelling in SPELLINGS)
    ]


def check(project: Project, *arguments: str) -> None:
    ran = run(project, *arguments)
    assert leaks(project, ran) == []
    assert not isinstance(ran, str), ran
    assert ran.status in (0, 1, 2, 3)


def applied(project: Project) -> None:
    """One run in the journal, that can be rolled back."""
    with mock.patch.object(
        retry_policy, "RetryPolicy", RetryPolicy
    ):  # however impatient the test is
        assert project.run("apply", "--yes").status == 0
    project.spring("callFrequency: 90")
    project.write("new/one.yaml", "name: Brand new\nstate: PAUSED\n")


def test_every_command_is_called_here_or_knows_no_token() -> None:
    called = {arguments[0] for arguments in CALLS.values()}
    assert set(COMMANDS) == {*called, *OFFLINE, *OWN_SERVER}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", CALLS)
@pytest.mark.usefixtures("impatient")
def test_no_fault_makes_a_command_tell_the_token(
    command: str, kind: str, project: Project, misbehaving: Misbehaving
) -> None:
    with misbehaving() as sandbox:
        applied(project)
        sandbox.faults.set([FAULTS.get(kind, kind)])
        check(project, *CALLS[command])


@pytest.mark.parametrize(
    "kind", [kind for kind, found in KINDS.items() if "PATCH" in found.methods]
)
@pytest.mark.parametrize("command", ["apply", "rollback"])
@pytest.mark.usefixtures("impatient")
def test_no_fault_of_a_write_makes_a_command_tell_the_token(
    command: str, kind: str, project: Project, misbehaving: Misbehaving
) -> None:
    with misbehaving() as sandbox:
        applied(project)
        word = FAULTS.get(kind, kind)
        sandbox.faults.set([f"{word}@PATCH*1"])
        check(project, *CALLS[command])
        check(project, "history")
        check(project, "history", "2")


@pytest.mark.parametrize("command", [name for name in CALLS if name != "history"])
@pytest.mark.usefixtures("impatient")
def test_no_bug_makes_a_traceback_tell_the_token(
    command: str, project: Project, misbehaving: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raised where the token is at hand, and shown with all its causes, as VOXOSYNC_DEBUG wants it."""

    def broken(*_: object) -> None:
        raise LookupError("something unthought of")

    with misbehaving():
        applied(project)
        monkeypatch.setattr("voxosync.voxo.http_sender.HttpSender._round_trip", broken)
        ran = run(project, *CALLS[command])
    assert isinstance(ran, str)
    assert "Traceback" in ran
    assert leaks(project, ran) == []


# A server that repeats what it was sent


def echo(status: int, content: Callable[[str], Any], **headers: str) -> Reply:
    """An answer that repeats the Authorization header in its body and, by `{}`, in its headers."""

    def reply(handler: Handler) -> None:
        given = handler.headers["Authorization"] or ""
        told = {name: value.format(given) for name, value in headers.items()}
        answer(status, content(given), **told)(handler)

    return reply


ECHOES: dict[str, Reply] = {
    **{
        f"{status} in the error": echo(status, lambda given: {"message": f"no: {given}"})
        for status in (400, 401, 403, 404, 409, 422, 429, 500, 502, 503)
    },
    "in every header": echo(
        400, lambda _: {"message": "no"},
        Server="{}", Set_Cookie="token={}", WWW_Authenticate="{}", X_Debug="{}", Retry_After="{}", Content_Type="{}",
    ),
    "in the type of a page": echo(200, lambda _: b"<p>", Content_Type="text/{}"),
    "in the encoding": echo(200, lambda _: b"{}", Content_Encoding="{}"),
    "in a redirect": echo(302, lambda _: b"", Location="https://{}.example/{}"),
    "in a list": echo(400, lambda given: {"errors": [{"header": given}, given]}),
    "as a key": echo(400, lambda given: {given: "no"}),
    "in a page": echo(200, lambda given: f"<pre>{given}</pre>".encode()),
    "in broken JSON": echo(200, lambda given: f'{{"id": 4711, "x": "{given}'.encode()),
    "in a campaign's text": echo(200, lambda given: campaign(message=given)),
    "in a campaign's state": echo(200, lambda given: campaign(state=given)),
    "in a number": echo(200, lambda given: campaign(numbers=[{"number": given}])),
    "in the result of a call": echo(
        200, lambda given: campaign(numbers=[{"number": "6015550123", "disposition": given}])
    ),
    "in an extra key": echo(200, lambda given: campaign(debug={"headers": {"Authorization": given}})),
    "in a list of campaigns": echo(200, lambda given: [{**campaign(), "debug": given}]),
    "escaped in a campaign": echo(
        200,
        lambda given: json.dumps(campaign(debug=given)).replace("marked", r"\u006darked").encode(),
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", ECHOES)
@pytest.mark.parametrize("command", [name for name in CALLS if name != "history"])
@pytest.mark.usefixtures("impatient")
def test_no_echo_makes_a_command_tell_the_token(
    command: str, name: str, project: Project, misbehaving: Misbehaving, server: FakeVoxo
) -> None:
    with misbehaving() as sandbox:
        applied(project)
        at = sandbox.base_url
    server.say(ECHOES[name])
    project.variables["VOXO_API_BASE_URL"] = server.url
    if command == "rollback":  # of a run against that server
        for journal in (project.folder / ".voxosync/runs").iterdir():
            journal.write_text(journal.read_text().replace(at, server.url))
    check(project, *CALLS[command])
    assert server.asked


@pytest.mark.parametrize("name", ECHOES)
@pytest.mark.usefixtures("impatient")
def test_no_echo_of_a_write_makes_apply_tell_the_token(
    name: str, project: Project, server: FakeVoxo
) -> None:
    """The read before the write is good, so that the echo is all there is to journal."""
    server.say(answer(200, campaign()), to="GET")
    server.say(ECHOES[name], to="PATCH")
    project.variables["VOXO_API_BASE_URL"] = server.url
    check(project, *CALLS["apply"])
    assert server.sent
    check(project, "history", "2")


def test_a_short_word_that_is_the_token_does_not_hide_campaigns(
    project: Project, server: FakeVoxo
) -> None:
    """It may stand in a campaign by chance."""
    server.say(answer(200, campaign(message="renewal")))
    ran = project.run("plan", VOXO_API_TOKEN="renewal", VOXO_API_BASE_URL=server.url)
    assert ran.status == 0


# Where it comes from


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n", " \n"])
def test_a_token_file_may_end_its_line_and_is_not_told(
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
def test_a_token_that_no_header_can_carry_is_not_told(variable: str, project: Project) -> None:
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
        pytest.param(("plan",), id="plainly"),
    ],
)
@pytest.mark.parametrize(
    "url", ["https://{}@voxo.test", "https://u:{}@voxo.test", "https://voxo.test?key={}"]
)
def test_a_token_in_the_base_url_is_refused_and_not_told(
    arguments: tuple[str, ...], url: str, project: Project, misbehaving: Misbehaving
) -> None:
    with misbehaving():
        assert project.run("snapshot", "--out", "live.json").status == 0
    ran = project.run(*arguments, VOXO_API_BASE_URL=url.format(MARKED))
    assert ran.status == 1
    assert leaks(project, ran) == []


def test_no_option_takes_a_token_so_no_list_of_processes_shows_it() -> None:
    found = {
        word: option
        for command in commands(cli)
        for option in command.params
        for word in (*option.opts, *option.secondary_opts)
    }
    named = {
        word
        for word in found
        if any(part in word.lower() for part in ("token", "secret", "auth", "key", "password"))
    }
    assert named == {"--token-file"}
    assert isinstance(found["--token-file"].type, click.Path)
    assert all(option.envvar is None for option in found.values())


def test_no_child_process_is_told_the_token_by_its_arguments(
    project: Project, misbehaving: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    import subprocess  # noqa: PLC0415  # to be listened at

    started: list[Any] = []
    listened = subprocess.Popen.__init__

    def listen(self: Any, args: Any, *rest: Any, **options: Any) -> None:
        started.append(args)
        listened(self, args, *rest, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", listen)
    project.git("init", "--quiet")
    project.commit()
    started.clear()
    with misbehaving():
        assert project.run("plan", "--base", "HEAD").status == 0
        assert project.run("apply", "--yes").status == 0
    assert started
    assert MARKED not in str(started)
