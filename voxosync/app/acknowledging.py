"""Writes acknowledgements of differences into a definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voxosync.app.edit_proof import EditProof
from voxosync.app.file_changes import FileChanges
from voxosync.definitions.did_you_mean import suggestion
from voxosync.definitions.file_reader import read_file
from voxosync.definitions.writing.edit import YamlText
from voxosync.definitions.writing.edit_acknowledge import acknowledge
from voxosync.definitions.writing.file_text import decode, encode
from voxosync.definitions.writing.splices import NotEditable
from voxosync.errors import UsageError
from voxosync.model.drift import Acknowledgement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from voxosync.app.project import Project


def plan_acknowledgement(
    project: Project,
    campaign_id: int,
    fields: Sequence[str],
    *,
    until: date,
    reason: str,
    owner: str | None,
) -> FileChanges:
    """The definition with the acknowledgements; arguments and errors as `Project.acknowledge` has them."""
    definition = project.show(campaign_id)
    if until <= project.now.date():
        raise UsageError(f"--until {until} is not in the future: write a later day")
    for option, text, hint in (
        ("--reason", reason, "why the difference is left alone"),
        ("--owner", owner, "a person or a team"),
    ):
        if text is not None and not text.strip():
            raise UsageError(f"{option} has no text: write {hint}")
    for name in fields:
        if name not in definition.values:
            managed = ", ".join(definition.values)
            hint = suggestion(name, definition.values, f"it manages {managed}")
            raise UsageError(f"campaign {campaign_id} does not manage {name}: {hint}")
    entries = [
        Acknowledgement(name, until, reason, owner, definition.position)
        for name in dict.fromkeys(fields)
    ]
    path = (project.folder / definition.position.file).resolve()
    before = read_file(path, project.layout.limit)
    try:
        text = decode(before)
        document = YamlText(text).document_at(definition.position.line)
        content = encode(acknowledge(text, document, entries), before)
    except (NotEditable, UnicodeError) as failure:
        raise UsageError(f"{definition.position}: {failure}") from failure
    file = definition.position.file
    violation = EditProof(project).violation({path: content}, acknowledging=[file])
    if violation is not None:
        raise UsageError(f"{definition.position}: write the entry by hand: {violation}")
    return FileChanges({path: content}, {path: before}, {path: file}, project.folder)
