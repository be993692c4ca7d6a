"""An editor with `schemas/campaign.schema.json` and voxosync accept and refuse the same definitions.

check-jsonschema stands in for the editor: it has another YAML reader (ruamel.yaml, YAML 1.2) and reads the file in
the repository. Only what a schema can express is compared; other rules, such as "no such date", only voxosync checks.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.new_file import write_new
from voxosync.definitions.schema_check import checker
from voxosync.definitions.yaml_reader import read_documents
from voxosync.model.fields import FIELDS, WRITABLE
from voxosync.model.kinds.destinations import DESTINATIONS
from voxosync.model.kinds.phone_list import NUMBERS
from voxosync.model.kinds.scalars import DATE, FLAG, NUMBER, TEXT, TIME, ZONE
from voxosync.resources import folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
SCHEMA = folder("schemas") / "campaign.schema.json"


def accepted_by_editor(texts: Mapping[str, str], directory: Path) -> set[str]:
    """The names of those definitions that check-jsonschema accepts."""
    import check_jsonschema  # noqa: PLC0415  # takes half a second

    files = []
    for name, text in texts.items():
        files.append(directory / f"{name}.yaml")
        write_new(files[-1], text)
    arguments = ["--schemafile", str(SCHEMA), "--output-format", "json", *map(str, files)]
    report = json.loads(CliRunner().invoke(check_jsonschema.main, arguments).stdout)
    problems_reported = [*report.get("errors", []), *report.get("parse_errors", [])]
    return set(texts) - {Path(problem["filename"]).stem for problem in problems_reported}


def accepted_by_voxosync(texts: Mapping[str, str], directory: Path) -> set[str]:
    """The names of those definitions in which voxosync finds no problem that a schema can express."""
    return {name for name, text in texts.items() if _passes(directory / f"{name}.yaml", text)}


def _passes(path: Path, text: str) -> bool:
    write_new(path, text)
    documents, problems = read_documents(path, path.name)
    for document in documents:
        problems += checker(SCHEMA.name).problems(document, path.name)
    return not problems


def disagreements(texts: Mapping[str, str], directory: Path) -> list[str]:
    """The definitions that only one of the two accepts."""
    by_editor, by_voxosync = (
        accepted_by_editor(texts, directory),
        accepted_by_voxosync(texts, directory),
    )
    return [
        f"{'editor' if name in by_editor else 'voxosync'}: {texts[name]}"
        for name in by_editor ^ by_voxosync
    ]


# Every value, whether valid, invalid or unusual, is tried for every field. Two spaces separate the values.
VALUES = re.split(
    "  +|\n",
    r"""yes  no  true  false  on  off  Yes  True  1  0  2  9  10  30  -5  9.5  30.25  4711  2026  100  99  010  -10
ab  abc  VOICE  voice  SMS  READY  PAUSED  ready  add  exact  America/Chicago  ~  null  Null  NULL  nULL  ''  ""
09:00  9:00  18:30  24:00  09:00:00  2026-03-01  2026-3-1  2026-13-01  2026-03-01T00:00:00Z
6015550100  16015550100  601-555-0100  9007199254740991  9007199254740992  1234567890123456789012
'yes'  "1"  '0'  "30"  "9"  '4711'  "6015550100"  'VOICE'  '09:00'  "2026-03-01"  '010'  "'"  'x'  "\x00"
"9007199254740991"  "9007199254740992"  "09:00\n"  "\u0663\u0660"  "\u0660\u0669:\u0660\u0660"
[]  {}  [1]  {a: 1}  [{}]  [~]  [message]  [name, name]  [id]  {file: x}  {file: }  {file: [x]}  {file: x, number: 1}
{overrides: {a: {state: PAUSED, numbers: [{number: 1}]}}}  {overrides: {a: {callFrequency: 9}}}  {overrides: {a: }}
{overrides: {a: {}}}  {overrides: {}}  {overrides: {a: {id: 1}}}  {overrides: {a: {tenantId: 17}}}  {overrides: [a]}
{manageNumbers: add}  {manageNumbers: Add}  {ignore: [message]}  {unmanaged: [name, state]}  {ignore: name}
[{number: 6015550123}]  [{number: ~}]  [{number: "", description: x}]  [{number: 1, field9: yes}]  [{field1: x}]
[{id: 1, type: QUEUE}]  [{id: 0, type: QUEUE}]  [{id: x, type: QUEUE}]  [{id: 1}]  [{type: QUEUE}]  [{id: '1', type: 2}]
[{number: 1, disposition: x}]  [{id: 1, type: ''}]  [{id: 1.5, type: a}]  [{id: 1, type: a, order: 1}]  {number: 1}""",
)

KEYS = (*WRITABLE, "id", "tenantId", "voxosync", "type", "unknown")
TABLE = {
    f"{key}-{number}": (f"{key}: " if key == "id" else f"id: 1\n{key}: ") + value
    for key in KEYS
    for number, value in enumerate(VALUES)
}


def test_editor_and_voxosync_agree_about_every_value_of_every_field(tmp_path: Path) -> None:
    editor, voxosync = accepted_by_editor(TABLE, tmp_path), accepted_by_voxosync(TABLE, tmp_path)
    assert {TABLE[name] for name in editor ^ voxosync} == set()
    assert len(TABLE) > 2000
    assert 250 < len(voxosync) < 1000, "a table of only valid or only invalid values shows little"


NOT_FOR_CHECK_JSONSCHEMA = ("alias-bomb", "alias-of-itself", "merge-of-itself")
"""Examples whose aliases check-jsonschema follows until memory or the stack is full."""


def example_documents() -> dict[str, str]:
    """Every document of every example by itself, because check-jsonschema accepts one document per file."""
    documents = {}
    for path in sorted(EXAMPLES.glob("*/*.yaml")):
        if path.stem in NOT_FOR_CHECK_JSONSCHEMA:
            continue
        text = path.read_text(encoding="utf-8")
        for number, document in enumerate(re.split(r"^---$", text, flags=re.MULTILINE)):
            documents[f"{path.stem}-{number}"] = document
    return documents


# voxosync refuses the notation of these examples. No schema can, because reading YAML removes the notation.
BEYOND_A_SCHEMA = {
    "caller-id-plus-0",
    "errors-of-every-kind-at-once-1",  # because of its tag
    "frequency-hexadecimal-0",
    "frequency-infinite-0",
    "frequency-not-a-number-0",
    "frequency-octal-0",
    "frequency-underscore-0",
    "id-hexadecimal-0",
    "number-scientific-0",
    "tag-0",
    "voicemail-detection-spelled-01-0",
}
NAME_IS_NAN = "names-that-look-like-something-else-7"
"""voxosync reads it as text; the editor reads a number that is neither above nor below any limit."""


def test_editor_and_voxosync_agree_about_every_example(tmp_path: Path) -> None:
    documents = example_documents()
    assert len(documents) > 150
    editor = accepted_by_editor(documents, tmp_path)
    voxosync = accepted_by_voxosync(documents, tmp_path)
    assert editor - voxosync == BEYOND_A_SCHEMA
    assert voxosync - editor == {NAME_IS_NAN}


# voxosync requires the usual decimal notation. It refuses other text that a YAML reader converts to a number;
# a schema sees only the number.
NUMBERS_IN_OTHER_NOTATIONS = {
    "id": ("0x10", "0o17", "1e3", "0b11", "4_711"),
    "tenantId": ("0x10", "17e0"),
    "callFrequency": ("0x1E", "0o36", ".inf", ".nan", "0b11110", "1_000", "300e-1", "+.5e+2"),
    "callerId": ("+6015550100", "06015550100", "6015550100.0", "0x1668F9074"),
    "numbers": tuple(
        f"[{{number: {text}}}]" for text in ("6.02E+09", "0x1668F9074", "6015550110.0")
    ),
    "enableVMDetect": ("01", "+1", "1.0", "0x1", "-0", "0.0"),
}


def test_numbers_in_other_notations_are_refused_by_voxosync_only(tmp_path: Path) -> None:
    texts = {
        f"{key}-{number}": (f"{key}: " if key == "id" else f"id: 1\n{key}: ") + spelling
        for key, spellings in NUMBERS_IN_OTHER_NOTATIONS.items()
        for number, spelling in enumerate(spellings)
    }
    assert accepted_by_voxosync(texts, tmp_path) == set()
    assert accepted_by_editor(texts, tmp_path) == set(texts)


# What only voxosync refuses because it does not concern values, and what only ruamel.yaml cannot read.
READERS_DIFFER = {
    "a tag": ("id: 1\nname: !!str Spring", True),
    "a line separator": ("id: 1\nname: 'a\u2028b'", True),
    "an equals sign alone": ("id: 1\nmessage: =", False),
}


def test_known_differences_between_yaml_readers(tmp_path: Path) -> None:
    texts = {name: text for name, (text, _) in READERS_DIFFER.items()}
    editor = {name for name, (_, accepted) in READERS_DIFFER.items() if accepted}
    assert accepted_by_editor(texts, tmp_path) == editor
    assert accepted_by_voxosync(texts, tmp_path) == set(texts) - editor


# Hypothesis generates whole definitions, in block or flow style, quoted or not.
def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_words = st.sampled_from(
    "yes no true false null ~ on off 09:00 24:00 2026-03-01 READY VOICE UTC add exact".split(" ")  # noqa: SIM905  # one line instead of twenty
)
_text = st.text("abcXYZ äß世🎉٣#:-,[]{}&*!|>'\"%@`\\\t", max_size=8)
_integers = st.integers(-20, 20) | st.integers(0, 10**19)
_decimal = st.decimals(-20, 10**11, places=2).filter(lambda number: number % 1)
_scalar = (
    _words
    | st.one_of(_words, _text, _integers.map(str), _decimal.map(str)).map(_quoted)
    | _text.map(lambda text: "'" + text.replace("'", "''") + "'")
    | _integers.map(str)
    | _decimal.map(lambda number: f"{number:f}")
    | st.from_regex(r"\A[1-9][0-9]{8,10}\Z")
)


def _flow_list(items: list[str]) -> str:
    return f"[{', '.join(items)}]"


def _flow_mapping(pairs: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"


_inner_keys = st.sampled_from(["number", "description", "field1", "id", "type", "file", "ignore"])
_documents = st.recursive(
    _scalar,
    lambda inner: (
        st.lists(inner, max_size=3).map(_flow_list)
        | st.dictionaries(_inner_keys, inner, max_size=3).map(_flow_mapping)
    ),
    max_leaves=6,
)
_dates = st.dates().map(str)
_numbers = st.fixed_dictionaries({"number": _scalar}, optional={"description": _scalar})
_destinations = st.fixed_dictionaries({"id": _integers.map(str) | _scalar, "type": _scalar})
PLAUSIBLE_VALUES = {
    TEXT: _scalar,
    ZONE: _scalar,
    DATE: _dates | _dates.map(_quoted),
    TIME: st.times().map(lambda time: f"{time:%H:%M}") | st.times().map(str),
    NUMBER: _integers.map(str) | _integers.map(str).map(_quoted),
    FLAG: st.sampled_from(["1", "0", "'1'", '"0"', "2"]),
    NUMBERS: st.lists(_numbers.map(_flow_mapping), max_size=3).map(_flow_list),
    DESTINATIONS: st.lists(_destinations.map(_flow_mapping), max_size=3).map(_flow_list),
}
"""Values that a field of the kind is likely to accept, so that not every definition is refused."""


def _plausible_values(key: str) -> st.SearchStrategy[str]:
    return PLAUSIBLE_VALUES[FIELDS[key].kind if key in FIELDS else NUMBER]


@st.composite
def definition_texts(draw: st.DrawFn) -> str:
    keys = draw(
        st.lists(st.sampled_from(KEYS).filter(lambda key: key != "id"), unique=True, max_size=4)
    )
    values = [draw(_plausible_values(key) | _documents) for key in keys]
    lines = [f"{key}: {value}" for key, value in zip(keys, values, strict=True)]
    return "\n".join([f"id: {draw(st.just('4711') | _plausible_values('id'))}", *lines])


@settings(max_examples=12, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(definition_texts(), min_size=60, max_size=60, unique=True))
def test_editor_and_voxosync_agree_about_generated_definitions(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    """Sixty definitions share a call of check-jsonschema, because the call takes longer than the checks.

    Shrinking is off: a failure shows only the definitions that one side accepts, and they are short.
    """
    directory = tmp_path_factory.mktemp("made")
    assert disagreements({str(number): text for number, text in enumerate(texts)}, directory) == []
