"""The definitions at the merge base are read from real Git repositories, which stay unchanged."""

from __future__ import annotations

import re
import shlex
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sync.builders import NOW
from voxosync.definitions.git.merge_base import BaseDefinitions, load_base
from voxosync.definitions.project_layout import ProjectLayout
from voxosync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

SPRING = "id: 4711\nname: Spring\n"
AUTUMN = "id: 4712\nname: Autumn\n"


class Repository:
    """A Git repository of one test, and the project in it."""

    def __init__(self, root: Path, project: str = ".") -> None:
        self.root = root
        self.project = ProjectLayout(root / project, root / project / "campaigns")

    @classmethod
    def create(cls, root: Path, project: str = ".") -> Repository:
        root.mkdir(parents=True)
        repository = cls(root, project)
        repository.git("init", "--quiet", "--initial-branch=main")
        return repository

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
        process = subprocess.run(
            ["git", *identity, *arguments],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode == 0, process.stderr
        return process.stdout.strip()

    def write(self, files: Mapping[str, str | None]) -> None:
        """Write files by their paths in the project; None removes a file."""
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

    def base(self, ref: str = "main", *ids: int) -> BaseDefinitions:
        return load_base(self.project, ref, NOW, dict.fromkeys(ids, "campaigns/spring.yaml"))

    def names(self, ref: str = "main", *ids: int) -> dict[int, object]:
        """The names of the campaigns at the merge base."""
        base = self.base(ref, *ids)
        assert not base.unreadable
        return {id_: definition.values.get("name") for id_, definition in base.definitions.items()}

    def refusal(self, ref: str) -> str:
        with pytest.raises(UsageError) as caught:
            self.base(ref)
        return str(caught.value)


@pytest.fixture(autouse=True)
def _without_git_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Git does not use the configuration of the person who runs the tests."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


@pytest.fixture
def branch(tmp_path: Path) -> Repository:
    """A branch `feature` of a project with one campaign; `main` has a later commit."""
    repository = Repository.create(tmp_path / "repository")
    repository.commit({"campaigns/spring.yaml": SPRING})
    repository.git("switch", "--quiet", "--create", "feature")
    repository.git("switch", "--quiet", "main")
    repository.commit({"campaigns/spring.yaml": "id: 4711\nname: On main, later\n"})
    repository.git("switch", "--quiet", "feature")
    return repository


class TestContent:
    """All parts of a definition are read as of the merge base."""

    def test_merge_base_is_read_rather_than_the_branch(self, branch: Repository) -> None:
        branch.commit({"campaigns/spring.yaml": "id: 4711\nname: On the branch\n"})
        assert branch.names() == {4711: "Spring"}
        assert branch.base().commit == branch.git("merge-base", "main", "HEAD")

    def test_uncommitted_changes_are_not_read(self, branch: Repository) -> None:
        branch.write({"campaigns/spring.yaml": "id: 4711\nname: Not committed\n"})
        assert branch.names("HEAD") == {4711: "Spring"}

    def test_renamed_or_moved_file_is_the_same_campaign(self, branch: Repository) -> None:
        branch.commit(
            {"campaigns/spring.yaml": None, "campaigns/season/march.yml": SPRING, "README.md": "x"}
        )
        assert branch.names() == {4711: "Spring"}
        (definition,) = branch.base().definitions.values()
        assert definition.position.file == "campaigns/spring.yaml"

    def test_deleted_definition_is_in_the_base(self, branch: Repository) -> None:
        branch.commit({"campaigns/spring.yaml": None, "campaigns/autumn.yaml": AUTUMN})
        assert branch.names() == {4711: "Spring"}

    def test_changed_defaults_are_the_old_ones(self, tmp_path: Path) -> None:
        repository = Repository.create(tmp_path / "repository")
        repository.commit(
            {"campaigns/_defaults.yaml": "name: Old default\n", "campaigns/a/b.yaml": "id: 1\n"}
        )
        repository.git("switch", "--quiet", "--create", "feature")
        repository.commit({"campaigns/_defaults.yaml": "name: New default\n"})
        assert repository.names() == {1: "Old default"}

    def test_changed_csv_file_is_the_old_one(self, tmp_path: Path) -> None:
        repository = Repository.create(tmp_path / "repository")
        repository.commit(
            {
                "campaigns/a.yaml": "id: 1\nnumbers: {file: ../contacts/a.csv}\n",
                "contacts/a.csv": "number,description\n6015550123,Ann\n",
            }
        )
        repository.git("switch", "--quiet", "--create", "feature")
        repository.commit({"contacts/a.csv": "number,description\n6015550124,Bob\n"})
        (definition,) = repository.base().definitions.values()
        assert definition.values["numbers"] == {"6015550123": "Ann"}

    def test_base_without_the_campaigns_folder_has_no_definitions(self, tmp_path: Path) -> None:
        repository = Repository.create(tmp_path / "repository")
        repository.commit({"README.md": "x"})
        repository.git("switch", "--quiet", "--create", "feature")
        repository.commit({"campaigns/spring.yaml": SPRING})
        assert repository.names() == {}

    @pytest.mark.parametrize(
        "name", ["frühling.yaml", "a b.yaml", 'quo"te.yaml', "new\nline.yaml", "back\rward.yaml"]
    )
    def test_unusual_file_names_are_read(self, tmp_path: Path, name: str) -> None:
        repository = Repository.create(tmp_path / "repository")
        repository.commit({f"campaigns/{name}": SPRING})
        assert repository.names("HEAD") == {4711: "Spring"}

    def test_line_ends_are_converted_as_in_a_checkout(self, tmp_path: Path) -> None:
        repository = Repository.create(tmp_path / "repository")
        repository.commit(
            {".gitattributes": "*.yaml text eol=crlf\n", "campaigns/spring.yaml": SPRING}
        )
        assert repository.names("HEAD") == {4711: "Spring"}


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n"
TWO_ENVIRONMENTS = "environments: {staging: {tenantId: 1}, prod: {tenantId: 2}}\n"
OF_SPRING = {"campaigns/spring.yaml": SPRING}
OF_A_LIST = "id: 4711\nname: Spring\nnumbers: {file: ../contacts/a.csv}\n"


def in_environment(repository: Repository, name: str | None, *names: str, campaigns: str) -> None:
    folder = repository.project.folder
    repository.project = ProjectLayout(folder, folder / campaigns, name, names)


class TestMoves:
    """A definition is found by its id, wherever it is in the commit and however the project was arranged there."""

    @pytest.mark.parametrize(
        "before",
        [
            pytest.param({"old/spring.yaml": SPRING}, id="another campaigns folder"),
            pytest.param({"spring.YAML": SPRING}, id="the root"),
            pytest.param({"voice/campaigns/a/b.yml": SPRING}, id="another project folder"),
            pytest.param(
                {"voice/voxosync.yaml": "environments: {x: {campaigns: y}}\n", "voice/y/a.yaml": SPRING},
                id="another project folder with settings",
            ),
            pytest.param(
                {"campaigns/a.yaml": "id: {production: 4711}\nname: Spring\n",
                 "voxosync.yaml": "environments: {production: {}}\n"},
                id="another environment",
            ),
            pytest.param(
                {"campaigns/production/a.yaml": "id: {production: 4711}\nname: Spring\n",
                 "voxosync.yaml": "environments: {production: {campaigns: campaigns/production}}\n"},
                id="another environment with its own folder",
            ),
            pytest.param(
                {"campaigns/a.yaml": "id: {staging: 12, prod: 4711}\nname: Spring\n",
                 "voxosync.yaml": TWO_ENVIRONMENTS},
                id="an id for each environment",
            ),
            pytest.param(
                {"voxosync.yaml": "environments: {prod: {campaigns: ../shared}}\n",
                 "../shared/a.yaml": "id: {prod: 4711}\nname: Spring\n"},
                id="a campaigns folder outside the project",
            ),
            pytest.param(
                {"campaigns/a/a.yaml": "id: '04711'\n", "campaigns/_defaults.yaml": "name: Spring\n"},
                id="a default",
            ),
            pytest.param(
                {"x/campaigns/a/a.yaml": "id: 4711\n", "x/campaigns/_defaults.yaml": "name: Spring\n"},
                id="a default of another project folder",
            ),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("environment", [None, "prod"])
    @pytest.mark.parametrize("folder", [".", "teams/calls"])
    def test_moved_definition_is_found(
        self,
        before: dict[str, str],
        environment: str | None,
        folder: str,
        tmp_path: Path,
    ) -> None:
        if folder == "." and any(name.startswith("..") for name in before):
            folder = "calls"
        repository = Repository.create(tmp_path / "repository", folder)
        repository.commit(before)
        repository.git("switch", "--quiet", "--create", "feature")
        settings = "environments: {prod: {}}\n" if environment else None
        after = dict.fromkeys(before) | {"campaigns/new/spring.yaml": SPRING}
        repository.commit(after | {"voxosync.yaml": settings} if settings else after)
        names = (environment,) if environment else ()
        in_environment(repository, environment, *names, campaigns="campaigns")
        assert repository.names("main", 4711)[4711] == "Spring"

    def test_definition_of_the_chosen_environment_is_found(self, tmp_path: Path) -> None:
        repository = Repository.create(tmp_path / "repository")
        definition = (
            "{id: {staging: 4711}, name: In staging}\n---\n{id: {prod: 4711}, name: In prod}\n"
        )
        repository.commit({"voxosync.yaml": TWO_ENVIRONMENTS, "campaigns/a.yaml": definition})
        for name in ("prod", "staging"):
            in_environment(repository, name, "staging", "prod", campaigns="campaigns")
            assert repository.names("HEAD", 4711) == {4711: f"In {name}"}

    def test_definition_in_a_linked_folder_is_found(self, tmp_path: Path) -> None:
        repository = Repository.create(tmp_path / "repository", "calls")
        repository.write({"../shared/spring.yaml": SPRING})
        repository.project.folder.mkdir(exist_ok=True)
        repository.project.campaigns.symlink_to("../shared")
        repository.commit({})
        assert repository.names("HEAD", 4711) == {4711: "Spring"}

    @pytest.mark.parametrize("renamed", [False, True])
    def test_definition_in_a_checked_out_submodule_is_found(
        self, tmp_path: Path, *, renamed: bool
    ) -> None:
        inner = Repository.create(tmp_path / "inner")
        inner.commit({"spring.yaml": SPRING})
        repository = Repository.create(tmp_path / "repository")
        add = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add")
        repository.git(*add, str(inner.root), "old" if renamed else "campaigns")
        repository.commit(
            {"voxosync.yaml": "environments: {prod: {campaigns: old}}\n"} if renamed else {}
        )
        if renamed:
            in_environment(repository, "live", "live", campaigns="campaigns")
        assert repository.names("HEAD", 4711) == {4711: "Spring"}

    def test_lists_without_the_extension_csv_are_found(self, tmp_path: Path) -> None:
        repository = Repository.create(tmp_path / "repository")
        names = {"a.csv": "a.csv", "b.CSV": "b.CSV", "c d.txt": "'c d.txt'", "e": '"e"'}
        texts = (
            f"id: {index}\nnumbers: {{file: {name}}}"
            for index, name in enumerate(names.values(), 1)
        )
        lists = {f"campaigns/{name}": "number\n6015550123\n" for name in names}
        repository.commit(lists | {"campaigns/all.yaml": "\n---\n".join(texts)})
        base = repository.base("HEAD", 1, 2, 3, 4)
        assert not base.unreadable
        assert all(definition.values["numbers"] for definition in base.definitions.values())


class TestUnreadable:
    """A definition that cannot be read is reported as unreadable rather than absent."""

    @pytest.mark.parametrize(
        ("before", "reason"),
        [
            ({"campaigns/a.yaml": "id: 4711\nname: ["}, "a.yaml"),
            ({"campaigns/a.yaml": "id: 4711\ncallFrequency: 1\n"}, "callFrequency"),
            ({"campaigns/a.yaml": "name: x\nid: [4711]\n"}, "campaigns/a.yaml:1"),
            ({"campaigns/a.yaml": POINTER.replace("0", "4711")}, "Git LFS"),
            ({"campaigns/a.yaml": POINTER}, "Git LFS"),
            ({"campaigns/a.yaml": OF_A_LIST}, "file not found"),
            ({"campaigns/a.yaml": OF_A_LIST, "contacts/a.csv": POINTER}, "Git LFS"),
            ({"campaigns/a.yaml": OF_A_LIST, "contacts/a.csv": "Phone\n1\n"}, "contacts/a.csv"),
            ({"campaigns/a.yaml": SPRING, "campaigns/_defaults.yaml": "name: ["}, "_defaults.yaml"),
            ({"campaigns/a.yaml": SPRING, "campaigns/_defaults.yaml": "state: x"}, "_defaults.yaml"),
            ({"campaigns/a.yaml": SPRING, "campaigns/b.yaml": "id: 4711\nname: Twice"}, "more than once"),
            ({"campaigns/a.yaml": "id: {elsewhere: 4711}"}, "elsewhere"),
            ({"campaigns/a.yaml": SPRING, "voxosync.yaml": "environments: ["}, "voxosync.yaml"),
            ({"old/a.yaml": SPRING, "older/b.yaml": "id: 4711\nname: Other\n"}, "more than once"),
            ({"x/campaigns/a.yaml": "id: 4711\ncallFrequency: 1\n"}, "callFrequency"),
        ],
    )  # fmt: skip
    def test_definition_with_an_error(
        self, before: dict[str, str], reason: str, tmp_path: Path
    ) -> None:
        repository = Repository.create(tmp_path / "repository")
        repository.commit(before)
        base = repository.base("HEAD", 4711)
        assert set(base.unreadable) == {4711}
        assert 4711 not in base.definitions
        assert reason in base.unreadable[4711]

    def test_file_that_is_not_text(self, tmp_path: Path) -> None:
        repository = Repository.create(tmp_path / "repository")
        repository.project.campaigns.mkdir()
        (repository.project.campaigns / "a.yaml").write_bytes(SPRING.encode("utf-16"))
        repository.commit({})
        assert "UTF-8" in repository.base("HEAD", 4711).unreadable[4711]

    @pytest.mark.parametrize("target", ["/etc", "../../outside", "../outside/../../outside"])
    @pytest.mark.parametrize("link", ["campaigns", "campaigns/sub", "campaigns/a.yaml"])
    def test_link_that_leads_outside(self, tmp_path: Path, link: str, target: str) -> None:
        repository = Repository.create(tmp_path / "repository")
        repository.write({"README.md": "x"})
        path = repository.root / link
        path.parent.mkdir(exist_ok=True)
        path.symlink_to(target)
        repository.commit({})
        assert "link" in repository.base("HEAD", 4711).unreadable[4711]

    def test_submodule_that_is_not_checked_out(self, tmp_path: Path) -> None:
        inner = Repository.create(tmp_path / "inner")
        commit = inner.commit({"spring.yaml": SPRING})
        repository = Repository.create(tmp_path / "repository")
        repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},campaigns")
        repository.git("commit", "--quiet", "--message", "a submodule")
        assert "submodule" in repository.base("HEAD", 4711).unreadable[4711]

    def test_content_that_is_missing_in_the_clone(self, tmp_path: Path) -> None:
        repository = Repository.create(tmp_path / "repository")
        repository.commit(OF_SPRING)
        blob = repository.git("rev-parse", "HEAD:campaigns/spring.yaml")
        (repository.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
        assert "not in this clone" in repository.base("HEAD", 4711).unreadable[4711]

    def test_unrelated_broken_files_do_not_make_a_definition_unreadable(
        self, tmp_path: Path
    ) -> None:
        repository = Repository.create(tmp_path / "repository")
        (repository.root / "link").symlink_to("/etc")
        repository.commit(
            {
                "campaigns/broken.yaml": "id: 47\nname: [",
                "campaigns/good.yaml": AUTUMN,
                "charts/4711.yaml": "id: 4711\nkind: {{ template }}\n",
                "charts/4712.yaml": "{{ if 4711 }}",
                "large.bin": POINTER,
                ".gitattributes": "*.bin filter=lfs diff=lfs\n",
            }
        )
        base = repository.base("HEAD", 4711, 4712)
        assert set(base.definitions) == {4712}
        assert not base.unreadable

    def test_broken_definition_does_not_hide_others_in_its_file(self, tmp_path: Path) -> None:
        repository = Repository.create(tmp_path / "repository")
        repository.commit({"campaigns/a.yaml": "id: 4711\nstate: x\n---\nid: 4712\nname: Autumn\n"})
        base = repository.base("HEAD", 4711, 4712, 4713)
        assert set(base.definitions) == {4712}
        assert set(base.unreadable) == {4711}


class TestRepositoryLayout:
    """The base is read wherever the project is in the repository, and whatever HEAD is."""

    @pytest.mark.parametrize("folder", ["calls", "teams/ünï côde/calls"])
    def test_project_in_a_subfolder(self, tmp_path: Path, folder: str) -> None:
        repository = Repository.create(tmp_path / "repository", folder)
        repository.commit({"campaigns/spring.yaml": SPRING, "../other.yaml": AUTUMN})
        assert repository.names("HEAD") == {4711: "Spring"}

    def test_project_that_did_not_exist_yet(self, tmp_path: Path) -> None:
        repository = Repository.create(tmp_path / "repository", "calls")
        repository.project.folder.mkdir()
        repository.commit({"../README.md": "x"})
        repository.git("switch", "--quiet", "--create", "feature")
        repository.commit({"campaigns/spring.yaml": SPRING})
        assert repository.names() == {}

    def test_campaigns_folder_with_another_name(self, tmp_path: Path) -> None:
        repository = Repository.create(tmp_path / "repository")
        settings = "environments: {prod: {campaigns: voxo/prod}}\n"
        repository.commit(
            {
                "voxosync.yaml": settings,
                "voxo/prod/spring.yaml": SPRING,
                "campaigns/autumn.yaml": AUTUMN,
            }
        )
        repository.project = ProjectLayout(
            repository.root, repository.root / "voxo/prod", "prod", ("prod",)
        )
        assert repository.names("HEAD") == {4711: "Spring"}

    def test_detached_head(self, branch: Repository) -> None:
        branch.commit({"campaigns/spring.yaml": "id: 4711\nname: On the branch\n"})
        branch.git("switch", "--quiet", "--detach")
        assert branch.names() == {4711: "Spring"}

    def test_linked_worktree(self, branch: Repository, tmp_path: Path) -> None:
        branch.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
        linked = Repository(tmp_path / "linked")
        linked.commit({"campaigns/spring.yaml": "id: 4711\nname: In the worktree\n"})
        assert linked.names() == {4711: "Spring"}

    def test_sparse_checkout_without_the_campaigns(self, branch: Repository) -> None:
        branch.commit({"docs/a.md": "x"})
        branch.git("sparse-checkout", "set", "--cone", "--sparse-index", "docs")
        assert not branch.project.campaigns.exists()
        assert branch.names() == {4711: "Spring"}

    @pytest.mark.parametrize("ref", ["main", "refs/heads/main", "HEAD", "HEAD^0", "v1", "@"])
    def test_any_name_of_a_commit_is_a_base(self, branch: Repository, ref: str) -> None:
        branch.git("tag", "--annotate", "--message", "x", "v1")
        assert branch.names(ref) == {4711: "Spring"}
        assert branch.names(branch.git("rev-parse", "main")) == {4711: "Spring"}

    @pytest.mark.parametrize(
        ("name", "path"),
        [
            ("GIT_INDEX_FILE", ".git/index"),
            ("GIT_DIR", ".git"),
            ("GIT_DIR", "../other/.git"),
            ("GIT_WORK_TREE", "../other"),
            ("GIT_OBJECT_DIRECTORY", "../other/.git/objects"),
            ("GIT_COMMON_DIR", "../other/.git"),
            ("GIT_CEILING_DIRECTORIES", ".."),
        ],
    )
    def test_variables_that_git_sets_for_hooks_are_ignored(
        self, branch: Repository, monkeypatch: pytest.MonkeyPatch, name: str, path: str
    ) -> None:
        second = Repository.create(branch.root.parent / "other")
        second.commit({"campaigns/spring.yaml": "id: 4711\nname: Of another repository\n"})
        monkeypatch.setenv(name, str(branch.root / path))
        assert branch.names() == {4711: "Spring"}


def state(repository: Repository) -> tuple[str, str, set[Path]]:
    """What reading must not change: the status, the index and the set of files."""
    index = Path(repository.git("rev-parse", "--path-format=absolute", "--git-path", "index"))
    hashed = sha256(index.read_bytes()).hexdigest()
    files = {path for path in repository.root.rglob("*") if ".git" not in path.parts}
    return repository.git("status", "--porcelain=v2", "--branch"), hashed, files


def test_working_tree_and_index_are_not_changed(branch: Repository) -> None:
    branch.commit({"campaigns/spring.yaml": "id: 4711\nname: Committed\n"})
    branch.write({"campaigns/spring.yaml": "id: 4711\nname: Staged\n", "campaigns/n.yaml": AUTUMN})
    branch.git("add", "--all")
    branch.write({"campaigns/spring.yaml": "id: 4711\nname: Changed\n", "untracked.txt": "x"})
    branch.git("status")  # refreshes the index, as the later `git status` does
    before = state(branch)
    assert branch.names() == {4711: "Spring"}
    assert state(branch) == before
    assert "Changed" in (branch.project.campaigns / "spring.yaml").read_text(encoding="utf-8")


class TestRefused:
    """A ref without a usable base is a usage error that says what to do."""

    @pytest.mark.parametrize("ref", ["nowhere", "main~99", "a..b", "", "HEAD:campaigns", "ma in"])
    def test_ref_that_does_not_exist(self, branch: Repository, ref: str) -> None:
        message = branch.refusal(ref)
        assert f"there is no commit {ref!r}" in message
        assert "git fetch" not in message  # there is no remote

    @pytest.mark.parametrize("ref", ["--all", "-h", "--upload-pack=touch pwned", "-"])
    def test_ref_that_looks_like_an_option(self, branch: Repository, ref: str) -> None:
        branch.git("remote", "add", "origin", "https://example.com/none.git")
        message = branch.refusal(ref)
        assert "there is no commit" in message
        assert "git fetch" not in message

    def test_branch_without_a_common_commit(self, branch: Repository) -> None:
        branch.git("switch", "--quiet", "--orphan", "other")
        branch.commit({"README.md": "x"})
        message = branch.refusal("main")
        assert "no commit is in both 'main' and HEAD" in message
        assert "git fetch" not in message

    def test_folder_that_is_not_a_repository(self, tmp_path: Path) -> None:
        folder = tmp_path / "plain"
        folder.mkdir()
        assert "needs a Git repository" in Repository(folder).refusal("main")

    def test_machine_without_git(self, branch: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/nonexistent")
        assert "needs git" in branch.refusal("main")


class TestShallow:
    """If a clone lacks the base, the message has a `git fetch` command, and running it solves the problem."""

    @pytest.fixture
    def upstream(self, tmp_path: Path) -> Repository:
        """`main` has Spring and two later commits; `feature` starts at Spring and has three commits."""
        repository = Repository.create(tmp_path / "upstream")
        repository.commit({"campaigns/spring.yaml": SPRING})
        repository.git("switch", "--quiet", "--create", "feature")
        for text in ("One", "Two", "Three"):
            repository.commit({"campaigns/spring.yaml": f"id: 4711\nname: {text}\n"})
        repository.git("switch", "--quiet", "main")
        for text in ("Four", "Five"):
            repository.commit({"campaigns/spring.yaml": f"id: 4711\nname: {text}\n"})
        return repository

    def clone(self, upstream: Repository, folder: Path, *options: str) -> Repository:
        url = upstream.root.as_uri()
        upstream.git("clone", "--quiet", "--branch", "feature", *options, url, str(folder))
        return Repository(folder)

    def run_command_of(self, clone: Repository, message: str) -> str:
        """Run the command in a message."""
        command = re.search(r"run (git fetch\b.*)", message)
        assert command, message
        _, *arguments = shlex.split(command[1])
        clone.git(*arguments, "--quiet")
        return command[1]

    @pytest.mark.parametrize("ref", ["origin/main", "main", "refs/heads/main"])
    @pytest.mark.parametrize("options", [("--depth=1",), ("--single-branch",)])
    def test_clone_without_the_branch(
        self, upstream: Repository, tmp_path: Path, ref: str, options: tuple[str, ...]
    ) -> None:
        clone = self.clone(upstream, tmp_path / "clone", *options)
        self.run_command_of(clone, clone.refusal(ref))
        assert clone.names(ref) == {4711: "Spring"}

    def test_clone_with_both_branches_but_without_their_common_commit(
        self, upstream: Repository, tmp_path: Path
    ) -> None:
        clone = self.clone(upstream, tmp_path / "clone", "--depth=1", "--no-single-branch")
        message = clone.refusal("origin/main")
        assert "shallow" in message
        assert self.run_command_of(clone, message) == "git fetch --unshallow"
        assert clone.names("origin/main") == {4711: "Spring"}

    @pytest.mark.parametrize("ref", ["HEAD~1", "HEAD^", "@~1", "feature~2", "HEAD~1^{tree}~1"])
    def test_ancestor_of_a_commit_in_the_clone(
        self, upstream: Repository, tmp_path: Path, ref: str
    ) -> None:
        clone = self.clone(upstream, tmp_path / "clone", "--depth=1")
        assert "git fetch --unshallow" in clone.refusal(ref)

    def test_commit_by_its_hash(self, upstream: Repository, tmp_path: Path) -> None:
        commit = upstream.git("rev-parse", "main~1")
        clone = self.clone(upstream, tmp_path / "clone", "--depth=1")
        upstream.git("config", "uploadpack.allowAnySHA1InWant", "true")
        self.run_command_of(clone, clone.refusal(commit))
        assert clone.names(commit) == {4711: "Spring"}

    def test_shallow_clone_that_has_the_base_needs_no_fetch(
        self, upstream: Repository, tmp_path: Path
    ) -> None:
        clone = self.clone(upstream, tmp_path / "clone", "--depth=4", "--no-single-branch")
        assert clone.git("rev-parse", "--is-shallow-repository") == "false"
        deeper = self.clone(upstream, tmp_path / "deeper", "--depth=2", "--no-single-branch")
        deeper.commit({"campaigns/spring.yaml": "id: 4711\nname: Mine\n"})
        assert deeper.git("rev-parse", "--is-shallow-repository") == "true"
        assert deeper.names("origin/feature") == {4711: "Three"}

    def test_ref_with_shell_metacharacters_is_quoted(
        self, upstream: Repository, tmp_path: Path
    ) -> None:
        clone = self.clone(upstream, tmp_path / "clone", "--depth=1")
        assert clone.refusal("origin/x;touch$IFS$9y").endswith(
            "origin 'x;touch$IFS$9y:refs/remotes/origin/x;touch$IFS$9y'"
        )
