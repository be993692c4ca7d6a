"""Writes live values into the texts of files, in memory, and keeps only edits that prove right when read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voxosync.definitions.file_reader import reading_instead
from voxosync.definitions.load import LoadedDefinitions, load
from voxosync.definitions.writing import edit_csv
from voxosync.definitions.writing.edit import NotEditable, YamlText
from voxosync.definitions.writing.file_text import encode
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.sync.pull import Wish, remark
from voxosync.sync.pull_edit_plan import EditPlanner, PulledFiles, PullEdit
from voxosync.sync.pull_proof import Violation, differences_elsewhere, differences_here, new_errors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from voxosync.definitions.project_layout import ProjectLayout
    from voxosync.model.pull import Remark


@dataclass(slots=True)
class RewrittenFiles:
    """The result of a rewrite.

    Attributes:
        contents: the files to write.
        before: their contents before.
        names: their paths, for people.
        csv: which of them are lists of numbers in CSV.
        pulled: the wishes that were written.
        notes: where their values were written, if not where they came from.
        remaining: what cannot be written, and why.
    """

    contents: dict[Path, bytes] = field(default_factory=dict)
    before: dict[Path, bytes] = field(default_factory=dict)
    names: dict[Path, str] = field(default_factory=dict)
    csv: set[Path] = field(default_factory=set)
    pulled: list[Wish] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    remaining: list[Remark] = field(default_factory=list)


class Rewriter:
    """Writes the values of wishes into copies of the files in memory.

    All definitions are read, however few are pulled, to find out which ones share values.

    Args:
        layouts: the project in the environment of the call, then in each other environment.
        paths: those of the call; the campaigns folder is read as well.
        now: the present moment, for rules such as "its end is past".
    """

    def __init__(
        self, layouts: Sequence[ProjectLayout], paths: Sequence[Path], now: datetime
    ) -> None:
        self.project = layouts[0]
        self.layouts = layouts
        self.paths = paths
        self.now = now
        self.before = self._load({})
        self.files = PulledFiles(self.project)
        self.reasons: dict[PullEdit, str] = {}

    def _load(self, contents: Mapping[Path, bytes]) -> list[LoadedDefinitions]:
        """The definitions of every environment with other contents of some files."""
        loaded = []
        with reading_instead(contents):
            for layout in self.layouts:
                home = [layout.campaigns] if layout.campaigns.is_dir() else []
                loaded.append(load(layout, [*home, *self.paths], self.now))
        return loaded

    def rewrite(self, wishes: Sequence[Wish]) -> RewrittenFiles:
        """Writes everything that can be written; returns the reasons for the rest."""
        result = RewrittenFiles()
        edits, remaining = EditPlanner(self.files, self.project, self.before).edits(wishes)
        result.remaining += remaining
        rank = {edit: index for index, edit in enumerate(edits)}
        accepted: list[PullEdit] = []
        before = -1
        # An edit that failed alone may succeed together with edits that were accepted since.
        while edits and len(accepted) > before:
            before = len(accepted)
            edits = self._accept(accepted, edits)
        accepted.sort(key=rank.__getitem__)
        for edit in edits:
            result.remaining += [
                remark(w.definition, w.field, self.reasons[edit]) for w in edit.wishes
            ]
        for edit in accepted:
            result.pulled += edit.wishes
            for wish in edit.wishes:
                notes = filter(None, (edit.note, self._also_of(wish), _only_in(wish)))
                result.notes += [remark(wish.definition, wish.field, note) for note in notes]
            if edit.csv:
                result.csv.add(self.files.path(edit.file))
        edited = self._edited(accepted)
        for path, content in edited.items():
            if content != self.files.contents[path]:
                result.contents[path] = content
                result.before[path] = self.files.contents[path]
                result.names[path] = self.files.names[path]
        return result

    def _also_of(self, wish: Wish) -> str | None:
        """A note on the other environments of a definition with several ids: their campaigns will get the value too."""
        mine = wish.definition
        names = [
            str(layout.environment)
            for layout, loaded in zip(self.layouts[1:], self.before[1:], strict=True)
            for definition in loaded.definitions
            if definition.position.file == mine.position.file
            and definition.position != mine.position
            and definition.positions.get(wish.field) == mine.positions[wish.field]
        ]
        if not names:
            return None
        return f"this definition is also of {', '.join(names)}: apply will send the value there too"

    def _edited(self, edits: Sequence[PullEdit]) -> dict[Path, bytes]:
        """The files with some edits made.

        Raises:
            NotEditable: one of the edits cannot be made.
        """
        yaml: dict[Path, YamlText] = {}
        texts: dict[Path, str] = {}
        for edit in edits:
            wish = edit.wishes[0]
            path = self.files.path(edit.file)
            if edit.csv:
                assert isinstance(wish.value, Mapping)  # noqa: S101  # only numbers are in CSV files
                texts[path] = edit_csv.set_numbers(self.files.text(edit.file), wish.value)
                continue
            if path not in yaml:
                yaml[path] = self.files.yaml(edit.file)
            edited = yaml[path]
            write_only = wish.definition.number_fields if wish.field == NUMBERS_FIELD else {}
            document = edited.document_at(edit.line)
            edited.change(document, wish.field, wish.value, write_only, wish.environment)
        texts |= {path: edited.result() for path, edited in yaml.items()}
        return {path: self._encoded(path, text) for path, text in texts.items()}

    def _encoded(self, path: Path, text: str) -> bytes:
        try:
            return encode(text, self.files.contents[path])
        except UnicodeEncodeError:  # half of a surrogate pair
            raise NotEditable("VOXO's value holds a character that no file can hold") from None

    def _accept(self, accepted: list[PullEdit], edits: list[PullEdit]) -> list[PullEdit]:
        """Adds to `accepted` the edits that prove right together with it; returns the rest.

        Where some are wrong, the edits of the wrong files and the others are tried separately, or else each half is.
        """
        violations = self._violations([*accepted, *edits])
        if not violations:
            accepted += edits
            return []
        if len(edits) == 1:
            self.reasons[edits[0]] = violations[0][1]
            return edits
        files = {file for file, _ in violations}
        suspect = [edit for edit in edits if files & edit.files]
        clean = [edit for edit in edits if not files & edit.files]
        if not suspect or not clean:
            clean, suspect = edits[: len(edits) // 2], edits[len(edits) // 2 :]
        return [*self._accept(accepted, clean), *self._accept(accepted, suspect)]

    def _violations(self, edits: Sequence[PullEdit]) -> list[Violation]:
        """Where these edits together do not give the desired values, and why."""
        try:
            edited = self._edited(edits)
        except NotEditable as reason:
            return [("", str(reason))]
        wishes = [wish for edit in edits for wish in edit.wishes]
        violations: list[Violation] = []
        for index, (before, after) in enumerate(zip(self.before, self._load(edited), strict=True)):
            unlike = differences_elsewhere if index else differences_here
            violations += [*new_errors(before, after), *unlike(before, after, wishes)]
        return violations


def _only_in(wish: Wish) -> str | None:
    """A note on the environment of a value that is not written for all of them."""
    if wish.environment is None:
        return None
    return f"the value is written for {wish.environment} alone, below voxosync: overrides"
