"""Proves that edited files keep their meaning, by reading the definitions again in every environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voxosync.definitions.file_reader import reading_instead
from voxosync.definitions.load import LoadedDefinitions, load

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from voxosync.app.project import Project
    from voxosync.model.campaign import Definition


class EditProof:
    """All definitions of a project as they are before an edit.

    Attributes:
        before: what was read, first as this call sees the project, then with each other environment.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self.before = self._load({})

    def violation(
        self, contents: Mapping[Path, bytes], *, acknowledging: Collection[str] = ()
    ) -> str | None:
        """What an edit would change or break; None if every definition keeps its meaning.

        Args:
            contents: the new contents of files, by path, links resolved.
            acknowledging: files in which what is acknowledged may change.
        """
        for before, after in zip(self.before, self._load(contents), strict=True):
            for problem in after.new_errors(before):
                return f"{problem.position}: {problem.message}"
            old, new = dict(_meanings(before)), dict(_meanings(after))
            for key in old.keys() | new.keys():
                file, _ = key
                names = {"acknowledge"} if file in acknowledging else set()
                changed = sorted(
                    name
                    for name in {**old.get(key, {}), **new.get(key, {})}.keys() - names
                    if old.get(key, {}).get(name) != new.get(key, {}).get(name)
                )
                if changed:
                    return f"{file}: it would also change {', '.join(changed)}"
        return None

    def _load(self, contents: Mapping[Path, bytes]) -> list[LoadedDefinitions]:
        project = self._project
        with reading_instead(contents):
            return [
                load(layout, [], project.now, creating=True, policies=project.policies)
                for layout in project.layouts
            ]


def _meanings(loaded: LoadedDefinitions) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    """What each definition says, by its file and its place among the file's definitions."""
    counts: dict[str, int] = {}
    drafts = [definition for _, definition in loaded.new]
    for definition in (*loaded.definitions, *drafts):
        file = definition.position.file
        counts[file] = counts.get(file, 0) + 1
        yield (file, counts[file]), _meaning(definition)


def _meaning(definition: Definition) -> dict[str, Any]:
    return {
        **definition.values,
        "id": definition.id,
        "tenantId": definition.tenant_id,
        "numbers of a file without rows": definition.empty_file,
        "field1 to field9": dict(definition.number_fields),
        "manageNumbers": definition.add_numbers,
        "ignore": definition.ignore,
        "acknowledge": {(a.field, a.until, a.reason, a.owner) for a in definition.acknowledge},
    }
