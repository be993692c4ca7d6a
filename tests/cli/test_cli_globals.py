"""The options before the command, -C, -q, -v and --no-color, and how output to a terminal differs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.cli_project import Project, Ran
from tests.cli.cli_voxo import answer
from voxosync.report.registry import PLAN

if TYPE_CHECKING:
    from tests.cli.cli_voxo import FakeVoxo

ANSI = "\x1b["


class TestDirectory:
    """`-C` works as in git: every relative path is relative to its folder."""

    @pytest.fixture
    def parent(self, project: Project) -> Project:
        """The parent of the project folder, which is called `project`."""
        project.spring("callFrequency: 60")
        return Project(project.folder.parent, project.variables)

    def test_contains_the_definitions(self, parent: Project) -> None:
        ran = parent.run("-C", "project", "plan")
        assert ran.status == 0
        assert "4711 Spring renewal  campaigns/spring.yaml" in ran.out

    def test_applies_to_path_arguments(self, parent: Project) -> None:
        assert parent.run("-C", "project", "validate", "campaigns/spring.yaml").status == 0
        assert parent.run("-C", "project", "validate", "project/campaigns/spring.yaml").status == 1

    def test_applies_to_files_that_are_written(self, parent: Project) -> None:
        assert parent.run("-C", "project", "plan", "--out", "saved.json").status == 0
        assert parent.run("-C", "project", "drift", "--output", "drift.txt").status == 2
        assert parent.run("-C", "project", "snapshot", "--out", "live.json").status == 0
        assert parent.run("-C", "project", "schema", "--write", "schemas").status == 0
        names = {path.name for path in (parent.folder / "project").iterdir()}
        assert {"saved.json", "drift.txt", "live.json", "schemas"} <= names
        assert {path.name for path in parent.folder.iterdir()} == {"project"}

    def test_applies_to_files_that_are_read(self, parent: Project, voxo: FakeVoxo) -> None:
        token = parent.write("project/token", parent.variables["VOXO_API_TOKEN"])
        token.chmod(0o600)
        assert parent.run("-C", "project", "plan", "--out", "saved.json").status == 0
        assert parent.run("-C", "project", "snapshot", "--out", "live.json").status == 0
        assert parent.run("-C", "project", "plan", "--live", "live.json").status == 0
        ran = parent.run(
            "-C", "project", "apply", "--yes", "--plan", "saved.json", "--token-file", "token",
            VOXO_API_TOKEN=None,
        )  # fmt: skip
        assert ran.status == 0, ran.err
        assert len(voxo.sent) == 1

    def test_applies_to_the_settings(self, parent: Project, voxo: FakeVoxo) -> None:
        parent.write(
            "project/voxosync.yaml", f"environments: {{prod: {{baseUrl: '{voxo.url}'}}}}\n"
        )
        assert parent.run("-C", "project", "--env", "prod", "plan").status == 0

    def test_given_again_is_relative_to_the_first(self, parent: Project) -> None:
        assert parent.run("-C", "project", "-C", "campaigns", "validate", "spring.yaml").status == 0

    def test_that_does_not_exist_exits_with_1(self, parent: Project, voxo: FakeVoxo) -> None:
        ran = parent.run("-C", "missing", "plan")
        assert ran.status == 1
        assert "missing" in ran.err
        assert voxo.asked == []


class TestQuiet:
    def test_leaves_only_the_result(self, project: Project) -> None:
        project.spring("recording: no", "callFrequency: 60")
        loud = project.run("plan", "--out", "saved.json")
        quiet = project.run("-q", "plan", "--out", "saved.json")
        assert "warning: " in loud.err
        assert "Saved" in loud.err
        assert quiet.err == ""
        assert quiet.out == loud.out

    def test_does_not_hide_errors(self, project: Project) -> None:
        project.spring("callFrequency: 5")
        assert "error: " in project.run("-q", "plan").err


class TestVerbose:
    def test_lists_campaigns_in_sync(self, project: Project) -> None:
        assert "4711" not in project.run("plan").out
        assert (
            "4711 Spring renewal  campaigns/spring.yaml\n  = in sync"
            in project.run("-v", "plan").out
        )

    def test_lists_every_number(self, project: Project) -> None:
        many = ", ".join(f"{{number: 60155501{last:02}}}" for last in range(20))
        project.spring(f"numbers: [{many}]")
        assert project.run("plan").out.count("+ 601•••") == 5
        assert project.run("-v", "plan").out.count("+ 601•••") == 20


class TestColors:
    @pytest.fixture(autouse=True)
    def _difference(self, project: Project) -> None:
        project.spring("callFrequency: 60")

    def test_are_not_used_in_a_pipe(self, project: Project) -> None:
        assert ANSI not in project.process("plan").said

    @pytest.mark.parametrize("name", PLAN)
    def test_are_not_used_without_a_terminal(self, name: str, project: Project) -> None:
        assert ANSI not in project.run("plan", "--format", name).said

    def test_are_used_on_a_terminal(self, project: Project) -> None:
        assert ANSI in project.terminal("plan").out

    @pytest.mark.parametrize("name", ["json", "markdown", "sarif"])
    def test_are_never_used_in_a_format_for_other_programs(
        self, name: str, project: Project
    ) -> None:
        assert ANSI not in project.terminal("plan", "--format", name).out

    def test_are_not_used_if_no_color_is_set(self, project: Project) -> None:
        assert ANSI not in project.terminal("plan", NO_COLOR="1").out

    def test_are_used_if_no_color_is_empty(self, project: Project) -> None:
        """According to no-color.org, only a value that is not empty counts."""
        assert ANSI in project.terminal("plan", NO_COLOR="").out

    def test_are_not_used_with_the_option(self, project: Project) -> None:
        assert ANSI not in project.terminal("--no-color", "plan").out


class TestProgress:
    @pytest.fixture(autouse=True)
    def _several_campaigns(self, project: Project, voxo: FakeVoxo) -> None:
        for number in range(5000, 5010):
            voxo.has(number)
            project.spring(name=f"campaigns/{number}.yaml", number=number)

    def test_is_shown_on_a_terminal(self, project: Project) -> None:
        assert "Reading campaigns" in project.terminal("plan", bar_after=0).out

    def test_is_not_shown_for_a_fast_run(self, project: Project) -> None:
        assert "Reading campaigns" not in project.terminal("plan").out

    def test_is_not_shown_with_quiet(self, project: Project) -> None:
        assert "Reading campaigns" not in project.terminal("-q", "plan", bar_after=0).out

    def test_is_not_shown_in_a_pipe(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("voxosync.cli.output._SHOW_AFTER", 0)
        assert "Reading campaigns" not in project.run("plan").said

    def test_of_a_stopped_run_does_not_look_complete(
        self, project: Project, voxo: FakeVoxo
    ) -> None:
        for number in range(5000, 5010):
            voxo.has(number, callFrequency=45)
        voxo.say(answer(422, {"message": "no"}), to="PATCH")
        ran = project.terminal(
            "apply",
            "--yes",
            "--fail-fast",
            "--concurrency",
            "1",
            "--max-campaigns",
            "100%",
            bar_after=0,
        )
        assert ran.status == 3
        assert "9 not sent" in ran.out
        assert "10%" in ran.out.partition("Sending")[2]
        assert "100%" not in ran.out.partition("Sending")[2]

    def test_does_not_mix_with_the_result(self, project: Project) -> None:
        out = project.terminal("plan", bar_after=0).out
        assert out.endswith("Nothing to do: 11 campaigns agree with VOXO.\n")


class TestStatusDoesNotDependOnWriting:
    """The exit status follows from the result, even if the result cannot be written."""

    @pytest.mark.parametrize(
        ("arguments", "status"), [(("drift",), 2), (("apply", "--yes"), 0), (("plan",), 0)], ids=str
    )
    def test_to_a_pipe_without_a_reader(
        self, arguments: tuple[str, ...], status: int, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        read_end, write_end = os.pipe()
        os.close(read_end)
        process = subprocess.run(
            [sys.executable, "-m", "voxosync", "--quiet", *arguments],
            cwd=project.folder,
            env=project.environment({}),
            stdin=subprocess.DEVNULL,
            stdout=write_end,
            stderr=subprocess.PIPE,
            check=False,
        )
        os.close(write_end)
        assert process.returncode == status
        assert process.stderr == b""
        assert len(voxo.sent) == (arguments[0] == "apply")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
    def test_to_a_full_disk(self, project: Project) -> None:
        ran = shell(project, "drift > /dev/full")
        assert ran.status == 0
        assert ran.err == "warning: cannot write to stdout: No space left on device\n"


class TestWithoutStreams:
    """A service manager or cron may start a command with closed streams."""

    @pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
    def test_status_is_the_usual_one(self, closed: str, project: Project) -> None:
        project.spring("callFrequency: 60")
        ran = shell(project, f"drift {closed}")
        assert ran.status == 2
        assert ran.err == ""

    def test_apply_cannot_ask_and_requires_yes(self, project: Project, voxo: FakeVoxo) -> None:
        ran = shell(project, "apply <&-")
        assert ran.status == 1
        assert "--yes" in ran.err
        assert voxo.asked == []


def shell(project: Project, command_line: str) -> Ran:
    """Run a command line that has redirections, in a shell."""
    process = subprocess.run(
        ["sh", "-c", f"exec '{sys.executable}' -m voxosync {command_line}"],
        cwd=project.folder,
        env=project.environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(process.returncode, process.stdout, process.stderr)


class TestOutputPathThatIsNotAFile:
    """A device, pipe or link is written through; replacing it would take it from every other program."""

    def test_pipe_receives_the_document(self, project: Project, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        texts: list[str] = []
        reader = threading.Thread(target=lambda: texts.append(pipe.read_text()))
        reader.start()
        assert project.run("plan", "--out", str(pipe)).status == 0
        reader.join(10)
        assert json.loads(texts[0])["summary"] == {"inSync": 1, "update": 0, "error": 0}
        assert pipe.is_fifo()

    def test_link_is_followed(self, project: Project, tmp_path: Path) -> None:
        target = tmp_path / "target.json"
        target.write_text("an older plan")
        (project.folder / "saved.json").symlink_to(target)
        assert project.run("plan", "--out", "saved.json").status == 0
        assert (project.folder / "saved.json").is_symlink()
        assert json.loads(target.read_text())["formatVersion"] == 1

    def test_link_in_a_circle_is_not_reported_as_a_bug(self, project: Project) -> None:
        (project.folder / "saved.json").symlink_to("saved.json")
        assert "bug" not in project.run("plan", "--out", "saved.json").err


def test_arrows_are_escaped_if_the_encoding_of_the_terminal_lacks_them(project: Project) -> None:
    project.spring("callFrequency: 60")
    ran = project.process("plan", PYTHONUTF8="0", PYTHONIOENCODING="latin-1")
    assert ran.status == 0
    assert r"callFrequency: 30 \u2192 60" in ran.out
