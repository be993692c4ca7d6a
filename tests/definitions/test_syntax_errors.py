"""For every text that is not valid YAML, a message says what to change, without the jargon of a parser."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from voxosync.definitions.syntax_errors import explain

PARSERS = [yaml.CBaseLoader, yaml.BaseLoader]
JARGON = re.compile(
    r"token|scalar|sequence|mapping|scanning|parsing|node|indicator|flow|stream|<|context"
)
TEXTS: dict[str, tuple[str, int, str]] = {
    "a colon": ("id: 5\nname: Spring: renewal\n", 2, "a value contains ': ': put it in quotes"),
    "a colon in a list": ("- a: b: c\n", 1, "a value contains ': ': put it in quotes"),
    "an open quote": ('id: 5\nname: "x\nstate: READY\n', 3, "a quote that begins at line 2, column 7"),
    "an open apostrophe": ("id: 5\nname: 'x\n", 2, "is not closed: add the closing quote"),
    "an open quote before a document": ('name: "x\n---\nid: 6\n', 2, "add the closing quote"),
    "an at sign": ("name: @home\n", 1, "a value cannot begin with '@': put it in quotes"),
    "a percent sign": ("name: %home\n", 1, "a value cannot begin with '%': put it in quotes"),
    "a backtick": ("name: `home`\n", 1, "a value cannot begin with '`': put it in quotes"),
    "an asterisk": ("name: * home\n", 1, "put the text in quotes"),
    "an ampersand": ("name: & home\n", 1, "put the text in quotes"),
    "an exclamation mark": ("name: !a!b home\n", 1, "is a YAML tag: put the text in quotes"),
    "a pipe": ("message: |home\n", 1, "nothing may follow | or > on its line"),
    "a dash": ("name: - home\n", 1, "a value cannot begin with '- ' or '? '"),
    "a question mark": ("name: ? home\n", 1, "a value cannot begin with '- ' or '? '"),
    "a tab": ("numbers:\n\t- {number: 1}\n", 2, "a tab indents this line: use spaces"),
    "a tab before a key": ("id: 5\n\tname: x\n", 2, "a tab indents this line: use spaces"),
    "too much indentation": ("id: 5\n name: x\n", 2, "indented more than the key above it"),
    "a misaligned key": ("a:\n    - b: 1\n  c: 2\n", 3, "does not line up with the lines above"),
    "a misaligned entry": ("a:\n    - b\n  - c\n", 3, "does not line up with the lines above"),
    "a missing colon": ("id: 5\nname x\nstate: READY\n", 2, "this line is not 'key: value'"),
    "a missing space": ("id: 5\nname:x\nstate: READY\n", 2, "a space is missing after 'name:'"),
    "a no-break space": ("id: 5\nname:\xa0x\nstate: READY\n", 2, "invisible character U+00A0"),
    "no-break spaces before a key": ("a:\n  - b: 1\n  \xa0 c: 2\n", 3, "invisible character U+00A0"),
    "an open quote above a no-break space": ('id: 5\nname: "x\n\xa0 y', 2, "a quote that begins at line 2, column 7"),
    "a comment in braces": ("a: [{b: 1, c: #5}]\n", 1, "is not closed: add '}' or ']'"),
    "a full-width colon": ("id: 5\nname\uff1a x\nstate: READY\n", 2, "full-width colon"),
    "an open bracket": ("a: [b\nc: d\n", 2, "a '[' that begins at line 1, column 4 is not closed"),
    "an open brace": ("- {a: 1\n- {a: 2}\n", 2, "a '{' that begins at line 1, column 3 is not closed"),
    "a missing comma": ("- {a: 1 b: 2}\n", 1, "a '{' is not closed: add '}', or the ',' that is missing"),
    "an extra brace": ("- {a: 1}}\n", 1, "'}' is not expected here: remove it"),
    "a leading bracket": ("name: ]x\n", 1, "']' is not expected here: remove it"),
    "a quote inside": ("name: 'it's here'\n", 1, "write '' for an apostrophe"),
    "text after a quote": ('name: "x" y\n', 1, "there is text after the closing quote"),
    "a backslash": ('name: "C:\\dir"\n', 1, "write \\\\ for a backslash, or use single quotes"),
    "a directive": ("%YAML 9.9\n---\nid: 5\n", 1, "YAML directive: remove it"),
    "a second value": ("'a'\nb: c\n", 2, "begin a new one with a line ---"),
    "a merge conflict": ("id: 5\n<<<<<<< HEAD\nname: a\n>>>>>>> b\n", 2, "Git left a conflict marker"),
}  # fmt: skip


@pytest.mark.parametrize("parser", PARSERS, ids=["libyaml", "PyYAML"])
@pytest.mark.parametrize(("text", "line", "message"), TEXTS.values(), ids=TEXTS)
def test_syntax_error_says_what_to_change(
    text: str, line: int, message: str, parser: type[yaml.BaseLoader]
) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as failure:
        list(yaml.parse(text, parser))
    index, _, explanation = explain(failure.value, text.split("\n"))
    assert message in explanation
    assert min(index + 1, text.count("\n")) == line  # the end of a file counts as its last line


@given(st.text(alphabet="ab :-?,[]{}'\"|>*&!%@#\\\t\n.<", max_size=30), st.sampled_from(PARSERS))
def test_no_syntax_error_uses_the_jargon_of_a_parser(
    text: str, parser: type[yaml.BaseLoader]
) -> None:
    try:
        list(yaml.parse(text, parser))
    except yaml.MarkedYAMLError as failure:
        line, column, explanation = explain(failure, text.split("\n"))
        assert 0 <= line <= text.count("\n") + 1
        assert column >= 0
        assert not JARGON.search(explanation), explanation
    except yaml.reader.ReaderError:
        pass
