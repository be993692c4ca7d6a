"""Inserting an id into a definition's text: only its line is added, and each environment has its own id."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxosync.definitions.nodes import MappingNode, as_text
from voxosync.definitions.writing.edit_id import set_id
from voxosync.definitions.writing.splices import NotEditable
from voxosync.definitions.yaml_reader import documents_in

FOR_ALL: dict[str, tuple[str, int, str]] = {
    "before the first key": ("name: abc\n", 0, "id: 5001\nname: abc\n"),
    "below a comment about the whole file": ("# top\n\nname: abc # c\n", 0, "# top\n\nid: 5001\nname: abc # c\n"),
    "below the comment for editors and the dashes": (
        "# yaml-language-server: $schema=s.json\n---\nname: abc\n", 0,
        "# yaml-language-server: $schema=s.json\n---\nid: 5001\nname: abc\n"),
    "with the line ends of the file": ("# c\r\nname: abc\r\n", 0, "# c\r\nid: 5001\r\nname: abc\r\n"),
    "without a final line end": ("name: abc", 0, "id: 5001\nname: abc"),
    "indented like the other keys": ("  name: abc\n  tech: VOICE\n", 0, "  id: 5001\n  name: abc\n  tech: VOICE\n"),
    "in braces": ("{name: abc, tech: VOICE}\n", 0, "{id: 5001, name: abc, tech: VOICE}\n"),
    "in braces after dashes": ("--- {name: abc}\n", 0, "--- {id: 5001, name: abc}\n"),
    "in braces on several lines": ("{\n  name: abc,\n}\n", 0, "{id: 5001, \n  name: abc,\n}\n"),
    "in the first of several documents": ("name: abc\n---\nname: xyz\n", 0, "id: 5001\nname: abc\n---\nname: xyz\n"),
    "in the last of several documents": (
        "id: 1\nname: abc\n---\n# second\nname: xyz", 1, "id: 1\nname: abc\n---\n# second\nid: 5001\nname: xyz"),
    "after an anchor of the document": ("--- &all\nname: abc\n", 0, "--- &all\nid: 5001\nname: abc\n"),
    "before an anchor in a value": ("name: &n abc\nmessage: *n\n", 0, "id: 5001\nname: &n abc\nmessage: *n\n"),
    "before a key in quotes": ('"name": abc\n', 0, 'id: 5001\n"name": abc\n'),
    "before the end mark of a document": ("name: abc\n...\n", 0, "id: 5001\nname: abc\n...\n"),
}  # fmt: skip

FOR_STAGING: dict[str, tuple[str, bool, str]] = {
    "with its own folder": ("name: abc\n", False, "id: 5001\nname: abc\n"),
    "with a shared folder": ("name: abc\n", True, "id: {staging: 5001}\nname: abc\n"),
    "with a shared folder, in braces": ("{name: abc}", True, "{id: {staging: 5001}, name: abc}"),
    "after another id in braces": (
        "id: {prod: 1}  # c\nname: abc", True, "id: {prod: 1, staging: 5001}  # c\nname: abc"),
    "before a trailing comma": ("id: {prod: 1,}\nname: abc\n", True, "id: {prod: 1, staging: 5001,}\nname: abc\n"),
    "after another id although no folder is shared": (
        "id: {prod: 1}\nname: abc\n", False, "id: {prod: 1, staging: 5001}\nname: abc\n"),
    "below another id": (
        "id:  # ours\n  prod: 1  # c\nname: abc\n", True, "id:  # ours\n  prod: 1  # c\n  staging: 5001\nname: abc\n"),
    "below another id at the end of the file": (
        "name: abc\nid:\n    prod: 1", True, "name: abc\nid:\n    prod: 1\n    staging: 5001"),
    "below another id with the line ends of the file": (
        "id:\r\n  prod: 1\r\nname: abc\r\n", True, "id:\r\n  prod: 1\r\n  staging: 5001\r\nname: abc\r\n"),
    "below an anchor of the ids": (
        "id: &ids\n  prod: 1\nname: abc\n", True, "id: &ids\n  prod: 1\n  staging: 5001\nname: abc\n"),
    "in a definition in braces": ("{id: {prod: 1}, name: abc}", True, "{id: {prod: 1, staging: 5001}, name: abc}"),
}  # fmt: skip


@pytest.mark.parametrize("case", FOR_ALL)
def test_id_without_environments_is_inserted(case: str) -> None:
    text, document, expected = FOR_ALL[case]
    assert set_id(text, document, 5001, None, shared=True) == expected


@pytest.mark.parametrize("case", FOR_STAGING)
def test_id_of_an_environment_is_inserted(case: str) -> None:
    text, shared, expected = FOR_STAGING[case]
    assert set_id(text, 0, 5001, "staging", shared=shared) == expected


@pytest.mark.parametrize("name", ["eu.west-1", "1", "a: b", 'say "so"', "ä", "-"])
@pytest.mark.parametrize("text", ["name: abc\n", "id: {prod: 1}\nname: abc\n", "id:\n  prod: 1\n"])
def test_environment_may_have_any_name(name: str, text: str) -> None:
    [node], problems, _ = documents_in(set_id(text, 0, 5001, name, shared=True), "f", "a campaign")
    assert problems == []
    assert as_text(node)["id"][name] == "5001"


@pytest.mark.parametrize(
    ("text", "document", "reason"),
    [
        ("id: 4711\nname: abc\n", 0, "no further environment"),
        ("<<: {id: {prod: 1}}\nname: abc\n", 0, "by <<"),
        ("name: abc\n", 1, "changed meanwhile"),
        ("name: [\n", 0, "changed meanwhile"),
        ("- abc\n", 0, "not a mapping"),
    ],
)
def test_id_that_cannot_be_inserted_is_refused(text: str, document: int, reason: str) -> None:
    with pytest.raises(NotEditable, match=reason):
        set_id(text, document, 5001, "staging", shared=True)


WORDS = st.from_regex(re.compile(r"[a-z]{1,6}", re.ASCII), fullmatch=True)
COMMENTS = st.one_of(st.just(""), WORDS.map("  # {}".format))
LINES = st.builds("{}: {}{}".format, WORDS.map("x-{}".format), WORDS, COMMENTS)
MAPPINGS = st.lists(LINES, min_size=1, max_size=4, unique_by=lambda line: line.split(":")[0])


@given(
    st.lists(MAPPINGS, min_size=1, max_size=3),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([None, "staging"]),
    st.data(),
)
def test_only_the_line_with_the_id_is_added(
    texts: list[list[str]], eol: str, environment: str | None, data: st.DataObject
) -> None:
    final_line_end = data.draw(st.sampled_from(["", eol]))
    text = (
        f"# top{eol}" + f"{eol}---{eol}".join(eol.join(lines) for lines in texts) + final_line_end
    )
    index = data.draw(st.integers(0, len(texts) - 1))
    result = set_id(text, index, 5001, environment, shared=True)
    line = "id: 5001" if environment is None else "id: {staging: 5001}"
    assert result.replace(line + eol, "", 1) == text
    nodes, problems, _ = documents_in(result, "f", "a campaign")
    assert problems == []
    assert ["id" in node.values for node in nodes if isinstance(node, MappingNode)] == [
        number == index for number in range(len(texts))
    ]
