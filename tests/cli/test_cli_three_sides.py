"""`--base REF` classifies each difference by comparing base, definition and live, in real Git repositories.

| base → now | live              | kind                                             |
|------------|-------------------|--------------------------------------------------|
| equal      | differs from now  | `drift`: VOXO was changed by hand                |
| differ     | equals base       | `change`: this branch's change                   |
| differ     | equals now        | nothing to send: VOXO has the value already      |
| differ     | equals neither    | `conflict`: changed by this branch and by hand   |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from tests.cli.cli_project import Project
from tests.cli.cli_voxo import answer
from tests.cli.shown_parts import names_of_formats
from voxosync.report.registry import PLAN, ReportPart

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Ran
    from tests.cli.cli_voxo import FakeVoxo

BASE_OPTIONS = ("--base", "main")


def create_repository(project: Project, root: Path) -> None:
    """Put a project under Git: `main` has its files, and HEAD is a new branch."""
    at_root = Project(root)
    at_root.git("init", "--quiet", "--initial-branch", "main")
    project.commit("The base")
    project.git("switch", "--quiet", "--create", "feature")


@pytest.fixture
def branch(project: Project) -> Project:
    create_repository(project, project.folder)
    return project


@pytest.fixture
def all_kinds(branch: Project, voxo: FakeVoxo) -> Project:
    """A branch that changes three fields, of which VOXO has an old, a new and a third value."""
    branch.spring("callFrequency: 60", "timeEnd: 19:00", "dateEnd: 2096-04-15")
    branch.commit()
    voxo.has(timeEnd="19:00", dateEnd="2096-04-01", timezone="America/Denver")
    return branch


def changes(ran: Ran) -> dict[str, dict[str, Any]]:
    [campaign] = ran.json["campaigns"]
    return {change["field"]: change for change in campaign["changes"]}


def kinds(ran: Ran) -> dict[str, str]:
    return {field: change["kind"] for field, change in changes(ran).items()}


class TestKinds:
    def test_are_in_json_with_the_base(self, all_kinds: Project) -> None:
        ran = all_kinds.run("plan", "--format", "json", *BASE_OPTIONS)
        assert kinds(ran) == {
            "dateEnd": "conflict",
            "timezone": "drift",
            "callFrequency": "change",
        }
        assert changes(ran)["dateEnd"]["base"] == "2096-03-31"
        assert ran.json["base"] == all_kinds.git("rev-parse", "main")

    def test_are_shown_in_text(self, all_kinds: Project) -> None:
        out = all_kinds.run("plan", *BASE_OPTIONS).out
        assert "callFrequency: 30 → 60  (change)" in out
        assert "timezone: America/Denver → America/Chicago  (drift)" in out
        assert "dateEnd: 2096-04-01 → 2096-04-15  (conflict: was 2096-03-31)" in out
        assert "timeEnd" not in out

    def test_are_sections_in_markdown(self, all_kinds: Project) -> None:
        out = all_kinds.run("plan", "--format", "markdown", *BASE_OPTIONS).out
        titles = ("Conflicts", "Changes of this pull request", "Drift that applying would revert")
        positions = [out.index(f"#### {title}") for title in titles]
        assert positions == sorted(positions)

    def test_are_reported_by_drift(self, all_kinds: Project) -> None:
        assert kinds(all_kinds.run("drift", "--format", "json", *BASE_OPTIONS)) == {
            "dateEnd": "conflict",
            "timezone": "drift",
            "callFrequency": "change",
        }

    def test_are_all_change_without_a_base(self, all_kinds: Project) -> None:
        ran = all_kinds.run("plan", "--format", "json")
        assert set(kinds(ran).values()) == {"change"}
        assert "base" not in ran.json
        assert "(change)" not in all_kinds.run("plan").out

    def test_of_a_key_that_the_base_did_not_have_is_change(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712)
        branch.spring("callHoursStart: 10:00")
        branch.spring("callFrequency: 60", name="campaigns/new.yaml", number=4712)
        document = branch.run("plan", "--format", "json", *BASE_OPTIONS).json
        kinds = {
            c["field"]: c["kind"] for campaign in document["campaigns"] for c in campaign["changes"]
        }
        assert kinds == {"callHoursStart": "change", "callFrequency": "change"}

    def test_are_separate_for_each_number(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.spring(
            "numbers: [{number: 6015550123, description: Customer 1042}, {number: 6015550124}, "
            "{number: 6015550150}]"
        )
        voxo.has()["numbers"].append({"number": "6015550160", "description": "By hand"})
        document = branch.run("plan", "--format", "json", *BASE_OPTIONS).json
        [campaign] = document["campaigns"]
        changes = {change["kind"]: change for change in campaign["changes"]}
        assert changes["change"]["added"] == ["6015550150"]
        assert changes["change"]["removed"] == []
        assert changes["drift"]["removed"] == ["6015550160"]
        assert changes["drift"]["added"] == []


class TestBaseDefinition:
    """Definitions of the base are read from Git objects, whatever the names of their files are now."""

    def test_is_found_under_another_name(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.git("mv", "campaigns/spring.yaml", "campaigns/renamed.yaml")
        voxo.has(callFrequency=45)
        ran = branch.run("plan", "--format", "json", *BASE_OPTIONS)
        assert kinds(ran) == {"callFrequency": "drift"}
        assert "abandoned" not in ran.json

    def test_has_values_of_its_defaults_file(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("campaigns/_defaults.yaml", "callFrequency: 30\n")
        project.spring("-callFrequency")
        create_repository(project, project.folder)
        project.write("campaigns/_defaults.yaml", "callFrequency: 60\n")
        assert kinds(project.run("plan", "--format", "json", *BASE_OPTIONS)) == {
            "callFrequency": "change"
        }
        voxo.has(callFrequency=45)
        ran = project.run("plan", "--format", "json", *BASE_OPTIONS)
        assert kinds(ran) == {"callFrequency": "conflict"}

    def test_has_numbers_of_its_csv_file(self, project: Project) -> None:
        project.write(
            "contacts/spring.csv", "number,description\n6015550123,Customer 1042\n6015550124,\n"
        )
        project.spring("numbers: {file: ../contacts/spring.csv}")
        create_repository(project, project.folder)
        project.write("contacts/spring.csv", "number,description\n6015550123,Customer 1042\n")
        ran = project.run("plan", "--format", "json", *BASE_OPTIONS)
        assert kinds(ran) == {"numbers": "change"}
        assert changes(ran)["numbers"]["removed"] == ["6015550124"]

    @pytest.mark.parametrize("name", names_of_formats(PLAN, ReportPart.VALUES, ReportPart.ALARMS))
    def test_that_the_branch_removes_is_listed_as_no_longer_managed(
        self, name: str, branch: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712)
        branch.spring(name="campaigns/other.yaml", number=4712)
        branch.git("rm", "--quiet", "--force", "campaigns/spring.yaml")
        ran = branch.run("plan", "--format", name, *BASE_OPTIONS)
        assert ran.status == 0
        assert "4711" in ran.out
        assert "campaigns/spring.yaml" in ran.out.replace("&#47;", "/").replace("&#46;", ".")

    def test_that_the_branch_removes_is_not_listed_with_other_paths(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712)
        branch.spring(name="campaigns/other.yaml", number=4712)
        ran = branch.run("plan", "campaigns/other.yaml", "--format", "json", *BASE_OPTIONS)
        assert "abandoned" not in ran.json


class TestInvalidBaseDefinition:
    """It does not count as absent, because a pause by hand would then look like a change of this branch."""

    @pytest.fixture
    def invalid_base(self, project: Project, voxo: FakeVoxo) -> Project:
        """4711 is invalid in the base and 4712 is not; both were paused by hand, and this branch has READY."""
        voxo.has(4712)
        project.spring("state: READY", "callFrequency: 1")
        project.spring("state: READY", name="campaigns/other.yaml", number=4712)
        create_repository(project, project.folder)
        project.spring("state: READY")
        project.spring(
            "state: READY", "callFrequency: 60", name="campaigns/other.yaml", number=4712
        )
        project.commit()
        return project

    @pytest.mark.parametrize("quiet", [(), ("-q",)])
    @pytest.mark.parametrize("command", [("plan",), ("apply", "--yes", "--allow-go-live")])
    @pytest.mark.parametrize("kind", ["change", "drift", "conflict"])
    def test_is_refused_with_kind(
        self,
        kind: str,
        command: tuple[str, ...],
        quiet: tuple[str, ...],
        invalid_base: Project,
        voxo: FakeVoxo,
    ) -> None:
        ran = invalid_base.run(*quiet, *command, *BASE_OPTIONS, "--kind", kind)
        assert ran.status == 1
        assert "campaigns/spring.yaml:1:5: error: --kind cannot tell" in ran.err
        assert "error: callFrequency: '1'" in ran.err
        assert voxo.asked == []

    def test_is_an_error_of_its_campaign_without_kind(self, invalid_base: Project) -> None:
        ran = invalid_base.run("plan", "--format", "json", *BASE_OPTIONS)
        assert ran.status == 3
        spring, autumn = sorted(ran.json["campaigns"], key=lambda campaign: campaign["id"])
        assert spring["status"] == "error"
        assert "cannot be read" in spring["error"]
        kinds = {change["field"]: change["kind"] for change in autumn["changes"]}
        assert kinds == {"state": "drift", "callFrequency": "change"}

    def test_campaign_is_not_sent(self, invalid_base: Project, voxo: FakeVoxo) -> None:
        ran = invalid_base.run("apply", "--yes", "--allow-go-live", *BASE_OPTIONS)
        assert ran.status == 3
        assert 4711 not in [number for number, _ in voxo.sent]

    def test_does_not_matter_for_other_campaigns(self, invalid_base: Project) -> None:
        ran = invalid_base.run("plan", *BASE_OPTIONS, "--kind", "change", "--only", "4712")
        assert ran.status == 0

    @pytest.mark.parametrize(
        ("key", "message"),
        [
            ("state: PAUSED\nstate: READY", "the key 'state' is already on line"),
            ("message: !mine hello", "the YAML tag !mine is not accepted"),
            ("<<: [1]", "<< takes a mapping"),
        ],
    )
    def test_can_be_doubtful_yaml_in_its_document_alone(
        self, key: str, message: str, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712)
        project.spring(name="campaigns/other.yaml", number=4712)
        other = project.folder / "campaigns/other.yaml"
        project.spring("-state")
        spring = project.folder / "campaigns/spring.yaml"
        good = spring.read_text()
        spring.write_text(f"{other.read_text()}---\n{good}{key}\n")
        other.unlink()
        create_repository(project, project.folder)
        spring.write_text(f"id: 4712\n---\n{good}state: READY\n")
        project.commit()
        ran = project.run("plan", "--format", "json", *BASE_OPTIONS)
        assert ran.status == 3, ran.said
        errors = {campaign["id"]: campaign.get("error", "") for campaign in ran.json["campaigns"]}
        assert message in errors[4711]
        assert not errors.get(4712)

    @pytest.mark.parametrize("own_id", [True, False])
    @pytest.mark.parametrize(
        "defaults",
        [
            pytest.param("id: 4711\n", id="an id, which defaults must not have"),
            pytest.param("id: 4711\nstate: [\n", id="no YAML"),
            pytest.param("id: {prod: 4711}\n", id="ids by environment"),
            pytest.param("tech: VOICE\n---\nid: 4711\n", id="two documents"),
        ],
    )
    def test_can_be_its_defaults(self, defaults: str, own_id: bool, project: Project) -> None:  # noqa: FBT001  # a parameter of the test
        project.write("campaigns/_defaults.yaml", defaults)
        project.spring("state: READY", *([] if own_id else ["-id"]))
        create_repository(project, project.folder)
        project.write("campaigns/_defaults.yaml", "tech: VOICE\n")
        project.spring("state: READY")
        project.commit()
        ran = project.run("plan", "--format", "json", *BASE_OPTIONS)
        assert ran.status == 3, ran.said
        [campaign] = ran.json["campaigns"]
        assert "cannot be read: campaigns/_defaults.yaml:" in campaign["error"]

    @pytest.mark.parametrize(
        ("before", "settings", "after"),
        [
            ("old", "environments: {prod: {campaigns: old}}\n", "campaigns"),
            ("campaigns/a", "environments: {live: {}}\n", "campaigns"),
            ("voice/campaigns", None, "campaigns"),
        ],
    )
    def test_does_not_result_from_moving_the_folder(
        self, before: str, settings: str | None, after: str, project: Project, voxo: FakeVoxo
    ) -> None:
        url = project.variables["VOXO_API_BASE_URL"]
        new = f"environments: {{prod: {{baseUrl: '{url}'}}}}\n"
        project.git("init", "--quiet", "--initial-branch", "main")
        (project.folder / "campaigns/spring.yaml").unlink()
        project.spring("state: READY", name=f"{before}/spring.yaml")
        if settings:
            project.write("voxosync.yaml", settings)
        project.commit("The base")
        project.git("switch", "--quiet", "--create", "feature")
        (project.folder / before / "spring.yaml").unlink()
        project.spring("state: READY", name=f"{after}/spring.yaml")
        project.write("voxosync.yaml", new)
        project.commit()
        ran = project.run("--env", "prod", "plan", "--format", "json", *BASE_OPTIONS)
        assert kinds(ran) == {"state": "drift"}
        call = ("apply", "--yes", "--allow-go-live", *BASE_OPTIONS, "--kind", "change")
        assert project.run("--env", "prod", *call).status in (0, 2)
        assert voxo.sent == []


class TestGit:
    def test_working_tree_and_index_are_not_changed(self, all_kinds: Project) -> None:
        all_kinds.write("campaigns/spring.yaml", "id: 4711\ncallFrequency: 90\n")
        all_kinds.write("staged.txt", "staged")
        all_kinds.git("add", "staged.txt")
        index = (all_kinds.folder / ".git/index").read_bytes()
        before = all_kinds.git("status", "--porcelain")
        assert all_kinds.run("plan", *BASE_OPTIONS).status == 0
        assert (all_kinds.folder / ".git/index").read_bytes() == index
        assert all_kinds.git("status", "--porcelain") == before

    def test_head_can_be_detached(self, all_kinds: Project) -> None:
        all_kinds.git("switch", "--quiet", "--detach")
        assert "(drift)" in all_kinds.run("plan", *BASE_OPTIONS).out

    def test_merge_base_is_compared_instead_of_the_branch(
        self, all_kinds: Project, voxo: FakeVoxo
    ) -> None:
        all_kinds.git("switch", "--quiet", "main")
        all_kinds.spring("message: Merged by others")
        all_kinds.commit()
        all_kinds.git("switch", "--quiet", "feature")
        voxo.has(message="Merged by others")
        ran = all_kinds.run("plan", "--format", "json", *BASE_OPTIONS)
        assert kinds(ran)["message"] == "drift"

    def test_missing_base_is_an_error_with_the_fetch_command(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.git("remote", "add", "origin", "https://example.com/calls.git")
        ran = branch.run("plan", "--base", "origin/main")
        assert ran.status == 1
        assert "git fetch origin main" in ran.err
        assert voxo.asked == []

    def test_shallow_clone_is_an_error_with_the_fetch_command(
        self, all_kinds: Project, tmp_path: Path, voxo: FakeVoxo
    ) -> None:
        all_kinds.git("switch", "--quiet", "main")
        all_kinds.commit("Another one")
        all_kinds.git("switch", "--quiet", "feature")
        clone = Project(tmp_path / "clone", all_kinds.variables)
        url = f"file://{all_kinds.folder}"
        all_kinds.git("clone", "--quiet", "--depth=1", "--no-single-branch", url, str(clone.folder))
        ran = clone.run("plan", "--base", "origin/main")
        assert ran.status == 1
        assert "git fetch --unshallow" in ran.err
        assert voxo.asked == []

    @pytest.mark.parametrize("ref", ["missing", "--help", "", "main..feature"])
    def test_ref_that_is_not_a_commit_is_refused(
        self, ref: str, branch: Project, voxo: FakeVoxo
    ) -> None:
        ran = branch.run("plan", f"--base={ref}")
        assert ran.status == 1
        assert ran.out == ""
        assert voxo.asked == []

    def test_repository_is_required(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("plan", *BASE_OPTIONS)
        assert ran.status == 1
        assert "Git repository" in ran.err
        assert voxo.asked == []


class TestFailOn:
    """With `--base`, `--fail-on` chooses the kinds of differences that end with status 2."""

    @pytest.fixture
    def one_kind(self, branch: Project, voxo: FakeVoxo, request: pytest.FixtureRequest) -> Project:
        """A branch with only one kind of difference."""
        if request.param != "drift":
            branch.spring("callFrequency: 60")
        if request.param != "change":
            voxo.has(callFrequency=45)
        return branch

    @pytest.mark.parametrize(
        ("one_kind", "plan", "drift"),
        [("change", 2, 0), ("drift", 0, 2), ("conflict", 2, 2)],
        indirect=["one_kind"],
    )
    def test_has_defaults_for_plan_and_drift(
        self, one_kind: Project, plan: int, drift: int
    ) -> None:
        assert one_kind.run("plan", *BASE_OPTIONS).status == 0
        assert one_kind.run("plan", "--exit-code", *BASE_OPTIONS).status == plan
        assert one_kind.run("drift", *BASE_OPTIONS).status == drift

    @pytest.mark.parametrize("command", ["plan", "drift"])
    @pytest.mark.parametrize(
        ("one_kind", "value", "status"),
        [
            ("change", "change", 2),
            ("change", "drift,conflict", 0),
            ("drift", "drift", 2),
            ("drift", "change, conflict", 0),
            ("conflict", "conflict", 2),
            ("conflict", "change,drift", 0),
            ("drift", "change,drift,conflict", 2),
        ],
        indirect=["one_kind"],
    )
    def test_accepts_kinds_as_a_list(
        self, command: str, value: str, status: int, one_kind: Project
    ) -> None:
        assert one_kind.run(command, "--fail-on", value, *BASE_OPTIONS).status == status

    @pytest.mark.parametrize(
        "values", [(), ("change",), ("drift",), ("conflict",), ("change", "drift")]
    )
    @pytest.mark.parametrize("one_kind", ["change", "drift", "conflict"], indirect=True)
    def test_applies_to_reports(self, values: tuple[str, ...], one_kind: Project) -> None:
        call = ("--fail-on", ",".join(values)) if values else ()
        reports = ("--report", "html=drift.html", "--report", "junit=drift.xml")
        status = one_kind.run("drift", *BASE_OPTIONS, *call, *reports).status
        junit = (one_kind.folder / "drift.xml").read_text()
        assert ("<failure" in junit) == (status == 2)  # differences
        verdict = "drifted" if status else "in-sync"
        assert f'class="verdict {verdict}"' in (one_kind.folder / "drift.html").read_text()

    @pytest.mark.parametrize("one_kind", ["change", "drift", "conflict"], indirect=True)
    def test_applies_to_a_merged_report(self, one_kind: Project) -> None:
        for command, call in (("drift", ()), ("plan", ("--exit-code",))):
            part = one_kind.run(command, *BASE_OPTIONS, *call, "--format", "json")
            one_kind.write("part.json", part.out)
            assert one_kind.run("merge", "part.json", *call).status == part.status

    @pytest.mark.parametrize(
        ("one_kind", "lead"),
        [
            ("change", "No drift: 1 differs by this branch, 0 in sync."),
            ("drift", "Drift: 1 differs, 0 in sync."),
            ("conflict", "Drift: 1 differs, 0 in sync."),
        ],
        indirect=["one_kind"],
    )
    def test_does_not_count_a_change_of_the_branch_as_drift(
        self, one_kind: Project, lead: str
    ) -> None:
        assert lead in one_kind.run("drift", *BASE_OPTIONS).out

    @pytest.mark.parametrize("one_kind", ["change"], indirect=True)
    @pytest.mark.parametrize("value", ["", "changes", "change,,drift", "change drift"])
    def test_with_an_invalid_value_is_a_usage_error(
        self, value: str, one_kind: Project, voxo: FakeVoxo
    ) -> None:
        assert one_kind.run("plan", "--fail-on", value, *BASE_OPTIONS).status == 1
        assert voxo.asked == []


class TestKind:
    """`--kind` limits what is sent, so that a merge applies its changes and does not revert an emergency edit."""

    @pytest.mark.parametrize(
        ("kind", "patch", "unsent"),
        [
            (("change",), {"callFrequency": 60}, {"dateEnd": "conflict"}),
            (
                ("drift",),
                {"timezone": "America/Chicago"},
                {"dateEnd": "conflict", "callFrequency": "change"},
            ),
            (("conflict",), {"dateEnd": "2096-04-15"}, {"callFrequency": "change"}),
            (("change", "conflict"), {"dateEnd": "2096-04-15", "callFrequency": 60}, {}),
        ],
        ids=str,
    )
    def test_sends_only_these_and_ends_with_2_if_a_difference_is_unsent(
        self,
        kind: tuple[str, ...],
        patch: dict[str, Any],
        unsent: dict[str, str],
        all_kinds: Project,
        voxo: FakeVoxo,
    ) -> None:
        options = [word for value in kind for word in ("--kind", value)]
        planned = all_kinds.run("plan", "--format", "json", *BASE_OPTIONS, *options).json
        assert planned["campaigns"][0]["patch"] == patch
        ran = all_kinds.run("apply", "--yes", *BASE_OPTIONS, *options)
        assert ran.status == (2 if unsent else 0)
        listing = ", ".join(
            f"{field} of campaign 4711 ({label})" for field, label in unsent.items()
        )
        assert (f"left unsent: {listing}\n" in ran.err) is bool(unsent)
        assert voxo.sent == [(4711, patch)]

    def test_ends_with_2_if_only_a_conflict_is_unsent(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.spring("callFrequency: 60")
        voxo.has(callFrequency=45)
        ran = branch.run("apply", "--yes", *BASE_OPTIONS, "--kind", "change")
        assert (ran.status, voxo.sent) == (2, [])
        assert ran.out.endswith("Plan: 0 to update, 1 left alone, 0 in sync.\n")
        assert branch.run("plan", *BASE_OPTIONS, "--kind", "change", "--exit-code").status == 0

    def test_ends_with_0_if_an_ignored_conflict_is_unsent(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.spring("callFrequency: 60", "voxosync: {ignore: [callFrequency]}")
        voxo.has(callFrequency=45)
        assert branch.run("apply", "--yes", *BASE_OPTIONS, "--kind", "change").status == 0

    def test_ends_with_3_after_a_failure(self, all_kinds: Project, voxo: FakeVoxo) -> None:
        voxo.say(answer(422, {"message": "no"}), to="PATCH")
        assert all_kinds.run("apply", "--yes", *BASE_OPTIONS, "--kind", "change").status == 3

    def test_shows_what_is_left_alone(self, all_kinds: Project) -> None:
        out = all_kinds.run("plan", *BASE_OPTIONS, "--kind", "change").out
        assert "timezone differs (drift), and is left alone" in out
        assert "dateEnd differs (conflict), and is left alone" in out

    def test_sends_only_numbers_of_this_kind(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.spring("numbers: [{number: 6015550124}, {number: 6015550150}]")
        voxo.has()["numbers"].append(
            {"number": "6015550160", "description": "By hand", "disposition": None}
        )
        assert branch.run("apply", "--yes", *BASE_OPTIONS, "--kind", "change").status == 0
        [(_, body)] = voxo.sent
        numbers = {entry["number"]: entry["description"] for entry in body["numbers"]}
        assert numbers == {"6015550124": "", "6015550150": "", "6015550160": "By hand"}

    def test_is_saved_in_a_plan(self, all_kinds: Project, voxo: FakeVoxo) -> None:
        call = ("plan", *BASE_OPTIONS, "--kind", "change", "--out", "saved.json")
        assert all_kinds.run(*call).status == 0
        assert all_kinds.run("apply", "--yes", "--plan", "saved.json").status == 2
        assert voxo.sent == [(4711, {"callFrequency": 60})]


class TestPathsInRepository:
    """Paths are relative to the project folder, or to the root of the repository for GitHub and code scanning."""

    @pytest.fixture
    def nested_project(self, tmp_path: Path, project: Project) -> Project:
        folder = tmp_path / "repo/teams/calls & more"
        folder.parent.mkdir(parents=True)
        nested_project = Project(project.folder.rename(folder), project.variables)
        create_repository(nested_project, tmp_path / "repo")
        nested_project.spring("callFrequency: 60")
        return nested_project

    @pytest.mark.parametrize("command", ["plan", "drift"])
    def test_are_relative_to_the_root_for_github(
        self, command: str, nested_project: Project
    ) -> None:
        out = nested_project.run(command, "--format", "github", *BASE_OPTIONS).out
        assert "::notice file=teams/calls & more/campaigns/spring.yaml,line=" in out

    @pytest.mark.parametrize("command", ["plan", "drift"])
    def test_are_relative_to_the_root_in_sarif(self, command: str, nested_project: Project) -> None:
        [run] = nested_project.run(command, "--format", "sarif", *BASE_OPTIONS).json["runs"]
        location = run["results"][0]["locations"][0]["physicalLocation"]
        uri = location["artifactLocation"]["uri"]
        assert unquote(uri) == "teams/calls & more/campaigns/spring.yaml"
        assert " " not in uri

    def test_are_relative_to_the_root_for_problems(self, nested_project: Project) -> None:
        nested_project.spring("callFrequency: 5")
        out = nested_project.run("validate", "--format", "github").out
        assert "::error file=teams/calls & more/campaigns/spring.yaml,line=" in out

    @pytest.mark.parametrize("name", ["text", "json"])
    def test_are_relative_to_the_project_in_other_formats(
        self, name: str, nested_project: Project
    ) -> None:
        out = nested_project.run("plan", "--format", name, *BASE_OPTIONS).out
        assert "campaigns/spring.yaml" in out
        assert "teams" not in out

    def test_of_the_base_are_found_in_a_nested_project(
        self, nested_project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(timezone="America/Denver")
        ran = nested_project.run("plan", "--format", "json", *BASE_OPTIONS)
        assert kinds(ran) == {"timezone": "drift", "callFrequency": "change"}
