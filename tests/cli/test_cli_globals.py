"""What the options before the command do: -C, -q, -v, --no-color; and what a terminal changes."""

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
    """`-C` acts as in git: every relative path is relative to it."""

    @pytest.fixture
    def above(self, project: Project) -> Project:
        """The folder that holds the project's, which is called `project`."""
        project.spring("callFrequency: 60")
        return Project(project.folder.parent, project.variables)

    def test_finds_the_definitions_there(self, above: Project) -> None:
        ran = above.run("-C", "project", "plan")
        assert ran.status == 0
        assert "4711 Spring renewal  campaigns/spring.yaml" in ran.out

    def test_moves_a_path(self, above: Project) -> None:
        assert above.run("-C", "project", "validate", "campaigns/spring.yaml").status == 0
        assert above.run("-C", "project", "validate", "project/campaigns/spring.yaml").status == 1

    def test_moves_the_files_that_are_written(self, above: Project) -> None:
        assert above.run("-C", "project", "plan", "--out", "saved.json").status == 0
        assert above.run("-C", "project", "drift", "--output", "drift.txt").status == 2
        assert above.run("-C", "project", "snapshot", "--out", "live.json").status == 0
        assert above.run("-C", "project", "schema", "--write", "schemas").status == 0
        names = {path.name for path in (above.folder / "project").iterdir()}
        assert {"saved.json", "drift.txt", "live.json", "schemas"} <= names
        assert {path.name for path in above.folder.iterdir()} == {"project"}

    def test_moves_the_files_that_are_read(self, above: Project, voxo: FakeVoxo) -> None:
        token = above.write("project/token", above.variables["VOXO_API_TOKEN"])
        token.chmod(0o600)
        assert above.run("-C", "project", "plan", "--out", "saved.json").status == 0
        assert above.run("-C", "project", "snapshot", "--out", "live.json").status == 0
        assert above.run("-C", "project", "plan", "--live", "live.json").status == 0
        ran = above.run(
            "-C", "project", "apply", "--yes", "--plan", "saved.json", "--token-file", "token",
            VOXO_API_TOKEN=None,
        )  # fmt: skip
        assert ran.status == 0, ran.err
        assert len(voxo.sent) == 1

    def test_moves_the_settings(self, above: Project, voxo: FakeVoxo) -> None:
        above.write("project/voxosync.yaml", f"environments: {{prod: {{baseUrl: '{voxo.url}'}}}}\n")
        assert above.run("-C", "project", "--env", "prod", "plan").status == 0

    def test_again_goes_on_from_there(self, above: Project) -> None:
        assert above.run("-C", "project", "-C", "campaigns", "validate", "spring.yaml").status == 0

    def test_that_is_not_there_is_1(self, above: Project, voxo: FakeVoxo) -> None:
        ran = above.run("-C", "missing", "plan")
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
    def test_lists_what_there_is_nothing_to_say_about(self, project: Project) -> None:
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


class TestColours:
    @pytest.fixture(autouse=True)
    def _differs(self, project: Project) -> None:
        project.spring("callFrequency: 60")

    def test_are_not_in_a_pipe(self, project: Project) -> None:
        assert ANSI not in project.process("plan").said

    @pytest.mark.parametrize("name", PLAN)
    def test_are_not_where_there_is_no_terminal(self, name: str, project: Project) -> None:
        assert ANSI not in project.run("plan", "--format", name).said

    def test_are_on_a_terminal(self, project: Project) -> None:
        assert ANSI in project.terminal("plan").out

    @pytest.mark.parametrize("name", ["json", "markdown", "sarif"])
    def test_are_never_in_a_format_for_machines(self, name: str, project: Project) -> None:
        assert ANSI not in project.terminal("plan", "--format", name).out

    def test_are_not_where_no_color_is_set(self, project: Project) -> None:
        assert ANSI not in project.terminal("plan", NO_COLOR="1").out

    def test_are_where_no_color_is_empty(self, project: Project) -> None:
        """As no-color.org has it: only a value that is not empty counts."""
        assert ANSI in project.terminal("plan", NO_COLOR="").out

    def test_are_not_with_the_option(self, project: Project) -> None:
        assert ANSI not in project.terminal("--no-color", "plan").out


class TestProgress:
    @pytest.fixture(autouse=True)
    def _many(self, project: Project, voxo: FakeVoxo) -> None:
        for number in range(5000, 5010):
            voxo.has(number)
            project.spring(name=f"campaigns/{number}.yaml", number=number)

    def test_is_shown_on_a_terminal(self, project: Project) -> None:
        assert "Reading campaigns" in project.terminal("plan", bar_after=0).out

    def test_is_not_shown_where_it_is_quick(self, project: Project) -> None:
        assert "Reading campaigns" not in project.terminal("plan").out

    def test_is_not_shown_where_quiet_is_wanted(self, project: Project) -> None:
        assert "Reading campaigns" not in project.terminal("-q", "plan", bar_after=0).out

    def test_is_not_shown_in_a_pipe(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("voxosync.cli.output._SHOW_AFTER", 0)
        assert "Reading campaigns" not in project.run("plan").said

    def test_of_a_run_that_was_stopped_does_not_look_complete(
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

    def test_does_not_spoil_the_result(self, project: Project) -> None:
        out = project.terminal("plan", bar_after=0).out
        assert out.endswith("Nothing to do: 11 campaigns agree with VOXO.\n")


class TestStatusDoesNotDependOnWhoReads:
    """The status is computed from the result, not by what prints it."""

    @pytest.mark.parametrize(
        ("arguments", "status"), [(("drift",), 2), (("apply", "--yes"), 0), (("plan",), 0)], ids=str
    )
    def test_nobody_reads(
        self, arguments: tuple[str, ...], status: int, project: Project, voxo: FakeVoxo
    ) -> None:
        project.spring("callFrequency: 60")
        reading, writing = os.pipe()
        os.close(reading)
        process = subprocess.run(
            [sys.executable, "-m", "voxosync", "--quiet", *arguments],
            cwd=project.folder,
            env=project.environment({}),
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
        os.close(writing)
        assert process.returncode == status
        assert process.stderr == b""
        assert len(voxo.sent) == (arguments[0] == "apply")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
    def test_there_is_no_room(self, project: Project) -> None:
        ran = shell(project, "drift > /dev/full")
        assert ran.status == 0
        assert ran.err == "warning: cannot write to stdout: No space left on device\n"


class TestWithoutStreams:
    """As a service may be started, or from cron."""

    @pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
    def test_is_no_bug(self, closed: str, project: Project) -> None:
        project.spring("callFrequency: 60")
        ran = shell(project, f"drift {closed}")
        assert ran.status == 2
        assert ran.err == ""

    def test_is_no_terminal_to_ask_on(self, project: Project, voxo: FakeVoxo) -> None:
        ran = shell(project, "apply <&-")
        assert ran.status == 1
        assert "--yes" in ran.err
        assert voxo.asked == []


def shell(project: Project, call: str) -> Ran:
    """A call with the redirections of a shell."""
    process = subprocess.run(
        ["sh", "-c", f"exec '{sys.executable}' -m voxosync {call}"],
        cwd=project.folder,
        env=project.environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    return Ran(process.returncode, process.stdout, process.stderr)


class TestWhatIsNoFile:
    """A device or a pipe is written to; replaced, it would be gone for everybody."""

    def test_gets_the_document(self, project: Project, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        texts: list[str] = []
        reader = threading.Thread(target=lambda: texts.append(pipe.read_text()))
        reader.start()
        assert project.run("plan", "--out", str(pipe)).status == 0
        reader.join(10)
        assert json.loads(texts[0])["summary"] == {"inSync": 1, "update": 0, "error": 0}
        assert pipe.is_fifo()

    def test_a_link_is_followed(self, project: Project, tmp_path: Path) -> None:
        target = tmp_path / "target.json"
        target.write_text("an older plan")
        (project.folder / "saved.json").symlink_to(target)
        assert project.run("plan", "--out", "saved.json").status == 0
        assert (project.folder / "saved.json").is_symlink()
        assert json.loads(target.read_text())["formatVersion"] == 1

    def test_a_link_in_a_circle_is_no_bug(self, project: Project) -> None:
        (project.folder / "saved.json").symlink_to("saved.json")
        assert "bug" not in project.run("plan", "--out", "saved.json").err


def test_a_terminal_that_cannot_show_arrows_is_no_bug(project: Project) -> None:
    project.spring("callFrequency: 60")
    ran = project.process("plan", PYTHONUTF8="0", PYTHONIOENCODING="latin-1")
    assert ran.status == 0
    assert r"callFrequency: 30 \u2192 60" in ran.out
