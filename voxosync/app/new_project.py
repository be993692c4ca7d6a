"""Starts a project: writes its settings, folders, schemas, and CI files."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voxosync.app.file_writer import content_of, file_errors, replace_all
from voxosync.app.project_folder import repository_root
from voxosync.app.schemas import FOR_EDITORS, schema_file
from voxosync.definitions.project_settings import FILE
from voxosync.errors import UsageError
from voxosync.resources import folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CAMPAIGNS, SCHEMAS = "campaigns", "schemas"
GITHUB = ("plan.yml", "snapshot.yml", "apply.yml", "drift.yml")
"""The workflows for every repository; the other examples are for several environments."""
IGNORED_BY_GIT = (".voxosync/", "*.plan.json")
SOURCE = "<OWNER>/voxosync@v0.1.0"
"""Where the examples say that voxosync comes from: no account of GitHub can have this name, so no one can own it."""
_SOURCE = re.compile(
    r"(?!.*--)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/[A-Za-z0-9._-]+@[A-Za-z0-9][A-Za-z0-9._/-]*"
)


@dataclass(frozen=True, slots=True)
class NewProject:
    """The files of a new project.

    Attributes:
        created: files and folders that were written.
        existing: files that existed and are left as they are.
    """

    created: Sequence[str]
    existing: Sequence[str]


def begin_project(
    project: Path, *, github: bool, gitlab: bool, source: str | None = None
) -> NewProject:
    """Writes the files of a new project; existing files stay as they are, except .gitignore.

    Args:
        project: the project folder.
        github: whether to write workflows for GitHub Actions.
        gitlab: whether to write `.gitlab-ci.yml`.
        source: the repository and ref on GitHub from which CI installs voxosync, as `OWNER/REPOSITORY@REF`.

    Raises:
        UsageError: a file cannot be written, or CI files are requested without a source; then none is.
    """
    if github or gitlab:
        _check_source(source)
    if (github or gitlab) and (root := repository_root(project)) not in (None, project):
        raise UsageError(f"CI files belong in the root of the repository, {root}: run init there")
    texts = _texts(github=github, gitlab=gitlab, source=source or SOURCE)
    new = {file: text for file, text in texts.items() if not os.path.lexists(project / file)}
    contents = {project / file: text.encode() for file, text in new.items()}
    before: dict[Path, bytes | None] = dict.fromkeys(contents)
    gitignore = (project / ".gitignore").resolve()
    old = content_of(gitignore, project)
    if (ignoring := _gitignore(old)) is not None:
        contents[gitignore], before[gitignore] = ignoring, old
        new[".gitignore"] = ""
    _check_folders(project, contents)
    replace_all(contents, before, project)
    with file_errors(project / CAMPAIGNS, "make"):
        is_new = not (project / CAMPAIGNS).is_dir()
        (project / CAMPAIGNS).mkdir(exist_ok=True)
    created = [f"{CAMPAIGNS}/"] if is_new else []
    existing = [] if is_new else [f"{CAMPAIGNS}/"]
    existing += [file for file in (*texts, ".gitignore") if file not in new]
    return NewProject([*created, *new], existing)


def _check_source(source: str | None) -> None:
    """Refuses a source that cannot be on GitHub: CI passes VOXO's token to the code that it installs from there."""
    if source is None:
        raise UsageError(
            "CI files install voxosync from GitHub, and VOXO's token is given to what is there: "
            "say where your voxosync comes from with --source OWNER/REPOSITORY@REF"
        )
    if not _SOURCE.fullmatch(source) or source.startswith("OWNER/"):
        raise UsageError(
            f"--source {source!r} is not a GitHub repository and ref: write it as acme/voxosync@v0.1.0"
        )


def _texts(*, github: bool, gitlab: bool, source: str) -> dict[str, str]:
    """The text of each file of a new project, apart from .gitignore."""
    examples = folder("examples")
    files = {FILE: (examples / FILE).read_text(encoding="utf-8")}
    files |= {f"{SCHEMAS}/{name}": schema_file(name) for name in FOR_EDITORS}
    if github:
        for name in GITHUB:
            text = (examples / "github" / name).read_text(encoding="utf-8")
            files[f".github/workflows/voxosync-{name}"] = text.replace(SOURCE, source)
    if gitlab:
        name = ".gitlab-ci.yml"
        text = (examples / "gitlab" / name).read_text(encoding="utf-8")
        files[name] = text.replace(SOURCE, source)
    return files


def _gitignore(old: bytes | None) -> bytes | None:
    """A .gitignore that keeps personal and private files out of Git; None if the existing one does."""
    lines = {line.strip().strip(b"/") for line in (old or b"").splitlines()}
    missing = [entry for entry in IGNORED_BY_GIT if entry.strip("/").encode() not in lines]
    if not missing:
        return None
    end = b"\r\n" if b"\r\n" in (old or b"") else b"\n"
    gap = b"" if not old or old.endswith(b"\n") else end
    added = ["# Journals and saved plans of voxosync hold people's phone numbers.", *missing]
    return (old or b"") + gap + b"".join(line.encode() + end for line in added)


def _check_folders(project: Path, contents: dict[Path, bytes]) -> None:
    """Refuses to write where a file is in the way of a folder, or outside the project."""
    for needed in sorted({project / CAMPAIGNS, *(path.parent for path in contents)}):
        above = next(path for path in (needed, *needed.parents) if os.path.lexists(path))
        if not above.is_dir():
            raise UsageError(f"{above.name} is in the way: a folder is to be created there")
        if not above.resolve().is_relative_to(project.resolve()):
            raise UsageError(f"{needed}: a link leads out of the project folder")
