"""`--base REF`: each difference is told from three sides, in real Git repositories.

| base → now | live              | kind                                             |
|------------|-------------------|--------------------------------------------------|
| equal      | differs from now  | `drift`: somebody changed VOXO by hand           |
| differ     | equals base       | `change`: this branch's change                   |
| differ     | equals now        | nothing to send (already so)                     |
| differ     | equals neither    | `conflict`: this branch changes what was changed |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from tests.cli.cli_project import Project
from tests.cli.cli_voxo import answer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Ran
    from tests.cli.cli_voxo import FakeVoxo

BASED = ("--base", "main")


def repository(project: Project, root: Path) -> None:
    """Put a project under Git: `main` has it as it is, and HEAD is a branch of it."""
    at_root = Project(root)
    at_root.git("init", "--quiet", "--initial-branch", "main")
    project.commit("The base")
    project.git("switch", "--quiet", "--create", "feature")


@pytest.fixture
def branch(project: Project) -> Project:
    repository(project, project.folder)
    return project


@pytest.fixture
def all_kinds(branch: Project, voxo: FakeVoxo) -> Project:
    """A branch that changes three fields, of which VOXO has one as before, one as after, one as neither."""
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
    def test_in_the_document(self, all_kinds: Project) -> None:
        ran = all_kinds.run("plan", "--format", "json", *BASED)
        assert kinds(ran) == {
            "dateEnd": "conflict",
            "timezone": "drift",
            "callFrequency": "change",
        }
        assert changes(ran)["dateEnd"]["base"] == "2096-03-31"
        assert ran.json["base"] == all_kinds.git("rev-parse", "main")

    def test_in_text(self, all_kinds: Project) -> None:
        out = all_kinds.run("plan", *BASED).out
        assert "callFrequency: 30 → 60  (change)" in out
        assert "timezone: America/Denver → America/Chicago  (drift)" in out
        assert "dateEnd: 2096-04-01 → 2096-04-15  (conflict: was 2096-03-31)" in out
        assert "timeEnd" not in out

    def test_in_markdown(self, all_kinds: Project) -> None:
        out = all_kinds.run("plan", "--format", "markdown", *BASED).out
        titles = ("Conflicts", "Changes of this pull request", "Drift that applying would revert")
        places = [out.index(f"#### {title}") for title in titles]
        assert places == sorted(places)

    def test_in_drift_too(self, all_kinds: Project) -> None:
        assert kinds(all_kinds.run("drift", "--format", "json", *BASED)) == {
            "dateEnd": "conflict",
            "timezone": "drift",
            "callFrequency": "change",
        }

    def test_are_all_change_without_a_base(self, all_kinds: Project) -> None:
        ran = all_kinds.run("plan", "--format", "json")
        assert set(kinds(ran).values()) == {"change"}
        assert "base" not in ran.json
        assert "(change)" not in all_kinds.run("plan").out

    def test_what_the_base_did_not_have_is_a_change(self, branch: Project, voxo: FakeVoxo) -> None:
        voxo.has(4712)
        branch.spring("callHoursStart: 10:00")
        branch.spring("callFrequency: 60", name="campaigns/new.yaml", number=4712)
        document = branch.run("plan", "--format", "json", *BASED).json
        kinds = {
            c["field"]: c["kind"] for campaign in document["campaigns"] for c in campaign["changes"]
        }
        assert kinds == {"callHoursStart": "change", "callFrequency": "change"}

    def test_of_numbers_are_told_number_by_number(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.spring(
            "numbers: [{number: 6015550123, description: Customer 1042}, {number: 6015550124}, "
            "{number: 6015550150}]"
        )
        voxo.has()["numbers"].append({"number": "6015550160", "description": "By hand"})
        document = branch.run("plan", "--format", "json", *BASED).json
        [campaign] = document["campaigns"]
        changes = {change["kind"]: change for change in campaign["changes"]}
        assert changes["change"]["added"] == ["6015550150"]
        assert changes["change"]["removed"] == []
        assert changes["drift"]["removed"] == ["6015550160"]
        assert changes["drift"]["added"] == []


class TestWhatTheBaseHad:
    """Definitions of the base come from Git's objects: whatever the files are called by now."""

    def test_under_another_name(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.git("mv", "campaigns/spring.yaml", "campaigns/renamed.yaml")
        voxo.has(callFrequency=45)
        ran = branch.run("plan", "--format", "json", *BASED)
        assert kinds(ran) == {"callFrequency": "drift"}
        assert "abandoned" not in ran.json

    def test_in_a_defaults_file(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("campaigns/_defaults.yaml", "callFrequency: 30\n")
        project.spring("-callFrequency")
        repository(project, project.folder)
        project.write("campaigns/_defaults.yaml", "callFrequency: 60\n")
        assert kinds(project.run("plan", "--format", "json", *BASED)) == {"callFrequency": "change"}
        voxo.has(callFrequency=45)
        ran = project.run("plan", "--format", "json", *BASED)
        assert kinds(ran) == {"callFrequency": "conflict"}

    def test_in_a_csv_file(self, project: Project) -> None:
        project.write(
            "contacts/spring.csv", "number,description\n6015550123,Customer 1042\n6015550124,\n"
        )
        project.spring("numbers: {file: ../contacts/spring.csv}")
        repository(project, project.folder)
        project.write("contacts/spring.csv", "number,description\n6015550123,Customer 1042\n")
        ran = project.run("plan", "--format", "json", *BASED)
        assert kinds(ran) == {"numbers": "change"}
        assert changes(ran)["numbers"]["removed"] == ["6015550124"]

    @pytest.mark.parametrize("name", ["text", "json", "markdown", "github", "sarif"])
    def test_and_this_branch_removes_is_listed_as_no_longer_managed(
        self, name: str, branch: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712)
        branch.spring(name="campaigns/other.yaml", number=4712)
        branch.git("rm", "--quiet", "--force", "campaigns/spring.yaml")
        ran = branch.run("plan", "--format", name, *BASED)
        assert ran.status == 0
        assert "4711" in ran.out
        assert "campaigns/spring.yaml" in ran.out.replace("&#47;", "/").replace("&#46;", ".")

    def test_and_is_limited_by_paths(self, branch: Project, voxo: FakeVoxo) -> None:
        voxo.has(4712)
        branch.spring(name="campaigns/other.yaml", number=4712)
        ran = branch.run("plan", "campaigns/other.yaml", "--format", "json", *BASED)
        assert "abandoned" not in ran.json


class TestABaseThatCannotBeRead:
    """It is never absent: a pause by hand would then look like a difference that this branch makes."""

    @pytest.fixture
    def broken(self, project: Project, voxo: FakeVoxo) -> Project:
        """4711 cannot be read at the base, 4712 can; both were paused by hand, and this branch says READY."""
        voxo.has(4712)
        project.spring("state: READY", "callFrequency: 1")
        project.spring("state: READY", name="campaigns/other.yaml", number=4712)
        repository(project, project.folder)
        project.spring("state: READY")
        project.spring(
            "state: READY", "callFrequency: 60", name="campaigns/other.yaml", number=4712
        )
        project.commit()
        return project

    @pytest.mark.parametrize("quiet", [(), ("-q",)])
    @pytest.mark.parametrize("command", [("plan",), ("apply", "--yes", "--allow-go-live")])
    @pytest.mark.parametrize("kind", ["change", "drift", "conflict"])
    def test_is_refused_with_a_kind(
        self,
        kind: str,
        command: tuple[str, ...],
        quiet: tuple[str, ...],
        broken: Project,
        voxo: FakeVoxo,
    ) -> None:
        ran = broken.run(*quiet, *command, *BASED, "--kind", kind)
        assert ran.status == 1
        assert "campaigns/spring.yaml:1:5: error: --kind cannot tell" in ran.err
        assert "error: callFrequency: '1'" in ran.err
        assert voxo.asked == []

    def test_is_an_error_of_its_campaign_without_one(self, broken: Project) -> None:
        ran = broken.run("plan", "--format", "json", *BASED)
        assert ran.status == 3
        spring, autumn = sorted(ran.json["campaigns"], key=lambda campaign: campaign["id"])
        assert spring["status"] == "error"
        assert "cannot be read" in spring["error"]
        kinds = {change["field"]: change["kind"] for change in autumn["changes"]}
        assert kinds == {"state": "drift", "callFrequency": "change"}

    def test_is_not_sent(self, broken: Project, voxo: FakeVoxo) -> None:
        ran = broken.run("apply", "--yes", "--allow-go-live", *BASED)
        assert ran.status == 3
        assert 4711 not in [number for number, _ in voxo.sent]

    def test_does_not_matter_where_it_is_not_looked_at(self, broken: Project) -> None:
        ran = broken.run("plan", *BASED, "--kind", "change", "--only", "4712")
        assert ran.status == 0

    @pytest.mark.parametrize(
        ("before", "settings", "after"),
        [
            ("old", "environments: {prod: {campaigns: old}}\n", "campaigns"),
            ("campaigns/a", "environments: {live: {}}\n", "campaigns"),
            ("voice/campaigns", None, "campaigns"),
        ],
    )
    def test_moves_keep_what_was_paused_by_hand(
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
        ran = project.run("--env", "prod", "plan", "--format", "json", *BASED)
        assert kinds(ran) == {"state": "drift"}
        call = ("apply", "--yes", "--allow-go-live", *BASED, "--kind", "change")
        assert project.run("--env", "prod", *call).status in (0, 2)
        assert voxo.sent == []


class TestGit:
    def test_keeps_its_working_tree_and_index(self, all_kinds: Project) -> None:
        all_kinds.write("campaigns/spring.yaml", "id: 4711\ncallFrequency: 90\n")
        all_kinds.write("staged.txt", "staged")
        all_kinds.git("add", "staged.txt")
        index = (all_kinds.folder / ".git/index").read_bytes()
        before = all_kinds.git("status", "--porcelain")
        assert all_kinds.run("plan", *BASED).status == 0
        assert (all_kinds.folder / ".git/index").read_bytes() == index
        assert all_kinds.git("status", "--porcelain") == before

    def test_works_with_a_detached_head(self, all_kinds: Project) -> None:
        all_kinds.git("switch", "--quiet", "--detach")
        assert "(drift)" in all_kinds.run("plan", *BASED).out

    def test_compares_with_the_merge_base_and_not_with_the_branch(
        self, all_kinds: Project, voxo: FakeVoxo
    ) -> None:
        all_kinds.git("switch", "--quiet", "main")
        all_kinds.spring("message: Merged by others")
        all_kinds.commit()
        all_kinds.git("switch", "--quiet", "feature")
        voxo.has(message="Merged by others")
        ran = all_kinds.run("plan", "--format", "json", *BASED)
        assert kinds(ran)["message"] == "drift"

    def test_says_what_to_fetch_where_the_base_is_not_here(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.git("remote", "add", "origin", "https://example.com/calls.git")
        ran = branch.run("plan", "--base", "origin/main")
        assert ran.status == 1
        assert "git fetch origin main" in ran.err
        assert voxo.asked == []

    def test_says_what_to_fetch_in_a_shallow_clone(
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
    def test_refuses_what_is_no_commit(self, ref: str, branch: Project, voxo: FakeVoxo) -> None:
        ran = branch.run("plan", f"--base={ref}")
        assert ran.status == 1
        assert ran.out == ""
        assert voxo.asked == []

    def test_is_needed(self, project: Project, voxo: FakeVoxo) -> None:
        ran = project.run("plan", *BASED)
        assert ran.status == 1
        assert "Git repository" in ran.err
        assert voxo.asked == []


class TestFailOn:
    """With `--base`, which kinds of differences make status 2."""

    @pytest.fixture
    def with_only(self, branch: Project, voxo: FakeVoxo, request: pytest.FixtureRequest) -> Project:
        """A branch on which there is just one kind of difference."""
        if request.param != "drift":
            branch.spring("callFrequency: 60")
        if request.param != "change":
            voxo.has(callFrequency=45)
        return branch

    @pytest.mark.parametrize(
        ("with_only", "plan", "drift"),
        [("change", 2, 0), ("drift", 0, 2), ("conflict", 2, 2)],
        indirect=["with_only"],
    )
    def test_defaults(self, with_only: Project, plan: int, drift: int) -> None:
        assert with_only.run("plan", *BASED).status == 0
        assert with_only.run("plan", "--exit-code", *BASED).status == plan
        assert with_only.run("drift", *BASED).status == drift

    @pytest.mark.parametrize("command", ["plan", "drift"])
    @pytest.mark.parametrize(
        ("with_only", "value", "status"),
        [
            ("change", "change", 2),
            ("change", "drift,conflict", 0),
            ("drift", "drift", 2),
            ("drift", "change, conflict", 0),
            ("conflict", "conflict", 2),
            ("conflict", "change,drift", 0),
            ("drift", "change,drift,conflict", 2),
        ],
        indirect=["with_only"],
    )
    def test_values(self, command: str, value: str, status: int, with_only: Project) -> None:
        assert with_only.run(command, "--fail-on", value, *BASED).status == status

    @pytest.mark.parametrize(
        "values", [(), ("change",), ("drift",), ("conflict",), ("change", "drift")]
    )
    @pytest.mark.parametrize("with_only", ["change", "drift", "conflict"], indirect=True)
    def test_reports_fail_where_the_call_does(
        self, values: tuple[str, ...], with_only: Project
    ) -> None:
        call = ("--fail-on", ",".join(values)) if values else ()
        reports = ("--report", "html=drift.html", "--report", "junit=drift.xml")
        status = with_only.run("drift", *BASED, *call, *reports).status
        junit = (with_only.folder / "drift.xml").read_text()
        assert ("<failure" in junit) == (status == 2)  # differences
        verdict = "drifted" if status else "in-sync"
        assert f'class="verdict {verdict}"' in (with_only.folder / "drift.html").read_text()

    @pytest.mark.parametrize("with_only", ["change", "drift", "conflict"], indirect=True)
    def test_a_merged_report_fails_as_the_parts_do(self, with_only: Project) -> None:
        for command, call in (("drift", ()), ("plan", ("--exit-code",))):
            part = with_only.run(command, *BASED, *call, "--format", "json")
            with_only.write("part.json", part.out)
            assert with_only.run("merge", "part.json", *call).status == part.status

    @pytest.mark.parametrize(
        ("with_only", "lead"),
        [
            ("change", "No drift: 1 differs by this branch, 0 in sync."),
            ("drift", "Drift: 1 differs, 0 in sync."),
            ("conflict", "Drift: 1 differs, 0 in sync."),
        ],
        indirect=["with_only"],
    )
    def test_what_only_the_branch_changes_is_no_drift(self, with_only: Project, lead: str) -> None:
        assert lead in with_only.run("drift", *BASED).out

    @pytest.mark.parametrize("with_only", ["change"], indirect=True)
    @pytest.mark.parametrize("value", ["", "changes", "change,,drift", "change drift"])
    def test_wrong_values_are_1(self, value: str, with_only: Project, voxo: FakeVoxo) -> None:
        assert with_only.run("plan", "--fail-on", value, *BASED).status == 1
        assert voxo.asked == []


class TestKind:
    """`--kind` limits what is sent: a merge applies its own changes and leaves an emergency edit alone."""

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
    def test_sends_only_those_and_ends_with_2_where_somebody_waits_for_more(
        self,
        kind: tuple[str, ...],
        patch: dict[str, Any],
        unsent: dict[str, str],
        all_kinds: Project,
        voxo: FakeVoxo,
    ) -> None:
        chosen = [word for value in kind for word in ("--kind", value)]
        planned = all_kinds.run("plan", "--format", "json", *BASED, *chosen).json
        assert planned["campaigns"][0]["patch"] == patch
        ran = all_kinds.run("apply", "--yes", *BASED, *chosen)
        assert ran.status == (2 if unsent else 0)
        listing = ", ".join(
            f"{field} of campaign 4711 ({label})" for field, label in unsent.items()
        )
        assert (f"left unsent: {listing}\n" in ran.err) is bool(unsent)
        assert voxo.sent == [(4711, patch)]

    def test_a_conflict_alone_that_is_left_unsent_is_2_as_well(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.spring("callFrequency: 60")
        voxo.has(callFrequency=45)
        ran = branch.run("apply", "--yes", *BASED, "--kind", "change")
        assert (ran.status, voxo.sent) == (2, [])
        assert ran.out.endswith("Plan: 0 to update, 1 left alone, 0 in sync.\n")
        assert branch.run("plan", *BASED, "--kind", "change", "--exit-code").status == 0

    def test_a_conflict_that_the_definition_ignores_is_not_waited_for(
        self, branch: Project, voxo: FakeVoxo
    ) -> None:
        branch.spring("callFrequency: 60", "voxosync: {ignore: [callFrequency]}")
        voxo.has(callFrequency=45)
        assert branch.run("apply", "--yes", *BASED, "--kind", "change").status == 0

    def test_a_failure_outweighs_what_is_left_unsent(
        self, all_kinds: Project, voxo: FakeVoxo
    ) -> None:
        voxo.say(answer(422, {"message": "no"}), to="PATCH")
        assert all_kinds.run("apply", "--yes", *BASED, "--kind", "change").status == 3

    def test_says_what_it_leaves_alone(self, all_kinds: Project) -> None:
        out = all_kinds.run("plan", *BASED, "--kind", "change").out
        assert "timezone differs (drift), and is left alone" in out
        assert "dateEnd differs (conflict), and is left alone" in out

    def test_sends_only_those_numbers(self, branch: Project, voxo: FakeVoxo) -> None:
        branch.spring("numbers: [{number: 6015550124}, {number: 6015550150}]")
        voxo.has()["numbers"].append(
            {"number": "6015550160", "description": "By hand", "disposition": None}
        )
        assert branch.run("apply", "--yes", *BASED, "--kind", "change").status == 0
        [(_, body)] = voxo.sent
        numbers = {entry["number"]: entry["description"] for entry in body["numbers"]}
        assert numbers == {"6015550124": "", "6015550150": "", "6015550160": "By hand"}

    def test_is_saved_with_the_plan(self, all_kinds: Project, voxo: FakeVoxo) -> None:
        call = ("plan", *BASED, "--kind", "change", "--out", "saved.json")
        assert all_kinds.run(*call).status == 0
        assert all_kinds.run("apply", "--yes", "--plan", "saved.json").status == 2
        assert voxo.sent == [(4711, {"callFrequency": 60})]


class TestPathsInARepository:
    """Relative to the project folder; for GitHub and code scanning, to the root of the repository."""

    @pytest.fixture
    def nested(self, tmp_path: Path, project: Project) -> Project:
        folder = tmp_path / "repo/teams/calls & more"
        folder.parent.mkdir(parents=True)
        nested = Project(project.folder.rename(folder), project.variables)
        repository(nested, tmp_path / "repo")
        nested.spring("callFrequency: 60")
        return nested

    @pytest.mark.parametrize("command", ["plan", "drift"])
    def test_are_from_its_root_for_github(self, command: str, nested: Project) -> None:
        out = nested.run(command, "--format", "github", *BASED).out
        assert "::notice file=teams/calls & more/campaigns/spring.yaml,line=" in out

    @pytest.mark.parametrize("command", ["plan", "drift"])
    def test_are_from_its_root_in_sarif(self, command: str, nested: Project) -> None:
        [run] = nested.run(command, "--format", "sarif", *BASED).json["runs"]
        location = run["results"][0]["locations"][0]["physicalLocation"]
        uri = location["artifactLocation"]["uri"]
        assert unquote(uri) == "teams/calls & more/campaigns/spring.yaml"
        assert " " not in uri

    def test_are_from_its_root_for_problems(self, nested: Project) -> None:
        nested.spring("callFrequency: 5")
        out = nested.run("validate", "--format", "github").out
        assert "::error file=teams/calls & more/campaigns/spring.yaml,line=" in out

    @pytest.mark.parametrize("name", ["text", "json"])
    def test_are_from_the_project_elsewhere(self, name: str, nested: Project) -> None:
        out = nested.run("plan", "--format", name, *BASED).out
        assert "campaigns/spring.yaml" in out
        assert "teams" not in out

    def test_of_the_base_are_found_in_it(self, nested: Project, voxo: FakeVoxo) -> None:
        voxo.has(timezone="America/Denver")
        ran = nested.run("plan", "--format", "json", *BASED)
        assert kinds(ran) == {"timezone": "drift", "callFrequency": "change"}
