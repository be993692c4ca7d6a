"""Every file of a project is a regular file inside the project folder, once links are resolved, of limited size."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import SPRING
from voxosync.definitions import file_reader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.cli_project import Project
    from tests.cli.cli_voxo import FakeVoxo

pytestmark = [
    pytest.mark.skipif(
        sys.platform == "win32", reason="needs the links, pipes and devices of POSIX"
    ),
    pytest.mark.timeout(60),
]

SECRET = "MARKED-SECRET"
NUMBERS_FROM_CSV = "numbers: {file: ../contacts/spring.csv}"
KINDS = {
    "campaigns/more.yaml": f"id: 4712\nname: {SECRET}\n",
    "campaigns/_defaults.yaml": f"message: {SECRET}\n",
    "policies/house.yaml": f"rules: {{{SECRET}: {{message: x, schema: {{}}}}}}\n",
    "voxosync.yaml": f"environments: {{prod: {{baseUrl: 'http://{SECRET}'}}}}\n",
    "contacts/spring.csv": f"number,description\n6015550123,{SECRET}\n",
}
"""Every kind of file that is read, with content that must not appear in any output."""

READERS = (
    ("validate",),
    ("plan",),
    ("apply", "--yes", "--allow-go-live"),
    ("drift",),
    ("pull", "--yes"),
    ("show", "4711"),
    ("import", "--all", "--overwrite", "--tenant-id", "77"),
)


def path_of(project: Project, name: str) -> Path:
    """The path for a file of this kind, after changing the definition so that the file matters."""
    if name.endswith(".csv"):
        project.spring(NUMBERS_FROM_CSV)
    if name.endswith("_defaults.yaml"):
        project.spring("-message")
    path = project.folder / name
    path.parent.mkdir(exist_ok=True)
    return path


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_link_out_of_the_project_is_an_error(
    command: tuple[str, ...], name: str, project: Project, voxo: FakeVoxo, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_text(KINDS[name])
    path_of(project, name).symlink_to(outside)
    ran = project.run(*command)
    # `import` does not read policies.
    assert (ran.status == 1) != (command[0] == "import" and name.startswith("policies"))
    assert SECRET not in ran.said
    assert ran.status == 0 or "outside" in ran.said or "out of the project folder" in ran.said
    assert outside.read_text() == KINDS[name]
    assert voxo.sent == []


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("kind", ["pipe", "stdout", "zero", "folder"])
def test_pipe_device_or_folder_instead_of_a_file_is_an_error(
    kind: str, name: str, project: Project, voxo: FakeVoxo
) -> None:
    path = path_of(project, name)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        if name == "campaigns/more.yaml":
            return  # a folder of definitions may have any name
        path.mkdir()
    else:
        path.symlink_to({"stdout": "/proc/self/fd/1", "zero": "/dev/zero"}[kind])
    runs = [project.process("validate")]  # in its own process, which an endless file may crash
    if kind != "stdout":  # stdout is a regular file while pytest captures it
        runs.append(project.run("plan"))
    for ran in runs:
        assert ran.status == 1
        assert name.rpartition("/")[2] in ran.said
        assert "bug" not in ran.said
    assert voxo.asked == []


@pytest.mark.parametrize("name", KINDS)
def test_file_that_is_too_long_is_an_error(name: str, project: Project) -> None:
    with path_of(project, name).open("wb") as file:
        file.truncate(6 << 30)
    ran = project.run("validate")
    assert ran.status == 1
    limit = file_reader.MAX_CSV if name.endswith(".csv") else file_reader.MAX_YAML
    assert f"too long (6,144 MiB): at most {limit >> 20} MiB are read" in ran.said


def test_reading_is_bounded_even_if_the_file_grows(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"x" * 11)
    assert file_reader.read_file(path, tmp_path, 11) == b"x" * 11
    with pytest.raises(file_reader.Unusable, match="too long"):
        file_reader.read_file(path, tmp_path, 10)


class TestLinks:
    """Links inside the project are followed, and each file is read once."""

    def test_to_a_folder_are_read(self, project: Project, voxo: FakeVoxo) -> None:
        project.write("shared/team/more.yaml", "id: 4712\nname: Shared\n")
        (project.folder / "campaigns/team").symlink_to("../shared/team")
        voxo.has(4712)
        ran = project.run("plan", "--format", "json")
        assert [campaign["file"] for campaign in ran.json["campaigns"]] == [
            "campaigns/spring.yaml",
            "campaigns/team/more.yaml",
        ]

    def test_to_the_campaigns_folder_are_read(self, project: Project) -> None:
        (project.folder / "campaigns").rename(project.folder / "elsewhere")
        (project.folder / "campaigns").symlink_to("elsewhere")
        assert project.run("plan").status == 0

    @pytest.mark.parametrize("target", [".", "..", "../campaigns/a", "../campaigns/a/loop"])
    def test_in_a_circle_are_followed_once(self, target: str, project: Project) -> None:
        (project.folder / "campaigns/a").mkdir()
        (project.folder / "campaigns/a/loop").symlink_to(target)
        (project.folder / "campaigns/loop").symlink_to(target)
        ran = project.run("validate", "--format", "json")
        assert ran.status == 0, ran.said
        assert ran.json["summary"]["campaigns"] == 1

    @pytest.mark.parametrize("name", ["aaa.yaml", "zzz.yml"])
    def test_to_a_file_that_is_already_read_do_not_read_it_twice(
        self, name: str, project: Project
    ) -> None:
        (project.folder / "campaigns" / name).symlink_to("spring.yaml")
        (project.folder / "campaigns/again").symlink_to(".")
        assert project.run("validate").status == 0

    def test_to_another_file_of_the_project_are_read_and_rewritten(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        definition = project.folder / "campaigns/spring.yaml"
        definition.rename(project.folder / "spring.yaml")
        definition.symlink_to("../spring.yaml")
        voxo.has(callFrequency=45)
        assert project.run("pull", "--yes").status == 0
        assert definition.is_symlink()
        assert "callFrequency: 45" in (project.folder / "spring.yaml").read_text()

    def test_to_folders_outside_the_project_are_errors(
        self, project: Project, tmp_path: Path
    ) -> None:
        (tmp_path / "outside").mkdir()
        (tmp_path / "outside/more.yaml").write_text(f"id: 4712\nname: {SECRET}\n")
        for name in ("campaigns/team", "policies"):
            (project.folder / name).symlink_to(tmp_path / "outside")
            ran = project.run("plan")
            assert ran.status == 1
            assert f"{name}:1:1: error: a link leads out of the project folder" in ran.err
            assert "more.yaml" not in ran.said
            (project.folder / name).unlink()

    def test_that_move_the_campaigns_folder_out_of_the_project_are_errors(
        self, project: Project, tmp_path: Path
    ) -> None:
        (project.folder / "campaigns").rename(tmp_path / "outside")
        (project.folder / "campaigns").symlink_to(tmp_path / "outside")
        ran = project.run("plan")
        assert ran.status == 1
        assert "campaigns:1:1: error: this is outside the project folder" in ran.err

    def test_settings_that_lead_out_of_the_project_are_errors(
        self, project: Project, tmp_path: Path
    ) -> None:
        (project.folder / "campaigns").rename(tmp_path / "shared")
        project.write("voxosync.yaml", "environments: {prod: {campaigns: ../shared}}\n")
        ran = project.run("--env", "prod", "validate")
        assert ran.status == 1
        assert "outside the project folder" in ran.said


class TestFilesSimilarToDefinitions:
    """A warning names a definition that is not read; otherwise its campaign would be unmanaged without notice."""

    @pytest.mark.parametrize("name", ["2.YAML", "2.Yml", "sub/2.yAml"])
    def test_suffix_in_any_letter_case_is_read(
        self, name: str, project: Project, voxo: FakeVoxo
    ) -> None:
        voxo.has(4712)
        project.spring(name=f"campaigns/{name}", number=4712)
        assert len(project.run("plan", "--format", "json").json["campaigns"]) == 2

    @pytest.mark.parametrize(
        "name", [".old/2.yaml", ".2.yaml", "2.yaml.txt", "sub/.old/deep/2.yml", ".old/2.YAML"]
    )
    def test_definition_that_is_not_read_is_a_warning(self, name: str, project: Project) -> None:
        project.spring(name=f"campaigns/{name}", number=4712)
        ran = project.run("plan")
        assert ran.status == 0
        assert f"campaigns/{name}:1:1: warning: " in ran.err
        assert "not read" in ran.err or "are read" in ran.err

    @pytest.mark.parametrize(
        "name",
        [".github/workflow.yaml", "2.yaml.j2", "2.yml.disabled", "notes.txt", ".git/2.yaml"],
    )
    def test_file_that_is_not_a_definition_is_not_reported(
        self, name: str, project: Project
    ) -> None:
        text = "name: x\non: push\n" if "workflow" in name else SPRING
        project.write(f"campaigns/{name}", text)
        assert project.run("plan").err == ""

    @pytest.mark.parametrize("name", ["_defaults.yml", "_Defaults.yaml", "_DEFAULTS.YAML"])
    def test_defaults_with_a_different_name_are_an_error(self, name: str, project: Project) -> None:
        project.write(f"campaigns/{name}", "tech: VOICE\n")
        ran = project.run("plan")
        assert ran.status == 1
        assert f"campaigns/{name}:1:1: error: defaults are read from _defaults.yaml only" in ran.err

    def test_broken_link_is_a_warning(self, project: Project) -> None:
        (project.folder / "campaigns/team").symlink_to("nowhere")
        assert "campaigns/team:1:1: warning: this link leads nowhere" in project.run("plan").err


@pytest.mark.parametrize(
    ("file", "reason"),
    [("missing/file", "No such file or directory"), ("-", "name a file, or /dev/stdout")],
)
@pytest.mark.parametrize(
    "command_line",
    [
        "plan --out {}",
        "plan --report html={}",
        "drift --output {}",
        "drift --report html={}",
        "snapshot --out {}",
        "numbers clean in.csv --out {}",
    ],
)
def test_file_that_cannot_be_written_is_refused_before_any_request(
    command_line: str, file: str, reason: str, project: Project, voxo: FakeVoxo
) -> None:
    voxo.has(callFrequency=60)
    project.write("in.csv", "number\n6015550123\n")
    ran = project.run(*command_line.format(file).split())
    assert ran.status == 1
    assert f"cannot write {file}: {reason}" in ran.err
    assert voxo.asked == []
    assert not (project.folder / file).exists()


@pytest.mark.parametrize(
    "command",
    [("plan",), ("validate",), ("drift",), ("apply", "--yes"), ("pull", "--yes"), ("init",),
     ("environments",), ("snapshot", "--out", "x"), ("show", "1")],
    ids=" ".join,
)  # fmt: skip
def test_deleted_current_folder_is_one_clear_message(
    command: tuple[str, ...], project: Project
) -> None:
    deleted = project.folder / "gone"
    deleted.mkdir()
    command_line = [sys.executable, "-m", "voxosync", *command]
    program = f"import os; os.rmdir(os.getcwd()); os.execv({sys.executable!r}, {command_line!r})"
    process = subprocess.run(
        [sys.executable, "-c", program],
        cwd=deleted,
        env=project.environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert process.stderr.startswith("error: the current folder has been deleted")
    assert process.stderr.count("\n") == 1
