"""Writes live values into the texts of files, in memory, and keeps only edits that prove right when read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voxosync.definitions import contacts
from voxosync.definitions.file_reader import MAX_CSV, Unusable, read_file, reading_instead
from voxosync.definitions.load import Loaded, load
from voxosync.definitions.nodes import Scalar
from voxosync.definitions.writing import edit_csv
from voxosync.definitions.writing.edit import NotEditable, YamlText
from voxosync.definitions.writing.file_text import decode, encode
from voxosync.definitions.writing.spans import Pairs, Text
from voxosync.model.numbers import NUMBERS_FIELD
from voxosync.sync.pull import Wish, remark, sharing
from voxosync.sync.pull_proof import Wrong, differences_elsewhere, differences_here, new_errors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from voxosync.definitions.project_layout import ProjectLayout
    from voxosync.model.pull import Remark


@dataclass(slots=True)
class Rewritten:
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


@dataclass(frozen=True, slots=True, eq=False)
class _Unit:
    """One edit, which is made completely or not at all.

    Attributes:
        wishes: the wishes that it fulfills; more than one where definitions share a default or a CSV file.
        file: the path of the edited file, for people.
        line: a line of the document that is edited.
        csv: whether it is a CSV file.
        note: what people should know about where it is made.
    """

    wishes: tuple[Wish, ...]
    file: str
    line: int = 1
    csv: bool = False
    note: str | None = None

    @property
    def files(self) -> set[str]:
        """The files in which something may be wrong because of this edit."""
        return {self.file, *(wish.definition.position.file for wish in self.wishes)}


class Rewriter:
    """Writes the values of wishes into copies of the files in memory.

    All definitions are read, however few are pulled, to find out which ones share values.

    Args:
        worlds: the project in the environment of the call, then in each other environment.
        paths: those of the call; the campaigns folder is read as well.
        now: the present moment, for rules such as "its end is past".
    """

    def __init__(
        self, worlds: Sequence[ProjectLayout], paths: Sequence[Path], now: datetime
    ) -> None:
        self.project = worlds[0]
        self.worlds = worlds
        self.paths = paths
        self.now = now
        self.before = self._load({})
        self.contents: dict[Path, bytes] = {}
        self.names: dict[Path, str] = {}
        self.reasons: dict[_Unit, str] = {}

    def _load(self, contents: Mapping[Path, bytes]) -> list[Loaded]:
        """The definitions of every world with other contents of some files."""
        loaded = []
        with reading_instead(contents):
            for world in self.worlds:
                home = [world.campaigns] if world.campaigns.is_dir() else []
                loaded.append(load(world, [*home, *self.paths], self.now))
        return loaded

    def rewrite(self, wishes: Sequence[Wish]) -> Rewritten:
        """Writes everything that can be written; returns the reasons for the rest."""
        result = Rewritten()
        units = self._units(wishes, result)
        rank = {unit: index for index, unit in enumerate(units)}
        accepted: list[_Unit] = []
        before = -1
        # An edit that failed alone may succeed together with edits that were accepted since.
        while units and len(accepted) > before:
            before = len(accepted)
            units = self._accept(accepted, units)
        accepted.sort(key=rank.__getitem__)
        for unit in units:
            result.remaining += [
                remark(w.definition, w.field, self.reasons[unit]) for w in unit.wishes
            ]
        for unit in accepted:
            result.pulled += unit.wishes
            for wish in unit.wishes:
                notes = filter(None, (unit.note, self._also_of(wish), _only_in(wish)))
                result.notes += [remark(wish.definition, wish.field, note) for note in notes]
            if unit.csv:
                result.csv.add(self._path(unit.file))
        edited = self._edited(accepted)
        for path, content in edited.items():
            if content != self.contents[path]:
                result.contents[path] = content
                result.before[path] = self.contents[path]
                result.names[path] = self.names[path]
        return result

    # Places

    def _units(self, wishes: Sequence[Wish], result: Rewritten) -> list[_Unit]:
        units: list[_Unit] = []
        together: dict[tuple[str, str, str | None], list[Wish]] = {}
        for wish in wishes:
            try:
                csv = self._csv(wish)
                if csv is not None:
                    together.setdefault((csv, wish.field, None), []).append(wish)
                elif wish.is_default:
                    key = wish.given_by, wish.field, wish.environment
                    together.setdefault(key, []).append(wish)
                else:
                    units.append(_own(wish))
            except NotEditable as reason:
                result.remaining.append(remark(wish.definition, wish.field, str(reason)))
        for (file, _, _), shared in together.items():
            if file == shared[0].given_by:
                units += self._default(shared)
            elif any(wish.value != shared[0].value for wish in shared):
                message = f"{file} gives several campaigns their numbers, and VOXO has not the same for all"
                message += ": give each campaign a file of its own"
                result.remaining += [
                    remark(wish.definition, wish.field, message) for wish in shared
                ]
            else:
                units.append(_Unit(tuple(shared), file, csv=True))
        order = {id(wish): index for index, wish in enumerate(wishes)}
        return sorted(units, key=lambda unit: order[id(unit.wishes[0])])

    def _default(self, shared: list[Wish]) -> list[_Unit]:
        """Changes the default if all definitions that use it agree; else gives each definition a key of its own."""
        first = shared[0]
        asking = {(wish.definition.position.file, wish.definition.id) for wish in shared}
        other_takers = [
            taker
            for taker in sharing(first, self.before[0].definitions)
            if (taker.position.file, taker.id) not in asking
        ]
        if (
            not other_takers
            and all(wish.value == first.value for wish in shared)
            and (self.project.folder / first.given_by).is_relative_to(self.project.campaigns)
            and not any(world.failed for world in self.before)
            and not self._elsewhere(shared)
        ):
            return [
                _Unit(tuple(shared), first.given_by, first.definition.positions[first.field].line)
            ]
        reason = (
            f"{first.given_by} stays as it is, because other campaigns take its {first.field} too"
        )
        return [_own(wish, f"an own key overrides the default: {reason}") for wish in shared]

    def _elsewhere(self, shared: list[Wish]) -> bool:
        """Whether a definition of another environment, which this call does not see, uses the default."""
        for world in self.before[1:]:
            for taker in sharing(shared[0], world.definitions):
                file = taker.position.file
                own_definitions = [d for d in self.before[0].definitions if d.position.file == file]
                other_definitions = [d for d in world.definitions if d.position.file == file]
                is_pulled = any(wish.definition.position.file == file for wish in shared)
                if not is_pulled or len(own_definitions) != 1 or len(other_definitions) != 1:
                    return True
        return False

    def _also_of(self, wish: Wish) -> str | None:
        """A note on the other environments of a definition with several ids: their campaigns will get the value too."""
        mine = wish.definition
        names = [
            str(world.environment)
            for world, loaded in zip(self.worlds[1:], self.before[1:], strict=True)
            for definition in loaded.definitions
            if definition.position.file == mine.position.file
            and definition.position != mine.position
            and definition.positions.get(wish.field) == mine.positions[wish.field]
        ]
        if not names:
            return None
        return f"this definition is also of {', '.join(names)}: apply will send the value there too"

    def _csv(self, wish: Wish) -> str | None:
        """The CSV file that gives the numbers of a wish, if one does."""
        if not isinstance(wish.value, Mapping):
            return None
        yaml = self._yaml(wish.given_by)
        document = yaml.document_at(wish.definition.positions[wish.field].line)
        numbers_node = yaml.value(0 if wish.is_default else document, wish.field, wish.environment)
        if not isinstance(numbers_node, Pairs):
            return None
        file_value = numbers_node.find("file")
        if isinstance(file_value, Text):
            node = Scalar(file_value.text, plain=True, line=0, column=0)
            folder = (self.project.folder / wish.given_by).parent
            path, _ = contacts.resolve(node, folder, self.project.folder, wish.given_by)
            if path is not None:
                return self.project.display_path(path)
        raise NotEditable("the CSV file is not there any more: run voxosync validate")

    # Edits

    def _path(self, file: str) -> Path:
        """The path of a file with links resolved; its content is read once."""
        path = (self.project.folder / file).resolve()
        if path not in self.contents:
            try:
                content = read_file(path, self.project.limit, MAX_CSV)
                content.decode()
            except (Unusable, UnicodeDecodeError) as failure:  # it was read a moment ago
                raise NotEditable("the file was changed meanwhile: run it again") from failure
            self.contents[path] = content
            self.names[path] = file
        return path

    def _text(self, file: str) -> str:
        return decode(self.contents[self._path(file)])

    def _yaml(self, file: str) -> YamlText:
        return YamlText(self._text(file))

    def _edited(self, units: Sequence[_Unit]) -> dict[Path, bytes]:
        """The files with the edits of some units.

        Raises:
            NotEditable: one of the edits cannot be made.
        """
        yaml: dict[Path, YamlText] = {}
        texts: dict[Path, str] = {}
        for unit in units:
            wish = unit.wishes[0]
            path = self._path(unit.file)
            if unit.csv:
                assert isinstance(wish.value, Mapping)  # noqa: S101  # only numbers are in CSV files
                texts[path] = edit_csv.set_numbers(self._text(unit.file), wish.value)
                continue
            if path not in yaml:
                yaml[path] = self._yaml(unit.file)
            edited = yaml[path]
            riders = wish.definition.number_fields if wish.field == NUMBERS_FIELD else {}
            document = edited.document_at(unit.line)
            edited.change(document, wish.field, wish.value, riders, wish.environment)
        texts |= {path: edited.result() for path, edited in yaml.items()}
        return {path: self._encoded(path, text) for path, text in texts.items()}

    def _encoded(self, path: Path, text: str) -> bytes:
        try:
            return encode(text, self.contents[path])
        except UnicodeEncodeError:  # half of a surrogate pair
            raise NotEditable("VOXO's value holds a character that no file can hold") from None

    # Proofs

    def _accept(self, accepted: list[_Unit], units: list[_Unit]) -> list[_Unit]:
        """Adds the units to `accepted` that prove right together with it; returns the rest.

        What fails is divided into the units of wrong files and the others, or else into halves.
        """
        wrong = self._wrong([*accepted, *units])
        if not wrong:
            accepted += units
            return []
        if len(units) == 1:
            self.reasons[units[0]] = wrong[0][1]
            return units
        files = {file for file, _ in wrong}
        suspect = [unit for unit in units if files & unit.files]
        clean = [unit for unit in units if not files & unit.files]
        if not suspect or not clean:
            clean, suspect = units[: len(units) // 2], units[len(units) // 2 :]
        return [*self._accept(accepted, clean), *self._accept(accepted, suspect)]

    def _wrong(self, units: Sequence[_Unit]) -> list[Wrong]:
        """Where these units, edited together, do not give the desired values, and why."""
        try:
            edited = self._edited(units)
        except NotEditable as reason:
            return [("", str(reason))]
        wishes = [wish for unit in units for wish in unit.wishes]
        wrong: list[Wrong] = []
        for index, (before, after) in enumerate(zip(self.before, self._load(edited), strict=True)):
            unlike = differences_elsewhere if index else differences_here
            wrong += [*new_errors(before, after), *unlike(before, after, wishes)]
        return wrong


def _only_in(wish: Wish) -> str | None:
    """A note on the environment of a value that is not written for all of them."""
    if wish.environment is None:
        return None
    return f"the value is written for {wish.environment} alone, below voxosync: overrides"


def _own(wish: Wish, note: str | None = None) -> _Unit:
    position = wish.definition.position
    return _Unit((wish,), position.file, position.line, note=note)
