"""The pages are correct: links work on GitHub as well, YAML can be loaded, and command lines can be parsed."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml
from markdown_it import MarkdownIt

from voxosync.cli.main import COMMANDS, cli
from voxosync.definitions.load import load
from voxosync.definitions.policies.policy_files import read_policies
from voxosync.definitions.project_layout import ProjectLayout
from voxosync.definitions.project_settings import read_settings
from voxosync.definitions.yaml_reader import documents_in
from voxosync.model.checks.registry import CHECKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted(DOCS.rglob("*.md")),
]
EACH_PAGE = pytest.mark.parametrize(
    "page", PAGES, ids=[path.relative_to(ROOT).as_posix() for path in PAGES]
)
FICTIONAL = re.compile(r"[2-9][0-9]{2}55501[0-9]{2}")
NOW = datetime(2026, 12, 1, tzinfo=UTC)


class TestLinks:
    @EACH_PAGE
    def test_lead_to_existing_files_and_anchors_of_the_checkout(self, page: Path) -> None:
        for link in links(page):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), link
            assert target.is_relative_to(ROOT), link
            assert not anchor or anchor in anchors(target), link

    def test_architecture_page_names_existing_files(self) -> None:
        page = (DOCS / "architecture.md").read_text(encoding="utf-8")
        files = [
            f"/{path.relative_to(ROOT)}"
            for folder in ("voxosync", "schemas", "docs", "examples", "tests")
            for path in (ROOT / folder).rglob("*.*")
        ]
        names = set(re.findall(r"`([a-z][a-z0-9_/.-]*\.(?:py|json|yaml))`", page))
        assert len(names) > 50
        missing_files = {
            name for name in names if not any(file.endswith(f"/{name}") for file in files)
        }
        assert missing_files == set()


def test_page_about_whom_you_call_lists_every_check() -> None:
    page = (DOCS / "whom-you-call.md").read_text(encoding="utf-8")
    listed_checks = dict(
        re.findall(r"^\| \[`(\w+)`\]\(.*\| (error|warning)\b.*\|$", page, re.MULTILINE)
    )
    assert listed_checks == {name: check.severity.value for name, check in CHECKS.items()}


def links(page: Path) -> Iterator[str]:
    """The relative links of a page."""
    for token in tokens(page):
        for child in token.children or ():
            target = str(child.attrGet("href") or child.attrGet("src") or "")
            if target and not re.match(r"[a-z]+:", target):
                yield target


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    page_tokens = tokens(page)
    texts = (
        "".join(child.content for child in heading.children or ())
        for before, heading in pairwise(page_tokens)
        if before.type == "heading_open"
    )
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in texts}


@cache
def tokens(page: Path) -> Any:
    """What a page consists of."""
    return MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))


def blocks(page: Path, language: str) -> Iterator[str]:
    """The blocks of code of a page."""
    for token in tokens(page):
        if token.type == "fence" and token.info == language:
            yield token.content


YAML = [(page, text) for page in PAGES for text in blocks(page, "yaml")]


@pytest.mark.parametrize(
    ("page", "text"), YAML, ids=[f"{page.stem}-{at}" for at, (page, _) in enumerate(YAML)]
)
def test_yaml_is_accepted_by_its_reader(page: Path, text: str, tmp_path: Path) -> None:
    assert documents_in(text, page.name)[1] == []
    document = next(iter(yaml.safe_load_all(text)))
    keys = set(document) if isinstance(document, dict) else set()
    assert READERS[
        next((reader_keys for reader_keys in READERS if reader_keys & keys), frozenset())
    ](text, tmp_path), page


@EACH_PAGE
def test_yaml_blocks_are_marked_as_yaml(page: Path) -> None:
    """The test of YAML blocks reads only those that are marked."""
    languages = {token.info for token in tokens(page) if token.type in ("fence", "code_block")}
    assert not {language for language in languages if re.search(r"(?i)ya?ml", language)} - {"yaml"}
    unmarked_blocks = [
        token.content for token in tokens(page) if token.type == "fence" and not token.info
    ]
    assert not any(
        re.search(r"^(id|numbers|guards|environments|rules):", text, re.MULTILINE)
        for text in unmarked_blocks
    )


@pytest.mark.parametrize("text", [text for _, text in YAML if text.startswith("- uses: ")])
def test_inputs_of_steps_exist_in_the_action(text: str) -> None:
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    steps = [step for step in yaml.safe_load(text) if "/voxosync@" in step["uses"]]
    assert steps
    assert all(step.get("with", {}).keys() <= inputs.keys() for step in steps)


def _settings(text: str, folder: Path) -> bool:
    (folder / "voxosync.yaml").write_text(text)
    return bool(read_settings(folder))


def _policies(text: str, folder: Path) -> bool:
    (folder / "policies").mkdir()
    (folder / "policies" / "one.yaml").write_text(text)
    policies = read_policies(folder / "policies", ProjectLayout(folder, folder / "campaigns"))
    assert policies.problems == []
    return bool(policies.rules)


def _definition(text: str, folder: Path) -> bool:
    """Loads a definition, a new definition for `create`, or the defaults of a folder."""
    campaigns = folder / "campaigns"
    for name in re.findall(r"\{file: (\S+)\}", text):
        (campaigns / name).parent.mkdir(parents=True)
        (campaigns / name).write_text("number\n6015550123\n")
    campaigns.mkdir(exist_ok=True)
    values = yaml.safe_load(text)
    ids, overrides = values.get("id"), values.get("voxosync", {}).get("overrides", {})
    names = tuple(dict.fromkeys([*(ids if isinstance(ids, dict) else ()), *overrides]))
    project = ProjectLayout(folder, campaigns, names[0] if names else None, names)
    file = campaigns / ("_defaults.yaml" if "_defaults.yaml" in text else "one.yaml")
    file.write_text(text)
    if file.name == "_defaults.yaml":
        (campaigns / "one.yaml").write_text("id: 1\n")
    loaded = (
        load(project, [], NOW)
        if "without id" not in text
        else load(project, [file], NOW, creating=True, policies=folder)
    )
    assert [problem for problem in loaded.problems if problem.is_error] == []
    return len(loaded.definitions) == 1 or len(loaded.new) == 1


def _workflow(text: str, _folder: Path) -> bool:
    """Whether a complete GitHub workflow has jobs of steps; `test_flow_github.py` runs it."""
    jobs = yaml.safe_load(text)["jobs"].values()
    return all(
        job["runs-on"] and {*step} & {"run", "uses"} for job in jobs for step in job["steps"]
    )


READERS: dict[frozenset[str], Callable[[str, Path], bool]] = {
    frozenset({"repos", "groups"}): lambda _, __: True,  # files of pre-commit and Prometheus
    frozenset({"environments", "guards", "checks", "applied"}): _settings,
    frozenset({"rules"}): _policies,
    frozenset({"jobs"}): _workflow,
    frozenset({"id", "name", "timezone", "voxosync"}): _definition,
    frozenset(): lambda text, _: text.startswith("- uses: "),  # a step of a workflow
}
"""The reader of a block of YAML; the block has one of the keys."""

CALL = re.compile(r"^\$ (.*voxosync .*)$", re.MULTILINE)
CALLS = sorted(
    {
        (page.relative_to(ROOT).as_posix(), call)
        for page in PAGES
        for text in blocks(page, "console")
        for call in CALL.findall(text)
    }
)


def words_of(line: str) -> Iterator[list[str]]:
    """The arguments of each voxosync call in a command line."""
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    call: list[str] | None = None
    for word in [*words, ";"]:
        if word == "voxosync":
            call = []  # the words before it are variables or other programs
        elif word in (";", "|", "||", "&&", ">", ")", "<"):
            if call:
                yield call
            call = None
        elif call is not None:
            call.append(word)


@pytest.mark.parametrize(("page", "line"), CALLS)
def test_command_lines_are_accepted_by_voxosync(
    page: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)  # sandbox --load campaigns needs the folder
    for words in words_of(line):
        try:
            parse(words)
        except click.exceptions.Exit:
            continue  # --help, --version
        except click.ClickException as failure:
            pytest.fail(f"{page}: {line}: {failure.format_message()}")


def parse(words: list[str]) -> None:
    """Parses a call without running it."""
    parent = cli.make_context("voxosync", [*words])
    name, *arguments = [*parent._protected_args, *parent.args]  # noqa: SLF001  # where click keeps the name of the command
    command = cli.get_command(parent, name)
    if command is None:
        raise click.UsageError(f"there is no command {name}")
    with command.make_context(name, arguments, parent=parent):
        pass


@EACH_PAGE
def test_options_in_the_text_exist(page: Path) -> None:
    options = {"--wheel", *(opt for parameter in cli.params for opt in parameter.opts)}
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        commands = [
            command,
            *(command.commands.values() if isinstance(command, click.Group) else ()),
        ]
        options |= {
            opt for command in commands for parameter in command.params for opt in parameter.opts
        }
    for token in tokens(page):
        for child in token.children or ():
            if child.type == "code_inline" and child.content.startswith(("voxosync ", "--")):
                names = re.findall(r"(?<!\S)--[a-z][a-z-]+", child.content)
                assert set(names) <= {*options, "--help", "--version", "--strict"}, child.content


@EACH_PAGE
def test_numbers_are_in_the_fictional_range(page: Path) -> None:
    for number in re.findall(
        r"(?<![0-9A-Za-z])[0-9]{10}(?![0-9])", page.read_text(encoding="utf-8")
    ):
        assert FICTIONAL.fullmatch(number), number
