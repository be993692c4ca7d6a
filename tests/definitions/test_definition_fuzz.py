"""Whatever a file contains, loading it reports problems with positions, without exceptions or long waits."""

from __future__ import annotations

import json
import subprocess
import sys
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.definitions.definition_folder import DefinitionFolder
from tests.effort import usual_or_deep
from voxosync.model.fields import FIELDS

if TYPE_CHECKING:
    from pathlib import Path

    from voxosync.definitions.load import LoadedDefinitions

# Parts of YAML, so that many of the texts that are composed of them are valid YAML.
_PIECES = st.sampled_from(
    ["id: 4711\n", "\n", "  ", "- ", ": ", ", ", "[", "]", "{", "}", "&a ", "*a", "*b", "<<", "!!str ", "!", "? ",
     "|\n", ">-\n", "'", '"', "\\", "#", "---\n", "...\n", "%YAML 1.2\n", "~", "\t", "\r\n", "\ufeff", "\0", "\x85",
     "\u2028", "\x1b", "🎉", "0" * 400, "9" * 400, "1e999", "0x1E", "numbers", "number", "file", "voxosync", "ignore",
     "unmanaged", "2026-02-30", "18:30", "9999-12-31", "yes", *FIELDS]
)  # fmt: skip
yaml_like = st.lists(_PIECES, max_size=30).map("".join)

# Definitions with the right keys and any values.
_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | _PIECES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_PIECES, inner, max_size=3),
    max_leaves=6,
)
_keys = st.sampled_from(["id", "voxosync", *FIELDS])
almost_definitions = st.dictionaries(_keys, _value).map(
    lambda document: json.dumps({"id": 4711, **document}, ensure_ascii=False)
)
csv_like = st.lists(
    st.sampled_from(["number", "description", "field1", "disposition", ",", ";", '"', '""', "\n", "\r", "\r\n", "\0",
                     "6015550123", "6015550124", " ", "é", "\ufeff"]),
    max_size=40,
).map("".join)  # fmt: skip


@pytest.fixture(scope="module")
def definition_folder(tmp_path_factory: pytest.TempPathFactory) -> DefinitionFolder:
    return DefinitionFolder(tmp_path_factory.mktemp("anything"))


def check_result(loaded: LoadedDefinitions) -> None:
    """Every problem has a position and a message, and a file without problems has a definition."""
    for problem in loaded.problems:
        assert problem.position.line >= 1
        assert problem.position.column >= 1
        assert problem.position.file.startswith("campaigns")
        assert problem.rule
        assert problem.message
    assert loaded.failed or loaded.definitions
    assert len(set(loaded.problems)) == len(loaded.problems)


@given(content=st.text())
def test_any_text_gives_definitions_or_problems(
    definition_folder: DefinitionFolder, content: str
) -> None:
    definition_folder.write("one.yaml", content.encode("utf-8", "surrogatepass"))
    check_result(definition_folder.load())


@given(content=st.binary())
def test_any_bytes_give_definitions_or_problems(
    definition_folder: DefinitionFolder, content: bytes
) -> None:
    definition_folder.write("one.yaml", content)
    check_result(definition_folder.load())


@given(content=yaml_like)
def test_parts_of_yaml_give_definitions_or_problems(
    definition_folder: DefinitionFolder, content: str
) -> None:
    definition_folder.write("one.yaml", content)
    check_result(definition_folder.load())


@given(content=almost_definitions)
def test_any_values_of_known_keys_give_definitions_or_problems(
    definition_folder: DefinitionFolder, content: str
) -> None:
    definition_folder.write("one.yaml", content)
    check_result(definition_folder.load())


@given(
    header=st.sampled_from(["", "number\n", "number,description\n", "field1,number\r\n"]),
    rows=csv_like,
)
def test_parts_of_csv_give_definitions_or_problems(
    definition_folder: DefinitionFolder, header: str, rows: str
) -> None:
    definition_folder.write("one.yaml", "id: 4711\nnumbers: {file: one.csv}\n")
    definition_folder.write("one.csv", header + rows)
    check_result(definition_folder.load())


@given(content=st.binary())
def test_any_bytes_in_a_csv_file_give_definitions_or_problems(
    definition_folder: DefinitionFolder, content: bytes
) -> None:
    definition_folder.write("one.yaml", "id: 4711\nnumbers: {file: one.csv}\n")
    definition_folder.write("one.csv", content)
    check_result(definition_folder.load())


@given(content=yaml_like | almost_definitions)
def test_any_defaults_give_definitions_or_problems(
    project_with_defaults: DefinitionFolder, content: str
) -> None:
    project_with_defaults.write("_defaults.yaml", content)
    check_result(project_with_defaults.load())


@pytest.fixture(scope="module")
def project_with_defaults(tmp_path_factory: pytest.TempPathFactory) -> DefinitionFolder:
    project = DefinitionFolder(tmp_path_factory.mktemp("defaults"))
    project.write("inner/one.yaml", "id: 4711\n")
    return project


@pytest.mark.slow
@settings(max_examples=usual_or_deep(800))
@given(content=yaml_like)
def test_more_parts_of_yaml_give_definitions_or_problems(
    definition_folder: DefinitionFolder, content: str
) -> None:
    definition_folder.write("one.yaml", "id: 4711\nname: &a Spring\n" + content)
    check_result(definition_folder.load())


@pytest.mark.slow
@settings(max_examples=usual_or_deep(300))
@given(content=almost_definitions)
def test_more_values_of_known_keys_give_definitions_or_problems(
    definition_folder: DefinitionFolder, content: str
) -> None:
    definition_folder.write("one.yaml", content)
    check_result(definition_folder.load())


def bomb(opening: str, closing: str) -> str:
    """Nine lines of ten aliases each, which expand to a billion values."""
    lines = [f"a0: &a0 {opening}x: 1{closing}" if opening == "{" else "a0: &a0 [x]"]
    for level in range(1, 10):
        aliases = (f"*a{level - 1}" for _ in range(10))
        if opening == "{":
            aliases = (f"k{n}: *a{level - 1}" for n in range(10))
        lines.append(f"a{level}: &a{level} {opening}{', '.join(aliases)}{closing}")
    return "\n".join(["id: 4711", *lines])


MERGE_BOMB = "\n".join(
    ["id: 4711", "a0: &a0 {" + ", ".join(f"k{n}: 1" for n in range(1000)) + "}"]
    + [f"a{n}: {{<<: [{', '.join(['*a0'] * 100)}]}}" for n in range(1, 100)]
)
MANY_SMALL_BOMBS = "\n---\n".join(
    f"id: {n}\nx: &x [" + ",".join("x" * 900) + "]\ny: [" + ",".join(["*x"] * 100) + "]"
    for n in range(1, 300)
)
DEEP = 100_000
ENDLESS = {
    "bomb of lists": bomb("[", "]"),
    "bomb of mappings": bomb("{", "}"),
    "bomb of merges": MERGE_BOMB,
    "many small bombs": MANY_SMALL_BOMBS,
    "recursion": "id: 4711\nnumbers: &a [*a, *a]",
    "deep lists": "[" * DEEP,
    "deep lists, closed": "id: 4711\nname: " + "[" * DEEP + "]" * DEEP,
    "deep mappings": "{a: " * DEEP,
    "deep blocks": "- " * DEEP,
    "deep keys": "? " * DEEP,
    "deep indentation": "\n".join(" " * n + "a:" for n in range(2000)),
    "many documents": "---\n" * 5000,
    "many keys": "id: 4711\n" + "".join(f"k{n}: 1\n" for n in range(5000)),
    "long scalar": "id: 4711\nname: " + "[" + "x" * 2_000_000,
    "long number": "id: " + "9" * 1_000_000,
    "long fraction": "id: 4711\ncallFrequency: 30." + "0" * 1_000_000,
    "long time": "id: 4711\ntimeStart: " + "0" * 1_000_000,
}
TRACEBACK = "Traceback"


@pytest.mark.timed
@pytest.mark.parametrize("name", ENDLESS)
def test_input_that_might_never_end_is_refused_quickly(
    project: DefinitionFolder, name: str
) -> None:
    project.write("one.yaml", ENDLESS[name])
    start = monotonic()
    loaded = project.load()
    assert monotonic() - start < 10
    assert loaded.failed
    check_result(loaded)


HOSTILE: dict[str, str | bytes] = {
    **{name: ENDLESS[name] for name in ("bomb of lists", "recursion", "deep lists, closed")},
    "not YAML": "id: [",
    "not UTF-8": b"id: \xff",
    "empty": "",
    "a list": "- id: 4711",
    "tags": "id: !!python/object/apply:os.system [ls]",
    "control characters": "id: 4711\n\x1b[31mname: x",
    "escaped control characters": 'id: 4711\n"\\e[31m\\n::error::x": x\n',
}


def test_command_shows_no_traceback_for_hostile_files(project: DefinitionFolder) -> None:
    for number, content in enumerate(HOSTILE.values()):
        project.write(f"{number}.yaml", content)
    process = validate(project.folder)
    assert process.returncode == 1
    assert TRACEBACK not in process.stdout + process.stderr
    for number in range(len(HOSTILE)):
        assert f"campaigns/{number}.yaml:" in process.stdout
    assert "\x1b" not in process.stdout


@pytest.mark.parametrize("name", HOSTILE)
def test_each_hostile_file_is_refused(project: DefinitionFolder, name: str) -> None:
    project.write("one.yaml", HOSTILE[name])
    assert project.load().failed


def test_command_refuses_a_missing_folder(tmp_path: Path) -> None:
    process = validate(tmp_path)
    assert process.returncode == 1
    assert TRACEBACK not in process.stdout + process.stderr
    assert "campaigns:1:1: error: folder not found" in process.stdout


def validate(folder: Path) -> subprocess.CompletedProcess[str]:
    command_line = [sys.executable, "-m", "voxosync", "-C", str(folder), "validate"]
    return subprocess.run(
        command_line, capture_output=True, text=True, encoding="utf-8", check=False
    )
