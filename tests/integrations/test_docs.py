"""The site of docs/ is whole: it builds, asks nobody, and its reference leaves out no command, option, field or key."""

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
"""Which page of the reference has which schemas; those of defaults are the campaign's, without id."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `python3 dev.py docs` builds it: a warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    process = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return folder


def page_of(site: Path, name: str) -> html.HtmlElement:
    return html.fromstring((site / f"{name}.html").read_text(encoding="utf-8"))


def tables(page: html.HtmlElement) -> list[dict[str, str]]:
    """Each table's rows: the code in the first cell, and the text of the others."""
    return [
        {
            code[0].text_content(): " ".join(cell.text_content() for cell in row.xpath("./td")[1:])
            for row in table.xpath(".//tr")
            if (code := row.xpath("./td[1]/code"))
        }
        for table in page.xpath("//table")
    ]


def plain(text: str) -> str:
    """A text without its line ends."""
    return " ".join(text.split())


class TestTheSite:
    def test_asks_no_other_server_for_anything(self, site: Path) -> None:
        for path in site.rglob("*.html"):
            page = html.fromstring(path.read_text(encoding="utf-8"))
            loaded = page.xpath("//script/@src | //link/@href | //img/@src | //iframe/@src")
            assert [url for url in loaded if "//" in url] == [], path.name

    def test_leads_out_of_docs_to_the_repository(self, site: Path) -> None:
        links = page_of(site, "how-to/apply-in-ci").xpath("//a/@href")
        assert (
            "https://github.com/%3COWNER%3E/voxosync/blob/main/examples/github/apply.yml" in links
        )

    def test_has_a_page_for_each_decision(self, site: Path) -> None:
        assert {path.stem for path in (DOCS / "adr").iterdir()} == {
            path.stem for path in (site / "adr").iterdir()
        }

    def test_does_not_publish_its_own_code(self, site: Path) -> None:
        assert not [*site.rglob("*.py")]


def leaves(group: click.Group, *before: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that is not a group, by the words that call it."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from leaves(command, *before, name)
        elif command is not None:
            yield " ".join((*before, name)), command


LEAVES = dict(leaves(cli))


class TestTheReference:
    @pytest.mark.parametrize("name", LEAVES)
    def test_has_every_command_with_every_option_and_status(self, name: str, site: Path) -> None:
        page = page_of(site, "reference/commands")
        anchor = name.replace(" ", "-")
        assert page.xpath(f"//h2[@id='{anchor}']")
        options, statuses = page.xpath(f"//table[preceding-sibling::h2[1]/@id='{anchor}']")
        command = LEAVES[name]
        rows = [plain(row.text_content()) for row in options.xpath(".//tr")]
        for option in (
            parameter for parameter in command.params if isinstance(parameter, click.Option)
        ):
            (row_of_option,) = (
                row for row in rows if re.match(f"(-., )?{option.opts[-1]}(?![a-z-])", row)
            )
            assert plain(option.help or "") in row_of_option
        help_statuses = plain(command.help or "").partition("Exit status: ")[2]
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
            for key, about in keys.items():
                described = plain(about.get("description", "").replace("`", ""))
                assert any(described in table.get(key, "") for table in page_tables), key

    def test_has_every_schema_that_there_is(self) -> None:
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
        read = set(
            re.findall(r"\b_?VOXO(?:SYNC)?_[A-Z_]+|NO_COLOR|SSL_CERT_[A-Z]+|CI_JOB_URL", code)
        )
        read.discard("VOXO_PROD_TOKEN")  # an example of a name
        assert len(read) >= 8
        page = (DOCS / "reference" / "environment-variables.md").read_text(encoding="utf-8")
        assert not [name for name in read if f"`{name}`" not in page]


def mappings(schema: Any) -> Iterator[dict[str, Any]]:
    """The `properties` of every mapping of a schema; what examples and conditions hold are none."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield schema["properties"]
        for key, value in schema.items():
            if key not in ("examples", "default", "if"):
                yield from mappings(value.values() if key in ("properties", "$defs") else value)
    elif not isinstance(schema, str | int | float | None):
        for value in schema:
            yield from mappings(value)


class TestWhatIsMade:
    @pytest.fixture
    def schemas(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.syspath_prepend(str(DOCS))
        from generate import schemas  # noqa: PLC0415  # no package of ours; docs/ is its place

        return schemas

    def test_text_of_a_schema_can_be_no_markup(
        self, schemas: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bad = "<img src=x onerror=alert(1)> `</code><b>` | [x](javascript:y) **z** &amp;"
        words = {
            "title": bad,
            "description": bad,
            "errorMessage": bad,
            "examples": [bad],
            "default": bad,
        }
        schema = {
            **words,
            "properties": {"<i>": {**words}, "b": {"enum": [bad], "description": bad}},
        }
        monkeypatch.setattr(schemas, "schema_text", lambda _: json.dumps(schema))

        page = html.fromstring(
            MarkdownIt("commonmark").enable("table").render(schemas.described("x.json"))
        )

        assert {element.tag for element in page.iter()} <= {
            "div", "p", "code", "h3", "table", "thead", "tbody", "tr", "th", "td", "strong", "em"
        }  # fmt: skip
        assert bad.replace("`", "") in page.text_content()

    def test_a_schema_is_told_as_its_keywords_mean_it(
        self, schemas: Any, monkeypatch: pytest.MonkeyPatch
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


def test_the_table_of_folders_is_the_tree() -> None:
    listed = re.findall(r"^\| `([^`]+)` \|", (DOCS / "architecture.md").read_text(), re.MULTILINE)
    arguments = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {
        parent.as_posix()
        for file in files.splitlines()
        if (ROOT / file).exists()
        for parent in Path(file).parents
        if parent.parts and (len(parent.parts) <= 2 or parent.parts[0] == "voxosync")
    }
    assert sorted(folders) == sorted(listed)


def test_the_changelog_knows_this_version() -> None:
    assert voxosync.__version__ in (ROOT / "CHANGELOG.md").read_text()
