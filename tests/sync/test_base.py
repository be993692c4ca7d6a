"""The definitions at the merge base, read from real Git repositories without touching them."""

from __future__ import annotations

import re
import shlex
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from making import NOW

from voxosync.definitions.base import BaseDefinitions, load_base
from voxosync.definitions.find import Project
from voxosync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

SPRING = "id: 4711\nname: Spring\n"
AUTUMN = "id: 4712\nname: Autumn\n"


class Repository:
    """A Git repository made for one test, and the project in it."""

    def __init__(self, root: Path, project: str = ".") -> None:
        self.root = root
        self.project = Project(root / project, root / project / "campaigns")

    @classmethod
    def made(cls, root: Path, project: str = ".") -> Repository:
        root.mkdir(parents=True)
        found = cls(root, project)
        found.git("init", "--quiet", "--initial-branch=main")
        return found

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, files: Mapping[str, str | None]) -> None:
        """Files by their path in the project; None removes one."""
        for name, text in files.items():
            path = self.project.folder / name
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode())

    def commit(self, files: Mapping[str, str | None]) -> str:
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a change")
        return self.git("rev-parse", "HEAD")

    def base(self, ref: str = "main") -> BaseDefinitions:
        return load_base(self.project, ref, NOW)

    def names(self, ref: str = "main") -> dict[int, object]:
        """What the campaigns are called at the merge base."""
        loaded = self.base(ref).loaded
        assert not loaded.failed, loaded.problems
        return {found.id: found.values.get("name") for found in loaded.definitions}

    def refusal(self, ref: str) -> str:
        with pytest.raises(UsageError) as caught:
            self.base(ref)
        return str(caught.value)


@pytest.fixture(autouse=True)
def _git_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests, and no repository around them."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def branch(tmp_path: Path) -> Repository:
    """A branch `feature` of a project with one campaign; `main` has gone on meanwhile."""
    found = Repository.made(tmp_path / "repository")
    found.commit({"campaigns/spring.yaml": SPRING})
    found.git("switch", "--quiet", "--create", "feature")
    found.git("switch", "--quiet", "main")
    found.commit({"campaigns/spring.yaml": "id: 4711\nname: On main, later\n"})
    found.git("switch", "--quiet", "feature")
    return found


class TestContent:
    """Everything that a definition is made of is read as it was."""

    def test_it_is_the_merge_base_and_not_the_branch_itself(self, branch: Repository) -> None:
        branch.commit({"campaigns/spring.yaml": "id: 4711\nname: On the branch\n"})
        assert branch.names() == {4711: "Spring"}
        assert branch.base().commit == branch.git("merge-base", "main", "HEAD")

    def test_what_is_not_committed_does_not_count(self, branch: Repository) -> None:
        branch.write({"campaigns/spring.yaml": "id: 4711\nname: Not committed\n"})
        assert branch.names("HEAD") == {4711: "Spring"}

    def test_a_file_that_is_renamed_or_moved_is_the_same_campaign(self, branch: Repository) -> None:
        branch.commit(
            {"campaigns/spring.yaml": None, "campaigns/season/march.yml": SPRING, "README.md": "x"}
        )
        assert branch.names() == {4711: "Spring"}
        (found,) = branch.base().loaded.definitions
        assert found.position.file == "campaigns/spring.yaml"

    def test_a_definition_that_is_deleted_was_there(self, branch: Repository) -> None:
        branch.commit({"campaigns/spring.yaml": None, "campaigns/autumn.yaml": AUTUMN})
        assert branch.names() == {4711: "Spring"}

    def test_defaults_that_changed_are_the_old_ones(self, tmp_path: Path) -> None:
        found = Repository.made(tmp_path / "repository")
        found.commit(
            {"campaigns/_defaults.yaml": "name: Old default\n", "campaigns/a/b.yaml": "id: 1\n"}
        )
        found.git("switch", "--quiet", "--create", "feature")
        found.commit({"campaigns/_defaults.yaml": "name: New default\n"})
        assert found.names() == {1: "Old default"}

    def test_a_csv_file_that_changed_is_the_old_one(self, tmp_path: Path) -> None:
        found = Repository.made(tmp_path / "repository")
        found.commit(
            {
                "campaigns/a.yaml": "id: 1\nnumbers: {file: ../contacts/a.csv}\n",
                "contacts/a.csv": "number,description\n6015550123,Ann\n",
            }
        )
        found.git("switch", "--quiet", "--create", "feature")
        found.commit({"contacts/a.csv": "number,description\n6015550124,Bob\n"})
        (definition,) = found.base().loaded.definitions
        assert definition.values["numbers"] == {"6015550123": "Ann"}

    def test_a_campaigns_folder_that_was_not_there_yet_held_nothing(self, tmp_path: Path) -> None:
        found = Repository.made(tmp_path / "repository")
        found.commit({"README.md": "x"})
        found.git("switch", "--quiet", "--create", "feature")
        found.commit({"campaigns/spring.yaml": SPRING})
        assert found.names() == {}

    def test_definitions_with_errors_are_told_and_the_others_read(self, tmp_path: Path) -> None:
        found = Repository.made(tmp_path / "repository")
        found.commit({"campaigns/a.yaml": "id: [", "campaigns/b.yaml": AUTUMN})
        loaded = found.base("HEAD").loaded
        assert [each.id for each in loaded.definitions] == [4712]
        assert loaded.failed
        assert loaded.problems[0].position.file == "campaigns/a.yaml"

    @pytest.mark.parametrize(
        "name", ["frühling.yaml", "a b.yaml", 'quo"te.yaml', "new\nline.yaml", "back\rward.yaml"]
    )
    def test_any_file_name_will_do(self, tmp_path: Path, name: str) -> None:
        found = Repository.made(tmp_path / "repository")
        found.commit({f"campaigns/{name}": SPRING})
        assert found.names("HEAD") == {4711: "Spring"}

    def test_line_ends_are_those_of_a_checkout(self, tmp_path: Path) -> None:
        found = Repository.made(tmp_path / "repository")
        found.commit({".gitattributes": "*.yaml text eol=crlf\n", "campaigns/spring.yaml": SPRING})
        assert found.names("HEAD") == {4711: "Spring"}


class TestPlaces:
    """Wherever the project lies in the repository, and whatever HEAD is."""

    @pytest.mark.parametrize("folder", ["calls", "teams/ünï côde/calls"])
    def test_a_project_in_a_subfolder(self, tmp_path: Path, folder: str) -> None:
        found = Repository.made(tmp_path / "repository", folder)
        found.commit({"campaigns/spring.yaml": SPRING, "../other.yaml": AUTUMN})
        assert found.names("HEAD") == {4711: "Spring"}

    def test_a_project_that_was_not_there_yet(self, tmp_path: Path) -> None:
        found = Repository.made(tmp_path / "repository", "calls")
        found.project.folder.mkdir()
        found.commit({"../README.md": "x"})
        found.git("switch", "--quiet", "--create", "feature")
        found.commit({"campaigns/spring.yaml": SPRING})
        assert found.names() == {}

    def test_a_campaigns_folder_of_another_name(self, tmp_path: Path) -> None:
        found = Repository.made(tmp_path / "repository")
        found.commit({"voxo/prod/spring.yaml": SPRING, "campaigns/autumn.yaml": AUTUMN})
        found.project = Project(found.root, found.root / "voxo" / "prod")
        assert found.names("HEAD") == {4711: "Spring"}

    def test_a_detached_head(self, branch: Repository) -> None:
        branch.commit({"campaigns/spring.yaml": "id: 4711\nname: On the branch\n"})
        branch.git("switch", "--quiet", "--detach")
        assert branch.names() == {4711: "Spring"}

    def test_a_linked_worktree(self, branch: Repository, tmp_path: Path) -> None:
        branch.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
        linked = Repository(tmp_path / "linked")
        linked.commit({"campaigns/spring.yaml": "id: 4711\nname: In the worktree\n"})
        assert linked.names() == {4711: "Spring"}

    def test_a_sparse_checkout_that_leaves_the_campaigns_out(self, branch: Repository) -> None:
        branch.commit({"docs/a.md": "x"})
        branch.git("sparse-checkout", "set", "--cone", "--sparse-index", "docs")
        assert not branch.project.campaigns.exists()
        assert branch.names() == {4711: "Spring"}

    @pytest.mark.parametrize("ref", ["main", "refs/heads/main", "HEAD", "HEAD^0", "v1", "@"])
    def test_any_name_of_a_commit(self, branch: Repository, ref: str) -> None:
        branch.git("tag", "--annotate", "--message", "x", "v1")
        assert branch.names(ref) == {4711: "Spring"}
        assert branch.names(branch.git("rev-parse", "main")) == {4711: "Spring"}

    def test_inside_of_a_hook_that_names_an_index(
        self, branch: Repository, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_INDEX_FILE", str(branch.root / ".git" / "index"))
        assert branch.names() == {4711: "Spring"}


def state(repository: Repository) -> tuple[str, str, set[Path]]:
    """All that a reader must leave as it is: status, index, and every file."""
    index = Path(repository.git("rev-parse", "--path-format=absolute", "--git-path", "index"))
    hashed = sha256(index.read_bytes()).hexdigest()
    files = {path for path in repository.root.rglob("*") if ".git" not in path.parts}
    return repository.git("status", "--porcelain=v2", "--branch"), hashed, files


def test_working_tree_and_index_stay_as_they_are(branch: Repository) -> None:
    branch.commit({"campaigns/spring.yaml": "id: 4711\nname: Committed\n"})
    branch.write({"campaigns/spring.yaml": "id: 4711\nname: Staged\n", "campaigns/n.yaml": AUTUMN})
    branch.git("add", "--all")
    branch.write({"campaigns/spring.yaml": "id: 4711\nname: Changed\n", "untracked.txt": "x"})
    branch.git("status")  # refreshes the index, as it will before the comparison
    before = state(branch)
    assert branch.names() == {4711: "Spring"}
    assert state(branch) == before
    assert "Changed" in (branch.project.campaigns / "spring.yaml").read_text(encoding="utf-8")


class TestRefused:
    """What is no base is a usage error that says what to do."""

    @pytest.mark.parametrize("ref", ["nowhere", "main~99", "a..b", "", "HEAD:campaigns", "ma in"])
    def test_a_ref_that_is_not_there(self, branch: Repository, ref: str) -> None:
        message = branch.refusal(ref)
        assert f"there is no commit {ref!r}" in message
        assert "git fetch" not in message  # there is no remote

    @pytest.mark.parametrize("ref", ["--all", "-h", "--upload-pack=touch pwned", "-"])
    def test_a_ref_that_looks_like_an_option(self, branch: Repository, ref: str) -> None:
        branch.git("remote", "add", "origin", "https://example.com/none.git")
        message = branch.refusal(ref)
        assert "there is no commit" in message
        assert "git fetch" not in message

    def test_a_branch_with_nothing_in_common(self, branch: Repository) -> None:
        branch.git("switch", "--quiet", "--orphan", "other")
        branch.commit({"README.md": "x"})
        message = branch.refusal("main")
        assert "no commit is in both 'main' and HEAD" in message
        assert "git fetch" not in message

    def test_a_folder_that_is_no_repository(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
        folder = tmp_path / "plain"
        folder.mkdir()
        assert "needs a Git repository" in Repository(folder).refusal("main")

    def test_a_machine_without_git(
        self, branch: Repository, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", "/nonexistent")
        assert "needs git" in branch.refusal("main")


class TestShallow:
    """A clone that lacks the base says which `git fetch` brings it, and that very command does."""

    @pytest.fixture
    def upstream(self, tmp_path: Path) -> Repository:
        """main: Spring, then more; feature, from Spring: three commits. Tag `v1` at main."""
        found = Repository.made(tmp_path / "upstream")
        found.commit({"campaigns/spring.yaml": SPRING})
        found.git("switch", "--quiet", "--create", "feature")
        for text in ("One", "Two", "Three"):
            found.commit({"campaigns/spring.yaml": f"id: 4711\nname: {text}\n"})
        found.git("switch", "--quiet", "main")
        for text in ("Four", "Five"):
            found.commit({"campaigns/spring.yaml": f"id: 4711\nname: {text}\n"})
        return found

    def clone(self, upstream: Repository, folder: Path, *options: str) -> Repository:
        url = upstream.root.as_uri()
        upstream.git("clone", "--quiet", "--branch", "feature", *options, url, str(folder))
        return Repository(folder)

    def follow(self, clone: Repository, message: str) -> str:
        """Runs just the command that a message names."""
        found = re.search(r"run (git fetch\b.*)", message)
        assert found, message
        _, *arguments = shlex.split(found[1])
        clone.git(*arguments, "--quiet")
        return found[1]

    @pytest.mark.parametrize("ref", ["origin/main", "main", "refs/heads/main"])
    @pytest.mark.parametrize("options", [("--depth=1",), ("--single-branch",)])
    def test_a_clone_without_the_branch(
        self, upstream: Repository, tmp_path: Path, ref: str, options: tuple[str, ...]
    ) -> None:
        clone = self.clone(upstream, tmp_path / "clone", *options)
        self.follow(clone, clone.refusal(ref))
        assert clone.names(ref) == {4711: "Spring"}

    def test_a_clone_with_both_branches_but_not_what_they_have_in_common(
        self, upstream: Repository, tmp_path: Path
    ) -> None:
        clone = self.clone(upstream, tmp_path / "clone", "--depth=1", "--no-single-branch")
        message = clone.refusal("origin/main")
        assert "shallow" in message
        assert self.follow(clone, message) == "git fetch --unshallow"
        assert clone.names("origin/main") == {4711: "Spring"}

    @pytest.mark.parametrize("ref", ["HEAD~1", "HEAD^", "@~1", "feature~2", "HEAD~1^{tree}~1"])
    def test_what_lies_before_a_commit_that_is_there(
        self, upstream: Repository, tmp_path: Path, ref: str
    ) -> None:
        clone = self.clone(upstream, tmp_path / "clone", "--depth=1")
        assert "git fetch --unshallow" in clone.refusal(ref)

    def test_a_commit_by_its_hash(self, upstream: Repository, tmp_path: Path) -> None:
        commit = upstream.git("rev-parse", "main~1")
        clone = self.clone(upstream, tmp_path / "clone", "--depth=1")
        upstream.git("config", "uploadpack.allowAnySHA1InWant", "true")
        self.follow(clone, clone.refusal(commit))
        assert clone.names(commit) == {4711: "Spring"}

    def test_a_shallow_clone_that_reaches_the_base_needs_nothing(
        self, upstream: Repository, tmp_path: Path
    ) -> None:
        clone = self.clone(upstream, tmp_path / "clone", "--depth=4", "--no-single-branch")
        assert clone.git("rev-parse", "--is-shallow-repository") == "false"
        deeper = self.clone(upstream, tmp_path / "deeper", "--depth=2", "--no-single-branch")
        deeper.commit({"campaigns/spring.yaml": "id: 4711\nname: Mine\n"})
        assert deeper.git("rev-parse", "--is-shallow-repository") == "true"
        assert deeper.names("origin/feature") == {4711: "Three"}

    def test_a_ref_with_a_shells_own_characters_is_quoted(
        self, upstream: Repository, tmp_path: Path
    ) -> None:
        clone = self.clone(upstream, tmp_path / "clone", "--depth=1")
        assert clone.refusal("origin/x;touch$IFS$9y").endswith(
            "origin 'x;touch$IFS$9y:refs/remotes/origin/x;touch$IFS$9y'"
        )
