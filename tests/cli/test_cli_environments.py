"""One definition for several environments, the list of them, and those that are protected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import QUESTION, SHARED_FILE
from tests.cli.cli_voxo import TOKEN

if TYPE_CHECKING:
    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo


@pytest.fixture
def two_environments(two_environments: Project) -> Project:
    """The project of two environments, of which prod is protected."""
    settings = (two_environments.folder / "voxosync.yaml").read_text()
    two_environments.write(
        "voxosync.yaml", settings.replace("  prod: {", "  prod: {protected: true, ")
    )
    return two_environments


class TestAnIdForEachEnvironment:
    @pytest.mark.parametrize(("name", "number"), [("staging", 12), ("prod", 4711)])
    def test_is_chosen_with_env(self, two_environments: Project, name: str, number: int) -> None:
        ran = two_environments.run("--env", name, "plan", "--format", "json")
        assert ran.status == 0
        assert [campaign["id"] for campaign in ran.json["campaigns"]] == [number]

    def test_asks_only_that_environment(
        self, two_environments: Project, voxo: FakeVoxo, staging: FakeVoxo
    ) -> None:
        two_environments.run("--env", "staging", "plan")
        assert len(staging.asked) == 1
        assert voxo.asked == []

    @pytest.mark.parametrize(
        "command", [("plan",), ("drift",), ("apply", "--yes"), ("show", "12")], ids=str
    )
    def test_needs_env_and_lists_them(
        self, two_environments: Project, voxo: FakeVoxo, command: tuple[str, ...]
    ) -> None:
        ran = two_environments.run(*command, VOXO_API_BASE_URL=voxo.url, VOXO_TENANT_ID="99")
        assert ran.status == 1
        assert f"{SHARED_FILE}:1:5: error: " in ran.err
        assert "--env staging or --env prod" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize("command", [("plan",), ("drift",), ("apply", "--yes")], ids=str)
    def test_is_missed_where_no_definition_has_one(
        self, two_environments: Project, voxo: FakeVoxo, command: tuple[str, ...]
    ) -> None:
        path = two_environments.folder / SHARED_FILE
        path.write_text(path.read_text().replace("{staging: 12, prod: 4711}", "{staging: 12}"))
        ran = two_environments.run("--env", "prod", *command)
        assert (ran.status, voxo.asked) == (1, [])
        assert "no definition here has an id for the environment prod" in ran.err

    def test_can_be_validated_without_one(self, two_environments: Project) -> None:
        ran = two_environments.run("validate")
        assert ran.status == 0
        assert "1 campaign in 1 file" in ran.out

    def test_of_other_environments_is_not_managed_here(self, two_environments: Project) -> None:
        two_environments.spring(name="campaigns/other.yaml", number=5)
        text = (two_environments.folder / "campaigns/other.yaml").read_text()
        two_environments.write("campaigns/other.yaml", text.replace("id: 5", "id: {prod: 5}"))
        ran = two_environments.run("--env", "staging", "plan", "--format", "json")
        assert [campaign["id"] for campaign in ran.json["campaigns"]] == [12]

    @pytest.mark.parametrize("command", [("plan",), ("apply", "--yes", "--create"), ("validate",)])
    def test_of_other_environments_alone_is_remarked_on(
        self, two_environments: Project, voxo: FakeVoxo, command: tuple[str, ...]
    ) -> None:
        """Neither planned, nor created as one without any id is: else it would be missed in silence."""
        for number in (5, 6):
            two_environments.write(
                f"campaigns/{number}.yaml", f"id: {{staging: {number}}}\nname: Other\n"
            )
        ran = two_environments.run("--env", "prod", *command)
        assert (ran.status, voxo.posted) == (0, []), ran.said
        for number in (5, 6):
            assert (
                f"campaigns/{number}.yaml:1:5: remark: this campaign has no id for the environment prod, "
                "so it is left out there: voxosync --env prod create makes it"
            ) in ran.said
        assert (
            "no id for the environment" not in two_environments.run("--env", "prod", "drift").said
        )
        assert "remark" not in two_environments.run("validate").said

    def test_of_other_environments_is_checked_all_the_same(self, two_environments: Project) -> None:
        two_environments.write("campaigns/other.yaml", "id: {prod: 5}\ndateStart: 2026-02-30\n")
        ran = two_environments.run("--env", "staging", "plan")
        assert ran.status == 1
        assert "campaigns/other.yaml:2:12: error: dateStart" in ran.err

    def test_must_name_environments_that_there_are(self, two_environments: Project) -> None:
        two_environments.write("campaigns/other.yaml", "id: {prd: 5}\nname: Misspelled\n")
        ran = two_environments.run("validate")
        assert ran.status == 1
        assert (
            "campaigns/other.yaml:1:6: error: id: voxosync.yaml names no environment 'prd'"
            in ran.out
        )
        assert "did you mean prod?" in ran.out

    def test_without_any_environment_says_where_to_name_them(
        self, two_environments: Project
    ) -> None:
        (two_environments.folder / "voxosync.yaml").unlink()
        ran = two_environments.run("validate")
        assert ran.status == 1
        assert "name it there below environments:" in ran.out

    @pytest.mark.parametrize(
        ("first", "second", "clash"),
        [
            ("{staging: 5, prod: 6}", "{staging: 5}", True),
            ("{staging: 5, prod: 6}", "{staging: 6}", False),
            ("{staging: 5}", "5", True),
            ("5", "{prod: 5}", True),
            ("{staging: 5}", "{prod: 5}", False),
        ],
    )  # fmt: skip
    def test_clashes_where_two_definitions_meet_in_an_environment(
        self, two_environments: Project, first: str, second: str, *, clash: bool
    ) -> None:
        two_environments.write(
            SHARED_FILE, f"id: {first}\nname: One\n---\nid: {second}\nname: Two\n"
        )
        ran = two_environments.run("validate")
        assert ran.status == (1 if clash else 0)
        assert ("the campaign 5 is already defined" in ran.out) is clash

    @pytest.mark.parametrize("wrong", ["{}", "[5]", "{staging: 0}", "{staging: x}", "{staging: }"])
    def test_that_is_none_is_refused(self, two_environments: Project, wrong: str) -> None:
        two_environments.write(SHARED_FILE, f"id: {wrong}\nname: One\n")
        ran = two_environments.run("validate")
        assert ran.status == 1
        assert f"{SHARED_FILE}:1:" in ran.out

    def test_holds_at_the_merge_base_too(
        self, two_environments: Project, staging: FakeVoxo
    ) -> None:
        two_environments.git("init", "--quiet", "--initial-branch=main")
        two_environments.commit()
        two_environments.git("checkout", "--quiet", "-b", "change")
        text = (two_environments.folder / SHARED_FILE).read_text()
        two_environments.write(SHARED_FILE, text.replace("callFrequency: 30", "callFrequency: 60"))
        two_environments.commit()
        staging.has(12, recording="no")
        ran = two_environments.run("--env", "staging", "plan", "--base", "main", "--format", "json")
        (campaign,) = ran.json["campaigns"]
        assert {change["field"]: change["kind"] for change in campaign["changes"]} == {
            "callFrequency": "change",
            "recording": "drift",
        }


class TestProtected:
    @pytest.fixture
    def plain(self, two_environments: Project, voxo: FakeVoxo) -> Project:
        """A definition with one id, and variables that lead to the protected environment."""
        (two_environments.folder / SHARED_FILE).unlink()
        two_environments.spring("callFrequency: 60")
        two_environments.variables |= {"VOXO_API_BASE_URL": voxo.url, "VOXO_TENANT_ID": "17"}
        return two_environments

    def test_must_be_named_where_nobody_can_be_asked(self, plain: Project, voxo: FakeVoxo) -> None:
        ran = plain.run("apply", "--yes")
        assert ran.status == 1
        assert "prod, which is protected: to send to it, pass --env prod" in ran.err
        assert voxo.asked == []

    def test_is_sent_to_when_it_is_named(self, plain: Project, voxo: FakeVoxo) -> None:
        assert plain.run("--env", "prod", "apply", "--yes").status == 0
        assert voxo.sent == [(4711, {"callFrequency": 60})]

    def test_asks_as_ever_on_a_terminal(self, plain: Project, voxo: FakeVoxo) -> None:
        ran = plain.terminal("apply", answer="y\n")
        assert ran.status == 0
        assert QUESTION.decode() in ran.out
        assert len(voxo.sent) == 1

    def test_is_known_by_its_url_where_no_tenant_is(self, plain: Project) -> None:
        assert plain.run("apply", "--yes", VOXO_TENANT_ID=None).status == 1

    @pytest.mark.parametrize(
        "url",
        [
            "https://VOXO.invalid",
            "HTTPS://voxo.invalid/",
            "https://voxo.invalid:443",
            "https://voxo.invalid./",
            " https://voxo.invalid",
            "https://voxo.invalid/.",
            "https://voxo.invalid/x/..",
            "https://voxo.invalid/another/path",
            "https://%76oxo.invalid",
            "https://me:word@voxo.invalid",
            "http://voxo.invalid",
        ],
    )
    def test_is_known_however_its_url_is_spelled(self, plain: Project, url: str) -> None:
        plain.write(
            "voxosync.yaml",
            "environments: {prod: {baseUrl: 'https://voxo.invalid', protected: true}}\n",
        )
        ran = plain.run("apply", "--yes", "--base-url", url)
        assert ran.status == 1
        assert "--env prod" in ran.err

    @pytest.mark.parametrize("path", ["", "/", "/.", "/x/.."])
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "127.0.0.2", "[::1]"])
    @pytest.mark.parametrize(
        ("named", "tenant"),
        [
            (named, tenant)
            for named in ((), ("--env", "staging"), ("--env", "other"))
            for tenant in ((), ("--tenant-id", "17"))
        ],
    )
    def test_is_protected_whatever_leads_there(
        self,
        plain: Project,
        voxo: FakeVoxo,
        *,
        named: tuple[str, ...],
        tenant: tuple[str, ...],
        host: str,
        path: str,
    ) -> None:
        """With another environment's name, and with none: nothing is asked, nothing is sent."""
        settings = (plain.folder / "voxosync.yaml").read_text()
        plain.write("voxosync.yaml", f"{settings}  other: {{baseUrl: 'https://voxo.invalid'}}\n")
        plain.variables = {"VOXO_API_TOKEN": TOKEN}
        url = f"http://{host}:{voxo.server_port}{path}"
        ran = plain.run(*named, "apply", "--yes", "--base-url", url, *tenant)
        assert ran.status == 1
        assert "prod, which is protected: to send to it, pass --env prod" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize("command", ["rollback", "create"])
    def test_is_protected_from_whatever_sends(
        self, plain: Project, voxo: FakeVoxo, command: str
    ) -> None:
        plain.variables = {"VOXO_API_TOKEN": TOKEN}
        url = f"http://localhost:{voxo.server_port}"
        argument = {"rollback": "2026", "create": "campaigns/spring.yaml"}[command]
        ran = plain.run("--env", "staging", command, argument, "--yes", "--base-url", url)
        assert ran.status == 1
        assert "to send to it, pass --env prod" in ran.err
        assert voxo.asked == []

    def test_is_protected_where_a_tenant_leads_there(self, plain: Project, voxo: FakeVoxo) -> None:
        plain.write(
            "voxosync.yaml",
            "environments:\n"
            f"  staging: {{baseUrl: '{voxo.url}', tenantId: 18}}\n"
            f"  prod: {{baseUrl: '{voxo.url}', tenantId: 17, protected: true}}\n",
        )
        plain.variables = {"VOXO_API_TOKEN": TOKEN}
        ran = plain.run("--env", "staging", "apply", "--yes", "--tenant-id", "17")
        assert ran.status == 1
        assert "to send to it, pass --env prod" in ran.err
        assert voxo.asked == []
        voxo.has(4711, tenantId=18)
        assert plain.run("--env", "staging", "apply", "--yes").status == 0

    def test_two_environments_that_name_no_tenant_are_two_tenants(
        self, plain: Project, voxo: FakeVoxo
    ) -> None:
        plain.write(
            "voxosync.yaml",
            "environments:\n"
            f"  staging: {{baseUrl: '{voxo.url}'}}\n"
            f"  prod: {{baseUrl: '{voxo.url}', protected: true}}\n",
        )
        plain.variables = {"VOXO_API_TOKEN": TOKEN}
        assert plain.run("--env", "staging", "apply", "--yes").status == 0
        plain.spring("callFrequency: 90")
        assert plain.run("--env", "prod", "apply", "--yes").status == 0
        assert len(voxo.sent) == 2

    @pytest.mark.parametrize("spelling", ["{}/.", "{}/x/..", " {}"])
    def test_a_variable_that_spells_it_differently_is_no_contradiction(
        self, plain: Project, voxo: FakeVoxo, spelling: str
    ) -> None:
        plain.variables |= {"VOXO_API_BASE_URL": spelling.format(voxo.url)}
        assert plain.run("--env", "prod", "apply", "--yes").status == 0

    def test_a_saved_plan_and_a_run_are_of_that_voxo_however_it_is_spelled(
        self, plain: Project, voxo: FakeVoxo
    ) -> None:
        prod = ("--env", "prod")
        assert plain.run(*prod, "plan", "--out", "plan.json").status == 0
        plain.variables = {"VOXO_API_TOKEN": TOKEN}
        for command in (("apply", "--plan", "plan.json"), ("rollback", "2")):
            url = f"http://localhost:{voxo.server_port}/x/.."
            assert plain.run(*prod, *command, "--yes", "--base-url", url).status == 0
        assert len(voxo.sent) == 2

    def test_is_another_where_the_tenant_is_another(self, plain: Project, voxo: FakeVoxo) -> None:
        voxo.has(4711, tenantId=18)
        assert plain.run("apply", "--yes", VOXO_TENANT_ID="18").status == 0

    def test_may_be_read_without_a_name(self, plain: Project) -> None:
        assert plain.run("plan").status == 0
        assert plain.run("drift").status == 2

    def test_holds_for_rollback(self, plain: Project) -> None:
        plain.run("--env", "prod", "apply", "--yes")
        (run,) = (plain.folder / ".voxosync/runs").iterdir()
        ran = plain.run("rollback", run.stem, "--yes")
        assert ran.status == 1
        assert "--env prod" in ran.err

    def test_is_true_or_false(self, plain: Project) -> None:
        plain.write("voxosync.yaml", "environments:\n  prod: {protected: yes}\n")
        ran = plain.run("plan")
        assert ran.status == 1
        assert "voxosync.yaml:2:21: error" in ran.err
        assert "write true or false" in ran.err


class TestList:
    def test_shows_each(self, two_environments: Project, voxo: FakeVoxo) -> None:
        ran = two_environments.run("environments")
        assert ran.status == 0
        assert f"prod  {voxo.url}  tenant 17  campaigns  VOXO_API_TOKEN  protected\n" in ran.out

    def test_is_a_matrix_for_ci_on_one_line(
        self, two_environments: Project, staging: FakeVoxo
    ) -> None:
        ran = two_environments.run("environments", "--format", "json")
        assert ran.out.count("\n") == 1
        assert ran.json[0] == {
            "name": "staging",
            "baseUrl": staging.url,
            "tenantId": 17,
            "campaigns": "campaigns",
            "tokenEnv": "VOXO_API_TOKEN",
            "protected": False,
        }

    def test_is_empty_without_any(self, project: Project) -> None:
        assert project.run("environments").out == "No environments: voxosync.yaml has none.\n"
        assert project.run("environments", "--format", "json").json == []

    def test_of_wrong_settings_is_an_error(self, project: Project) -> None:
        project.write("voxosync.yaml", "environment: {}\n")
        ran = project.run("environments")
        assert ran.status == 1
        assert "did you mean environments?" in ran.err
