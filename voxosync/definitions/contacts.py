"""The numbers of a campaign, from a YAML list or a CSV file, as one canonical mapping."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voxosync.definitions.nodes import Node, Scalar, SequenceNode, node_at
from voxosync.model.campaign import NO_REMARKS, ListEntry, ListRemarks
from voxosync.model.fields import NUMBER_FIELDS
from voxosync.model.numbers import Numbers
from voxosync.model.phone import are_local, is_phone, is_usual, masked, not_a_phone, phone
from voxosync.model.problem import Position, Problem, error, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterator, Sequence
    from pathlib import Path

MAX_REPORTED = 50
"""How many problems of one kind in one list are reported one by one."""

_FIRST_LINES = 5
_USUAL_KEYS = frozenset(("number", "description"))


@dataclass(slots=True)
class Contacts:
    """Numbers as read, their `field1` … `field9` and time zones by phone, and what is wrong with the list.

    Attributes:
        empty_file: the CSV file that they come from, if it has no rows.
        repeated: the entries whose phone an earlier entry has in another spelling.
        entries: the list as written.
        remarks: what checks need to know about the list, once `look_up` has been called.
    """

    numbers: Numbers = field(default_factory=Numbers)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    empty_file: str | None = None
    repeated: list[ListEntry] = field(default_factory=list)
    entries: Entries | None = None
    remarks: ListRemarks = NO_REMARKS

    def look_up(self, do_not_call: Collection[str], *, drops: bool) -> None:
        """Notes what checks need to know about the list.

        Args:
            do_not_call: phones that may not be called.
            drops: whether to leave those out of the numbers.
        """
        listed = [key for key in self.numbers if key in do_not_call] if do_not_call else []
        dropped = Numbers()
        if listed and drops:
            dropped = self.numbers.only(listed)
            self.numbers = self.numbers.only(key for key in self.numbers if key not in dropped)
        if listed or self.repeated:
            entries = tuple(self._entries_with(frozenset(listed))) if listed else ()
            self.remarks = ListRemarks(tuple(self.repeated), entries, dropped)

    def _entries_with(self, phones: Container[str]) -> Iterator[ListEntry]:
        """The entries with some phones, and their positions."""
        assert self.entries is not None  # noqa: S101  # numbers come from a list
        numbers = enumerate(self.entries.numbers)
        indexes = [index for index, number in numbers if phone(number) in phones]
        for index, start in self.entries.positions_of(indexes):
            yield ListEntry(phone(self.entries.numbers[index]), start)


@dataclass(frozen=True, slots=True)
class Entries:
    """A list as written, in YAML or CSV.

    Attributes:
        numbers: of each entry.
        descriptions: of each entry, `""` where there is none.
        fields: of the entries that have some, by their index: `field1` … `field9`.
        position_of: from the index of an entry to the position of its number.
        file: the name of the list's file in messages.
    """

    numbers: Sequence[str]
    descriptions: Sequence[str]
    fields: dict[int, dict[str, str]]
    position_of: Callable[[int], Position]
    file: str

    def positions_of(self, indexes: Sequence[int]) -> Iterator[tuple[int, Position]]:
        """The indexes of some entries, each with its position; after `MAX_REPORTED` + 1, the last position is repeated.

        Finding a position takes time in proportion to the text, and reports do not show more of them.
        """
        start = Position(self.file)
        for count, index in enumerate(indexes):
            if count <= MAX_REPORTED:
                start = self.position_of(index)
            yield index, start


def from_yaml(node: SequenceNode, file: str) -> Contacts:
    """The numbers of a `numbers:` list that passed the schema."""
    entries: list[dict[str, Scalar]] = [item.values for item in node.items]  # type: ignore[misc,union-attr]  # the schema says: mappings to scalars

    def position_of(index: int) -> Position:
        number = entries[index]["number"]
        return Position(file, number.line + 1, number.column + 1)

    return collect(
        Entries(
            [entry["number"].text for entry in entries],
            [entry["description"].text if "description" in entry else "" for entry in entries],
            {
                index: {name: entry[name].text for name in NUMBER_FIELDS if name in entry}
                for index, entry in enumerate(entries)
                if not entry.keys() <= _USUAL_KEYS
            },
            position_of,
            file,
        )
    )


def collect(entries: Entries) -> Contacts:
    """The canonical form of a list, and what is wrong with it.

    An entry that is not a phone number is an error, and so is the same text twice. A phone in two spellings counts
    once, as first written.
    """
    if are_local(entries.numbers):  # nothing is wrong with any, unless one is there twice
        numbers = Numbers(zip(entries.numbers, entries.descriptions, strict=True))
        if len(numbers) == len(entries.numbers):
            return Contacts(
                numbers,
                {entries.numbers[index]: fields for index, fields in entries.fields.items()},
                entries=entries,
            )
    return _collect_with_problems(entries)


def _collect_with_problems(entries: Entries) -> Contacts:
    contacts = Contacts(entries=entries)
    first: dict[str, int] = {}
    texts: dict[str, int] = {}
    wrong: list[int] = []
    unusual: list[int] = []
    repeated: list[tuple[int, int]] = []
    numbers, spellings = contacts.numbers, contacts.numbers.spellings
    for index, number in enumerate(entries.numbers):
        key = phone(number)
        if not is_phone(number):
            wrong.append(index)
        elif key in first:
            repeated.append((index, texts.get(number, first[key])))
        else:
            first[key] = index
            numbers[key] = entries.descriptions[index]
            if key != number:
                spellings[key] = number
            if not is_usual(key):
                unusual.append(index)
        texts.setdefault(number, index)
    contacts.fields = {
        phone(entries.numbers[index]): fields
        for index, fields in entries.fields.items()
        if first.get(phone(entries.numbers[index])) == index
    }
    contacts.problems = [
        *_not_phones(entries, wrong),
        *_unusual(entries, unusual),
        *_repetitions(entries, repeated),
    ]
    contacts.repeated = list(_in_two_spellings(entries, repeated))
    return contacts


def _in_two_spellings(entries: Entries, repeated: list[tuple[int, int]]) -> Iterator[ListEntry]:
    """The entries whose phone an earlier entry has in another spelling."""
    earlier = {
        index: before
        for index, before in repeated
        if entries.numbers[index] != entries.numbers[before]
    }
    firsts = entries.positions_of([*earlier.values()])
    for (index, start), (_, first) in zip(entries.positions_of([*earlier]), firsts, strict=True):
        yield ListEntry(phone(entries.numbers[index]), start, first.line)


def _not_phones(entries: Entries, wrong: list[int]) -> Iterator[Problem]:
    for index in wrong[:MAX_REPORTED]:
        yield error(entries.position_of(index), "value", not_a_phone(entries.numbers[index]))
    if len(wrong) > MAX_REPORTED:
        message = f"{len(wrong) - MAX_REPORTED} more entries are not phone numbers"
        yield error(Position(entries.file), "value", message)


def _unusual(entries: Entries, unusual: list[int]) -> Iterator[Problem]:
    if not unusual:
        return
    message = "this number is not 10 digits, or 11 with a leading 1: sent as it is"
    if (count := len(unusual)) > 1:
        lines = ", ".join(str(entries.position_of(index).line) for index in unusual[:_FIRST_LINES])
        more = ", …" if count > _FIRST_LINES else ""
        message = f"{count} numbers are not 10 digits, or 11 with a leading 1 (lines {lines}{more}): sent as they are"
    yield warning(entries.position_of(unusual[0]), "number-format", message)


def _repetitions(entries: Entries, repeated: list[tuple[int, int]]) -> Iterator[Problem]:
    """Errors for numbers that the list has twice with the same text."""
    texts = [pair for pair in repeated if entries.numbers[pair[0]] == entries.numbers[pair[1]]]
    for index, before in texts[:MAX_REPORTED]:
        number, line = masked(entries.numbers[index]), entries.position_of(before).line
        message = f"the number {number} is already on line {line}: keep one of them"
        yield error(entries.position_of(index), "duplicate-number", message)
    if len(texts) > MAX_REPORTED:
        message = f"{len(texts) - MAX_REPORTED} more numbers are duplicates"
        yield error(Position(entries.file), "duplicate-number", message)


def resolve(
    path_node: Scalar, folder: Path, project: Path, file: str
) -> tuple[Path | None, list[Problem]]:
    """The CSV file that `{file: …}` names, which must lie inside the project folder.

    Args:
        path_node: the path as written.
        folder: the folder to which it is relative, that of the YAML file.
        project: the project folder.
        file: the name of the YAML file in messages.
    """
    start = Position(file, path_node.line + 1, path_node.column + 1)
    try:
        path = (folder / path_node.text).resolve()
        inside = path.is_relative_to(project.resolve())
        present = path.is_file()
    except (OSError, ValueError, RuntimeError):  # such as a loop of links, or a NUL
        return None, [
            error(start, "csv", f"{path_node.text!r} is not a usable path: name a CSV file")
        ]
    if not inside:
        message = f"{path_node.text!r} is outside the project folder: keep the CSV file inside it"
        return None, [error(start, "outside", message)]
    if not present:
        message = f"{path_node.text!r} is not a regular file: name a CSV file"
        if not path.exists():
            message = f"file not found: {path_node.text!r}: name one that exists"
        return None, [error(start, "csv", message)]
    return path, []


def file_of(node: Node) -> Scalar | None:
    """The path in `numbers: {file: …}`, if that is what the node is."""
    path_node = node_at(node, "file")
    return path_node if isinstance(path_node, Scalar) else None
