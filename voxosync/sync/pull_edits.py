"""Writes live values into the texts of files, in memory, and keeps only edits that prove right when read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from voxosync.definitions.file_reader import reading_instead
from voxosync.definitions.load import LoadedDefinitions, load
from voxosync.definitions.writing import edit_csv
from voxosync.definitions.writing.edit import NotEditable
from voxosync.definitions.writing.file_text import encode
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.sync.pull import Wish, remark
from voxosync.sync.pull_edit_plan import EditPlanner, PulledFiles, PullEdit
from voxosync.sync.pull_proof import Violation, differences_elsewhere, differences_here, new_errors
from voxosync.sync.pull_trials import right_edits

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
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
        self.before = [self._load(layout) for layout in layouts]
        self.files = PulledFiles(self.project)

    def _load(
        self, layout: ProjectLayout, files: Collection[str] | None = None
    ) -> LoadedDefinitions:
        """The definitions of an environment, or only those of some files."""
        if files is None:
            home = [layout.campaigns] if layout.campaigns.is_dir() else []
            paths = [*home, *self.paths]
        else:
            paths = [layout.folder / file for file in sorted(files)]
        return load(layout, paths, self.now)

    def rewrite(self, wishes: Sequence[Wish]) -> RewrittenFiles:
        """Writes everything that can be written; returns the reasons for the rest."""
        result = RewrittenFiles()
        edits, remaining = EditPlanner(self.files, self.project, self.before).edits(wishes)
        result.remaining += remaining
        accepted, reasons = right_edits(edits, self._violations) if edits else ([], {})
        rank = {edit: index for index, edit in enumerate(edits)}
        accepted.sort(key=rank.__getitem__)
        for edit in sorted(reasons, key=rank.__getitem__):
            result.remaining += [remark(w.definition, w.field, reasons[edit]) for w in edit.wishes]
        for edit in accepted:
            result.pulled += edit.wishes
            for wish in edit.wishes:
                notes = filter(None, (edit.note, self._also_of(wish), _only_in(wish)))
                result.notes += [remark(wish.definition, wish.field, note) for note in notes]
            if edit.csv:
                result.csv.add(self.files.path(edit.file))
        edited, _ = self._edited(accepted)
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

    def _edited(self, edits: Sequence[PullEdit]) -> tuple[dict[Path, bytes], list[Violation]]:
        """The files with some edits made, and the reasons for those that cannot be made."""
        by_path: dict[Path, list[PullEdit]] = {}
        contents: dict[Path, bytes] = {}
        violations: list[Violation] = []
        for edit in edits:
            try:
                by_path.setdefault(self.files.path(edit.file), []).append(edit)
            except NotEditable as reason:
                violations.append((edit.file, str(reason)))
        for path, members in by_path.items():
            try:
                text = self._text_with(members)
                contents[path] = encode(text, self.files.contents[path])
            except NotEditable as reason:
                violations += [(edit.file, str(reason)) for edit in members]
            except UnicodeEncodeError:  # half of a surrogate pair
                message = "VOXO's value holds a character that no file can hold"
                violations += [(edit.file, message) for edit in members]
        return contents, violations

    def _text_with(self, edits: Sequence[PullEdit]) -> str:
        """The text of a file with edits made.

        Raises:
            NotEditable: one of the edits cannot be made.
        """
        first = edits[0]
        if first.csv:
            value = edits[-1].wishes[0].value
            assert isinstance(value, Mapping)  # noqa: S101  # only numbers are in CSV files
            return edit_csv.set_numbers(self.files.text(first.file), value)
        edited = self.files.yaml(first.file)
        for edit in edits:
            wish = edit.wishes[0]
            write_only = wish.definition.number_fields if wish.field == NUMBERS_FIELD else {}
            document = edited.document_at(edit.line)
            edited.change(document, wish.field, wish.value, write_only, wish.environment)
        return edited.result()

    def _violations(self, edits: Sequence[PullEdit], *, of_all: bool) -> list[Violation]:
        """Where these edits together do not give the desired values, and why; see `Trial`."""
        edited, violations = self._edited(edits)
        wishes = [wish for edit in edits for wish in edit.wishes]
        files = None if of_all else {wish.definition.position.file for wish in wishes}
        with reading_instead(edited):
            for index, (layout, loaded) in enumerate(zip(self.layouts, self.before, strict=True)):
                before, after = self._before_and_after(layout, loaded, files)
                unlike = differences_elsewhere if index else differences_here
                violations += [*new_errors(before, after), *unlike(before, after, wishes)]
        return violations

    def _before_and_after(
        self, layout: ProjectLayout, loaded: LoadedDefinitions, files: Collection[str] | None
    ) -> tuple[LoadedDefinitions, LoadedDefinitions]:
        """The definitions of an environment, or only those of some files: without edits, and read again with them.

        Args:
            layout: the environment.
            loaded: its definitions without edits.
            files: the files to read again; None: all of them.
        """
        if files is None:
            return loaded, self._load(layout)
        own_files = set(files).intersection(loaded.files_in_order)
        before = _only_of(own_files, loaded)
        return before, self._load(layout, own_files) if own_files else before


def _only_of(files: Collection[str], loaded: LoadedDefinitions) -> LoadedDefinitions:
    """Only the definitions of some files."""
    definitions = [d for d in loaded.definitions if d.position.file in files]
    return replace(loaded, definitions=definitions)


def _only_in(wish: Wish) -> str | None:
    """A note on the environment of a value that is not written for all of them."""
    if wish.environment is None:
        return None
    return f"the value is written for {wish.environment} alone, below voxosync: overrides"
