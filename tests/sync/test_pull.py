"""After a pull, files have the values of VOXO or a stated reason why not, and unaffected lines are unchanged."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

from tests.sync.yaml_spellings import VALUES, documents, values
from voxosync.definitions.load import LoadedDefinitions, load
from voxosync.definitions.project_layout import ProjectLayout
from voxosync.model.campaign import LiveCampaign
from voxosync.sync.pull import compare_for_pull
from voxosync.sync.pull_edits import Rewriter, RewrittenFiles

NOW = datetime(2096, 2, 1, 12, tzinfo=UTC)
LINE = re.compile(r"\r\n?|\n")


def read(folder: Path) -> LoadedDefinitions:
    return load(ProjectLayout(folder, folder / "campaigns"), [], NOW)


def pull(folder: Path, live: dict[int, dict[str, Any]]) -> RewrittenFiles:
    """The files that a pull of all campaigns would write if VOXO has these values."""
    campaigns = {
        number: LiveCampaign(number, None, live_values) for number, live_values in live.items()
    }
    wishes = compare_for_pull(read(folder).definitions, campaigns, today=NOW.date()).wishes
    return Rewriter([ProjectLayout(folder, folder / "campaigns")], [], NOW).rewrite(wishes)


@dataclass(frozen=True)
class WrittenProject:
    """A file with one or two definitions, and the values that VOXO has for each of their ids.

    Attributes:
        lines: each line, and the (id, key) that it belongs to, if any.
        shares: whether it has aliases.
    """

    content: bytes
    lines: list[tuple[tuple[int, str] | None, str]]
    live: dict[int, dict[str, Any]]
    shares: bool


@st.composite
def files(draw: st.DrawFn) -> WrittenProject:
    lines: list[tuple[tuple[int, str] | None, str]] = [
        (None, line) for line in draw(st.sampled_from([(), ("# a file",), ("---",)]))
    ]
    live: dict[int, dict[str, Any]] = {}
    shares = False
    for number in range(1, draw(st.integers(1, 2)) + 1):
        own_values = draw(values)
        spelled = draw(documents(number, own_values))
        shares = shares or spelled.shares
        lines += [(None, "---")] if number > 1 else []
        lines += [((number, key) if key else None, line) for key, line in spelled.lines]
        changed = draw(st.sets(st.sampled_from(list(own_values)))) if own_values else ()
        live[number] = {**own_values, **{name: draw(VALUES[name]) for name in sorted(changed)}}
    eol = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = eol.join(line for _, line in lines) + draw(st.sampled_from(["", eol]))
    bom = draw(st.sampled_from([b"", b"", codecs.BOM_UTF8]))
    return WrittenProject(bom + text.encode("utf-8", "replace"), lines, live, shares)


@given(files())
def test_pulled_file_agrees_with_voxo_and_keeps_its_other_lines(project: WrittenProject) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "campaigns" / "one.yaml"
        file.parent.mkdir()
        file.write_bytes(project.content)
        before = read(folder)
        assume(not before.failed)
        result = pull(folder, project.live)
        new = result.contents.get(file.resolve(), project.content)
        file.write_bytes(new)
        after = {definition.id: definition for definition in read(folder).definitions}
    note(f"{project.content.decode()}\n=>\n{new.decode()}")
    remaining = {(remark.id, remark.field): remark.text for remark in result.remaining}
    pulled = set()
    for was in before.definitions:
        edited = after[was.id]
        assert edited.values.keys() == was.values.keys()
        for key, value in edited.values.items():
            expected = was.values if (was.id, key) in remaining else project.live[was.id]
            assert value == expected[key]
            if value != was.values[key]:
                pulled.add((was.id, key))
    assert project.shares or not remaining
    assert_untouched(project, new, pulled)


def assert_untouched(project: WrittenProject, new: bytes, pulled: set[tuple[int, str]]) -> None:
    """Check that lines of keys that were not pulled are unchanged and in the same order."""
    before = project.content
    if not pulled:
        assert new == before
    one_liners = {(number, "*") for number, _ in pulled}  # a definition on one line
    lines = iter(LINE.split(new.decode("utf-8-sig")))
    for tag, line in project.lines:
        if tag not in pulled and tag not in one_liners:
            assert line in lines, line
    ends = set(LINE.findall(before.decode()))
    assert set(LINE.findall(new.decode())) <= (ends or {"\n"})
    assert before.endswith(b"\n") == new.endswith(b"\n")
    assert before.startswith(codecs.BOM_UTF8) == new.startswith(codecs.BOM_UTF8)


@settings(max_examples=40)
@given(values, st.lists(st.tuples(values, values), min_size=1, max_size=3), st.data())
def test_pull_updates_values_of_defaults_and_of_definitions(
    defaults: dict[str, Any],
    sides: list[tuple[dict[str, Any], dict[str, Any]]],
    data: st.DataObject,
) -> None:
    live = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        home = folder / "campaigns"
        home.mkdir()
        if defaults:
            spelled = data.draw(documents(0, defaults))
            lines = [line for key, line in spelled.lines if key not in ("id", "*")]
            (home / "_defaults.yaml").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        for number, (own, new) in enumerate(sides, 1):
            spelled = data.draw(documents(number, own))
            text = "".join(f"{line}\n" for _, line in spelled.lines)
            (home / f"{number}.yaml").write_bytes(text.encode("utf-8", "replace"))
            live[number] = {**defaults, **own, **new}
        before = read(folder)
        assume(not before.failed)
        result = pull(folder, live)
        for path, content in result.contents.items():
            path.write_bytes(content)
        after = read(folder)
        assert not after.failed
        remaining = {(remark.id, remark.field) for remark in result.remaining}
        for was, edited in zip(before.definitions, after.definitions, strict=True):
            for key, value in edited.values.items():
                expected = was.values if (was.id, key) in remaining else live[was.id]
                assert value == expected[key]
