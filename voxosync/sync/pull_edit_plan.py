"""Decides which edits a pull needs: one for each definition, or one for all that share a default or a CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.definitions import contacts
from voxosync.definitions.file_reader import MAX_CSV, Unusable, read_file
from voxosync.definitions.nodes import Scalar
from voxosync.definitions.writing.edit import NotEditable, YamlText
from voxosync.definitions.writing.file_text import decode
from voxosync.definitions.writing.spans import Pairs, Text
from voxosync.sync.pull import Wish, definitions_sharing, remark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.definitions.load import LoadedDefinitions
    from voxosync.definitions.project_layout import ProjectLayout
    from voxosync.model.pull import Remark


@dataclass(frozen=True, slots=True, eq=False)
class PullEdit:
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


class PulledFiles:
    """The files that a pull edits, as they are.

    Attributes:
        contents: what they hold, by path.
        names: their paths, for people.
    """

    def __init__(self, project: ProjectLayout) -> None:
        self._project = project
        self.contents: dict[Path, bytes] = {}
        self.names: dict[Path, str] = {}

    def path(self, file: str) -> Path:
        """The path of a file with links resolved; its content is read once."""
        path = (self._project.folder / file).resolve()
        if path not in self.contents:
            try:
                content = read_file(path, self._project.limit, MAX_CSV)
                content.decode()
            except (Unusable, UnicodeDecodeError) as failure:  # it was read a moment ago
                raise NotEditable("the file was changed meanwhile: run it again") from failure
            self.contents[path] = content
            self.names[path] = file
        return path

    def text(self, file: str) -> str:
        """The text of a file."""
        return decode(self.contents[self.path(file)])

    def yaml(self, file: str) -> YamlText:
        """A YAML file, to read or edit."""
        return YamlText(self.text(file))


class EditPlanner:
    """Finds the edits for wishes.

    Args:
        files: the files of the project.
        project: its folders.
        before: the definitions in the environment of the call, then in each other environment.
    """

    def __init__(
        self, files: PulledFiles, project: ProjectLayout, before: Sequence[LoadedDefinitions]
    ) -> None:
        self._files = files
        self._project = project
        self._before = before

    def edits(self, wishes: Sequence[Wish]) -> tuple[list[PullEdit], list[Remark]]:
        """The edits for some wishes, in their order, and remarks on those that cannot be written."""
        edits: list[PullEdit] = []
        remaining: list[Remark] = []
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
                    edits.append(_own_edit(wish))
            except NotEditable as reason:
                remaining.append(remark(wish.definition, wish.field, str(reason)))
        for (file, _, _), shared in together.items():
            if file == shared[0].given_by:
                edits += self._default(shared)
            elif any(wish.value != shared[0].value for wish in shared):
                message = f"{file} gives several campaigns their numbers, and VOXO has different numbers for them"
                message += ": give each campaign a file of its own"
                remaining += [remark(wish.definition, wish.field, message) for wish in shared]
            else:
                edits.append(PullEdit(tuple(shared), file, csv=True))
        order = {id(wish): index for index, wish in enumerate(wishes)}
        return sorted(edits, key=lambda edit: order[id(edit.wishes[0])]), remaining

    def _default(self, shared: list[Wish]) -> list[PullEdit]:
        """Changes the default if all definitions that use it agree; else gives each definition a key of its own."""
        first = shared[0]
        asking = {(wish.definition.position.file, wish.definition.id) for wish in shared}
        other_takers = [
            taker
            for taker in definitions_sharing(first, self._before[0].definitions)
            if (taker.position.file, taker.id) not in asking
        ]
        if (
            not other_takers
            and all(wish.value == first.value for wish in shared)
            and (self._project.folder / first.given_by).is_relative_to(self._project.campaigns)
            and not any(layout.failed for layout in self._before)
            and not self._elsewhere(shared)
        ):
            return [
                PullEdit(
                    tuple(shared), first.given_by, first.definition.positions[first.field].line
                )
            ]
        reason = (
            f"{first.given_by} stays as it is, because other campaigns take its {first.field} too"
        )
        return [_own_edit(wish, f"an own key overrides the default: {reason}") for wish in shared]

    def _elsewhere(self, shared: list[Wish]) -> bool:
        """Whether a definition of another environment, which this call does not see, uses the default."""
        for layout in self._before[1:]:
            for taker in definitions_sharing(shared[0], layout.definitions):
                file = taker.position.file
                own_definitions = [
                    d for d in self._before[0].definitions if d.position.file == file
                ]
                other_definitions = [d for d in layout.definitions if d.position.file == file]
                is_pulled = any(wish.definition.position.file == file for wish in shared)
                if not is_pulled or len(own_definitions) != 1 or len(other_definitions) != 1:
                    return True
        return False

    def _csv(self, wish: Wish) -> str | None:
        """The CSV file that gives the numbers of a wish, if one does."""
        if not isinstance(wish.value, Mapping):
            return None
        yaml = self._files.yaml(wish.given_by)
        document = yaml.document_at(wish.definition.positions[wish.field].line)
        numbers_node = yaml.value(0 if wish.is_default else document, wish.field, wish.environment)
        if not isinstance(numbers_node, Pairs):
            return None
        file_value = numbers_node.find("file")
        if isinstance(file_value, Text):
            node = Scalar(file_value.text, plain=True, line=0, column=0)
            folder = (self._project.folder / wish.given_by).parent
            path, _ = contacts.resolve(node, folder, self._project.folder, wish.given_by)
            if path is not None:
                return self._project.display_path(path)
        raise NotEditable("the CSV file no longer exists: run voxosync validate")


def _own_edit(wish: Wish, note: str | None = None) -> PullEdit:
    position = wish.definition.position
    return PullEdit((wish,), position.file, position.line, note=note)
