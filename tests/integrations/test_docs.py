"""The site of docs/ builds, loads nothing from others, and its reference has every command, option, field and key."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from lxml import html
from markdown_it import MarkdownIt

import voxosync
from docs.generate import schemas
from voxosync.cli.main import cli
from voxosync.definitions.contacts_csv import COLUMNS
from voxosync.model.fields import READ_ONLY
from voxosync.sandbox.faults import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

SCHEMAS = {
    "fields": ["campaign"],
    "settings": ["settings"],
    "policy-files": ["policy"],
    "json-formats": ["plan", "validation", "snapshot", "journal"],
}
"""The schemas of each reference page; that of defaults is omitted, because it is that of a campaign without id."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built in the same way as by `python3 dev.py docs`: warnings are errors."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    process = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return folder


def page_of(site: Path, name: str) -> html.HtmlElement:
    return html.fromstring((site / f"{name}.html").read_text(encoding="utf-8"))


def tables(page: html.HtmlElement) -> list[dict[str, str]]:
    """The rows of each table, as a mapping from the code in the first cell to the text of the others."""
    return [
        {
            code[0].text_content(): " ".join(cell.text_content() for cell in row.xpath("./td")[1:])
            for row in table.xpath(".//tr")
            if (code := row.xpath("./td[1]/code"))
        }
        for table in page.xpath("//table")
    ]


def on_one_line(text: str) -> str:
    """A text without line breaks."""
    return " ".join(text.split())


class TestSite:
    def test_loads_nothing_from_other_servers(self, site: Path) -> None:
        for path in site.rglob("*.html"):
            page = html.fromstring(path.read_text(encoding="utf-8"))
            addresses = page.xpath("//script/@src | //link/@href | //img/@src | //iframe/@src")
            assert [url for url in addresses if "//" in url] == [], path.name

    def test_links_from_docs_to_the_repository(self, site: Path) -> None:
        links = page_of(site, "how-to/apply-in-ci").xpath("//a/@href")
        assert (
            "https://github.com/%3COWNER%3E/voxosync/blob/main/examples/github/apply.yml" in links
        )

    def test_has_a_page_for_each_decision(self, site: Path) -> None:
        assert {path.stem for path in (DOCS / "adr").iterdir()} == {
            path.stem for path in (site / "adr").iterdir()
        }

    def test_does_not_contain_the_code_that_generates_it(self, site: Path) -> None:
        assert not [*site.rglob("*.py")]


def commands_in(group: click.Group, *parents: str) -> Iterator[tuple[str, click.Command]]:
    """The commands of a group and of its subgroups, by the words that call them."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from commands_in(command, *parents, name)
        elif command is not None:
            yield " ".join((*parents, name)), command


COMMANDS = dict(commands_in(cli))


class TestReference:
    @pytest.mark.parametrize("name", COMMANDS)
    def test_has_every_command_with_every_option_and_status(self, name: str, site: Path) -> None:
        page = page_of(site, "reference/commands")
        anchor = name.replace(" ", "-")
        assert page.xpath(f"//h2[@id='{anchor}']")
        options, statuses = page.xpath(f"//table[preceding-sibling::h2[1]/@id='{anchor}']")
        command = COMMANDS[name]
        rows = [on_one_line(row.text_content()) for row in options.xpath(".//tr")]
        for option in (
            parameter for parameter in command.params if isinstance(parameter, click.Option)
        ):
            (row_of_option,) = (
                row for row in rows if re.match(f"(-., )?{option.opts[-1]}(?![a-z-])", row)
            )
            assert on_one_line(option.help or "") in row_of_option
        help_statuses = on_one_line(command.help or "").partition("Exit status: ")[2]
        for row in statuses.xpath(".//tbody/tr"):
            assert " ".join(cell.text_content() for cell in row) in help_statuses
        assert len(statuses.xpath(".//tbody/tr")) == len(
            re.findall(r"(?:^|; )[0-9] ", help_statuses)
        )

    def test_has_every_global_option(self, site: Path) -> None:
        options = " ".join(tables(page_of(site, "reference/commands"))[0])
        assert not [parameter.opts for parameter in cli.params if parameter.opts[-1] not in options]

    @pytest.mark.parametrize(
        ("page", "name"), [(page, name) for page, names in SCHEMAS.items() for name in names]
    )
    def test_has_every_key_of_every_mapping_of_a_schema(
        self, page: str, name: str, site: Path
    ) -> None:
        schema = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text())
        page_tables = tables(page_of(site, f"reference/{page}"))
        for keys in mappings(schema):
            assert any(set(keys) <= set(table) for table in page_tables), list(keys)
            for key, value in keys.items():
                description = on_one_line(value.get("description", "").replace("`", ""))
                assert any(description in table.get(key, "") for table in page_tables), key

    def test_has_every_existing_schema(self) -> None:
        pages = {f"{name}.schema.json" for names in SCHEMAS.values() for name in names}
        files = {path.name for path in (ROOT / "schemas").glob("*.schema.json")}
        assert pages | {"defaults.schema.json"} == files

    def test_has_every_field_that_only_voxo_sets_and_every_column(self, site: Path) -> None:
        page_tables = tables(page_of(site, "reference/fields"))
        assert set(READ_ONLY) in [set(table) for table in page_tables]
        assert set(COLUMNS) <= set.union(*(set(table) for table in page_tables))

    def test_has_every_fault_of_the_sandbox(self, site: Path) -> None:
        faults = tables(page_of(site, "reference/sandbox-faults"))[0]
        assert {name.partition(":")[0].removesuffix("[") for name in faults} == set(KINDS)

    def test_has_every_variable_that_the_code_reads(self) -> None:
        code = "\n".join(path.read_text() for path in (ROOT / "voxosync").rglob("*.py"))
        variables = set(
            re.findall(r"\b_?VOXO(?:SYNC)?_[A-Z_]+|NO_COLOR|SSL_CERT_[A-Z]+|CI_JOB_URL", code)
        )
        variables.discard("VOXO_PROD_TOKEN")  # an example name
        assert len(variables) >= 8
        page = (DOCS / "reference" / "environment-variables.md").read_text(encoding="utf-8")
        assert not [name for name in variables if f"`{name}`" not in page]


def mappings(schema: Any) -> Iterator[dict[str, Any]]:
    """The `properties` of every mapping of a schema, except for those in examples and conditions."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield schema["properties"]
        for key, value in schema.items():
            if key not in ("examples", "default", "if"):
                yield from mappings(value.values() if key in ("properties", "$defs") else value)
    elif not isinstance(schema, str | int | float | None):
        for value in schema:
            yield from mappings(value)


class TestGeneratedSchemas:
    def test_text_of_a_schema_cannot_become_markup(self, monkeypatch: pytest.MonkeyPatch) -> None:
        markup = "<img src=x onerror=alert(1)> `</code><b>` | [x](javascript:y) **z** &amp;"
        texts = {
            "title": markup,
            "description": markup,
            "errorMessage": markup,
            "examples": [markup],
            "default": markup,
        }
        schema = {
            **texts,
            "properties": {"<i>": {**texts}, "b": {"enum": [markup], "description": markup}},
        }
        monkeypatch.setattr(schemas, "schema_text", lambda _: json.dumps(schema))

        page = html.fromstring(
            MarkdownIt("commonmark").enable("table").render(schemas.described("x.json"))
        )

        assert {element.tag for element in page.iter()} <= {
            "div", "p", "code", "h3", "table", "thead", "tbody", "tr", "th", "td", "strong", "em"
        }  # fmt: skip
        assert markup.replace("`", "") in page.text_content()

    def test_keywords_of_a_schema_are_described_in_words(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        schema = {
            "description": "A thing.",
            "required": ["size"],
            "properties": {
                "size": {"type": "integer", "minimum": 1},
                "parts": {"type": "array", "items": {"$ref": "#/$defs/part"}},
                "by": {
                    "additionalProperties": {"properties": {"name": {"type": ["string", "null"]}}}
                },
            },
            "$defs": {"part": {"properties": {"kind": {"enum": ["a", "b"]}}}},
        }
        monkeypatch.setattr(schemas, "schema_text", lambda _: json.dumps(schema))

        sections = schemas.described("thing.schema.json")

        page = html.fromstring(f"<div>{sections}</div>")
        assert [table.keys() for table in tables(page)] == [
            {"size", "parts", "by"},
            {"kind"},
            {"name"},
        ]
        assert re.findall(r"^####? (\S+|top level)$", sections, re.MULTILINE) == [
            "top level",
            r"parts\[\]",
            "by.NAME",
        ]
        rows = {key: text.strip() for table in tables(page) for key, text in table.items()}
        assert rows["size"] == "whole number, at least 1"
        assert rows["parts"] == "list of mappings"
        assert rows["kind"] == "a, b"
        assert rows["name"] == "text or null"
        assert "size</code> <em>required</em>" in sections


def test_table_of_folders_lists_exactly_the_existing_folders() -> None:
    listed_folders = re.findall(
        r"^\| `([^`]+)` \|", (DOCS / "architecture.md").read_text(), re.MULTILINE
    )
    arguments = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {
        parent.as_posix()
        for file in files.splitlines()
        if (ROOT / file).exists()
        for parent in Path(file).parents
        if parent.parts and (len(parent.parts) <= 2 or parent.parts[0] == "voxosync")
    }
    assert sorted(folders) == sorted(listed_folders)


def test_changelog_mentions_the_current_version() -> None:
    assert voxosync.__version__ in (ROOT / "CHANGELOG.md").read_text()
