"""An expired token is an error before any request, and a token that VOXO rejects is reported with its source."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.cli_voxo import TENANT, TOKEN, FakeVoxo, answer

if TYPE_CHECKING:
    from tests.cli.cli_project import Project

PAST, FUTURE = 1_772_355_600, 3_983_115_600  # 2026-03-01 09:00 UTC, and a day of 2096
NEW = "name: Autumn renewal\nstate: PAUSED\n"

CALLS = {
    "plan": ("plan",),
    "apply": ("apply", "--yes"),
    "drift": ("drift",),
    "pull": ("pull", "--yes"),
    "import": ("import", "--all"),
    "snapshot": ("snapshot", "--out", "live.json"),
    "create": ("create", "campaigns/new.yaml", "--yes"),
    "rollback": ("rollback", "RUN", "--yes"),
}


def jwt(**claims: Any) -> str:
    """A JSON Web Token with an invalid signature, which is not verified."""
    return parts(json.dumps({"alg": "HS256", "typ": "JWT"}), json.dumps(claims), "signature")


def parts(*texts: str) -> str:
    """A JWT with these parts."""
    return ".".join(urlsafe_b64encode(text.encode()).decode().rstrip("=") for text in texts)


@pytest.fixture
def arguments(name: str, project: Project, voxo: FakeVoxo) -> list[str]:
    """The arguments of a call, in a project with a change to apply, a run to undo, and a campaign to create."""
    project.variables["VOXO_TENANT_ID"] = str(TENANT)
    project.spring("message: Another")
    assert project.run("apply", "--yes").status == 0
    run = next((project.folder / ".voxosync/runs").iterdir()).stem
    project.spring("callFrequency: 60", "message: Another")
    if name == "create":
        project.write("campaigns/new.yaml", NEW)
    voxo.received.clear()
    return [run if argument == "RUN" else argument for argument in CALLS[name]]


class TestExpiredToken:
    @pytest.mark.parametrize("name", CALLS)
    def test_is_an_error_before_any_request(
        self, arguments: list[str], project: Project, voxo: FakeVoxo
    ) -> None:
        token = jwt(exp=PAST)
        ran = project.run(*arguments, VOXO_API_TOKEN=token)
        assert ran.status == 1, ran.said
        assert voxo.asked == []
        assert "VOXO_API_TOKEN expired on 2026-03-01 at 09:00 UTC" in ran.err
        assert not any(part in ran.said for part in token.split("."))

    @pytest.mark.parametrize("exp", [0, -1, PAST + 0.5])
    def test_can_have_expired_at_any_time(
        self, exp: float, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("plan", VOXO_API_TOKEN=jwt(exp=exp))
        assert (ran.status, voxo.asked) == (1, [])

    def test_is_reported_with_the_variable_of_the_environment(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        url = project.variables.pop("VOXO_API_BASE_URL")
        project.write(
            "voxosync.yaml",
            f"environments:\n  prod:\n    baseUrl: {url}\n    tokenEnv: VOXO_PROD_TOKEN\n",
        )
        ran = project.run("--env", "prod", "plan", VOXO_PROD_TOKEN=jwt(exp=PAST))
        assert (ran.status, voxo.asked) == (1, [])
        assert "VOXO_PROD_TOKEN expired" in ran.err

    def test_is_reported_with_its_file(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("token", jwt(exp=PAST)).chmod(0o600)
        ran = project.run("plan", "--token-file", "token")
        assert (ran.status, voxo.asked) == (1, [])
        assert "the file token expired" in ran.err


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(jwt(exp=FUTURE), id="in the future"),
        pytest.param(jwt(exp=1e300), id="beyond the calendar"),
        pytest.param(jwt(sub="17"), id="without exp"),
        pytest.param(jwt(exp="soon"), id="a word"),
        pytest.param(jwt(exp=True), id="a boolean"),
        pytest.param(jwt(exp=None), id="null"),
        pytest.param(parts("{}", '{"exp": NaN}', "x"), id="not a number"),
        pytest.param(parts("{}", "[1]", "x"), id="a list"),
        pytest.param(parts("{}", "[" * 20_000, "x"), id="deeply nested"),
        pytest.param(parts("[]", '{"exp": 1}', "x"), id="a header that is a list"),
        pytest.param(parts("{}", '{"exp": 1}'), id="two parts"),
        pytest.param("a.b.c", id="three letters"),
        pytest.param("..", id="dots"),
        pytest.param("marked-token.with.dots", id="a word with dots"),
    ],
)
def test_other_tokens_are_sent_to_voxo(token: str, project: Project, voxo: FakeVoxo) -> None:
    ran = project.run("plan", VOXO_API_TOKEN=token)
    assert len(voxo.asked) == 1
    assert ran.status == 3
    assert "does not accept the token" in ran.err


class TestRejectedToken:
    @pytest.mark.parametrize("name", CALLS)
    def test_is_reported_with_its_variable(
        self, arguments: list[str], project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(answer(401, {"message": "jwt expired"}))
        ran = project.run(*arguments)
        assert ran.status == 3, ran.said
        assert "does not accept the token from VOXO_API_TOKEN (401)" in ran.said
        assert TOKEN not in ran.said

    @pytest.mark.parametrize("name", ["apply", "create", "rollback"])
    def test_is_reported_if_a_write_is_rejected(
        self, arguments: list[str], project: Project, voxo: FakeVoxo
    ) -> None:
        for method in ("PATCH", "POST"):
            voxo.say(answer(401, {"message": "jwt expired"}), to=method)
        ran = project.run(*arguments)
        assert ran.status == 3, ran.said
        assert "does not accept the token from VOXO_API_TOKEN (401)" in ran.said

    def test_is_reported_with_its_file(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.say(answer(401))
        project.write("token", TOKEN).chmod(0o600)
        ran = project.run("plan", "--token-file", "token", VOXO_API_TOKEN=None)
        assert ran.status == 3
        assert "does not accept the token from the file token (401)" in ran.err

    def test_is_reported_with_the_variable_of_the_environment(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(answer(401))
        url = project.variables.pop("VOXO_API_BASE_URL")
        project.write(
            "voxosync.yaml",
            f"environments:\n  prod:\n    baseUrl: {url}\n    tokenEnv: VOXO_PROD_TOKEN\n",
        )
        ran = project.run("--env", "prod", "plan", VOXO_PROD_TOKEN=TOKEN)
        assert ran.status == 3
        assert "does not accept the token from VOXO_PROD_TOKEN (401)" in ran.err
