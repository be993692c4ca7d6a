"""The token is never printed, logged, saved or sent elsewhere, whatever the response of VOXO is."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.cli.cli_voxo import TOKEN, FakeVoxo, answer, dropped, echoed_token, html, truncated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.cli_project import Project, Ran

SPELLINGS = (TOKEN, TOKEN.upper(), quote(TOKEN, safe=""), b64encode(TOKEN.encode()).decode())

CALLS = [
    ("validate",),
    ("plan", "--out", "saved.json"),
    ("plan", "--format", "json"),
    ("plan", "--format", "markdown", "--out", "saved.json"),
    ("apply", "--yes"),
    ("drift", "--format", "json", "--output", "drift.json"),
    ("drift", "--format", "sarif"),
    ("snapshot", "--out", "live.json"),
    ("snapshot", "--out", "live.json", "--all", "--tenant-id", "17"),
    ("schema",),
]

MISBEHAVIORS = {
    "echoed 400": echoed_token(400),
    "echoed 401": echoed_token(401),
    "echoed 403": echoed_token(403),
    "echoed 404": echoed_token(404),
    "echoed 422": echoed_token(422),
    "echoed 500": echoed_token(500),
    "echoed 503": echoed_token(503),
    "echoed in a redirect": answer(302, b"", Location=f"https://{TOKEN}.example.com/{TOKEN}"),
    "echoed in a page": answer(200, f"<p>Bearer {TOKEN}</p>".encode(), Content_Type=TOKEN),
    "echoed in broken JSON": answer(200, f'{{"token": "{TOKEN}"'.encode()),
    "echoed in a reason": answer(418, {"errors": {"authorization": [f"Bearer {TOKEN}"]}}),
    "html": html(),
    "truncated": truncated,
    "dropped": dropped,
}


def texts_of_call(project: Project, ran: Ran) -> Iterator[str]:
    """Everything that a call printed or wrote."""
    yield ran.out
    yield ran.err
    for path in project.folder.parent.rglob("*"):
        if path.is_file():
            yield path.read_text(encoding="utf-8", errors="replace")


def leaves_no_token(project: Project, *arguments: str) -> bool:
    ran = project.run(*arguments, VOXOSYNC_DEBUG="1")
    texts = "".join(texts_of_call(project, ran))
    return not any(spelling in texts for spelling in SPELLINGS)


@pytest.mark.parametrize("name", MISBEHAVIORS)
@pytest.mark.parametrize("arguments", CALLS, ids=" ".join)
def test_token_does_not_appear_after_any_misbehavior_of_voxo(
    arguments: tuple[str, ...], name: str, project: Project, voxo: FakeVoxo
) -> None:
    project.spring("callFrequency: 60", "numbers: []")
    voxo.say(MISBEHAVIORS[name])
    assert leaves_no_token(project, *arguments)


@pytest.mark.parametrize("arguments", CALLS, ids=" ".join)
def test_token_does_not_appear_after_normal_responses(
    arguments: tuple[str, ...], project: Project
) -> None:
    project.spring("callFrequency: 60", "numbers: []")
    assert leaves_no_token(project, *arguments)


@pytest.mark.parametrize("name", MISBEHAVIORS)
def test_token_does_not_appear_after_a_failed_write(
    name: str, project: Project, voxo: FakeVoxo
) -> None:
    project.spring("callFrequency: 60", "numbers: []")
    voxo.say(MISBEHAVIORS[name], to="PATCH")
    assert leaves_no_token(project, "apply", "--yes")


class TestBug:
    """An internal error is reported without a traceback, and with VOXOSYNC_DEBUG without the token."""

    @pytest.fixture
    def bug(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def raise_unexpected_error(*_: Any, **__: Any) -> None:
            raise LookupError("something unthought of")

        monkeypatch.setattr(
            "voxosync.voxo.retrying_sender.RetryingSender.read", raise_unexpected_error
        )

    @pytest.mark.usefixtures("bug")
    def test_is_reported_in_one_line_with_status_3(self, project: Project) -> None:
        ran = project.run("plan")
        assert ran.status == 3
        assert ran.out == ""
        assert ran.err.count("\n") == 1
        assert "LookupError: something unthought of" in ran.err
        assert "VOXOSYNC_DEBUG=1" in ran.err

    @pytest.mark.usefixtures("bug")
    def test_has_a_traceback_with_voxosync_debug(self, project: Project) -> None:
        with pytest.raises(LookupError, match="something unthought of"):
            project.run("plan", VOXOSYNC_DEBUG="1")

    @pytest.mark.parametrize("name", ["echoed 422", "echoed in broken JSON", "dropped"])
    def test_token_is_not_printed_by_a_process_in_debug_mode(
        self, name: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        voxo.say(MISBEHAVIORS[name], to="PATCH", times=1)
        ran = project.process("-v", "apply", "--yes", VOXOSYNC_DEBUG="1")
        assert TOKEN not in ran.said
        assert "Traceback" not in ran.said


class TestTokenIsNotSent:
    def test_to_the_target_of_a_redirect(self, project: Project, voxo: FakeVoxo) -> None:
        target = FakeVoxo()
        try:
            voxo.say(answer(307, b"", Location=f"{target.url}/v2/admin/call-campaigns/4711"))
            assert project.run("plan").status == 3
            assert target.asked == []
        finally:
            target.stop()

    def test_to_a_proxy_on_another_machine(self, project: Project, voxo: FakeVoxo) -> None:
        """Plain HTTP is only allowed to this machine, and does not leave it."""
        ran = project.run(
            "plan", HTTP_PROXY="http://192.0.2.1:3128", ALL_PROXY="http://192.0.2.1:1"
        )
        assert ran.status == 0
        assert len(voxo.asked) == 1

    def test_to_messages_about_an_invalid_token(self, project: Project) -> None:
        ran = project.run("plan", VOXO_API_TOKEN=f"{TOKEN} {TOKEN}")
        assert ran.status == 1
        assert TOKEN not in ran.said

    def test_to_a_saved_plan(self, project: Project) -> None:
        project.spring("callFrequency: 60")
        project.run("plan", "--out", "saved.json")
        assert TOKEN not in (project.folder / "saved.json").read_text()
