"""What MkDocs asks us while it builds the site (`hooks:` of mkdocs.yml).

A relative link means on the site what it means on GitHub, also one that leaves docs/.
"""
# ruff: noqa: INP001  # MkDocs loads a file, not a package

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
FROM_ROOT = {"changelog.md": ROOT / "CHANGELOG.md", "contributing.md": ROOT / "CONTRIBUTING.md"}
"""Pages of the site whose files belong into the top folder."""

_FENCE = re.compile(r"^(```.*?^```)$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<=\]\()(?P<path>[^)#\s:]+)(?P<anchor>#[^)\s]*)?(?=\))")

# Below mkdocs, so that --strict counts its warnings.
_log = logging.getLogger("mkdocs.hooks.voxosync")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Lists every decision, so that a new one is not missing."""
    decisions = [path.relative_to(DOCS).as_posix() for path in sorted((DOCS / "adr").glob("*.md"))]
    (project,) = (part["Project"] for part in config.nav or () if "Project" in part)
    (listed,) = (part for part in project if "Decisions" in part)
    listed["Decisions"] = decisions
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages whose files lie outside docs/."""
    for uri, path in FROM_ROOT.items():
        files.append(File.generated(config, uri, content=path.read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001  # MkDocs calls by name
    """Leads relative links where they lead on GitHub."""
    parts = _FENCE.split(markdown)  # the odd ones are blocks of code
    for at in range(0, len(parts), 2):
        parts[at] = _LINK.sub(lambda match: _link(match, page, config), parts[at])
    return "".join(parts)


def _link(match: re.Match[str], page: Page, config: MkDocsConfig) -> str:
    uri = page.file.src_uri
    source = FROM_ROOT.get(uri, DOCS / uri)
    target = Path(os.path.normpath(source.parent / match["path"]))
    if not target.exists():
        _log.warning("%s links to %s, which is not there", uri, match["path"])
    elsewhere = {path: DOCS / name for name, path in FROM_ROOT.items()}
    target = elsewhere.get(target, target)
    if target.is_relative_to(DOCS) and not target.is_dir():
        address = Path(os.path.relpath(target, (DOCS / uri).parent)).as_posix()
    else:
        kind = "tree" if target.is_dir() else "blob"
        address = f"{config.repo_url}/{kind}/main/{target.relative_to(ROOT).as_posix()}"
    return address + (match["anchor"] or "")
