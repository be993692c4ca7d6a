"""The address, tenant and token: flags override environment variables, which override `voxosync.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_voxo import TOKEN

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

UNREACHABLE_URL = "http://127.0.0.1:9"


@pytest.fixture
def with_environments(project: Project, voxo: FakeVoxo) -> Project:
    """A project with an environment `prod`, whose token is the only variable."""
    project.write(
        "voxosync.yaml",
        "environments:\n"
        "  prod:\n"
        f"    baseUrl: {voxo.url}\n"
        "    tenantId: 17\n"
        "    tokenEnv: VOXO_PROD_TOKEN\n"
        "  bare: {}\n",
    )
    project.variables = {"VOXO_PROD_TOKEN": TOKEN}
    return project


class TestPrecedence:
    def test_a_flag_overrides_the_variable(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("plan", "--base-url", voxo.url, VOXO_API_BASE_URL=UNREACHABLE_URL)
        assert ran.status == 0
        assert len(voxo.asked) == 1

    def test_a_variable_is_used_without_a_flag(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("plan").status == 0
        assert len(voxo.asked) == 1

    def test_a_flag_overrides_the_environment(
        self, with_environments: Project, voxo: FakeVoxo, staging: FakeVoxo
    ) -> None:
        staging.has(4711)
        assert with_environments.run("--env", "prod", "plan", "--base-url", staging.url).status == 0
        assert voxo.asked == []
        assert len(staging.asked) == 1

    def test_the_environment_is_used_without_a_flag_or_variable(
        self, with_environments: Project, voxo: FakeVoxo
    ) -> None:
        assert with_environments.run("--env", "prod", "plan").status == 0
        assert len(voxo.asked) == 1

    def test_a_tenant_flag_overrides_the_variable(self, project: Project) -> None:
        assert project.run("plan", "--tenant-id", "17", VOXO_TENANT_ID="18").status == 0
        assert project.run("plan", "--tenant-id", "18", VOXO_TENANT_ID="17").status == 3

    def test_a_token_file_overrides_the_variable(self, project: Project) -> None:
        project.write("token", TOKEN).chmod(0o600)
        assert project.run("plan", "--token-file", "token", VOXO_API_TOKEN="old").status == 0

    def test_the_read_flag_overrides_the_environment(
        self, with_environments: Project, voxo: FakeVoxo
    ) -> None:
        text = (with_environments.folder / "voxosync.yaml").read_text()
        with_environments.write("voxosync.yaml", text.replace("tenantId", "read: v2\n    tenantId"))
        assert with_environments.run("--env", "prod", "plan").status == 0
        assert with_environments.run("--env", "prod", "plan", "--read", "admin").status == 0
        assert voxo.asked == [
            "GET /v2/call-campaigns/4711",
            "GET /v2/admin/call-campaigns/4711",
        ]

    @pytest.mark.parametrize("empty", ["", " "])
    def test_an_empty_variable_is_ignored(self, empty: str, with_environments: Project) -> None:
        """Pipelines pass an empty variable if their own variable is not set."""
        ran = with_environments.run(
            "--env", "prod", "plan", VOXO_API_BASE_URL=empty, VOXO_TENANT_ID=empty
        )
        assert ran.status == 0, ran.err

    def test_an_empty_flag_is_an_error(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("plan", "--base-url", "")
        assert ran.status == 1
        assert "URL" in ran.err
        assert voxo.asked == []


class TestEnvironment:
    @pytest.mark.parametrize(
        "url", ["http://voxo.invalid", "https://", "voxo.invalid", "https://u:secret@voxo.invalid"]
    )
    def test_with_an_invalid_url_is_refused_with_its_position(
        self, project: Project, url: str
    ) -> None:
        project.write("voxosync.yaml", f"environments:\n  prod:\n    baseUrl: '{url}'\n")
        planned = project.run("--env", "prod", "plan", VOXO_API_BASE_URL=None)
        validated = project.run("validate", VOXO_API_BASE_URL=None)
        for ran in (planned, validated):
            assert ran.status == 1
            assert "voxosync.yaml:3:14: error: '" in ran.said
            assert "secret" not in ran.said

    @pytest.mark.parametrize(
        ("variable", "value"),
        [("VOXO_API_BASE_URL", "https://staging.example.com"), ("VOXO_TENANT_ID", "18")],
    )
    @pytest.mark.parametrize("command", [("plan",), ("apply", "--yes"), ("drift",)], ids=str)
    def test_that_a_variable_contradicts_is_refused(
        self,
        command: tuple[str, ...],
        variable: str,
        value: str,
        with_environments: Project,
        voxo: FakeVoxo,
    ) -> None:
        with_environments.spring("callFrequency: 60")
        ran = with_environments.run("--env", "prod", *command, **{variable: value})
        assert ran.status == 1
        assert variable in ran.err
        assert value in ran.err
        assert voxo.asked == []

    def test_that_a_variable_repeats_is_accepted(
        self, with_environments: Project, voxo: FakeVoxo
    ) -> None:
        ran = with_environments.run(
            "--env", "prod", "plan", VOXO_API_BASE_URL=f"{voxo.url}/", VOXO_TENANT_ID="17"
        )
        assert ran.status == 0

    def test_that_a_variable_contradicts_is_refused_with_a_snapshot(
        self, with_environments: Project
    ) -> None:
        assert with_environments.run("--env", "prod", "snapshot", "--out", "live.json").status == 0
        ran = with_environments.run(
            "--env", "prod", "plan", "--live", "live.json", VOXO_TENANT_ID="18"
        )
        assert ran.status == 1

    def test_takes_the_token_from_its_own_variable_only(
        self, with_environments: Project, voxo: FakeVoxo
    ) -> None:
        ran = with_environments.run(
            "--env", "prod", "plan", VOXO_PROD_TOKEN=None, VOXO_API_TOKEN=TOKEN
        )
        assert ran.status == 1
        assert "VOXO_PROD_TOKEN" in ran.err
        assert "--token-file" not in ran.err
        assert voxo.asked == []

    def test_ignores_the_default_variable_of_the_token(self, with_environments: Project) -> None:
        assert with_environments.run("--env", "prod", "plan", VOXO_API_TOKEN="old").status == 0

    def test_does_not_accept_a_token_file(self, with_environments: Project, voxo: FakeVoxo) -> None:
        with_environments.write("token", TOKEN).chmod(0o600)
        ran = with_environments.run("--env", "prod", "plan", "--token-file", "token")
        assert ran.status == 1
        assert "VOXO_PROD_TOKEN" in ran.err
        assert voxo.asked == []

    def test_that_is_unknown_lists_the_known_environments(
        self, with_environments: Project, voxo: FakeVoxo
    ) -> None:
        ran = with_environments.run("--env", "production", "plan")
        assert ran.status == 1
        assert "'production'" in ran.err
        assert "prod, bare" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize("command", ["plan", "drift", "validate"])
    def test_without_a_settings_file_is_unknown(self, command: str, project: Project) -> None:
        ran = project.run("--env", "prod", command)
        assert ran.status == 1
        assert "voxosync.yaml has none" in ran.err

    def test_refuses_a_campaign_of_another_tenant(
        self, with_environments: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(tenantId=18)
        with_environments.spring("callFrequency: 60")
        assert with_environments.run("--env", "prod", "apply", "--yes").status == 3
        assert voxo.sent == []

    def test_can_have_its_own_folder(self, with_environments: Project) -> None:
        text = (with_environments.folder / "voxosync.yaml").read_text()
        with_environments.write(
            "voxosync.yaml", text.replace("bare: {}", "bare: {campaigns: calls/bare}")
        )
        with_environments.spring("callFrequency: 5", name="calls/bare/one.yaml")
        assert with_environments.run("validate").status == 0
        assert with_environments.run("--env", "prod", "validate").status == 0
        ran = with_environments.run("--env", "bare", "validate")
        assert ran.status == 1
        assert "calls/bare/one.yaml:" in ran.out


class TestInvalidFile:
    @pytest.mark.parametrize(
        ("text", "position"),
        [
            ("environments:\n  prod:\n    tenantId: none\n", "3:15"),
            ("environments:\n  prod:\n    tenant: 17\n", "3:5"),
            ("environments:\n  prod: {read: both}\n", "2:16"),
            ("environment: {}\n", "1:1"),
            ("environments: {prod: {}, prod: {}}\n", "1:26"),
            ("- prod\n", "1:1"),
            ("environments: [\n", "1:16"),
            ("", "1:1"),
        ],
        ids=repr,
    )
    def test_is_reported_with_the_position(
        self, text: str, position: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("voxosync.yaml", text)
        ran = project.run("--env", "prod", "plan")
        assert ran.status == 1
        assert f"voxosync.yaml:{position}: error: " in ran.err
        assert voxo.asked == []


class TestTenantVariable:
    """`VOXO_TENANT_ID` applies to every campaign, like `tenantId` in a definition."""

    @pytest.mark.parametrize("command", [("plan",), ("drift",), ("apply", "--yes")], ids=str)
    def test_refuses_campaigns_of_other_tenants_and_continues(
        self, command: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712, tenantId=18)
        project.spring("callFrequency: 60")
        project.spring("callFrequency: 60", name="campaigns/other.yaml", number=4712)
        ran = project.run(*command, VOXO_TENANT_ID="17")
        assert ran.status == 3
        assert "tenant 18" in ran.out
        assert [campaign for campaign, _ in voxo.sent] == ([4711] if command[0] == "apply" else [])

    def test_refuses_a_campaign_without_a_tenant(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(tenantId=None)
        assert project.run("plan", VOXO_TENANT_ID="17").status == 3

    @pytest.mark.parametrize("value", ["x", "0", "-1", "1.5", "9007199254740992", "\uff11\uff17"])
    def test_that_is_not_an_id_is_refused(
        self, value: str, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("plan", VOXO_TENANT_ID=value)
        assert ran.status == 1
        assert "VOXO_TENANT_ID" in ran.err
        assert voxo.asked == []


class TestTokenFile:
    @pytest.fixture(autouse=True)
    def _no_token_variable(self, project: Project) -> None:
        del project.variables["VOXO_API_TOKEN"]

    @pytest.mark.parametrize("text", [TOKEN, f"{TOKEN}\n", f"{TOKEN}\r\n"], ids=repr)
    def test_is_read_with_or_without_a_newline(self, text: str, project: Project) -> None:
        project.write("token", text).chmod(0o600)
        assert project.run("plan", "--token-file", "token").status == 0

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
    def test_that_others_can_read_is_refused(
        self, mode: int, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("token", TOKEN).chmod(mode)
        ran = project.run("plan", "--token-file", "token")
        assert ran.status == 1
        assert "chmod 600" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize(
        "text", ["", "\n", "two words", "a\nb", "tökén", b"\xff\xfe"], ids=repr
    )
    def test_without_a_token_is_refused(
        self, text: str | bytes, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("token", text).chmod(0o600)
        ran = project.run("plan", "--token-file", "token")
        assert ran.status == 1
        assert "token" in ran.err
        assert "two words" not in ran.err
        assert voxo.asked == []

    def test_that_is_missing_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("plan", "--token-file", "missing")
        assert ran.status == 1
        assert "missing" in ran.err
        assert voxo.asked == []

    def test_that_is_a_folder_is_refused(self, project: Project) -> None:
        ran = project.run("plan", "--token-file", "campaigns")
        assert ran.status == 1
        assert "directory" in ran.err
        assert "chmod" not in ran.err
