"""`voxosync init` creates a project, and leaves existing files as they are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.cli.cli_project import Project
from tests.cli.cli_voxo import TOKEN
from voxosync.resources import folder, schema_text

if TYPE_CHECKING:
    from tests.cli.cli_voxo import FakeVoxo

SCHEMAS = {f"schemas/{name}.schema.json" for name in ("campaign", "defaults", "settings", "policy")}
ALWAYS = {"voxosync.yaml", ".gitignore", *SCHEMAS}
WORKFLOWS = {
    f".github/workflows/voxosync-{name}.yml" for name in ("plan", "snapshot", "apply", "drift")
}
SOURCE = ("--source", "acme/voxosync@v0.1.0")
HINT = re.compile(r"# yaml-language-server: \$schema=(\S+)")
EXAMPLE = re.compile(r"^( *)# ( *\w+:(?: .*)?)$", re.MULTILINE)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder)


def contents(project: Project) -> dict[str, bytes]:
    """The content of each file of the project by path, without Git's own files."""
    return {
        path.relative_to(project.folder).as_posix(): path.read_bytes()
        for path in sorted(project.folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(project.folder).parts
    }


class TestEmptyFolder:
    @pytest.mark.parametrize(
        ("options", "more"),
        [
            ((), set()),
            (("--github", *SOURCE), WORKFLOWS),
            (("--gitlab", *SOURCE), {".gitlab-ci.yml"}),
            (("--github", "--gitlab", *SOURCE), {".gitlab-ci.yml", *WORKFLOWS}),
        ],
        ids=["neither", "github", "gitlab", "both"],
    )
    def test_becomes_a_project(
        self, options: tuple[str, ...], more: set[str], project: Project
    ) -> None:
        ran = project.run("init", *options)
        assert (ran.status, ran.err) == (0, "")
        assert contents(project).keys() == ALWAYS | more
        assert (project.folder / "campaigns").is_dir()
        wrote = set(re.findall(r"^wrote (.*)$", ran.out, re.MULTILINE))
        assert wrote == {"campaigns/", *ALWAYS, *more}
        assert "left" not in ran.out

    def test_lists_the_next_steps(self, project: Project) -> None:
        steps = project.run("init").out.partition("Next:\n")[2]
        assert "voxosync import --all" in steps
        assert "applied --set" not in steps
        assert "voxosync applied --set HEAD" in project.run("init", "--github", *SOURCE).out

    def test_gets_the_example_workflows_with_its_source(self, project: Project) -> None:
        project.run("init", "--github", "--gitlab", *SOURCE)
        examples = {
            name: folder("examples") / "github" / name.rpartition("voxosync-")[2]
            for name in WORKFLOWS
        }
        examples[".gitlab-ci.yml"] = folder("examples") / "gitlab" / ".gitlab-ci.yml"
        for name, example in examples.items():
            expected = example.read_text().replace("<OWNER>", "acme")
            assert contents(project)[name].decode() == expected
            assert "OWNER" not in expected

    def test_gets_the_bundled_schemas(self, project: Project) -> None:
        project.run("init")
        for name in SCHEMAS:
            assert contents(project)[name].decode() == schema_text(Path(name).name)

    def test_keeps_journals_and_plans_out_of_git(self, project: Project) -> None:
        project.git("init", "--quiet")
        assert project.run("init").status == 0
        project.write(".voxosync/runs/one.jsonl", "{}")
        project.write("next.plan.json", "{}")
        project.git("add", "--all")
        tracked = project.git("ls-files").splitlines()
        assert set(tracked) == ALWAYS

    def test_is_ready_for_an_import(self, project: Project, voxo: FakeVoxo) -> None:
        project.run("init")
        variables = {"VOXO_API_BASE_URL": voxo.url, "VOXO_API_TOKEN": TOKEN, "VOXO_TENANT_ID": "17"}
        assert project.run("validate").status == 1, "there is no definition yet"
        assert project.run("import", "--all", **variables).status == 0
        assert project.run("validate").status == 0
        assert project.run("plan", "--exit-code", **variables).status == 0
        definition = project.folder / "campaigns/spring-renewal-4711.yaml"
        hint = HINT.match(definition.read_text())
        assert hint is not None
        assert (
            definition.parent / hint[1]
        ).resolve() == project.folder / "schemas/campaign.schema.json"


class TestSettings:
    @pytest.fixture(autouse=True)
    def _project_with_settings(self, project: Project) -> None:
        assert project.run("init").status == 0
        project.spring()

    def text(self, project: Project) -> str:
        return (project.folder / "voxosync.yaml").read_text()

    def uncommented(self, project: Project) -> str:
        return EXAMPLE.sub(r"\1\2", self.text(project))

    def test_are_accepted(self, project: Project) -> None:
        assert project.run("validate").status == 0
        assert project.run("--env", "prod", "validate").status == 0
        assert [
            environment["name"]
            for environment in project.run("environments", "--format", "json").json
        ] == ["prod"]

    def test_with_no_value_change_nothing(self, project: Project, voxo: FakeVoxo) -> None:
        variables = {"VOXO_API_BASE_URL": voxo.url, "VOXO_API_TOKEN": TOKEN}
        with_settings = project.run("plan", **variables)
        (project.folder / "voxosync.yaml").unlink()
        assert project.run("plan", **variables) == with_settings

    def test_examples_are_accepted(self, project: Project) -> None:
        project.write("voxosync.yaml", self.uncommented(project))
        project.spring(name="campaigns/prod/spring.yaml")
        ran = project.run("--env", "prod", "validate")
        assert (ran.status, ran.err) == (0, "")

    def test_examples_have_every_setting(self, project: Project) -> None:
        settings: dict[str, Any] = yaml.safe_load(self.uncommented(project))
        schema = json.loads(schema_text("settings.schema.json"))["properties"]
        assert settings.keys() == schema.keys()
        environment = schema["environments"]["additionalProperties"]["properties"]
        assert settings["environments"]["prod"].keys() == environment.keys()
        assert settings["guards"].keys() == schema["guards"]["properties"].keys()
        assert (
            settings["guards"]["frozen"].keys()
            == schema["guards"]["properties"]["frozen"]["properties"].keys()
        )

    def test_point_editors_to_their_schema(self, project: Project) -> None:
        hint = HINT.match(self.text(project))
        assert hint is not None
        assert (project.folder / hint[1]).is_file()


class TestExistingFile:
    @pytest.mark.parametrize(
        "name", sorted({*ALWAYS, *WORKFLOWS, ".gitlab-ci.yml"} - {".gitignore"})
    )
    def test_is_left_as_it_is(self, name: str, project: Project) -> None:
        project.write(name, "mine\n")
        ran = project.run("init", "--github", "--gitlab", *SOURCE)
        assert ran.status == 0
        assert contents(project)[name] == b"mine\n"
        assert f"left {name} as it is" in ran.out
        assert contents(project).keys() == {*ALWAYS, *WORKFLOWS, ".gitlab-ci.yml"}

    def test_of_an_earlier_init_is_left_as_it_is(self, project: Project) -> None:
        project.run("init", "--github", "--gitlab", *SOURCE)
        before = contents(project)
        ran = project.run("init", "--github", "--gitlab", *SOURCE)
        assert ran.status == 0
        assert contents(project) == before
        assert "wrote" not in ran.out

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (b"", b"{}"),
            (b"*.pyc\n", b"*.pyc\n{}"),
            (b"*.pyc", b"*.pyc\n{}"),
            (b"*.pyc\r\n", b"*.pyc\r\n{}"),
            (b"caf\xe9\n", b"caf\xe9\n{}"),
        ],
        ids=repr,
    )
    def test_gitignore_gets_more_lines(self, before: bytes, after: bytes, project: Project) -> None:
        project.write(".gitignore", before)
        assert project.run("init").status == 0
        end = b"\r\n" if b"\r\n" in before else b"\n"
        note = b"# Journals and saved plans of voxosync hold people's phone numbers."
        added_lines = b"".join(line + end for line in (note, b".voxosync/", b"*.plan.json"))
        assert contents(project)[".gitignore"] == after.replace(b"{}", added_lines)

    @pytest.mark.parametrize("line", ["/.voxosync/", ".voxosync", "  .voxosync/  "])
    def test_gitignore_that_has_the_lines_is_left_as_it_is(
        self, line: str, project: Project
    ) -> None:
        text = f"{line}\n*.plan.json\n"
        project.write(".gitignore", text)
        assert "left .gitignore as it is" in project.run("init").out
        assert contents(project)[".gitignore"].decode() == text

    def test_broken_link_is_left_as_it_is(self, project: Project) -> None:
        (project.folder / "voxosync.yaml").symlink_to("elsewhere.yaml")
        assert project.run("init").status == 0
        assert (project.folder / "voxosync.yaml").is_symlink()
        assert not (project.folder / "elsewhere.yaml").exists()


class TestRefusals:
    def refusal(self, project: Project, *options: str) -> str:
        before = contents(project)
        ran = project.run("init", *options)
        assert (ran.status, ran.out) == (1, "")
        assert contents(project) == before
        assert "Traceback" not in ran.err
        return ran.err

    @pytest.mark.parametrize("name", ["campaigns", "schemas", ".github"])
    def test_file_in_place_of_a_folder(self, name: str, project: Project) -> None:
        project.write(name, "a file")
        assert f"{name} is in the way" in self.refusal(project, "--github", *SOURCE)

    def test_folder_in_place_of_a_file(self, project: Project) -> None:
        (project.folder / ".gitignore").mkdir()
        assert ".gitignore" in self.refusal(project)

    @pytest.mark.parametrize("name", ["schemas", "campaigns"])
    def test_link_that_leads_out_of_the_project(
        self, name: str, project: Project, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (project.folder / name).symlink_to(outside)
        assert "a link leads out of the project folder" in self.refusal(project)
        assert list(outside.iterdir()) == []

    def test_workflows_outside_of_the_root_of_the_repository(self, project: Project) -> None:
        project.git("init", "--quiet")
        below = Project(project.folder / "calls")
        below.folder.mkdir()
        assert "in the root of the repository" in self.refusal(below, "--github", *SOURCE)
        assert below.run("init").status == 0

    @pytest.mark.parametrize("system", ["--github", "--gitlab"])
    def test_workflows_without_the_source_of_voxosync(self, system: str, project: Project) -> None:
        assert "--source OWNER/REPOSITORY@REF" in self.refusal(project, system)

    @pytest.mark.parametrize(
        "source",
        [
            "OWNER/voxosync@v0.1.0", "<OWNER>/voxosync@v0.1.0", "-acme/voxosync@v0.1.0", "acme-/voxosync@v0.1.0",
            "ac--me/voxosync@v0.1.0", "acme_inc/voxosync@v0.1.0", "acme/voxosync", "acme@v0.1.0", "voxosync@v0.1.0",
            "acme/voxosync@", "acme/voxosync@v1 # x", "acme/voxosync@v1\n- run: x", 'acme/voxosync@v1"', "", "a/b/c@v1",
        ],
    )  # fmt: skip
    def test_source_that_is_not_a_repository_and_ref_of_github(
        self, source: str, project: Project
    ) -> None:
        assert "acme/voxosync@v0.1.0" in self.refusal(project, "--github", "--source", source)

    def test_positional_argument(self, project: Project) -> None:
        assert "campaigns" in self.refusal(project, "campaigns")
