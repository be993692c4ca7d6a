"""Which VOXO, tenant and token: flags beat environment variables beat `voxosync.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_voxo import TOKEN

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def settled(project: Project, voxo: FakeVoxo) -> Project:
    """A project with an environment `prod`, and no variable but its token's."""
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
    def test_a_flag_beats_a_variable(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("plan", "--base-url", voxo.url, VOXO_API_BASE_URL=NOWHERE)
        assert ran.status == 0
        assert len(voxo.asked) == 1

    def test_a_variable_is_used_without_a_flag(self, project: Project, voxo: FakeVoxo) -> None:
        assert project.run("plan").status == 0
        assert len(voxo.asked) == 1

    def test_a_flag_beats_the_environment(
        self, settled: Project, voxo: FakeVoxo, staging: FakeVoxo
    ) -> None:
        staging.has(4711)
        assert settled.run("--env", "prod", "plan", "--base-url", staging.url).status == 0
        assert voxo.asked == []
        assert len(staging.asked) == 1

    def test_the_environment_is_used_without_either(self, settled: Project, voxo: FakeVoxo) -> None:
        assert settled.run("--env", "prod", "plan").status == 0
        assert len(voxo.asked) == 1

    def test_a_tenant_flag_beats_the_variable(self, project: Project) -> None:
        assert project.run("plan", "--tenant-id", "17", VOXO_TENANT_ID="18").status == 0
        assert project.run("plan", "--tenant-id", "18", VOXO_TENANT_ID="17").status == 3

    def test_a_token_file_beats_the_variable(self, project: Project) -> None:
        project.write("token", TOKEN).chmod(0o600)
        assert project.run("plan", "--token-file", "token", VOXO_API_TOKEN="old").status == 0

    def test_the_read_flag_beats_the_environment(self, settled: Project, voxo: FakeVoxo) -> None:
        text = (settled.folder / "voxosync.yaml").read_text()
        settled.write("voxosync.yaml", text.replace("tenantId", "read: v2\n    tenantId"))
        assert settled.run("--env", "prod", "plan").status == 0
        assert settled.run("--env", "prod", "plan", "--read", "admin").status == 0
        assert voxo.asked == [
            "GET /v2/call-campaigns/4711",
            "GET /v2/admin/call-campaigns/4711",
        ]

    @pytest.mark.parametrize("empty", ["", " "])
    def test_an_empty_variable_is_none(self, empty: str, settled: Project) -> None:
        """As a pipeline gives it whose own variable is not set."""
        ran = settled.run("--env", "prod", "plan", VOXO_API_BASE_URL=empty, VOXO_TENANT_ID=empty)
        assert ran.status == 0, ran.err

    def test_an_empty_flag_is_an_error_and_never_the_default(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        ran = project.run("plan", "--base-url", "")
        assert ran.status == 1
        assert "URL" in ran.err
        assert voxo.asked == []


class TestEnvironment:
    @pytest.mark.parametrize(
        "url", ["http://voxo.invalid", "https://", "voxo.invalid", "https://u:secret@voxo.invalid"]
    )
    def test_with_a_wrong_url_is_refused_at_its_place(self, project: Project, url: str) -> None:
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
        settled: Project,
        voxo: FakeVoxo,
    ) -> None:
        settled.spring("callFrequency: 60")
        ran = settled.run("--env", "prod", *command, **{variable: value})
        assert ran.status == 1
        assert variable in ran.err
        assert value in ran.err
        assert voxo.asked == []

    def test_that_a_variable_repeats_is_fine(self, settled: Project, voxo: FakeVoxo) -> None:
        ran = settled.run(
            "--env", "prod", "plan", VOXO_API_BASE_URL=f"{voxo.url}/", VOXO_TENANT_ID="17"
        )
        assert ran.status == 0

    def test_that_is_contradicted_by_a_snapshots_call_is_refused_too(
        self, settled: Project
    ) -> None:
        assert settled.run("--env", "prod", "snapshot", "--out", "live.json").status == 0
        ran = settled.run("--env", "prod", "plan", "--live", "live.json", VOXO_TENANT_ID="18")
        assert ran.status == 1

    def test_takes_the_token_from_its_own_variable_only(
        self, settled: Project, voxo: FakeVoxo
    ) -> None:
        ran = settled.run("--env", "prod", "plan", VOXO_PROD_TOKEN=None, VOXO_API_TOKEN=TOKEN)
        assert ran.status == 1
        assert "VOXO_PROD_TOKEN" in ran.err
        assert "--token-file" not in ran.err
        assert voxo.asked == []

    def test_ignores_the_usual_tokens_variable(self, settled: Project) -> None:
        assert settled.run("--env", "prod", "plan", VOXO_API_TOKEN="old").status == 0

    def test_takes_no_token_file(self, settled: Project, voxo: FakeVoxo) -> None:
        settled.write("token", TOKEN).chmod(0o600)
        ran = settled.run("--env", "prod", "plan", "--token-file", "token")
        assert ran.status == 1
        assert "VOXO_PROD_TOKEN" in ran.err
        assert voxo.asked == []

    def test_that_is_unknown_lists_those_that_are_known(
        self, settled: Project, voxo: FakeVoxo
    ) -> None:
        ran = settled.run("--env", "production", "plan")
        assert ran.status == 1
        assert "'production'" in ran.err
        assert "prod, bare" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize("command", ["plan", "drift", "validate"])
    def test_without_a_file_is_unknown(self, command: str, project: Project) -> None:
        ran = project.run("--env", "prod", command)
        assert ran.status == 1
        assert "voxosync.yaml has none" in ran.err

    def test_guards_by_its_tenant(self, settled: Project, voxo: FakeVoxo) -> None:
        voxo.has(tenantId=18)
        settled.spring("callFrequency: 60")
        assert settled.run("--env", "prod", "apply", "--yes").status == 3
        assert voxo.sent == []

    def test_has_a_folder_of_its_own(self, settled: Project) -> None:
        text = (settled.folder / "voxosync.yaml").read_text()
        settled.write("voxosync.yaml", text.replace("bare: {}", "bare: {campaigns: calls/bare}"))
        settled.spring("callFrequency: 5", name="calls/bare/one.yaml")
        assert settled.run("validate").status == 0
        assert settled.run("--env", "prod", "validate").status == 0
        ran = settled.run("--env", "bare", "validate")
        assert ran.status == 1
        assert "calls/bare/one.yaml:" in ran.out


class TestAWrongFile:
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
    def test_is_reported_with_its_place(
        self, text: str, position: str, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("voxosync.yaml", text)
        ran = project.run("--env", "prod", "plan")
        assert ran.status == 1
        assert f"voxosync.yaml:{position}: error: " in ran.err
        assert voxo.asked == []


class TestTenantVariable:
    """`VOXO_TENANT_ID` guards every campaign as a definition's `tenantId` does."""

    @pytest.mark.parametrize("command", [("plan",), ("drift",), ("apply", "--yes")], ids=str)
    def test_refuses_campaigns_of_others_and_goes_on(
        self, command: tuple[str, ...], project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712, tenantId=18)
        project.spring("callFrequency: 60")
        project.spring("callFrequency: 60", name="campaigns/other.yaml", number=4712)
        ran = project.run(*command, VOXO_TENANT_ID="17")
        assert ran.status == 3
        assert "tenant 18" in ran.out
        assert [campaign for campaign, _ in voxo.sent] == ([4711] if command[0] == "apply" else [])

    def test_refuses_a_campaign_that_names_none(self, project: Project, voxo: FakeVoxo) -> None:
        voxo.has(tenantId=None)
        assert project.run("plan", VOXO_TENANT_ID="17").status == 3

    @pytest.mark.parametrize("value", ["x", "0", "-1", "1.5", "9007199254740992", "\uff11\uff17"])
    def test_that_is_no_id_is_refused(self, value: str, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("plan", VOXO_TENANT_ID=value)
        assert ran.status == 1
        assert "VOXO_TENANT_ID" in ran.err
        assert voxo.asked == []


class TestTokenFile:
    @pytest.fixture(autouse=True)
    def _no_variable(self, project: Project) -> None:
        del project.variables["VOXO_API_TOKEN"]

    @pytest.mark.parametrize("text", [TOKEN, f"{TOKEN}\n", f"{TOKEN}\r\n"], ids=repr)
    def test_is_read_with_or_without_the_end_of_its_line(self, text: str, project: Project) -> None:
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
    def test_that_holds_none_is_refused(
        self, text: str | bytes, project: Project, voxo: FakeVoxo
    ) -> None:
        project.write("token", text).chmod(0o600)
        ran = project.run("plan", "--token-file", "token")
        assert ran.status == 1
        assert "token" in ran.err
        assert "two words" not in ran.err
        assert voxo.asked == []

    def test_that_is_not_there_is_refused(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("plan", "--token-file", "missing")
        assert ran.status == 1
        assert "missing" in ran.err
        assert voxo.asked == []

    def test_that_is_a_folder_is_refused(self, project: Project) -> None:
        ran = project.run("plan", "--token-file", "campaigns")
        assert ran.status == 1
        assert "directory" in ran.err
        assert "chmod" not in ran.err
