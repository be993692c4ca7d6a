"""Every command and option is documented; fast calls do not import slow modules; only `cli` prints."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

import voxosync
from voxosync.cli.main import COMMANDS, cli, module_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.cli_project import Project

PACKAGE = Path(voxosync.__file__).parent
NUMBERS_AND_DAYS = (
    click.IntRange,
    click.FloatRange,
    click.DateTime,
    *(type(basic) for basic in (click.INT, click.FLOAT)),
)
SLOW_LIBRARIES = ("httpx", "deepdiff", "jsonschema", "jsonschema_rs", "yaml", "starlette")

LIST_IMPORTED_MODULES = """\
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))
from voxosync.cli.main import main
main()
"""


def command(name: str) -> click.Command:
    result = cli.get_command(click.Context(cli), name)
    assert result is not None
    return result


def options() -> Iterator[tuple[str, click.Option]]:
    groups = {"voxosync": cli, **{name: command(name) for name in COMMANDS}}
    for name, group in [*groups.items()]:
        if isinstance(group, click.Group) and group is not cli:
            groups |= {
                f"{name} {subcommand}": subgroup for subcommand, subgroup in group.commands.items()
            }
    for name, group in groups.items():
        for parameter in group.params:
            if isinstance(parameter, click.Option):
                yield f"{name} {parameter.opts[0]}", parameter


class TestCommands:
    @pytest.mark.parametrize("name", COMMANDS)
    def test_have_a_module_of_the_same_name(self, name: str) -> None:
        assert module_of(name) in (f"voxosync.cli.{name}", f"voxosync.cli.{name}_")
        assert import_module(module_of(name)).command is command(name)
        assert command(name).name == name

    @pytest.mark.parametrize("name", COMMANDS)
    def test_have_the_summary_of_the_list(self, name: str) -> None:
        assert command(name).get_short_help_str(limit=200) == COMMANDS[name]

    @pytest.mark.parametrize("name", COMMANDS)
    def test_document_their_exit_statuses(self, name: str, project: Project) -> None:
        ran = project.run(name, "--help")
        assert ran.status == 0
        assert "Exit status: 0 " in ran.out

    @pytest.mark.parametrize(
        "name", [name for name in COMMANDS if hasattr(command(name), "commands")]
    )
    def test_of_a_group_document_their_exit_statuses(self, name: str, project: Project) -> None:
        group = command(name)
        assert isinstance(group, click.Group)
        for subcommand in group.commands:
            ran = project.run(name, subcommand, "--help")
            assert ran.status == 0
            assert f"Usage: voxosync {name} {subcommand} " in ran.out
            assert "Exit status: 0 " in ran.out

    def test_are_listed_with_their_summaries(self, project: Project) -> None:
        ran = project.run("--help")
        for name, summary in COMMANDS.items():
            assert f"  {name}" in ran.out
            assert summary in ran.out

    @pytest.mark.parametrize("name", COMMANDS)
    @pytest.mark.parametrize("flag", ["-h", "--help"])
    def test_show_their_help_with_either_flag(self, name: str, flag: str, project: Project) -> None:
        assert f"Usage: voxosync {name} " in project.run(name, flag).out

    def test_that_are_misspelled_get_a_suggestion(self, project: Project) -> None:
        ran = project.run("plann")
        assert ran.status == 1
        assert "No such command 'plann'. Did you mean plan?\nsee: voxosync --help\n" in ran.err
        assert "Did you mean" not in project.run("xyz").err

    def test_without_a_required_option_list_its_choices_in_one_line(self, project: Project) -> None:
        ran = project.run("numbers", "split", "contacts.csv")
        assert ran.status == 1
        assert "error: Missing option '--by'. Choose from: zone\n" in ran.err

    def test_do_not_include_other_modules_of_cli(self) -> None:
        assert cli.get_command(click.Context(cli), "main") is None
        assert cli.get_command(click.Context(cli), "output") is None


class TestOptions:
    @pytest.mark.parametrize(("name", "option"), [*options()], ids=[name for name, _ in options()])
    def test_have_a_help_text_that_is_a_sentence(self, name: str, option: click.Option) -> None:
        assert option.help, name
        assert option.help.rstrip().endswith((".", "]")), name

    @pytest.mark.parametrize(
        ("name", "option"),
        [(name, option) for name, option in options() if isinstance(option.type, NUMBERS_AND_DAYS)],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    @pytest.mark.parametrize("value", ["soon", "-1", ""])
    def test_with_a_wrong_value_say_what_to_write_instead(
        self, name: str, option: click.Option, value: str
    ) -> None:
        """In words, because click's own message has an inequality or a format of strftime."""
        with pytest.raises(click.BadParameter) as refusal:
            option.type.convert(value, option, None)
        assert refusal.value.message.startswith(f"{value!r}: write a "), name

    def test_do_not_take_a_token(self) -> None:
        """A token on a command line appears in process lists."""
        assert not [name for name, _ in options() if name.endswith("--token")]


class TestImports:
    @pytest.mark.parametrize("arguments", [("--help",), ("--version",)], ids=str)
    def test_of_help_and_version_include_no_slow_library(
        self, arguments: tuple[str, ...], project: Project
    ) -> None:
        imported = modules(project, *arguments)
        assert "click" in imported
        assert not imported & set(SLOW_LIBRARIES)

    @pytest.mark.parametrize("arguments", [("plan", "--help"), ("apply",)], ids=str)
    def test_of_a_call_without_requests_include_no_http_client(
        self, arguments: tuple[str, ...], project: Project
    ) -> None:
        assert not modules(project, *arguments) & {"httpx", "deepdiff", "starlette"}

    def test_of_a_valid_project_include_no_second_validator(self, project: Project) -> None:
        assert not modules(project, "validate") & {"httpx", "deepdiff", "jsonschema", "starlette"}


def modules(project: Project, *arguments: str) -> set[str]:
    """The top-level modules that a call imports."""
    process = subprocess.run(
        [sys.executable, "-c", LIST_IMPORTED_MODULES, *arguments],
        cwd=project.folder,
        env=project.environment({}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    names = json.loads(process.stderr.splitlines()[-1])
    return {name.partition(".")[0] for name in names}


class TestPrinting:
    """Only `cli` calls `print` and `click.echo`; other packages return text."""

    @pytest.mark.parametrize(
        "path",
        [path for path in PACKAGE.rglob("*.py") if "cli" not in path.relative_to(PACKAGE).parts],
        ids=lambda path: path.relative_to(PACKAGE).as_posix(),
    )
    def test_is_done_by_cli_alone(self, path: Path) -> None:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                assert ast.unparse(node.func) not in ("print", "click.echo", "click.secho")
            if isinstance(node, ast.Attribute):
                assert ast.unparse(node) not in ("sys.stdout", "sys.stderr")


def test_version_is_the_same_as_a_module_and_as_a_command(project: Project) -> None:
    ran = project.process("--version")
    assert ran.status == 0
    assert ran.out == f"voxosync, version {voxosync.__version__}\n"
    script = Path(sys.executable).parent / "voxosync"
    if script.exists():
        process = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
        assert process.stdout == ran.out
