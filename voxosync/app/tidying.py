"""Moves values that every definition of a folder shares into its `_defaults.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.app.edit_proof import EditProof
from voxosync.app.file_changes import FileChanges
from voxosync.definitions.file_reader import Unusable, read_file
from voxosync.definitions.project_layout import DEFAULTS, files_to_read
from voxosync.definitions.writing.file_text import decode, encode
from voxosync.definitions.writing.hoist import Hoist, hoists, move_values
from voxosync.errors import DefinitionsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voxosync.app.project import Project


@dataclass(frozen=True, slots=True)
class TidyPlan:
    """What tidying would write.

    Attributes:
        changes: the files.
        hoists: the values that move, or that are removed because they repeat a default.
    """

    changes: FileChanges
    hoists: Sequence[Hoist]


def plan_tidying(project: Project, paths: Sequence[Path]) -> TidyPlan:
    """What would be written; arguments and errors as `Project.tidy` has them."""
    layout = project.layout
    roots = [project.folder / path for path in paths] or [layout.campaigns]
    for root in roots:
        if not root.is_dir():
            name = layout.display_path(root)
            if root.exists():
                raise UsageError(f"{name} is a file: name a folder, whose definitions share values")
            raise UsageError(f"folder not found: {name}")
    loaded = project.definitions(paths, needs_ids=False)
    if loaded.failed:
        raise DefinitionsError(loaded.problems)
    contents = _contents(project, roots)
    texts = {path: decode(content) for path, content in contents.items()}
    proof = EditProof(project)

    def changes(moves: Sequence[Hoist]) -> FileChanges:
        edited = {
            path: encode(text, contents.get(path, b""))
            for path, text in move_values(texts, moves).items()
        }
        real = {path: path.resolve() for path in edited}
        return FileChanges(
            contents={real[path]: content for path, content in edited.items()},
            before={real[path]: contents.get(path) for path in edited},
            names={real[path]: layout.display_path(path) for path in edited},
            folder=project.folder,
        )

    moves = hoists(texts, roots)
    if proof.violation(changes(moves).contents) is not None:
        accepted: list[Hoist] = []
        for move in moves:
            if proof.violation(changes([*accepted, move]).contents) is None:
                accepted.append(move)
        moves = accepted
    return TidyPlan(changes(moves), moves)


def _contents(project: Project, roots: Sequence[Path]) -> dict[Path, bytes]:
    """The definition files below some folders and the `_defaults.yaml` files there.

    Raises:
        UsageError: one cannot be read.
    """
    paths = list(files_to_read(project.layout, roots, []))
    folders = {folder for path in paths for folder in path.parents}
    paths += [folder / DEFAULTS for folder in sorted(folders) if (folder / DEFAULTS).is_file()]
    contents: dict[Path, bytes] = {}
    for path in paths:
        if any(path.is_relative_to(root) for root in roots):
            try:
                contents[path] = read_file(path, project.layout.limit)
            except Unusable as failure:
                raise UsageError(f"{project.layout.display_path(path)}: {failure}") from failure
    return contents
